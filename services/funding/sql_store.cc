#include "services/funding/sql_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/assertion_rows.h"
#include "services/funding/candidate_rows.h"
#include "services/funding/commit_companies.h"
#include "services/funding/commit_rounds.h"
#include "services/funding/policy_view.h"
#include "services/funding/redirect_rows.h"
#include "services/funding/reference/import_reference.h"
#include "services/funding/remembered_upsert.h"
#include "services/funding/round_filter.h"
#include "services/funding/round_sql.h"
#include "services/funding/round_writer.h"
#include "services/funding/schema.h"
#include "services/funding/select_rounds.h"
#include "services/funding/sql_history.h"

namespace steelyard::funding {
namespace {

using ledger::Revision;

absl::Status NotFound(std::string_view id, int64_t revision) {
  return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND,
                   StrCat("no round \"rounds/", id, "\" at funding revision ", revision),
                   {{"round", StrCat("rounds/", id)}, {"revision", StrCat(revision)}});
}

constexpr Companies kLookedUp = Companies::kLookedUp;

class SqlRoundStore final : public RoundStore {
 public:
  SqlRoundStore(sql::Pool& pool, ledger::Ledger& ledger) : pool_(pool), ledger_(ledger) {}

  absl::StatusOr<Round> Get(const Context& context, int64_t revision, std::string_view id,
                            const SourcePolicy& policy) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    STEELYARD_ASSIGN_OR_RETURN(const PolicyView view,
                               OpenPolicyView(*session, context, revision, policy));
    // Most names are those that the rounds go by.
    for (std::string name(id); !name.empty();) {
      Statement statement = SelectRounds(RoundColumns(kLookedUp), revision, view.tables, kLookedUp);
      statement.Add(" AND r.id = ?", {name});
      STEELYARD_ASSIGN_OR_RETURN(std::vector<Round> rounds,
                                 ReadRounds(*session, context, statement, revision, kLookedUp));
      STEELYARD_RETURN_IF_ERROR(OverlayParticipations(*session, context, revision, view, rounds));
      if (!rounds.empty()) return std::move(rounds.front());
      STEELYARD_ASSIGN_OR_RETURN(const LinkTable links, ReadLinks(*session, context, revision));
      std::string root = links.RootOf(name);
      if (root == name) break;
      name = std::move(root);
    }
    return NotFound(id, revision);
  }

