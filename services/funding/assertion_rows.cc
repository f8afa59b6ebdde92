#include "services/funding/assertion_rows.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/flat_rows.h"
#include "services/funding/frame.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

// Where a field says nothing it is NULL or empty; stage and kind are 0 then.
constexpr std::string_view kCreateAssertions = R"(
CREATE TABLE round_assertions (
  assertion_id VARCHAR NOT NULL,
  round_id VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  position BIGINT NOT NULL,
  amended BIGINT NOT NULL,
  retracted BIGINT NOT NULL,
  reason VARCHAR NOT NULL,
  company_id VARCHAR NOT NULL,
  announced_first BIGINT,
  announced_precision BIGINT,
  closed_first BIGINT,
  closed_precision BIGINT,
  label VARCHAR NOT NULL,
  stage BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  amount_minor BIGINT,
  currency VARCHAR,
  post_money_minor BIGINT,
  post_money_currency VARCHAR,
  participations VARCHAR NOT NULL,
  note VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT NOT NULL))";

constexpr std::string_view kCreateLinks = R"(
CREATE TABLE round_links (
  link_id VARCHAR NOT NULL,
  round_id VARCHAR NOT NULL,
  related_id VARCHAR NOT NULL,
  relation BIGINT NOT NULL,
  holds BIGINT NOT NULL,
  origin BIGINT NOT NULL,
  reason VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT NOT NULL))";

constexpr std::string_view kCreateSources = R"(
CREATE TABLE source_facts (
  source VARCHAR NOT NULL,
  published_first BIGINT,
  published_precision BIGINT,
  kind VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT NOT NULL))";

constexpr std::string_view kAssertionColumns =
    "round_id, source, position, amended, retracted, reason, company_id, announced_first, "
    "announced_precision, closed_first, closed_precision, label, stage, kind, amount_minor, "
    "currency, post_money_minor, post_money_currency, participations, note, from_revision, "
    "to_revision";

// Of a date, as cells and as values.
template <typename Column>
Column FirstOf(const std::optional<PartialDate>& date) {
  return date ? Column(int64_t{date->FirstDay().ToDays()}) : Column();
}
template <typename Column>
Column PrecisionOrNull(const std::optional<PartialDate>& date) {
  return date ? Column(PrecisionOf(*date)) : Column();
}

std::string EncodeParticipations(const std::vector<Participation>& participations) {
  if (participations.empty()) return "";
  Frame frame;
  for (const Participation& part : participations) {
    frame.Add(static_cast<int64_t>(part.role)).Add(part.investor);
  }
  return frame.Take();
}

std::vector<Participation> DecodeParticipations(std::string_view text) {
  std::vector<Participation> participations;
  const std::vector<std::string> parts = PartsOf(text);
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    int role = 0;
    if (!absl::SimpleAtoi(parts[i], &role)) break;
    participations.push_back({.investor = parts[i + 1],
                              .role = static_cast<ParticipationRole>(role),
                              .country = "",
                              .investor_kind = ""});
  }
  return participations;
}

absl::Status Append(const Assertion& assertion, std::string_view digest, int64_t revision,
                    sql::Appender& appender) {
  const std::string key = KeyOf(assertion);
  const std::string participations = EncodeParticipations(assertion.participations);
  const sql::Cell row[] = {key,
                           assertion.round,
                           assertion.source,
                           int64_t{assertion.position},
                           int64_t{assertion.amended},
                           int64_t{assertion.retracted ? 1 : 0},
                           assertion.reason,
                           assertion.company,
                           FirstOf<sql::Cell>(assertion.announced),
                           PrecisionOrNull<sql::Cell>(assertion.announced),
                           FirstOf<sql::Cell>(assertion.closed),
                           PrecisionOrNull<sql::Cell>(assertion.closed),
                           assertion.label,
                           static_cast<int64_t>(assertion.stage),
                           static_cast<int64_t>(assertion.kind),
                           MinorOrNull(assertion.amount),
                           CurrencyOrNull(assertion.amount),
                           MinorOrNull(assertion.post_money),
                           CurrencyOrNull(assertion.post_money),
                           participations,
                           assertion.note,
                           digest,
                           revision,
                           ledger::kOpenRevision};
  return appender.Append(row);
}

std::optional<PartialDate> ReadDate(const sql::Rows& rows, int first) {
  if (rows.IsNull(first)) return std::nullopt;
  return DateOf(rows.Int(first), rows.Int(first + 1));
}

StoredAssertion ReadRow(const sql::Rows& rows) {
  return {.assertion = {.round = std::string(rows.Text(0)),
                        .source = std::string(rows.Text(1)),
                        .position = static_cast<int>(rows.Int(2)),
                        .amended = static_cast<uint32_t>(rows.Int(3)),
                        .retracted = rows.Int(4) != 0,
                        .reason = std::string(rows.Text(5)),
                        .company = std::string(rows.Text(6)),
                        .announced = ReadDate(rows, 7),
                        .closed = ReadDate(rows, 9),
                        .label = std::string(rows.Text(11)),
                        .stage = static_cast<Stage>(rows.Int(12)),
                        .kind = static_cast<AmountKind>(rows.Int(13)),
                        .amount = ReadMoney(rows, 14),
                        .post_money = ReadMoney(rows, 16),
                        .participations = DecodeParticipations(rows.Text(18)),
                        .note = std::string(rows.Text(19))},
          .from_revision = rows.Int(20),
          .to_revision = rows.Int(21)};
}

