#include "services/funding/schema.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/assertion_rows.h"
#include "services/funding/indexes.h"
#include "services/funding/redirect_rows.h"
#include "services/funding/reference/import_reference.h"

namespace steelyard::funding {
namespace {

// amount_micros is the number of millionths of the currency's unit in one minor unit, so that
// amounts of currencies with different decimals compare.
constexpr std::string_view kCreateRounds = R"(
CREATE TABLE rounds (
  id VARCHAR NOT NULL,
  company_id VARCHAR NOT NULL,
  announced_first BIGINT NOT NULL,
  announced_last BIGINT NOT NULL,
  announced_precision BIGINT NOT NULL,
  announced_year BIGINT NOT NULL,
  closed_first BIGINT,
  closed_last BIGINT,
  closed_precision BIGINT,
  label VARCHAR NOT NULL,
  stage BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  amount_minor BIGINT,
  amount_micros BIGINT,
  currency VARCHAR,
  post_money_minor BIGINT,
  post_money_currency VARCHAR,
  included_in VARCHAR NOT NULL,
  note VARCHAR NOT NULL,
  sources VARCHAR NOT NULL,
  aliases VARCHAR NOT NULL,
  amount_sources BIGINT NOT NULL,
  amount_low BIGINT NOT NULL,
  amount_high BIGINT NOT NULL,
  digest VARCHAR NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT NOT NULL))";

constexpr std::string_view kCreateParticipations = R"(
CREATE TABLE participations (
  round_id VARCHAR NOT NULL,
  position BIGINT NOT NULL,
  investor VARCHAR NOT NULL,
  role BIGINT NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT NOT NULL))";

constexpr std::string_view kCreateInvestors = R"(
CREATE TABLE investors (
  name VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT NOT NULL))";

constexpr std::string_view kCreateProjection = R"(
CREATE TABLE company_projection (
  company_id VARCHAR NOT NULL,
  display_name VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  layer VARCHAR NOT NULL,
  sector VARCHAR NOT NULL,
  layers VARCHAR NOT NULL,
  sectors VARCHAR NOT NULL,
  source_category VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  from_revision BIGINT NOT NULL,
  to_revision BIGINT NOT NULL))";

// What is asked of rounds is asked by company, or of all of them: their rows, and those that are
// joined to them, live with their company. What is small is everywhere.
ledger::Migration DistributionMigration() {
  return {
      .name = "funding/0003-distribution",
      .statements = {"ALTER TABLE participations ADD COLUMN company_id VARCHAR DEFAULT ''",
                     "UPDATE participations SET company_id = (SELECT r.company_id FROM rounds r "
                     "WHERE r.id = participations.round_id AND "
                     "r.from_revision = participations.from_revision)"},
      .placements = {{.table = "rounds", .column = "company_id"},
                     {.table = "participations", .column = "company_id"},
                     {.table = "round_assertions", .column = "company_id"},
                     {.table = "company_projection", .column = "company_id"},
                     {.table = "investors"},
                     {.table = "round_links"},
                     {.table = "source_facts"},
                     {.table = "observations"},
                     {.table = "observation_retractions"},
                     {.table = "region_sets"},
                     {.table = "region_members"},
                     {.table = "exchange_rates"},
                     {.table = "reference_changes"}}};
}

// Rows that were written before say nothing of either.
ledger::Migration OriginMigration() {
  return {.name = "funding/0006-company-origins",
          .statements = {
              "ALTER TABLE company_projection ADD COLUMN legal_country VARCHAR DEFAULT ''",
              "ALTER TABLE company_projection ADD COLUMN founding_country VARCHAR DEFAULT ''"}};
}

absl::Status AddParticipations(sql::Connection& connection, const Context& context,
                               std::vector<Round>& rounds, int64_t revision) {
  std::vector<std::string> ids;
  std::unordered_map<std::string_view, Round*> by_id;
  for (Round& round : rounds) {
    ids.push_back(round.id);
    by_id[round.id] = &round;
  }
  Statement select;
  select.Add(
      "SELECT p.round_id, p.investor, p.role, COALESCE(i.country, ''), COALESCE(i.kind, '') "
      "FROM participations p LEFT JOIN investors i ON i.name = p.investor AND "
      "i.from_revision <= ? AND ? < i.to_revision "
      "WHERE p.from_revision <= ? AND ? < p.to_revision AND p.round_id IN",
      {revision, revision, revision, revision});
  return sql::ForEachRowIn(
      connection, context, select, ids, " ORDER BY p.round_id, p.position",
      [&](const sql::Rows& rows) {
        by_id.at(rows.Text(0))
            ->participations.push_back({.investor = std::string(rows.Text(1)),
                                        .role = static_cast<ParticipationRole>(rows.Int(2)),
                                        .country = std::string(rows.Text(3)),
                                        .investor_kind = std::string(rows.Text(4))});
      });
}

absl::Status AddCompanyNames(sql::Connection& connection, const Context& context,
                             std::vector<Round>& rounds, int64_t revision) {
  std::set<std::string> companies;
  for (const Round& round : rounds) companies.insert(round.company);
  std::map<std::string, std::string, std::less<>> names;
  Statement select;
  select.Add(
      "SELECT company_id, display_name FROM company_projection WHERE from_revision <= ? AND ? < "
      "to_revision AND company_id IN",
      {revision, revision});
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRowIn(
      connection, context, select, std::vector<std::string>(companies.begin(), companies.end()), "",
      [&](const sql::Rows& rows) { names[std::string(rows.Text(0))] = rows.Text(1); }));
  for (Round& round : rounds) {
    const auto named = names.find(round.company);
    if (named != names.end()) round.company_name = named->second;
  }
  return absl::OkStatus();
}

}  // namespace

