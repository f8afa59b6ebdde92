#pragma once

// Where funding keeps rounds, investors and what it has followed of the registry. Every read names
// the revision that it sees; the caller got it from the ledger.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/filter/filter.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/assertion.h"
#include "services/funding/division.h"
#include "services/funding/redirects.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/round.h"
#include "services/funding/round_spool.h"
#include "services/funding/selection.h"
#include "services/funding/source_policy.h"

namespace steelyard::funding {

// A round is of the company that the one reported stands for at the revision; what sources say
// keeps the ids that they used.

// Which rounds a listing gives.
struct RoundQuery {
  filter::Predicate filter{.sql = "TRUE", .parameters = {}};  // of RoundFilterFields()
  DateRange period;                                           // only dates that lie in it wholly
  SourcePolicy policy;
  int64_t updated_after = 0;            // only rounds whose state began after this revision
  std::vector<filter::OrderKey> order;  // of RoundOrderFields(); empty: announced_on desc
  int64_t offset = 0;                   // rounds left out
  int limit = 50;
};
struct RoundPage {
  std::vector<Round> rounds;
  int64_t total_size = 0;
};

// Which rounds an aggregation adds up.
struct SelectionQuery {
  filter::Predicate filter{.sql = "TRUE", .parameters = {}};
  DateRange period;
  std::vector<AmountKind> scope;  // kinds that count
  common::v1::DateBasis date_basis = common::v1::DATE_BASIS_ANNOUNCED;
  SourcePolicy policy;
  Division division;                   // what of rounds is told apart
  std::vector<std::string> countries;  // of the companies; empty: any, also unknown ones
  bool with_ids = false;               // names the rounds
  bool with_parts = false;             // also rounds that are included in another
};

// Which rounds an export holds.
struct RoundMatch {
  filter::Predicate filter{.sql = "TRUE", .parameters = {}};  // of RoundFilterFields()
  DateRange period;                                           // only dates that lie in it wholly
};
// A round with what it is grouped by.
struct PlacedRound {
  Round round;
  SelectedCompany company;
};

// Which states a history gives: those up to the revision of the rounds of which any such state
// matches.
struct HistoryQuery {
  RoundMatch match;
  int64_t since = 0;   // leaves out, and matches with, no state that had ended by this revision
  int64_t offset = 0;  // states left out
  int limit = 50;
};
// What was stored of a round over [from, to).
struct RoundState {
  Round round;
  int64_t from = 0;
  absl::Time from_time;
  int64_t to = ledger::kOpenRevision;  // open also when it ended after the revision read
  absl::Time to_time;                  // unless open
};
struct RoundStates {
  std::vector<RoundState> states;
  int64_t total_size = 0;
};

// A round that a selection counts differently at two revisions.
struct RoundDifference {
  std::string id;
  std::optional<PlacedRound> before;  // nullopt: did not exist
  std::optional<PlacedRound> after;   // nullopt: does not exist
  bool counted = false;               // whether `before` was selected
  bool counts = false;                // whether `after` is
  bool rewritten = false;             // whether what is stored of the round itself differs
};
struct RoundDifferences {
  std::vector<RoundDifference> rounds;
  int64_t total_size = 0;
};

// What an import brings; each id, name and link once.
struct StagedImport {
  // Each source that a round lists says all of it. A round of a file says nothing about links.
  RoundSpool rounds;
  // What sources say otherwise, or besides: a round that is staged or stored, and the fields given.
  std::vector<Assertion> amendments;
  std::vector<RoundLink> links;
  std::vector<Investor> investors;
  SourceTable sources;
  StagedReference reference;
};

// Which assertions to withdraw.
struct Retraction {
  std::string round;
  std::vector<std::string> sources;  // empty: all
  std::string reason;
};

// How an import ended.
struct ImportOutcome {
  ledger::Revision revision;  // the commit's, or the head when nothing changed
  int64_t subjects_changed = 0;
};

// How an upsert ended.
struct UpsertOutcome {
  std::vector<std::string> changed;  // ids, in the order given
  ledger::Revision revision;         // the commit's, or the head when nothing changed
};

// A commit that changed rounds.
struct RoundCommit {
  int64_t revision = 0;
  absl::Time committed_at;
};

struct RoundCounts {
  int64_t rounds = 0;
  int64_t participations = 0;

  bool operator==(const RoundCounts&) const = default;
};

// Thread-safe. `revision` is at most the head; 0 is the empty store. The same revision gives the
// same answer for ever. Besides those named, errors are those of sql::Connection.
class RoundStore {
 public:
  virtual ~RoundStore() = default;

