#pragma once

// What Crunchbase's exports of 2013 have in common. The registry and funding read the same files on
// their own and must name the same company alike, without asking each other.

#include <string>
#include <string_view>

namespace steelyard::text {

// The value of a company's identifier of scheme "crunchbase": the permalink without its path and in
// lower case. "/company/waywire" -> "waywire". Empty when the permalink has no such part.
std::string CrunchbaseSlug(std::string_view permalink);

// The company's id: "cb-" and the slug, where characters other than a-z, 0-9, '.', '_' and '-'
// become
// '-'. A longer id than 128 characters is cut, and ends in '-' and 8 hexadecimal digits of the
// SHA-256 of the slug, so that it stays its own. Empty when the slug is.
std::string CrunchbaseCompanyId(std::string_view permalink);

// A company's name, where a spreadsheet has replaced it with "#NAME?" (it took "+n" for a formula);
// then the slug, which the name was once made from. Other names come back as they are.
std::string CrunchbaseName(std::string_view name, std::string_view permalink);
// Whether CrunchbaseName would replace it.
bool IsSpreadsheetDamage(std::string_view name);

}  // namespace steelyard::text
