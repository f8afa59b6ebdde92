#pragma once

// A round as bytes, and back.

#include <optional>
#include <string>
#include <string_view>

#include "services/funding/round.h"

namespace steelyard::funding {

// Appends all that a writer gives of a round; nothing of what is read only.
void EncodeRound(const Round& round, std::string& to);
// nullopt for bytes that EncodeRound did not make.
std::optional<Round> DecodeRound(std::string_view bytes);

}  // namespace steelyard::funding
