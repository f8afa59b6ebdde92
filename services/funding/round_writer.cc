#include "services/funding/round_writer.h"

#include <set>
#include <span>
#include <unordered_set>

#include "services/common/ledger/ledger.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

constexpr int kMicroDigits = 6;

sql::Value NullOr(const std::optional<Money>& money) {
  return money ? sql::Value(money->minor_units) : sql::Value();
}

sql::Value CurrencyOf(const std::optional<Money>& money) {
  return money ? sql::Value(money->currency) : sql::Value();
}

// Millionths of a currency's unit in one minor unit; no currency has more than 6 decimals.
absl::StatusOr<sql::Value> MicrosOf(const std::optional<Money>& money) {
  if (!money) return sql::Value();
  STEELYARD_ASSIGN_OR_RETURN(const int digits, MinorDigits(money->currency));
  int64_t micros = 1;
  for (int i = digits; i < kMicroDigits; ++i) micros *= 10;
  return sql::Value(micros);
}

absl::Status AppendRound(const Round& round, const std::string& digest, int64_t revision,
                         sql::Appender& rounds, sql::Appender& participations) {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Value micros, MicrosOf(round.amount));
  const sql::Value row[] = {round.id,
                            round.company,
                            int64_t{round.announced.FirstDay().ToDays()},
                            int64_t{round.announced.LastDay().ToDays()},
                            PrecisionOf(round.announced),
                            int64_t{round.announced.year},
                            round.label,
                            static_cast<int64_t>(round.stage),
                            static_cast<int64_t>(round.kind),
                            NullOr(round.amount),
                            micros,
                            CurrencyOf(round.amount),
                            NullOr(round.post_money),
                            CurrencyOf(round.post_money),
                            round.included_in,
                            round.note,
                            JoinList(round.sources),
                            digest,
                            revision,
                            ledger::kOpenRevision};
  STEELYARD_RETURN_IF_ERROR(rounds.Append(row));
  int64_t position = 0;
  for (const Participation& participation : round.participations) {
    const sql::Value child[] = {round.id,
                                ++position,
                                participation.investor,
                                static_cast<int64_t>(participation.role),
                                revision,
                                ledger::kOpenRevision};
    STEELYARD_RETURN_IF_ERROR(participations.Append(child));
  }
  return absl::OkStatus();
}

// Digests of subjects by the key that `key_of` gives.
template <typename Subject, typename KeyOf>
std::vector<ledger::KeyDigest> DigestsOf(const std::vector<Subject>& subjects, KeyOf key_of) {
  std::vector<ledger::KeyDigest> digests;
  digests.reserve(subjects.size());
  for (const Subject& subject : subjects) {
    digests.emplace_back(key_of(subject), ledger::ContentDigest(Canonical(subject)));
  }
  return digests;
}

// Writes subjects of a table without children: those that changed are closed and appended as the
// row that `row_of` gives.
template <typename Subject, typename KeyOf, typename RowOf>
absl::StatusOr<int64_t> WriteFlat(sql::Connection& connection, const Context& context,
                                  int64_t revision, std::string_view table,
                                  std::string_view key_column, const std::vector<Subject>& subjects,
                                  KeyOf key_of, RowOf row_of) {
  const std::vector<ledger::KeyDigest> digests = DigestsOf(subjects, key_of);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                             ledger::ChangedKeys(connection, context, table, key_column, digests));
  if (changed.empty()) return 0;
  const std::string_view tables[] = {table};
  STEELYARD_RETURN_IF_ERROR(
      ledger::CloseRows(connection, context, tables, key_column, changed, revision).status());
  const std::unordered_set<std::string_view> is_changed(changed.begin(), changed.end());
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, connection.Append(table));
  for (size_t i = 0; i < subjects.size(); ++i) {
    if (!is_changed.contains(digests[i].first)) continue;
    const std::vector<sql::Value> row = row_of(subjects[i], digests[i].second);
    STEELYARD_RETURN_IF_ERROR(appender->Append(row));
  }
  STEELYARD_RETURN_IF_ERROR(appender->Close());
  return static_cast<int64_t>(changed.size());
}