  absl::StatusOr<std::vector<StoredAssertion>> Assertions(const Context& context, int64_t revision,
                                                          std::string_view id,
                                                          bool history) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    STEELYARD_ASSIGN_OR_RETURN(const LinkTable links, ReadLinks(*session, context, revision));
    std::vector<std::string> reports = links.MembersOf(links.RootOf(id));
    std::sort(reports.begin(), reports.end());
    STEELYARD_ASSIGN_OR_RETURN(std::vector<StoredAssertion> assertions,
                               ReadAssertionHistory(*session, context, revision, reports));
    if (!history) {
      std::erase_if(assertions, [](const StoredAssertion& stored) {
        return stored.to_revision != ledger::kOpenRevision;
      });
    }
    if (assertions.empty()) return NotFound(id, revision);
    return assertions;
  }

  absl::StatusOr<LinkTable> Links(const Context& context, int64_t revision) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return ReadLinks(*session, context, revision);
  }

  absl::StatusOr<Redirects> CompanyRedirects(const Context& context, int64_t revision,
                                             const std::vector<std::string>& ids) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return ReadRedirects(*session, context, revision, ids);
  }

  absl::StatusOr<SourceTable> Sources(const Context& context, int64_t revision) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return ReadSources(*session, context, revision);
  }

  absl::StatusOr<std::vector<Round>> RoundsOf(const Context& context, int64_t revision,
                                              std::string_view company) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    return ReadRoundsOf(*session, context, revision, company);
  }

  absl::StatusOr<std::vector<std::string>> Existing(
      const Context& context, int64_t revision,
      const std::vector<std::string>& ids) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Assertion> assertions,
                               ReadAssertions(*session, context, revision, ids));
    std::set<std::string> existing;
    for (const Assertion& assertion : assertions) {
      if (!assertion.retracted) existing.insert(assertion.round);
    }
    return std::vector<std::string>(existing.begin(), existing.end());
  }

  absl::StatusOr<RoundPage> List(const Context& context, int64_t revision,
                                 const RoundQuery& query) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    STEELYARD_ASSIGN_OR_RETURN(const PolicyView view,
                               OpenPolicyView(*session, context, revision, query.policy));
    const auto narrow = [&](Statement& statement) {
      AddPeriod(query.period, common::v1::DATE_BASIS_ANNOUNCED, statement);
      AddFilter(query.filter, view.tables, statement);
      if (query.updated_after > 0) AddUpdatedAfter(revision, query.updated_after, statement);
    };
    // Of all conditions and orders only a filter can speak of companies.
    const Companies companies = query.filter.tree == nullptr ? kLookedUp : Companies::kJoined;
    RoundPage page;
    Statement count = SelectRounds("COUNT(*)", revision, view.tables, companies);
    narrow(count);
    STEELYARD_ASSIGN_OR_RETURN(page.total_size, sql::ReadInt(*session, context, count));
    Statement statement = SelectRounds(RoundColumns(companies), revision, view.tables, companies);
    narrow(statement);
    statement.Add(StrCat(" ORDER BY ", RoundOrderSql(query.order), " LIMIT ? OFFSET ?"),
                  {int64_t{query.limit}, query.offset});
    STEELYARD_ASSIGN_OR_RETURN(page.rounds,
                               ReadRounds(*session, context, statement, revision, companies));
    STEELYARD_RETURN_IF_ERROR(
        OverlayParticipations(*session, context, revision, view, page.rounds));
    return page;
  }

  absl::StatusOr<Selection> Select(const Context& context, int64_t revision,
                                   const SelectionQuery& query) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    STEELYARD_ASSIGN_OR_RETURN(const PolicyView view,
                               OpenPolicyView(*session, context, revision, query.policy));
    return SelectFrom(*session, context, revision, query, view.tables);
  }

  absl::StatusOr<RoundCounts> Count(const Context& context, int64_t revision) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    RoundCounts counts;
    Statement rounds;
    rounds.Add("SELECT COUNT(*) FROM rounds WHERE from_revision <= ? AND ? < to_revision",
               {revision, revision});
    STEELYARD_ASSIGN_OR_RETURN(counts.rounds, sql::ReadInt(*session, context, rounds));
    Statement parts;
    parts.Add("SELECT COUNT(*) FROM participations WHERE from_revision <= ? AND ? < to_revision",
              {revision, revision});
    STEELYARD_ASSIGN_OR_RETURN(counts.participations, sql::ReadInt(*session, context, parts));
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
    const sql::Value after[] = {revision, revision};
    STEELYARD_ASSIGN_OR_RETURN(
        const auto rows,
        session->Query(context,
                       "SELECT revision, committed_at_us FROM revisions WHERE revision = "
                       "(SELECT LEAST((SELECT MIN(from_revision) FROM rounds WHERE from_revision "
                       "> ?), (SELECT MIN(to_revision) FROM rounds WHERE to_revision > ?)))",
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
    Statement statement = SelectRounds(RoundColumns(), revision);
    statement.Add(" AND r.from_revision = ? AND r.id > ? ORDER BY r.id LIMIT ?",
                  {revision, std::string(after_id), int64_t{limit}});
    return ReadRounds(*session, context, statement, revision);
  }

  absl::StatusOr<std::vector<std::string>> RemovedIn(const Context& context,
                                                     int64_t revision) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease session, pool_.Borrow(context));
    Statement removed;
    removed.Add(
        "SELECT id FROM rounds WHERE to_revision = ? AND id NOT IN (SELECT o.id "
        "FROM rounds o WHERE o.from_revision <= ? AND ? < o.to_revision) ORDER BY id",
        {revision, revision, revision});
    return sql::ReadTexts(*session, context, removed);
  }

  absl::StatusOr<UpsertOutcome> Upsert(const Context& context,
                                       const Upsertion& upsertion) override {
    STEELYARD_ASSIGN_OR_RETURN(std::optional<UpsertOutcome> before, Earlier(context, upsertion));
    if (before) return *std::move(before);
    UpsertOutcome outcome;
    const auto body = [&](sql::Connection& connection,
                          int64_t revision) -> absl::StatusOr<ledger::Changes> {
      STEELYARD_ASSIGN_OR_RETURN(RoundsWritten written,
                                 CommitRounds(connection, context, revision, ChangesOf(upsertion)));
      outcome.changed = ChangedOf(upsertion.rounds, written.rounds, written.links);
      const auto changed = static_cast<int64_t>(written.rounds.size());
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

  absl::StatusOr<Revision> Retract(const Context& context, const Retraction& retraction,
                                   std::vector<std::string>& retracted) override {
    return ledger_.Commit(
        context,
        [&](sql::Connection& connection, int64_t revision) -> absl::StatusOr<ledger::Changes> {
          STEELYARD_ASSIGN_OR_RETURN(retracted,
                                     CommitRetraction(connection, context, revision, retraction));
          return ledger::Changes{.subjects = static_cast<int64_t>(retracted.size()),
                                 .registry_revision = std::nullopt};
        });
  }

  absl::StatusOr<Revision> Decide(const Context& context, const RoundLink& decision) override {
    return ledger_.Commit(
        context,
        [&](sql::Connection& connection, int64_t revision) -> absl::StatusOr<ledger::Changes> {
          STEELYARD_ASSIGN_OR_RETURN(const bool is_new,
                                     CommitDecision(connection, context, revision, decision));
          return ledger::Changes{.subjects = is_new ? 1 : 0, .registry_revision = std::nullopt};
        });
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
          // In a commit, the head is that of all replicas.
          if (registry_revision <= ledger_.head().registry_revision) return ledger::Changes();
          STEELYARD_RETURN_IF_ERROR(CommitCompanies(connection, context, revision, companies));
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

  static absl::StatusOr<int64_t> WriteImport(const Context& context, sql::Connection& connection,
                                             int64_t revision, const StagedImport& staged) {
    STEELYARD_ASSIGN_OR_RETURN(const int64_t rounds,
                               CommitImport(connection, context, revision, staged));
    STEELYARD_ASSIGN_OR_RETURN(const int64_t investors,
                               WriteInvestors(connection, context, revision, staged.investors));
    STEELYARD_ASSIGN_OR_RETURN(const ReferenceChanges reference,
                               WriteReference(context, connection, revision, staged.reference));
    return rounds + investors + reference.subjects();
  }

  sql::Pool& pool_;
  ledger::Ledger& ledger_;
};

}  // namespace

std::unique_ptr<RoundStore> MakeSqlRoundStore(sql::Pool& pool, ledger::Ledger& ledger) {
  return std::make_unique<SqlRoundStore>(pool, ledger);
}

}  // namespace steelyard::funding
