#pragma once

// A round as text, and back.

#include <optional>
#include <string>
#include <string_view>

#include "services/funding/round.h"

namespace steelyard::funding {

// All that a writer gives of a round; nothing of what is read only.
std::string EncodeRound(const Round& round);
// nullopt for a text that EncodeRound did not make.
std::optional<Round> DecodeRound(std::string_view text);

}  // namespace steelyard::funding
