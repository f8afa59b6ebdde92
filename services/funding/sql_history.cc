#include "services/funding/sql_history.h"

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/round_sql.h"

namespace steelyard::funding {
namespace {

// What two selections compare, beside the id.
constexpr std::string_view kCounted[] = {"company_id", "stage",   "announced", "precision_of",
                                         "amount",     "money",   "country",   "layer",
                                         "sector",     "category"};
std::string CountedColumns(common::v1::DateBasis basis) {
  const DateColumns date = ColumnsOf(basis);
  return StrCat("r.id AS id, r.company_id AS company_id, r.stage AS stage, ", date.first,
                " AS announced, ", date.precision,
                " AS precision_of, r.amount_minor AS amount, r.currency AS money, "
                "COALESCE(c.country, '') AS country, COALESCE(c.layer, '') AS layer, "
                "COALESCE(c.sector, '') AS sector, COALESCE(c.source_category, '') AS category");
}

// Where ReadRound ends in RoundColumns.
constexpr int kAfterRound = 21;

absl::StatusOr<int64_t> CountOf(sql::Connection& connection, const Context& context,
                                const Statement& statement) {
  Statement count;
  count.Add("SELECT COUNT(*) FROM (");
  count.Add(statement);
  count.Add(") n");
  return sql::ReadInt(connection, context, count);
}

// Joins the companies' facts at the revision to their rounds.
absl::StatusOr<std::vector<PlacedRound>> Place(sql::Connection& connection, const Context& context,
                                               int64_t revision, std::vector<Round> rounds) {
  std::vector<PlacedRound> placed;
  if (rounds.empty()) return placed;
  std::set<std::string> ids;
  for (const Round& round : rounds) ids.insert(round.company);
  Statement statement;
  statement.Add(
      "SELECT company_id, country, layer, sector, source_category FROM company_projection "
      "WHERE from_revision <= ? AND ? < to_revision AND company_id IN ",
      {revision, revision});
  statement.AddList(ids);
  std::unordered_map<std::string, SelectedCompany> companies;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, statement, [&](const sql::Rows& rows) {
        SelectedCompany& company = companies[std::string(rows.Text(0))];
        company.country = rows.Text(1);
        company.layer = rows.Text(2);
        company.sector = rows.Text(3);
        company.source_category = rows.Text(4);
      }));
  for (Round& round : rounds) {
    SelectedCompany company = companies[round.company];
    company.id = round.company;
    company.name = round.company_name;
    placed.push_back({.round = std::move(round), .company = std::move(company)});
  }
  return placed;
}

// States that a history may give: seen by the revision, and not ended by `since`.
Statement SelectStates(std::string_view columns, int64_t revision, int64_t since) {
  Statement statement;
  statement.Add(StrCat("SELECT ", columns,
                       " FROM rounds r LEFT JOIN company_projection c ON c.company_id = "
                       "r.company_id AND c.from_revision <= ? AND ? < c.to_revision "
                       "WHERE r.from_revision <= ? AND r.to_revision > ?"),
                {revision, revision, revision, since});
  return statement;
}

RoundState ReadState(const sql::Rows& rows, int64_t revision) {
  RoundState state;
  state.round = ReadRound(rows);
  state.from = rows.Int(kAfterRound);
  if (rows.Int(kAfterRound + 1) <= revision) state.to = rows.Int(kAfterRound + 1);
  return state;
}

// When the states began and ended.
absl::Status AddTimes(sql::Connection& connection, const Context& context,
                      std::vector<RoundState>& states) {
  std::map<int64_t, absl::Time> times;
  for (const RoundState& state : states) {
    times[state.from];
    if (state.to != ledger::kOpenRevision) times[state.to];
  }
  if (times.empty()) return absl::OkStatus();
  Statement statement;
  statement.Add("SELECT revision, committed_at_us FROM revisions WHERE revision IN (");
  for (auto time = times.begin(); time != times.end(); ++time) {
    statement.Add(time == times.begin() ? "?" : ", ?", {time->first});
  }
  statement.Add(")");
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRow(
      connection, context, statement,
      [&](const sql::Rows& rows) { times[rows.Int(0)] = absl::FromUnixMicros(rows.Int(1)); }));
  for (RoundState& state : states) {
    state.from_time = times[state.from];
    if (state.to != ledger::kOpenRevision) state.to_time = times[state.to];
  }
  return absl::OkStatus();
}

