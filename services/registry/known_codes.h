#pragma once

// Codes that tell a company beyond doubt, in the one form in which they are stored, and the ids of
// companies that are made of them.

#include <string>
#include <string_view>

namespace steelyard::registry {

// A legal entity identifier (ISO 17442): 20 letters and digits in upper case, whose last two digits
// check the rest. Empty for any other text.
std::string LeiOf(std::string_view text);
// A central index key of the SEC, 10 digits with leading zeros; up to 10 are taken. Empty for any
// other text, and for zero.
std::string CikOf(std::string_view text);
// A Wikidata item: "Q" and digits, also as an address or in lower case. Empty for any other text.
std::string WikidataOf(std::string_view text);

// The id of a company that is told by a code: the prefix, which ends in '-', and the code in lower
// case, where characters that an id cannot have become '-'. When characters were lost so, or the id
// would be longer than 128 characters, it ends in '-' and 8 digits of a digest of the code.
std::string CompanyIdOf(std::string_view prefix, std::string_view code);

}  // namespace steelyard::registry