std::string RoundColumns(Companies companies) {
  return StrCat(
      "r.id, r.company_id, ",
      companies == Companies::kJoined ? "COALESCE(c.display_name, r.company_id)" : "r.company_id",
      ", r.announced_first, r.announced_precision, r.label, r.stage, r.kind, r.amount_minor, "
      "r.currency, r.post_money_minor, r.post_money_currency, r.sources, r.included_in, r.note, "
      "r.closed_first, r.closed_precision, r.aliases, r.amount_sources, r.amount_low, "
      "r.amount_high");
}

std::vector<ledger::Migration> FundingMigrations() {
  std::vector<ledger::Migration> migrations = {
      {.name = "funding/0001-rounds",
       .statements = {kCreateRounds, kCreateParticipations, kCreateInvestors, kCreateProjection}}};
  for (const ledger::Migration& migration : ReferenceMigrations()) migrations.push_back(migration);
  migrations.push_back(AssertionMigration());
  migrations.push_back(DistributionMigration());
  migrations.push_back(IndexMigration());
  migrations.push_back(RedirectMigration());
  migrations.push_back(OriginMigration());
  return migrations;
}

std::string JoinList(const std::vector<std::string>& items) {
  return items.empty() ? "" : StrCat("|", StrJoin(items, "|"), "|");
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const size_t end = std::min(text.find('|'), text.size());
    if (end > 0) items.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

int64_t PrecisionOf(const PartialDate& date) {
  if (date.month == 0) return 1;
  return date.day == 0 ? 2 : 3;
}

PartialDate DateOf(int64_t first_day, int64_t precision) {
  PartialDate date = PartialDate::FromDays(static_cast<int32_t>(first_day));
  if (precision < 3) date.day = 0;
  if (precision < 2) date.month = 0;
  return date;
}

sql::Cell MinorOrNull(const std::optional<Money>& money) {
  return money ? sql::Cell(money->minor_units) : sql::Cell();
}

sql::Cell CurrencyOrNull(const std::optional<Money>& money) {
  return money ? sql::Cell(money->currency) : sql::Cell();
}

std::optional<Money> ReadMoney(const sql::Rows& rows, int minor_units) {
  if (rows.IsNull(minor_units)) return std::nullopt;
  return Money{.minor_units = rows.Int(minor_units),
               .currency = std::string(rows.Text(minor_units + 1))};
}

Statement SelectRounds(std::string_view columns, int64_t revision, const RoundTables& tables,
                       Companies companies, const Statement& joins) {
  Statement statement;
  statement.Add(StrCat("SELECT ", columns, " FROM ", tables.rounds, " r"));
  if (companies == Companies::kJoined) {
    statement.Add(
        " LEFT JOIN company_projection c ON c.company_id = r.company_id AND c.from_revision <= ? "
        "AND ? < c.to_revision",
        {revision, revision});
  }
  statement.Add(joins);
  statement.Add(" WHERE r.from_revision <= ? AND ? < r.to_revision", {revision, revision});
  return statement;
}

Round ReadRound(const sql::Rows& rows) {
  Round round;
  round.id = rows.Text(0);
  round.company = rows.Text(1);
  round.company_name = rows.Text(2);
  round.announced = DateOf(rows.Int(3), rows.Int(4));
  round.label = rows.Text(5);
  round.stage = static_cast<Stage>(rows.Int(6));
  round.kind = static_cast<AmountKind>(rows.Int(7));
  round.amount = ReadMoney(rows, 8);
  round.post_money = ReadMoney(rows, 10);
  round.sources = SplitList(rows.Text(12));
  round.included_in = rows.Text(13);
  round.note = rows.Text(14);
  if (!rows.IsNull(15)) round.closed = DateOf(rows.Int(15), rows.Int(16));
  round.aliases = SplitList(rows.Text(17));
  round.spread = {.sources = rows.Int(18), .low = rows.Int(19), .high = rows.Int(20)};
  return round;
}

absl::StatusOr<std::vector<Round>> ReadRounds(sql::Connection& connection, const Context& context,
                                              const Statement& statement, int64_t revision,
                                              Companies companies) {
  std::vector<Round> rounds;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, statement,
                      [&](const sql::Rows& rows) { rounds.push_back(ReadRound(rows)); }));
  STEELYARD_RETURN_IF_ERROR(AddParticipations(connection, context, rounds, revision));
  if (companies == Companies::kLookedUp) {
    STEELYARD_RETURN_IF_ERROR(AddCompanyNames(connection, context, rounds, revision));
  }
  return rounds;
}

absl::StatusOr<std::map<std::string, Investor, std::less<>>> ReadInvestors(
    sql::Connection& connection, const Context& context, int64_t revision,
    const std::vector<std::string>& names) {
  std::map<std::string, Investor, std::less<>> investors;
  Statement select;
  select.Add(
      "SELECT name, country, kind FROM investors WHERE from_revision <= ? AND ? < to_revision AND "
      "name IN",
      {revision, revision});
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRowIn(connection, context, select, names, "", [&](const sql::Rows& rows) {
        investors[std::string(rows.Text(0))] = {.name = std::string(rows.Text(0)),
                                                .country = std::string(rows.Text(1)),
                                                .kind = std::string(rows.Text(2))};
      }));
  return investors;
}

}  // namespace steelyard::funding