std::string FirstOf(const std::vector<std::string>& list) { return list.empty() ? "" : list[0]; }

}  // namespace

absl::StatusOr<std::vector<std::string>> WriteRounds(sql::Connection& connection,
                                                     const Context& context, int64_t revision,
                                                     const std::vector<Round>& rounds) {
  const auto digests = DigestsOf(rounds, [](const Round& round) { return round.id; });
  STEELYARD_ASSIGN_OR_RETURN(std::vector<std::string> changed,
                             ledger::ChangedKeys(connection, context, "rounds", "id", digests));
  if (changed.empty()) return changed;
  const std::string_view parents[] = {"rounds"};
  const std::string_view children[] = {"participations"};
  STEELYARD_RETURN_IF_ERROR(
      ledger::CloseRows(connection, context, parents, "id", changed, revision).status());
  STEELYARD_RETURN_IF_ERROR(
      ledger::CloseRows(connection, context, children, "round_id", changed, revision).status());

  const std::unordered_set<std::string_view> is_changed(changed.begin(), changed.end());
  STEELYARD_ASSIGN_OR_RETURN(const auto parent_rows, connection.Append("rounds"));
  STEELYARD_ASSIGN_OR_RETURN(const auto child_rows, connection.Append("participations"));
  for (size_t i = 0; i < rounds.size(); ++i) {
    if (!is_changed.contains(rounds[i].id)) continue;
    STEELYARD_RETURN_IF_ERROR(
        AppendRound(rounds[i], digests[i].second, revision, *parent_rows, *child_rows));
  }
  STEELYARD_RETURN_IF_ERROR(parent_rows->Close());
  STEELYARD_RETURN_IF_ERROR(child_rows->Close());
  return changed;
}

absl::StatusOr<int64_t> WriteInvestors(sql::Connection& connection, const Context& context,
                                       int64_t revision, const std::vector<Investor>& investors) {
  return WriteFlat(
      connection, context, revision, "investors", "name", investors,
      [](const Investor& investor) { return investor.name; },
      [revision](const Investor& investor, const std::string& digest) {
        return std::vector<sql::Value>{investor.name, investor.country, investor.kind,
                                       digest,        revision,         ledger::kOpenRevision};
      });
}

absl::StatusOr<int64_t> WriteCompanies(sql::Connection& connection, const Context& context,
                                       int64_t revision,
                                       const std::vector<CompanyFacts>& companies) {
  return WriteFlat(
      connection, context, revision, "company_projection", "company_id", companies,
      [](const CompanyFacts& company) { return company.id; },
      [revision](const CompanyFacts& company, const std::string& digest) {
        return std::vector<sql::Value>{company.id,
                                       company.display_name,
                                       company.country,
                                       FirstOf(company.layers),
                                       FirstOf(company.sectors),
                                       JoinList(company.layers),
                                       JoinList(company.sectors),
                                       company.source_category,
                                       digest,
                                       revision,
                                       ledger::kOpenRevision};
      });
}

absl::StatusOr<Inclusions> ReadInclusions(sql::Connection& connection, const Context& context) {
  const sql::Value open[] = {ledger::kOpenRevision};
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows,
      connection.Query(
          context, "SELECT id, included_in FROM rounds WHERE to_revision = ? AND included_in <> ''",
          open));
  Inclusions inclusions;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return inclusions;
    inclusions.emplace(rows->Text(0), rows->Text(1));
  }
}

bool LeadsBack(const Inclusions& inclusions, std::string_view round) {
  std::set<std::string_view> seen;
  for (auto next = inclusions.find(round);
       next != inclusions.end() && seen.insert(next->first).second;
       next = inclusions.find(next->second)) {
    if (next->second == round) return true;
  }
  return false;
}

}  // namespace steelyard::funding
