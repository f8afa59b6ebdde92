#pragma once

// What the parsers of small phrases of the command line share.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace steelyard::cli {

// The text between spaces.
std::vector<std::string> SplitWords(std::string_view text);
// The text between separators, without spaces at the ends; empty parts stay.
std::vector<std::string> SplitList(std::string_view text, char separator);
// A finite decimal number: "5", "-0.5", "+0.1", "2e9"; "10%" is 0.1. nullopt for anything else.
std::optional<double> ToNumber(std::string_view word);
// A year from 1 to 9999; nullopt for anything else.
std::optional<int> ToYear(std::string_view word);
// INVALID_FIELD: "'TEXT' WHAT; for example EXAMPLE".
absl::Status WrongWords(std::string_view text, std::string_view what, std::string_view example);

}  // namespace steelyard::cli
