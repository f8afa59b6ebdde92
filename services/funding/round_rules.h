#pragma once

// What a round that somebody writes must be.

#include <string_view>

#include "services/common/status/status.h"
#include "services/funding/round.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

inline constexpr std::string_view kRoundNameRule =
    "must be \"rounds/{round}\" with 1 to 128 lower-case letters, digits, '.', '_' or '-'";

// The round of a message; what is output only is left out, participations are ordered, a kind that
// is unset follows from the stage. Adds every fault to `errors`, at `path` and the field's name;
// the round is then of no use.
Round TakeRound(const v1::Round& message, std::string_view path, FieldErrors& errors);

}  // namespace steelyard::funding
