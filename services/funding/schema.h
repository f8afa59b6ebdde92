#pragma once

// The tables of rounds in funding's database, and how rows become rounds and back.
//
// Lists are texts with a bar around every item ("|a|b|", empty for none); ids hold no bars. A
// participation lives exactly as long as its round: both carry the same interval of revisions.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/sql/statement.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Every step of funding's schema: rounds first, then the reference tables.
std::vector<ledger::Migration> FundingMigrations();

// "|a|b|" of a list and back.
std::string JoinList(const std::vector<std::string>& items);
std::vector<std::string> SplitList(std::string_view text);

// How precisely a date is known, as it is stored: 1 year, 2 month, 3 day.
int64_t PrecisionOf(const PartialDate& date);
PartialDate DateOf(int64_t first_day, int64_t precision);

// Money as two columns that follow each other, minor units and currency: both NULL for none. The
// currency is a view of the money's.
sql::Cell MinorOrNull(const std::optional<Money>& money);
sql::Cell CurrencyOrNull(const std::optional<Money>& money);
std::optional<Money> ReadMoney(const sql::Rows& rows, int minor_units);

using sql::Statement;

// What stands for the stored rounds and participations in a statement.
struct RoundTables {
  std::string_view rounds = "rounds";
  std::string_view participations = "participations";
};

// How rounds come by the facts of their companies: by a join, which conditions on companies need;
// or they are looked up for the rounds that were read. For few rounds that is quicker by far: a
// join goes over all companies.
enum class Companies { kJoined, kLookedUp };

// "SELECT ... FROM rounds r [LEFT JOIN company_projection c ...] [joins] WHERE r is valid at the
// revision", to go on from with AND or ORDER BY. `columns` stands between SELECT and FROM.
Statement SelectRounds(std::string_view columns, int64_t revision, const RoundTables& tables = {},
                       Companies companies = Companies::kJoined, const Statement& joins = {});
// The first layer and sector of a joined company; "" when there is none.
inline constexpr std::string_view kLayerColumn = "COALESCE(c.layer, '')";
inline constexpr std::string_view kSectorColumn = "COALESCE(c.sector, '')";
// The columns that ReadRound reads, in its order.
std::string RoundColumns(Companies companies = Companies::kJoined);
// The current row as a round, without participations.
Round ReadRound(const sql::Rows& rows);
// Runs a statement over RoundColumns and reads every round, with participations and the facts of
// their investors and companies at `revision`.
absl::StatusOr<std::vector<Round>> ReadRounds(sql::Connection& connection, const Context& context,
                                              const Statement& statement, int64_t revision,
                                              Companies companies = Companies::kJoined);

// What is known of the investors at `revision`, by name.
absl::StatusOr<std::map<std::string, Investor, std::less<>>> ReadInvestors(
    sql::Connection& connection, const Context& context, int64_t revision,
    const std::vector<std::string>& names);

}  // namespace steelyard::funding
