#pragma once

// What values may look like, wherever they come from: a request, or a cell of an imported file.
// Each check gives an empty text when the value is right, and otherwise what is allowed there.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/registry/company.h"

namespace steelyard::registry {

// Most names, identifiers, layers, sectors and sources of one company.
inline constexpr size_t kMostNames = 1000;
inline constexpr size_t kMostIdentifiers = 1000;
inline constexpr size_t kMostCodes = 20;
inline constexpr size_t kMostSources = 1000;
// Most relations, and most periods of each history.
inline constexpr size_t kMostRelations = 1000;
inline constexpr size_t kMostPeriods = 100;

std::string CheckCompanyId(std::string_view id);
std::string CheckSourceId(std::string_view id);
// Codes of codelists and the ids of codelists: "FOUNDATION_MODEL".
std::string CheckCode(std::string_view code);
std::string CheckScheme(std::string_view scheme);
// The value of an identifier of this scheme; "domain", "lei" and "isin" as identifier_check.h says.
std::string CheckIdentifierValue(std::string_view scheme, std::string_view value);
// BCP 47, by its form.
std::string CheckLanguage(std::string_view tag);
// ISO 3166-1 alpha-2, or empty.
std::string CheckCountry(std::string_view code);
// That nothing ends before it begins; names valid_from.
std::string CheckValidity(const Validity& valid);
// An absolute http or https address, or empty.
std::string CheckAddress(std::string_view address);
std::string CheckSourceKind(std::string_view kind);
// A name: 1 to 500 characters, none of them a control character.
std::string CheckName(std::string_view text);
// Other text: at most `most` characters, none of them a control character; may be empty.
std::string CheckText(std::string_view text, int most);

// A wrong part of something larger: its path ("names[2].language") and what is allowed there.
using Fault = std::pair<std::string, std::string>;
// Everything that is wrong with a company by itself, in the order of its fields. Whether its
// sources, codes and identifiers fit the rest of the registry is not looked at.
std::vector<Fault> Check(const Company& company);

}  // namespace steelyard::registry
