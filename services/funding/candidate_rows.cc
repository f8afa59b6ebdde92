#include "services/funding/candidate_rows.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kOrder = " ORDER BY r.company_id, r.id";

absl::StatusOr<std::vector<Round>> ReadBare(sql::Connection& connection, const Context& context,
                                            Statement statement) {
  statement.Add(kOrder);
  std::vector<Round> rounds;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, statement,
                      [&](const sql::Rows& rows) { rounds.push_back(ReadRound(rows)); }));
  return rounds;
}

// A source that all of them list, as the reports of one import mostly do; or empty.
std::string CommonSource(const std::vector<Round>& reports) {
  if (reports.empty()) return "";
  for (const std::string& source : reports.front().sources) {
    const bool common = std::all_of(reports.begin(), reports.end(), [&](const Round& report) {
      return std::find(report.sources.begin(), report.sources.end(), source) !=
             report.sources.end();
    });
    if (common) return source;
  }
  return "";
}

// Of the companies, to go on from with a condition.
absl::StatusOr<Statement> SelectRoundsOf(sql::Connection& connection, const Context& context,
                                         int64_t revision,
                                         const std::vector<std::string>& companies) {
  STEELYARD_RETURN_IF_ERROR(ledger::StageKeys(connection, context, companies));
  Statement statement = SelectRounds(RoundColumns(), revision);
  statement.Add(StrCat(" AND r.company_id IN ", ledger::kStagedKeys));
  return statement;
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
                                                int64_t revision, std::string_view company) {
  Statement statement = SelectRounds(RoundColumns(), revision);
  if (!company.empty()) statement.Add(" AND r.company_id = ?", {std::string(company)});
  return ReadBare(connection, context, std::move(statement));
}

absl::StatusOr<std::vector<Round>> ReadRoundsOf(sql::Connection& connection, const Context& context,
                                                int64_t revision,
                                                const std::vector<std::string>& companies) {
  STEELYARD_ASSIGN_OR_RETURN(Statement statement,
                             SelectRoundsOf(connection, context, revision, companies));
  return ReadBare(connection, context, std::move(statement));
}

absl::StatusOr<std::vector<Round>> ReadCandidates(sql::Connection& connection,
                                                  const Context& context, int64_t revision,
                                                  const std::vector<Round>& reports) {
  std::set<std::string> companies;
  for (const Round& report : reports) companies.insert(report.company);
  STEELYARD_ASSIGN_OR_RETURN(
      Statement statement,
      SelectRoundsOf(connection, context, revision, {companies.begin(), companies.end()}));
  if (const std::string source = CommonSource(reports); !source.empty()) {
    statement.Add(" AND POSITION(? IN r.sources) = 0", {JoinList({source})});
  }
  return ReadBare(connection, context, std::move(statement));
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
  statement.Add(" AND currency IN ");
  statement.AddList(currencies);
  std::vector<DailyRate> rates;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, statement, [&](const sql::Rows& rows) {
        rates.push_back({.day = static_cast<int32_t>(rows.Int(0)),
                         .currency = std::string(rows.Text(1)),
                         .rate = rows.Int(2)});
      }));
  return RateTable(rates);
}

}  // namespace steelyard::funding