constexpr std::string_view kAssertions = "round_assertions";
constexpr std::string_view kByReport = " ORDER BY round_id, source";

// To go on from with a condition.
Statement Select(std::string_view columns) {
  Statement statement;
  statement.Add(StrCat("SELECT ", columns, " FROM round_assertions WHERE "));
  return statement;
}

std::string Canonical(const SourceTable::value_type& source) {
  return Frame()
      .Add(source.first)
      .Add(source.second.published ? source.second.published->ToString() : "")
      .Add(source.second.kind)
      .Take();
}

}  // namespace

ledger::Migration AssertionMigration() {
  return {.name = "funding/0002-assertions",
          .statements = {kCreateAssertions, kCreateLinks, kCreateSources}};
}

absl::StatusOr<std::vector<Assertion>> ReadAssertions(sql::Connection& connection,
                                                      const Context& context, int64_t revision,
                                                      std::span<const std::string> reports) {
  std::vector<Assertion> assertions;
  Statement select = Select(kAssertionColumns);
  select.Add("from_revision <= ? AND ? < to_revision AND round_id IN", {revision, revision});
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRowIn(
      connection, context, select, reports, kByReport,
      [&](const sql::Rows& rows) { assertions.push_back(ReadRow(rows).assertion); }));
  return assertions;
}

absl::StatusOr<std::vector<Assertion>> ReadStanding(sql::Connection& connection,
                                                    const Context& context,
                                                    std::span<const std::string> reports) {
  std::vector<Assertion> assertions;
  if (reports.empty()) return assertions;
  STEELYARD_RETURN_IF_ERROR(ledger::StageKeys(connection, context, reports));
  Statement select = Select(kAssertionColumns);
  select.Add(StrCat("to_revision = ? AND round_id IN ", ledger::kStagedKeys, kByReport),
             {ledger::kOpenRevision});
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRow(
      connection, context, select,
      [&](const sql::Rows& rows) { assertions.push_back(ReadRow(rows).assertion); }));
  return assertions;
}

absl::StatusOr<std::vector<StoredAssertion>> ReadAssertionHistory(
    sql::Connection& connection, const Context& context, int64_t revision,
    std::span<const std::string> reports) {
  std::vector<StoredAssertion> assertions;
  Statement select = Select(kAssertionColumns);
  select.Add("from_revision <= ? AND round_id IN", {revision});
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRowIn(connection, context, select, reports, StrCat(kByReport, ", from_revision"),
                        [&](const sql::Rows& rows) {
                          assertions.push_back(ReadRow(rows));
                          // What ended later had not ended then.
                          if (assertions.back().to_revision > revision) {
                            assertions.back().to_revision = ledger::kOpenRevision;
                          }
                        }));
  return assertions;
}

absl::StatusOr<std::vector<std::string>> ContestedReports(sql::Connection& connection,
                                                          const Context& context,
                                                          int64_t revision) {
  Statement select = Select("round_id");
  select.Add(
      "from_revision <= ? AND ? < to_revision GROUP BY round_id HAVING COUNT(*) > 1 "
      "ORDER BY round_id",
      {revision, revision});
  return sql::ReadTexts(connection, context, select);
}

absl::StatusOr<std::vector<std::string>> ReportsWith(sql::Connection& connection,
                                                     const Context& context, AssertedKey key,
                                                     std::span<const std::string> values) {
  STEELYARD_RETURN_IF_ERROR(ledger::StageKeys(connection, context, values));
  Statement select = Select("DISTINCT round_id");
  select.Add(StrCat("to_revision = ? AND ", key == AssertedKey::kSource ? "source" : "company_id",
                    " IN ", ledger::kStagedKeys, " ORDER BY round_id"),
             {ledger::kOpenRevision});
  return sql::ReadTexts(connection, context, select);
}

absl::StatusOr<bool> AnyReports(sql::Connection& connection, const Context& context) {
  Statement select;
  select.Add("SELECT COUNT(*) FROM (");
  select.Add(Select("1 AS one"));
  select.Add("to_revision = ? LIMIT 1) a", {ledger::kOpenRevision});
  STEELYARD_ASSIGN_OR_RETURN(const int64_t any, sql::ReadInt(connection, context, select));
  return any > 0;
}

absl::StatusOr<std::unordered_set<std::string>> KnownReports(sql::Connection& connection,
                                                             const Context& context,
                                                             std::span<const std::string> reports) {
  if (reports.empty()) return std::unordered_set<std::string>();
  STEELYARD_RETURN_IF_ERROR(ledger::StageKeys(connection, context, reports));
  Statement select = Select("DISTINCT round_id");
  select.Add(StrCat("to_revision = ? AND round_id IN ", ledger::kStagedKeys),
             {ledger::kOpenRevision});
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> known,
                             sql::ReadTexts(connection, context, select));
  return std::unordered_set<std::string>(known.begin(), known.end());
}

