#include "services/funding/candidate_rows.h"

#include <algorithm>
#include <set>

#include "services/common/status/status.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

constexpr size_t kMostIdsAtOnce = 1000;
constexpr std::string_view kOrder = " ORDER BY r.company_id, r.id";

absl::Status ReadInto(sql::Connection& connection, const Context& context,
                      const Statement& statement, std::vector<Round>& rounds) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows,
                             connection.Query(context, statement.sql, statement.parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    rounds.push_back(ReadRound(*rows));
  }
}

std::set<std::string> CurrenciesOf(const std::vector<Round>& rounds) {
  std::set<std::string> currencies;
  for (const Round& round : rounds) {
    if (round.amount) currencies.insert(round.amount->currency);
  }
  return currencies;
}

}  // namespace

absl::StatusOr<std::vector<Round>> ReadRoundsOf(sql::Connection& connection, const Context& context,
                                                int64_t revision,
                                                const std::vector<std::string>& companies) {
  std::vector<std::string> sorted = companies;
  std::sort(sorted.begin(), sorted.end());
  std::vector<Round> rounds;
  for (size_t i = 0; i < sorted.size();) {
    Statement statement = SelectRounds(kRoundColumns, revision);
    for (size_t n = 0; n < kMostIdsAtOnce && i < sorted.size(); ++n, ++i) {
      statement.Add(n == 0 ? " AND r.company_id IN (?" : ", ?", {sorted[i]});
    }
    statement.Add(")");
    statement.Add(kOrder);
    STEELYARD_RETURN_IF_ERROR(ReadInto(connection, context, statement, rounds));
  }
  return rounds;
}

absl::StatusOr<std::vector<Round>> ReadAllRounds(sql::Connection& connection,
                                                 const Context& context, int64_t revision) {
  std::vector<Round> rounds;
  Statement statement = SelectRounds(kRoundColumns, revision);
  statement.Add(kOrder);
  STEELYARD_RETURN_IF_ERROR(ReadInto(connection, context, statement, rounds));
  return rounds;
}

absl::StatusOr<RateTable> ReadRatesFor(sql::Connection& connection, const Context& context,
                                       int64_t revision, const std::vector<Round>& rounds,
                                       const std::vector<Round>& others) {
  std::set<std::string> currencies = CurrenciesOf(rounds);
  currencies.merge(CurrenciesOf(others));
  if (currencies.size() < 2) return RateTable(std::vector<DailyRate>());
  Statement statement;
  statement.Add(
      "SELECT day, currency, rate FROM exchange_rates WHERE from_revision <= ? AND ? < to_revision",
      {revision, revision});
  std::string_view separator = " AND currency IN (?";
  for (const std::string& currency : currencies) {
    statement.Add(separator, {currency});
    separator = ", ?";
  }
  statement.Add(")");
  STEELYARD_ASSIGN_OR_RETURN(const auto rows,
                             connection.Query(context, statement.sql, statement.parameters));
  std::vector<DailyRate> rates;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return RateTable(rates);
    rates.push_back({.day = static_cast<int32_t>(rows->Int(0)),
                     .currency = std::string(rows->Text(1)),
                     .rate = rows->Int(2)});
  }
}

}  // namespace steelyard::funding
