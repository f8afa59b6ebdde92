#pragma once

// Funding's store of rounds in memory, with all of its history: what the contract says in as few
// lines as possible, so that it can be read and believed. Commits go through a ledger like the real
// store's.

#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/funding/redirects.h"
#include "services/funding/round_changes.h"
#include "services/funding/store.h"

namespace steelyard::testing {

// Knows no filter but the empty one; others are INVALID_FILTER. Of imports it keeps no reference
// data. Thread-safe.
class FakeRoundStore final : public funding::RoundStore {
 public:
  explicit FakeRoundStore(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<funding::Round> Get(const Context& context, int64_t revision, std::string_view id,
                                     const funding::SourcePolicy& policy) const override;
  absl::StatusOr<std::vector<funding::StoredAssertion>> Assertions(const Context& context,
                                                                   int64_t revision,
                                                                   std::string_view id,
                                                                   bool history) const override;
  absl::StatusOr<funding::LinkTable> Links(const Context& context, int64_t revision) const override;
  absl::StatusOr<funding::Redirects> CompanyRedirects(
      const Context& context, int64_t revision, const std::vector<std::string>& ids) const override;
  absl::StatusOr<funding::SourceTable> Sources(const Context& context,
                                               int64_t revision) const override;
  absl::StatusOr<std::vector<funding::Round>> RoundsOf(const Context& context, int64_t revision,
                                                       std::string_view company) const override;
  absl::StatusOr<std::vector<std::string>> Existing(
      const Context& context, int64_t revision, const std::vector<std::string>& ids) const override;
  absl::StatusOr<funding::RoundPage> List(const Context& context, int64_t revision,
                                          const funding::RoundQuery& query) const override;
  absl::StatusOr<funding::Selection> Select(const Context& context, int64_t revision,
                                            const funding::SelectionQuery& query) const override;
  absl::StatusOr<funding::RoundCounts> Count(const Context& context,
                                             int64_t revision) const override;
  absl::StatusOr<std::vector<funding::PlacedRound>> Scan(const Context& context, int64_t revision,
                                                         const funding::RoundMatch& match,
                                                         std::string_view after_id,
                                                         int limit) const override;
  absl::StatusOr<funding::RoundStates> History(const Context& context, int64_t revision,
                                               const funding::HistoryQuery& query) const override;
  absl::StatusOr<funding::RoundDifferences> Differences(const Context& context, int64_t from,
                                                        int64_t to,
                                                        const funding::SelectionQuery& query,
                                                        int64_t offset, int limit) const override;
  absl::StatusOr<std::optional<funding::RoundCommit>> NextCommit(const Context& context,
                                                                 int64_t revision) const override;
  absl::StatusOr<std::vector<funding::Round>> ChangedIn(const Context& context, int64_t revision,
                                                        std::string_view after_id,
                                                        int limit) const override;
  absl::StatusOr<std::vector<std::string>> RemovedIn(const Context& context,
                                                     int64_t revision) const override;
  absl::StatusOr<ledger::Revision> Retract(const Context& context,
                                           const funding::Retraction& retraction,
                                           std::vector<std::string>& retracted) override;
  absl::StatusOr<ledger::Revision> Decide(const Context& context,
                                          const funding::RoundLink& decision) override;
  absl::StatusOr<funding::UpsertOutcome> Upsert(const Context& context,
                                                const Upsertion& upsertion) override;
  absl::StatusOr<funding::ImportOutcome> Import(const Context& context,
                                                const funding::StagedImport& staged,
                                                std::string_view import_id, bool dry_run,
                                                const Report& report) override;
  absl::StatusOr<std::optional<std::string>> RecallImport(
      const Context& context, std::string_view import_id) const override;
  absl::StatusOr<ledger::Revision> ApplyCompanies(
      const Context& context, const std::vector<funding::CompanyFacts>& companies,
      int64_t registry_revision) override;

 private:
  // Every state of every subject: key -> revision from which it held -> content.
  template <typename Subject>
  using Past = std::map<std::string, std::map<int64_t, Subject>, std::less<>>;

  // What held at a revision; null when nothing did.
  template <typename Subject>
  static const Subject* At(const Past<Subject>& history, std::string_view key, int64_t revision);
  // Adds a state unless the newest one is equal; says whether it did.
  template <typename Subject>
  static bool Put(Past<Subject>& history, const std::string& key, const Subject& subject,
                  int64_t revision);
  // Commits a body; remembers when.
  absl::StatusOr<ledger::Revision> Commit(const Context& context, const ledger::Ledger::Body& body,
                                          const ledger::Ledger::Memory* remember = nullptr);
  // Forgets what was put for a revision that did not come to be.
  void Forget(int64_t revision);

  // All of the following with the lock.
  funding::LinkTable LinksAt(int64_t revision) const;
  funding::SourceTable SourcesAt(int64_t revision) const;
  funding::Redirects RedirectsAt(int64_t revision) const;
  std::vector<funding::Assertion> AssertionsAt(int64_t revision) const;
  // A round with what is joined to it.
  funding::Round Joined(const funding::Round& round, int64_t revision) const;
  // Rounds of a revision by id, resolved under a policy.
  std::map<std::string, funding::Round> Rounds(int64_t revision,
                                               const funding::SourcePolicy& policy = {}) const;
  // Every state that rounds went through up to a revision: id -> revision from which it held ->
  // content, nullopt when there was none any more.
  std::map<std::string, std::map<int64_t, std::optional<funding::Round>>> States(
      int64_t revision) const;
  // INVALID_FILTER for all but the empty one.
  static absl::Status CheckNoFilter(const filter::Predicate& filter);
  // The facts of a round's company; none when nothing is known of it.
  funding::CompanyFacts FactsOf(const funding::Round& round, int64_t revision) const;
  // A round with what it is grouped by.
  funding::PlacedRound Placed(const funding::Round& round, int64_t revision) const;
  // Whether a selection gives the round, of those that exist at the revision.
  bool Selects(const funding::SelectionQuery& query, const funding::Round& round,
               const std::map<std::string, funding::Round>& rounds, int64_t revision) const;
  // Puts changes for a revision; gives the reports and rounds that change.
  absl::StatusOr<std::set<std::string>> Put(const funding::RoundChanges& changes, int64_t revision);
  // Puts what becomes of links when ids stand for other companies than at the revision before.
  void Relink(int64_t revision);
  // Ids of the rounds that differ between a revision and the one before, gone ones among them.
  std::set<std::string> Differing(int64_t revision) const;

  ledger::Ledger& ledger_;
  mutable std::recursive_mutex mutex_;
  Past<funding::Assertion> assertions_;
  Past<funding::RoundLink> links_;
  Past<funding::SourceFacts> sources_;
  Past<funding::Investor> investors_;
  Past<funding::CompanyFacts> companies_;
  std::map<int64_t, funding::Redirects> redirects_;  // by the revision from which they held
  std::map<int64_t, absl::Time> commits_;            // of writers of rounds
};

template <typename Subject>
const Subject* FakeRoundStore::At(const Past<Subject>& history, std::string_view key,
                                  int64_t revision) {
  const auto found = history.find(key);
  if (found == history.end()) return nullptr;
  const auto after = found->second.upper_bound(revision);
  return after == found->second.begin() ? nullptr : &std::prev(after)->second;
}

template <typename Subject>
bool FakeRoundStore::Put(Past<Subject>& history, const std::string& key, const Subject& subject,
                         int64_t revision) {
  const Subject* newest = At(history, key, INT64_MAX);
  if (newest != nullptr && *newest == subject) return false;
  history[key][revision] = subject;
  return true;
}

}  // namespace steelyard::testing
