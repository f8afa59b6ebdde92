#include "services/funding/sql_store.h"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/import_reference.h"
#include "services/funding/remembered_upsert.h"
#include "services/funding/round_filter.h"
#include "services/funding/round_sql.h"
#include "services/funding/round_writer.h"
#include "services/funding/schema.h"
#include "services/funding/sql_history.h"

namespace steelyard::funding {
namespace {

using ledger::Revision;

constexpr std::string_view kSelectedColumns =
    "r.company_id, r.stage, r.announced_first, r.announced_precision, r.amount_minor, "
    "COALESCE(r.currency, ''), r.sources, COALESCE(c.display_name, r.company_id), "
    "COALESCE(c.country, ''), COALESCE(c.layer, ''), COALESCE(c.sector, ''), "
    "COALESCE(c.source_category, '')";

// What a listing gives.
void AddListed(const RoundQuery& query, Statement& statement) {
  AddPeriod(query.period, statement);
  AddFilter(query.filter, statement);
  statement.Add(" AND r.from_revision > ?", {query.updated_after});
}

SelectedCompany ReadCompany(const sql::Rows& rows) {
  return {.id = std::string(rows.Text(0)),
          .name = std::string(rows.Text(7)),
          .country = std::string(rows.Text(8)),
          .layer = std::string(rows.Text(9)),
          .sector = std::string(rows.Text(10)),
          .source_category = std::string(rows.Text(11))};
}

// Takes the current row into the selection; `numbers` are the places of its companies.
void TakeSelected(const sql::Rows& rows, Dictionary& numbers, Selection& selection) {
  SelectedRound round;
  round.company = numbers.Number(rows.Text(0));
  if (numbers.size() > selection.companies.size()) {
    selection.companies.push_back(ReadCompany(rows));
  }
  round.stage = static_cast<Stage>(rows.Int(1));
  round.announced = DateOf(rows.Int(2), rows.Int(3));
  if (!rows.IsNull(4)) round.minor_units = rows.Int(4);
  round.currency = selection.currencies.Number(rows.Text(5));
  round.sources = selection.source_lists.Number(rows.Text(6));
  selection.rounds.push_back(round);
}

absl::Status CycleError(std::string_view round) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   StrCat("included_in of round ", round,
                          " leads back to the round itself; a round's amount can only be part of "
                          "another round's"),
                   {{"round", std::string(round)}});
}

// The first column of the only row of an aggregate query.
absl::StatusOr<int64_t> CountRows(sql::Connection& connection, const Context& context,
                                  const Statement& statement) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows,
                             connection.Query(context, statement.sql, statement.parameters));
  STEELYARD_RETURN_IF_ERROR(rows->Next().status());
  return rows->Int(0);
}

class SqlRoundStore final : public RoundStore {
 public:
  SqlRoundStore(sql::Pool& pool, ledger::Ledger& ledger) : pool_(pool), ledger_(ledger) {}