// Gives states their participations, which share the intervals of their rounds.
absl::Status AddParticipations(sql::Connection& connection, const Context& context,
                               int64_t revision, std::vector<RoundState>& states) {
  if (states.empty()) return absl::OkStatus();
  std::set<std::string> ids;
  std::map<std::pair<std::string_view, int64_t>, Round*> by_state;
  for (RoundState& state : states) {
    ids.insert(state.round.id);
    by_state[{state.round.id, state.from}] = &state.round;
  }
  Statement statement;
  statement.Add(
      "SELECT p.round_id, p.from_revision, p.investor, p.role, COALESCE(i.country, ''), "
      "COALESCE(i.kind, '') FROM participations p LEFT JOIN investors i ON i.name = p.investor AND "
      "i.from_revision <= ? AND ? < i.to_revision WHERE p.from_revision <= ? AND p.round_id IN ",
      {revision, revision, revision});
  statement.AddList(ids);
  statement.Add(" ORDER BY p.round_id, p.from_revision, p.position");
  return sql::ForEachRow(connection, context, statement, [&](const sql::Rows& rows) {
    const auto found = by_state.find({rows.Text(0), rows.Int(1)});
    if (found == by_state.end()) return;  // of a state on another page
    found->second->participations.push_back({.investor = std::string(rows.Text(2)),
                                             .role = static_cast<ParticipationRole>(rows.Int(3)),
                                             .country = std::string(rows.Text(4)),
                                             .investor_kind = std::string(rows.Text(5))});
  });
}

// What Select gives at a revision, as columns.
Statement SelectCounted(int64_t revision, const SelectionQuery& query) {
  Statement statement = SelectRounds(CountedColumns(query.date_basis), revision);
  AddPeriod(query.period, query.date_basis, statement);
  AddScope(query.scope, statement);
  AddCountries(query.countries, statement);
  AddFilter(query.filter, {}, statement);
  AddWhole(revision, statement);
  return statement;
}

// Ids that are counted differently, with the two revisions that count them.
Statement SelectDifferent(int64_t from, int64_t to, const SelectionQuery& query) {
  Statement statement;
  statement.Add(
      "SELECT COALESCE(a.id, b.id) AS id, a.id IS NOT NULL AS counted, b.id IS NOT NULL AS counts "
      "FROM (");
  statement.Add(SelectCounted(from, query));
  statement.Add(") a FULL JOIN (");
  statement.Add(SelectCounted(to, query));
  statement.Add(") b ON a.id = b.id WHERE a.id IS NULL OR b.id IS NULL");
  for (const std::string_view column : kCounted) {
    statement.Add(StrCat(" OR a.", column, " IS DISTINCT FROM b.", column));
  }
  return statement;
}

// The rounds of these ids that exist at the revision, by id.
absl::StatusOr<std::map<std::string, PlacedRound>> ReadPlaced(sql::Connection& connection,
                                                              const Context& context,
                                                              int64_t revision,
                                                              const std::vector<std::string>& ids) {
  std::map<std::string, PlacedRound> found;
  if (ids.empty()) return found;
  Statement statement = SelectRounds(RoundColumns(), revision);
  statement.Add(" AND r.id IN ");
  statement.AddList(ids);
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Round> rounds,
                             ReadRounds(connection, context, statement, revision));
  STEELYARD_ASSIGN_OR_RETURN(std::vector<PlacedRound> placed,
                             Place(connection, context, revision, std::move(rounds)));
  for (PlacedRound& round : placed) found.emplace(round.round.id, std::move(round));
  return found;
}

