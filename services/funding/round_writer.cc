#include "services/funding/round_writer.h"

#include <span>
#include <unordered_set>

#include "services/common/ledger/ledger.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/funding/flat_rows.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

constexpr int kMicroDigits = 6;

// Millionths of a currency's unit in one minor unit; no currency has more than 6 decimals.
absl::StatusOr<sql::Cell> MicrosOf(const std::optional<Money>& money) {
  if (!money) return sql::Cell();
  STEELYARD_ASSIGN_OR_RETURN(const int digits, MinorDigits(money->currency));
  int64_t micros = 1;
  for (int i = digits; i < kMicroDigits; ++i) micros *= 10;
  return sql::Cell(micros);
}

sql::Cell DayOrNull(const std::optional<PartialDate>& date,
                    PartialDate (PartialDate::*day)() const) {
  return date ? sql::Cell(int64_t{((*date).*day)().ToDays()}) : sql::Cell();
}

std::string FirstOf(const std::vector<std::string>& list) { return list.empty() ? "" : list[0]; }

}  // namespace

absl::Status AppendRound(const Round& round, const std::string& digest, int64_t revision,
                         sql::Appender& rounds, sql::Appender& participations) {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Cell micros, MicrosOf(round.amount));
  const std::string sources = JoinList(round.sources);
  const std::string aliases = JoinList(round.aliases);
  const sql::Cell row[] = {round.id,
                           round.company,
                           int64_t{round.announced.FirstDay().ToDays()},
                           int64_t{round.announced.LastDay().ToDays()},
                           PrecisionOf(round.announced),
                           int64_t{round.announced.year},
                           DayOrNull(round.closed, &PartialDate::FirstDay),
                           DayOrNull(round.closed, &PartialDate::LastDay),
                           round.closed ? sql::Cell(PrecisionOf(*round.closed)) : sql::Cell(),
                           round.label,
                           static_cast<int64_t>(round.stage),
                           static_cast<int64_t>(round.kind),
                           MinorOrNull(round.amount),
                           micros,
                           CurrencyOrNull(round.amount),
                           MinorOrNull(round.post_money),
                           CurrencyOrNull(round.post_money),
                           round.included_in,
                           round.note,
                           sources,
                           aliases,
                           round.spread.sources,
                           round.spread.low,
                           round.spread.high,
                           digest,
                           revision,
                           ledger::kOpenRevision};
  STEELYARD_RETURN_IF_ERROR(rounds.Append(row));
  int64_t position = 0;
  for (const Participation& participation : round.participations) {
    const sql::Cell child[] = {round.id,
                               ++position,
                               participation.investor,
                               static_cast<int64_t>(participation.role),
                               revision,
                               ledger::kOpenRevision,
                               round.company};
    STEELYARD_RETURN_IF_ERROR(participations.Append(child));
  }
  return absl::OkStatus();
}

absl::Status AppendRounds(sql::Connection& connection, int64_t revision,
                          const std::vector<DigestedRound>& rounds) {
  if (rounds.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const auto parent_rows, connection.Append("rounds"));
  STEELYARD_ASSIGN_OR_RETURN(const auto child_rows, connection.Append("participations"));
  for (const auto& [round, digest] : rounds) {
    STEELYARD_RETURN_IF_ERROR(AppendRound(round, digest, revision, *parent_rows, *child_rows));
  }
  STEELYARD_RETURN_IF_ERROR(parent_rows->Close());
  return child_rows->Close();
}

absl::StatusOr<std::vector<std::string>> WriteRounds(sql::Connection& connection,
                                                     const Context& context, int64_t revision,
                                                     const std::vector<Round>& rounds) {
  const auto digests = DigestsOf(rounds, [](const Round& round) { return round.id; });
  STEELYARD_ASSIGN_OR_RETURN(ledger::Changed changed,
                             ledger::ChangedKeys(connection, context, "rounds", "id", digests));
  if (changed.keys.empty()) return std::move(changed.keys);
  STEELYARD_RETURN_IF_ERROR(RemoveRounds(connection, context, revision, changed.replaced));

  const std::unordered_set<std::string_view> is_changed(changed.keys.begin(), changed.keys.end());
  STEELYARD_ASSIGN_OR_RETURN(const auto parent_rows, connection.Append("rounds"));
  STEELYARD_ASSIGN_OR_RETURN(const auto child_rows, connection.Append("participations"));
  for (size_t i = 0; i < rounds.size(); ++i) {
    if (!is_changed.contains(rounds[i].id)) continue;
    STEELYARD_RETURN_IF_ERROR(
        AppendRound(rounds[i], digests[i].second, revision, *parent_rows, *child_rows));
  }
  STEELYARD_RETURN_IF_ERROR(parent_rows->Close());
  STEELYARD_RETURN_IF_ERROR(child_rows->Close());
  return std::move(changed.keys);
}

absl::Status RemoveRounds(sql::Connection& connection, const Context& context, int64_t revision,
                          const std::vector<std::string>& ids) {
  const std::string_view parents[] = {"rounds"};
  const std::string_view children[] = {"participations"};
  STEELYARD_RETURN_IF_ERROR(
      ledger::CloseRows(connection, context, parents, "id", ids, revision).status());
  return ledger::CloseRows(connection, context, children, "round_id", ids, revision).status();
}

absl::StatusOr<int64_t> WriteInvestors(sql::Connection& connection, const Context& context,
                                       int64_t revision, const std::vector<Investor>& investors) {
  const auto digests = DigestsOf(investors, [](const Investor& investor) { return investor.name; });
  STEELYARD_ASSIGN_OR_RETURN(
      const std::vector<std::string> changed,
      WriteFlat(
          connection, context, revision, "investors", "name", investors, digests,
          [revision](const Investor& investor, const std::string& digest, sql::Appender& appender) {
            return appender.Append(std::vector<sql::Value>{investor.name, investor.country,
                                                           investor.kind, digest, revision,
                                                           ledger::kOpenRevision});
          }));
  return static_cast<int64_t>(changed.size());
}

absl::StatusOr<int64_t> WriteCompanies(sql::Connection& connection, const Context& context,
                                       int64_t revision,
                                       const std::vector<CompanyFacts>& companies) {
  const auto digests = DigestsOf(companies, [](const CompanyFacts& company) { return company.id; });
  STEELYARD_ASSIGN_OR_RETURN(
      const std::vector<std::string> changed,
      WriteFlat(connection, context, revision, "company_projection", "company_id", companies,
                digests,
                [revision](const CompanyFacts& company, const std::string& digest,
                           sql::Appender& appender) {
                  return appender.Append(std::vector<sql::Value>{
                      company.id, company.display_name, company.country, FirstOf(company.layers),
                      FirstOf(company.sectors), JoinList(company.layers), JoinList(company.sectors),
                      company.source_category, digest, revision, ledger::kOpenRevision,
                      company.legal_country, company.founding_country});
                }));
  return static_cast<int64_t>(changed.size());
}

}  // namespace steelyard::funding