  absl::StatusOr<Round> Get(const Context& context, int64_t revision,
                            std::string_view id) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    Statement statement = SelectRounds(kRoundColumns, revision);
    statement.Add(" AND r.id = ?", {std::string(id)});
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Round> rounds,
                               ReadRounds(*session, context, statement, revision));
    if (rounds.empty()) {
      return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND,
                       StrCat("no round \"rounds/", id, "\" at funding revision ", revision),
                       {{"round", StrCat("rounds/", id)}, {"revision", StrCat(revision)}});
    }
    return std::move(rounds.front());
  }

  absl::StatusOr<std::vector<std::string>> Existing(
      const Context& context, int64_t revision,
      const std::vector<std::string>& ids) const override {
    std::vector<std::string> existing;
    if (ids.empty()) return existing;
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    Statement statement;
    statement.Add("SELECT DISTINCT id FROM rounds WHERE from_revision <= ? AND ? < to_revision",
                  {revision, revision});
    for (size_t i = 0; i < ids.size(); ++i)
      statement.Add(i == 0 ? " AND id IN (?" : ", ?", {ids[i]});
    statement.Add(") ORDER BY id");
    STEELYARD_ASSIGN_OR_RETURN(const auto rows,
                               session->Query(context, statement.sql, statement.parameters));
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
      if (!more) return existing;
      existing.emplace_back(rows->Text(0));
    }
  }

  absl::StatusOr<RoundPage> List(const Context& context, int64_t revision,
                                 const RoundQuery& query) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    RoundPage page;
    Statement count = SelectRounds("COUNT(*)", revision);
    AddListed(query, count);
    STEELYARD_ASSIGN_OR_RETURN(page.total_size, CountRows(*session, context, count));
    Statement statement = SelectRounds(kRoundColumns, revision);
    AddListed(query, statement);
    statement.Add(StrCat(" ORDER BY ", RoundOrderSql(query.order), " LIMIT ? OFFSET ?"),
                  {int64_t{query.limit}, query.offset});
    STEELYARD_ASSIGN_OR_RETURN(page.rounds, ReadRounds(*session, context, statement, revision));
    return page;
  }

  absl::StatusOr<Selection> Select(const Context& context, int64_t revision,
                                   const SelectionQuery& query) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    Statement statement = SelectRounds(kSelectedColumns, revision);
    AddPeriod(query.period, statement);
    AddScope(query.scope, statement);
    AddCountries(query.countries, statement);
    AddFilter(query.filter, statement);
    AddWhole(revision, statement);
    STEELYARD_ASSIGN_OR_RETURN(const auto rows,
                               session->Query(context, statement.sql, statement.parameters));
    // Ordered here: the engine would move every text of every row to do it.
    Selection selection;
    Dictionary numbers;
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
      if (!more) break;
      TakeSelected(*rows, numbers, selection);
    }
    Order(selection);
    return selection;
  }

  absl::StatusOr<RoundCounts> Count(const Context& context, int64_t revision) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    RoundCounts counts;
    Statement rounds;
    rounds.Add("SELECT COUNT(*) FROM rounds WHERE from_revision <= ? AND ? < to_revision",
               {revision, revision});
    STEELYARD_ASSIGN_OR_RETURN(counts.rounds, CountRows(*session, context, rounds));
    Statement parts;
    parts.Add("SELECT COUNT(*) FROM participations WHERE from_revision <= ? AND ? < to_revision",
              {revision, revision});
    STEELYARD_ASSIGN_OR_RETURN(counts.participations, CountRows(*session, context, parts));
    return counts;
  }

  absl::StatusOr<std::vector<PlacedRound>> Scan(const Context& context, int64_t revision,
                                                const RoundMatch& match, std::string_view after_id,
                                                int limit) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return ScanRounds(*session, context, revision, match, after_id, limit);
  }

  absl::StatusOr<RoundStates> History(const Context& context, int64_t revision,
                                      const HistoryQuery& query) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return ReadHistory(*session, context, revision, query);
  }

  absl::StatusOr<RoundDifferences> Differences(const Context& context, int64_t from, int64_t to,
                                               const SelectionQuery& query, int64_t offset,
                                               int limit) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return ReadDifferences(*session, context, from, to, query, offset, limit);
  }

  absl::StatusOr<std::optional<RoundCommit>> NextCommit(const Context& context,
                                                        int64_t revision) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    const sql::Value after[] = {revision};
    STEELYARD_ASSIGN_OR_RETURN(
        const auto rows,
        session->Query(context,
                       "SELECT revision, committed_at_us FROM revisions WHERE revision = "
                       "(SELECT MIN(from_revision) FROM rounds WHERE from_revision > ?)",
                       after));
    STEELYARD_ASSIGN_OR_RETURN(const bool found, rows->Next());
    if (!found) return std::nullopt;
    return RoundCommit{.revision = rows->Int(0),
                       .committed_at = absl::FromUnixMicros(rows->Int(1))};
  }

  absl::StatusOr<std::vector<Round>> ChangedIn(const Context& context, int64_t revision,
                                               std::string_view after_id,
                                               int limit) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    Statement statement = SelectRounds(kRoundColumns, revision);
    statement.Add(" AND r.from_revision = ? AND r.id > ? ORDER BY r.id LIMIT ?",
                  {revision, std::string(after_id), int64_t{limit}});
    return ReadRounds(*session, context, statement, revision);
  }

  absl::StatusOr<UpsertOutcome> Upsert(const Context& context,
                                       const Upsertion& upsertion) override {
    STEELYARD_ASSIGN_OR_RETURN(std::optional<UpsertOutcome> before, Earlier(context, upsertion));
    if (before) return *std::move(before);
    UpsertOutcome outcome;
    const auto body = [&](sql::Connection& connection,
                          int64_t revision) -> absl::StatusOr<ledger::Changes> {
      STEELYARD_RETURN_IF_ERROR(CheckInclusions(connection, context, upsertion.rounds));
      STEELYARD_ASSIGN_OR_RETURN(outcome.changed,
                                 WriteRounds(connection, context, revision, upsertion.rounds));
      const auto changed = static_cast<int64_t>(outcome.changed.size());
      return ledger::Changes{.subjects = upsertion.validate_only ? 0 : changed,
                             .registry_revision = std::nullopt};
    };
    const ledger::Ledger::Memory memory{.of = ledger::Ledger::Memory::Of::kRequest,
                                        .id = upsertion.request_id,
                                        .digest = upsertion.digest,
                                        .reply = [&outcome](const Revision& revision) {
                                          outcome.revision = revision;
                                          return EncodeUpsert(outcome);
                                        }};
    const bool remember = !upsertion.request_id.empty() && !upsertion.validate_only;
    const absl::StatusOr<Revision> committed =
        ledger_.Commit(context, body, remember ? &memory : nullptr);
    if (!committed.ok()) {
      // The same request_id may have been committed since it was looked up.
      if (context.Check().ok()) {
        STEELYARD_ASSIGN_OR_RETURN(before, Earlier(context, upsertion));
      }
      if (!before) return committed.status();
      return *std::move(before);
    }
    outcome.revision = *committed;
    return outcome;
  }

  absl::StatusOr<ImportOutcome> Import(const Context& context, const StagedImport& staged,
                                       std::string_view import_id, bool dry_run,
                                       const Report& report) override {
    ImportOutcome outcome;
    const auto body = [&](sql::Connection& connection,
                          int64_t revision) -> absl::StatusOr<ledger::Changes> {
      STEELYARD_ASSIGN_OR_RETURN(outcome.subjects_changed,
                                 WriteImport(context, connection, revision, staged));
      return ledger::Changes{.subjects = dry_run ? 0 : outcome.subjects_changed,
                             .registry_revision = std::nullopt};
    };
    const ledger::Ledger::Memory memory{.of = ledger::Ledger::Memory::Of::kImport,
                                        .id = std::string(import_id),
                                        .digest = std::string(import_id),
                                        .reply = [&](const Revision& revision) {
                                          outcome.revision = revision;
                                          return report(outcome);
                                        }};
    STEELYARD_ASSIGN_OR_RETURN(outcome.revision,
                               ledger_.Commit(context, body, dry_run ? nullptr : &memory));
    return outcome;
  }

  absl::StatusOr<std::optional<std::string>> RecallImport(
      const Context& context, std::string_view import_id) const override {
    STEELYARD_ASSIGN_OR_RETURN(
        std::optional<ledger::Remembered> remembered,
        ledger_.Recall(context, ledger::Ledger::Memory::Of::kImport, import_id));
    if (!remembered) return std::nullopt;
    return std::move(remembered->reply);
  }

  absl::StatusOr<Revision> ApplyCompanies(const Context& context,
                                          const std::vector<CompanyFacts>& companies,
                                          int64_t registry_revision) override {
    return ledger_.Commit(
        context,
        [&](sql::Connection& connection, int64_t revision) -> absl::StatusOr<ledger::Changes> {
          STEELYARD_RETURN_IF_ERROR(
              WriteCompanies(connection, context, revision, companies).status());
          // The registry's revision is itself what changes, even when no company differs.
          return ledger::Changes{.subjects = static_cast<int64_t>(companies.size()) + 1,
                                 .registry_revision = registry_revision};
        });
  }

 private:
  // What an upsert of the same request_id gave; nullopt when it is new.
  absl::StatusOr<std::optional<UpsertOutcome>> Earlier(const Context& context,
                                                       const Upsertion& upsertion) const {
    if (upsertion.request_id.empty()) return std::nullopt;
    STEELYARD_ASSIGN_OR_RETURN(
        const std::optional<ledger::Remembered> remembered,
        ledger_.Recall(context, ledger::Ledger::Memory::Of::kRequest, upsertion.request_id));
    if (!remembered) return std::nullopt;
    if (remembered->digest != upsertion.digest) {
      return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED,
                       StrCat("the request_id \"", upsertion.request_id,
                              "\" came before with other rounds; use a new one for a new change"),
                       {{"request_id", upsertion.request_id}});
    }
    STEELYARD_ASSIGN_OR_RETURN(UpsertOutcome outcome, DecodeUpsert(remembered->reply));
    return outcome;
  }

  static absl::Status CheckInclusions(sql::Connection& connection, const Context& context,
                                      const std::vector<Round>& rounds) {
    STEELYARD_ASSIGN_OR_RETURN(Inclusions inclusions, ReadInclusions(connection, context));
    for (const Round& round : rounds) {
      inclusions.erase(round.id);
      if (!round.included_in.empty()) inclusions.emplace(round.id, round.included_in);
    }
    for (const Round& round : rounds) {
      if (LeadsBack(inclusions, round.id)) return CycleError(round.id);
    }
    return absl::OkStatus();
  }

  // Gives staged rounds the inclusions that links say or that are stored, and adds the stored
  // rounds that only links name.
  static absl::StatusOr<std::vector<Round>> WithLinks(const Context& context,
                                                      sql::Connection& connection, int64_t revision,
                                                      const StagedImport& staged) {
    STEELYARD_ASSIGN_OR_RETURN(Inclusions inclusions, ReadInclusions(connection, context));
    for (const RoundLink& link : staged.links) inclusions[link.round] = link.included_in;
    std::vector<Round> rounds = staged.rounds;
    std::unordered_set<std::string_view> is_staged;
    for (Round& round : rounds) {
      is_staged.insert(round.id);
      const auto found = inclusions.find(round.id);
      if (found != inclusions.end()) round.included_in = found->second;
    }
    Statement others = SelectRounds(kRoundColumns, revision);
    std::string_view separator = " AND r.id IN (?";
    for (const RoundLink& link : staged.links) {
      if (LeadsBack(inclusions, link.round)) return CycleError(link.round);
      if (is_staged.contains(link.round)) continue;
      others.Add(std::exchange(separator, ", ?"), {link.round});
    }
    if (separator != ", ?") return rounds;
    others.Add(")");
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Round> stored,
                               ReadRounds(connection, context, others, revision));
    for (Round& round : stored) {
      round.included_in = inclusions[round.id];
      rounds.push_back(std::move(round));
    }
    return rounds;
  }

  static absl::StatusOr<int64_t> WriteImport(const Context& context, sql::Connection& connection,
                                             int64_t revision, const StagedImport& staged) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Round> rounds,
                               WithLinks(context, connection, revision, staged));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                               WriteRounds(connection, context, revision, rounds));
    STEELYARD_ASSIGN_OR_RETURN(const int64_t investors,
                               WriteInvestors(connection, context, revision, staged.investors));
    STEELYARD_ASSIGN_OR_RETURN(const ReferenceChanges reference,
                               WriteReference(context, connection, revision, staged.reference));
    return static_cast<int64_t>(changed.size()) + investors + reference.subjects();
  }

  sql::Pool& pool_;
  ledger::Ledger& ledger_;
};

}  // namespace

std::unique_ptr<RoundStore> MakeSqlRoundStore(sql::Pool& pool, ledger::Ledger& ledger) {
  return std::make_unique<SqlRoundStore>(pool, ledger);
}

}  // namespace steelyard::funding