absl::StatusOr<LinkTable> ReadLinks(sql::Connection& connection, const Context& context,
                                    int64_t revision) {
  Statement select;
  select.Add(
      "SELECT round_id, related_id, relation, holds, origin, reason FROM round_links "
      "WHERE from_revision <= ? AND ? < to_revision ORDER BY link_id",
      {revision, revision});
  LinkTable links;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, select, [&](const sql::Rows& rows) {
        links.Load({.round = std::string(rows.Text(0)),
                    .related = std::string(rows.Text(1)),
                    .relation = static_cast<RoundRelation>(rows.Int(2)),
                    .holds = rows.Int(3) != 0,
                    .origin = static_cast<LinkOrigin>(rows.Int(4)),
                    .reason = std::string(rows.Text(5))});
      }));
  return links;
}

absl::StatusOr<SourceTable> ReadSources(sql::Connection& connection, const Context& context,
                                        int64_t revision) {
  Statement select;
  select.Add(
      "SELECT source, published_first, published_precision, kind FROM source_facts "
      "WHERE from_revision <= ? AND ? < to_revision",
      {revision, revision});
  SourceTable sources;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, select, [&](const sql::Rows& rows) {
        sources[std::string(rows.Text(0))] = {.published = ReadDate(rows, 1),
                                              .kind = std::string(rows.Text(3))};
      }));
  return sources;
}

absl::Status AppendAssertions(sql::Connection& connection, int64_t revision,
                              const std::vector<Assertion>& assertions) {
  if (assertions.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, connection.Append(kAssertions));
  for (const Assertion& assertion : assertions) {
    const std::string digest = ledger::ContentDigest(Canonical(assertion));
    STEELYARD_RETURN_IF_ERROR(Append(assertion, digest, revision, *appender));
  }
  return appender->Close();
}

absl::StatusOr<std::vector<std::string>> WriteAssertions(sql::Connection& connection,
                                                         const Context& context, int64_t revision,
                                                         const std::vector<Assertion>& assertions) {
  const auto digests =
      DigestsOf(assertions, [](const Assertion& assertion) { return KeyOf(assertion); });
  return WriteFlat(
      connection, context, revision, kAssertions, "assertion_id", assertions, digests,
      [revision](const Assertion& assertion, const std::string& digest, sql::Appender& appender) {
        return Append(assertion, digest, revision, appender);
      });
}

absl::Status RetractAssertions(sql::Connection& connection, const Context& context,
                               int64_t revision, const std::vector<Assertion>& assertions,
                               std::string_view reason) {
  std::vector<std::string> keys;
  for (const Assertion& assertion : assertions) keys.push_back(KeyOf(assertion));
  const std::string_view tables[] = {kAssertions};
  STEELYARD_RETURN_IF_ERROR(
      ledger::CloseRows(connection, context, tables, "assertion_id", keys, revision).status());
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, connection.Append(kAssertions));
  for (Assertion withdrawn : assertions) {
    const std::string digest = ledger::ContentDigest(Canonical(withdrawn));
    withdrawn.retracted = true;
    withdrawn.reason = reason;
    STEELYARD_RETURN_IF_ERROR(Append(withdrawn, digest, revision, *appender));
  }
  return appender->Close();
}

absl::StatusOr<int64_t> WriteLinks(sql::Connection& connection, const Context& context,
                                   int64_t revision, const std::vector<RoundLink>& links) {
  const auto digests = DigestsOf(links, [](const RoundLink& link) { return KeyOf(link); });
  STEELYARD_ASSIGN_OR_RETURN(
      const std::vector<std::string> changed,
      WriteFlat(
          connection, context, revision, "round_links", "link_id", links, digests,
          [revision](const RoundLink& link, const std::string& digest, sql::Appender& appender) {
            return appender.Append(std::vector<sql::Value>{
                KeyOf(link), link.round, link.related, static_cast<int64_t>(link.relation),
                int64_t{link.holds ? 1 : 0}, static_cast<int64_t>(link.origin), link.reason, digest,
                revision, ledger::kOpenRevision});
          }));
  return static_cast<int64_t>(changed.size());
}

absl::StatusOr<std::vector<std::string>> WriteSources(sql::Connection& connection,
                                                      const Context& context, int64_t revision,
                                                      const SourceTable& sources) {
  const std::vector<std::pair<std::string, SourceFacts>> all(sources.begin(), sources.end());
  std::vector<ledger::KeyDigest> digests;
  for (const auto& source : sources) {
    digests.emplace_back(source.first, ledger::ContentDigest(Canonical(source)));
  }
  return WriteFlat(
      connection, context, revision, "source_facts", "source", all, digests,
      [revision](const auto& source, const std::string& digest, sql::Appender& appender) {
        return appender.Append(
            std::vector<sql::Value>{source.first, FirstOf<sql::Value>(source.second.published),
                                    PrecisionOrNull<sql::Value>(source.second.published),
                                    source.second.kind, digest, revision, ledger::kOpenRevision});
      });
}

}  // namespace steelyard::funding