// Gives differences the rounds that they are about.
absl::Status AddRounds(sql::Connection& connection, const Context& context, int64_t from,
                       int64_t to, std::vector<RoundDifference>& differences) {
  std::vector<std::string> ids;
  for (const RoundDifference& difference : differences) ids.push_back(difference.id);
  STEELYARD_ASSIGN_OR_RETURN(auto before, ReadPlaced(connection, context, from, ids));
  STEELYARD_ASSIGN_OR_RETURN(auto after, ReadPlaced(connection, context, to, ids));
  for (RoundDifference& difference : differences) {
    if (const auto found = before.find(difference.id); found != before.end()) {
      difference.before = std::move(found->second);
    }
    if (const auto found = after.find(difference.id); found != after.end()) {
      difference.after = std::move(found->second);
    }
    difference.rewritten =
        difference.before && difference.after &&
        Canonical(difference.before->round) != Canonical(difference.after->round);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PlacedRound>> ScanRounds(sql::Connection& connection,
                                                    const Context& context, int64_t revision,
                                                    const RoundMatch& match,
                                                    std::string_view after_id, int limit) {
  Statement statement = SelectRounds(RoundColumns(), revision);
  AddPeriod(match.period, common::v1::DATE_BASIS_ANNOUNCED, statement);
  AddFilter(match.filter, {}, statement);
  statement.Add(" AND r.id > ? ORDER BY r.id LIMIT ?", {std::string(after_id), int64_t{limit}});
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Round> rounds,
                             ReadRounds(connection, context, statement, revision));
  return Place(connection, context, revision, std::move(rounds));
}

absl::StatusOr<RoundStates> ReadHistory(sql::Connection& connection, const Context& context,
                                        int64_t revision, const HistoryQuery& query) {
  Statement matching = SelectStates("r.id", revision, query.since);
  AddPeriod(query.match.period, common::v1::DATE_BASIS_ANNOUNCED, matching);
  AddFilter(query.match.filter, {}, matching);
  const auto select = [&](std::string_view columns) {
    Statement statement = SelectStates(columns, revision, query.since);
    statement.Add(" AND r.id IN (");
    statement.Add(matching);
    statement.Add(")");
    return statement;
  };
  RoundStates result;
  STEELYARD_ASSIGN_OR_RETURN(result.total_size, CountOf(connection, context, select("r.id")));
  Statement statement = select(StrCat(RoundColumns(), ", r.from_revision, r.to_revision"));
  statement.Add(" ORDER BY r.id, r.from_revision LIMIT ? OFFSET ?",
                {int64_t{query.limit}, query.offset});
  STEELYARD_RETURN_IF_ERROR(sql::ForEachRow(
      connection, context, statement,
      [&](const sql::Rows& rows) { result.states.push_back(ReadState(rows, revision)); }));
  STEELYARD_RETURN_IF_ERROR(AddTimes(connection, context, result.states));
  STEELYARD_RETURN_IF_ERROR(AddParticipations(connection, context, revision, result.states));
  return result;
}

absl::StatusOr<RoundDifferences> ReadDifferences(sql::Connection& connection,
                                                 const Context& context, int64_t from, int64_t to,
                                                 const SelectionQuery& query, int64_t offset,
                                                 int limit) {
  RoundDifferences result;
  Statement statement = SelectDifferent(from, to, query);
  STEELYARD_ASSIGN_OR_RETURN(result.total_size, CountOf(connection, context, statement));
  statement.Add(" ORDER BY id LIMIT ? OFFSET ?", {int64_t{limit}, offset});
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, statement, [&](const sql::Rows& rows) {
        RoundDifference difference;
        difference.id = rows.Text(0);
        difference.counted = rows.Bool(1);
        difference.counts = rows.Bool(2);
        result.rounds.push_back(std::move(difference));
      }));
  STEELYARD_RETURN_IF_ERROR(AddRounds(connection, context, from, to, result.rounds));
  return result;
}

}  // namespace steelyard::funding
