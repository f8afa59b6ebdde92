#pragma once

// Rounds as a table.

#include <string>

#include "google/protobuf/repeated_field.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::cli {

// Date, company if asked for, stage, amount in the announced currency and leading investors.
std::string RenderRounds(const google::protobuf::RepeatedPtrField<funding::v1::Round>& rounds,
                         bool with_company);

}  // namespace steelyard::cli
