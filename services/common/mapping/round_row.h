#pragma once

// What a mapped row of rounds says of its company, day and amount. The registry and funding read
// the same files on their own, and must agree on which rows count and whom they mean, without
// asking each other.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/mapping/rows.h"
#include "services/common/time/date.h"

namespace steelyard::mapping {

// Lower-case letters and digits of a name's folded form with '-' between its words: "Mistral AI" ->
// "mistral-ai". When letters are lost that way, or it is too long, 8 hexadecimal digits of the
// SHA-256 of the folded form stand at its end, so that it stays the name's own. At most 100
// characters; empty for a name without letters and digits.
std::string SlugOf(std::string_view name);

// Whom a row means.
struct CompanyRow {
  std::string id;
  std::string name;  // may be empty; mended where it was decoded twice
};

// Reads the current row's company. nullopt when the row was rejected, which it has then reported.
std::optional<CompanyRow> ReadCompanyRow(Rows& rows);

struct RoundRow {
  bool rejected = false;  // only the amount is set then
  CompanyRow company;
  PartialDate announced;
  std::optional<Money> amount;
};

// Reads the current row. Rejected, and reported as that: no company, no date of the calendar, a
// date of an impossible year or after `latest`, an amount beyond the range. An amount that is no
// number is cleared, and reported.
RoundRow ReadRoundRow(Rows& rows, const PartialDate& latest);

// Why nothing that happened can have that date: its year, or because it begins after `latest`;
// empty when it can.
std::string EventFault(const PartialDate& date, const PartialDate& latest);

// Tomorrow, in UTC: somewhere on earth it has begun.
PartialDate LatestDay();

// What a category cell means.
struct Categories {
  std::string source;  // the cell as it stands, cut after 200 characters
  std::vector<std::string> layers;
  std::vector<std::string> sectors;
};
// Reads the row's categories; those without a meaning are counted as unmapped.
Categories ReadCategories(Rows& rows);

// The alpha-2 code of the row's country, which may be written as a code of either length or by its
// English name; empty when there is none, or it was cleared.
std::string ReadCountry(Rows& rows);

}  // namespace steelyard::mapping