  // The round with its participations, its investors' facts and its company's name, resolved under
  // the policy; an alias gives the round that it goes by. ROUND_NOT_FOUND when it does not exist at
  // the revision.
  virtual absl::StatusOr<Round> Get(const Context& context, int64_t revision, std::string_view id,
                                    const SourcePolicy& policy = {}) const = 0;
  // What is said of the round, under its id and its aliases: by id, source, from_revision. Those
  // that hold at the revision, or with `history` also those that held before. ROUND_NOT_FOUND when
  // there are none.
  virtual absl::StatusOr<std::vector<StoredAssertion>> Assertions(const Context& context,
                                                                  int64_t revision,
                                                                  std::string_view id,
                                                                  bool history) const = 0;
  // All links and decisions at the revision.
  virtual absl::StatusOr<LinkTable> Links(const Context& context, int64_t revision) const = 0;
  // Which of the ids stand for other companies at the revision.
  virtual absl::StatusOr<Redirects> CompanyRedirects(const Context& context, int64_t revision,
                                                     const std::vector<std::string>& ids) const = 0;
  // What is known of sources at the revision.
  virtual absl::StatusOr<SourceTable> Sources(const Context& context, int64_t revision) const = 0;
  // Rounds of a company, or all for an empty id, without participations, by company and id
  // bytewise.
  virtual absl::StatusOr<std::vector<Round>> RoundsOf(const Context& context, int64_t revision,
                                                      std::string_view company) const = 0;
  // Those of the ids, aliases among them, that exist at the revision, bytewise, each once.
  virtual absl::StatusOr<std::vector<std::string>> Existing(
      const Context& context, int64_t revision, const std::vector<std::string>& ids) const = 0;
  // Rounds that match, ordered as asked and then by id bytewise. By announced_on: by first possible
  // day, then the less precise first. By amount: by minor units, undisclosed last either way.
  virtual absl::StatusOr<RoundPage> List(const Context& context, int64_t revision,
                                         const RoundQuery& query) const = 0;
  // Rounds that match and count, with what they are grouped by. A round that is included in one
  // that exists at the revision is left out, unless the query asks for parts.
  virtual absl::StatusOr<Selection> Select(const Context& context, int64_t revision,
                                           const SelectionQuery& query) const = 0;
  virtual absl::StatusOr<RoundCounts> Count(const Context& context, int64_t revision) const = 0;
  // The first `limit` rounds past `after_id` that match, by id bytewise: page after page until one
  // is short gives each of them once.
  virtual absl::StatusOr<std::vector<PlacedRound>> Scan(const Context& context, int64_t revision,
                                                        const RoundMatch& match,
                                                        std::string_view after_id,
                                                        int limit) const = 0;
  // States of rounds up to the revision, by id bytewise and then from the first to the last. What
  // is joined to a round (names and facts of its company and investors) is that of the revision.
  virtual absl::StatusOr<RoundStates> History(const Context& context, int64_t revision,
                                              const HistoryQuery& query) const = 0;
  // Rounds that Select gives at one of the two revisions only, or with another company, stage,
  // date, amount, country, layer, sector or source category, by id bytewise: `offset` left out, at
  // most `limit` given.
  virtual absl::StatusOr<RoundDifferences> Differences(const Context& context, int64_t from,
                                                       int64_t to, const SelectionQuery& query,
                                                       int64_t offset, int limit) const = 0;

  // The first commit after `revision` that changed or removed rounds; nullopt when there is none.
  virtual absl::StatusOr<std::optional<RoundCommit>> NextCommit(const Context& context,
                                                                int64_t revision) const = 0;
  // Rounds that are new or different in exactly this revision, as they are in it, by id: at most
  // `limit` of those past `after_id`.
  virtual absl::StatusOr<std::vector<Round>> ChangedIn(const Context& context, int64_t revision,
                                                       std::string_view after_id,
                                                       int limit) const = 0;

  // Ids of the rounds that are there no more since exactly this revision, bytewise.
  virtual absl::StatusOr<std::vector<std::string>> RemovedIn(const Context& context,
                                                             int64_t revision) const = 0;

  // Asserts rounds, complete and checked, each id once, in one commit: each source listed says all
  // of it; equal ones change nothing. Reports that are new are matched with the rounds that are
  // there. With a request_id the outcome is remembered: the same id and digest again give
  // the first outcome and write nothing; another digest is REQUEST_ID_REUSED. INVALID_FIELD when
  // included_in would lead from a round back to itself.
  struct Upsertion {
    std::vector<Round> rounds;
    std::string request_id;      // may be empty
    std::string digest;          // of the rounds' content
    bool validate_only = false;  // writes and remembers nothing; says what would have changed
  };
  virtual absl::StatusOr<UpsertOutcome> Upsert(const Context& context,
                                               const Upsertion& upsertion) = 0;

  // Withdraws assertions in one commit; `retracted` becomes their sources, sorted. ROUND_NOT_FOUND
  // when none of the sources says anything under the id.
  virtual absl::StatusOr<ledger::Revision> Retract(const Context& context,
                                                   const Retraction& retraction,
                                                   std::vector<std::string>& retracted) = 0;
  // Writes a decision about two rounds in one commit. ROUND_NOT_FOUND when nothing is said under
  // one of the ids; INVALID_FIELD when it would lead back to its round.
  virtual absl::StatusOr<ledger::Revision> Decide(const Context& context,
                                                  const RoundLink& decision) = 0;

  // Writes an import in one commit and remembers the report that `report` makes of the outcome
  // under `import_id`. Nothing is kept on error, nor when `dry_run`; then the outcome says what
  // would have changed.
  using Report = std::function<std::string(const ImportOutcome&)>;
  virtual absl::StatusOr<ImportOutcome> Import(const Context& context, const StagedImport& staged,
                                               std::string_view import_id, bool dry_run,
                                               const Report& report) = 0;
  // The report remembered under an id; nullopt when there is none.
  virtual absl::StatusOr<std::optional<std::string>> RecallImport(
      const Context& context, std::string_view import_id) const = 0;

  // Takes over companies as they are in a revision of the registry, in one commit, which records
  // that revision: also when none of them differs. When it, or a later one, has been applied,
  // nothing happens: another replica follows the same registry.
  // Each stands for itself from then on, and the ids in `merged` for it: rounds reported under them
  // are its rounds, and those that move are matched with those that are there.
  virtual absl::StatusOr<ledger::Revision> ApplyCompanies(
      const Context& context, const std::vector<CompanyFacts>& companies,
      int64_t registry_revision) = 0;
};

}  // namespace steelyard::funding
