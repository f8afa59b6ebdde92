#pragma once

// Mends text that was UTF-8, was read as Windows-1252 or Latin-1, and written again: "QuÃ©bec".

#include <optional>
#include <string>
#include <string_view>

namespace steelyard::text {

// The text as it was meant ("Québec"), in NFC; nullopt when it is not of that kind. Text is taken
// for damaged only if its characters, written as Windows-1252 or else as Latin-1, are valid UTF-8
// with at least one character outside ASCII; whole words of real languages never are ("Condé Nast"
// is not).
std::optional<std::string> MendMojibake(std::string_view utf8);

}  // namespace steelyard::text
