#pragma once

// Funding's store of rounds in memory, with all of its history: what the contract says in as few
// lines as possible, so that it can be read and believed. Commits go through a ledger like the real
// store's.

#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/funding/store.h"

namespace steelyard::testing {

// Knows no filter but the empty one; others are INVALID_FILTER. Of imports it keeps no reference
// data. Thread-safe.
class FakeRoundStore final : public funding::RoundStore {
 public:
  explicit FakeRoundStore(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<funding::Round> Get(const Context& context, int64_t revision,
                                     std::string_view id) const override;
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
  static const Subject* At(const Past<Subject>& history, std::string_view key, int64_t revision) {
    const auto found = history.find(key);
    if (found == history.end()) return nullptr;
    const auto after = found->second.upper_bound(revision);
    return after == found->second.begin() ? nullptr : &std::prev(after)->second;
  }
  // Keys of those that differ from the newest state.
  template <typename Subject>
  static std::vector<std::string> Changed(const Past<Subject>& history,
                                          const std::map<std::string, Subject>& subjects);
  template <typename Subject>
  static void Put(Past<Subject>& history, const std::map<std::string, Subject>& subjects,
                  const std::vector<std::string>& changed, int64_t revision);
  // A round with what is joined to it; with the lock.
  funding::Round Joined(const funding::Round& round, int64_t revision) const;
  // Rounds of a revision, by id; with the lock.
  std::vector<funding::Round> Rounds(int64_t revision) const;
  // INVALID_FILTER for all but the empty one.
  static absl::Status CheckNoFilter(const filter::Predicate& filter);
  // The round of an id as it was at a revision; nullopt when it did not exist. With the lock.
  std::optional<funding::PlacedRound> Placed(const std::string& id, int64_t revision) const;
  // Whether a selection gives the round at the revision; with the lock.
  bool Selects(const funding::SelectionQuery& query, const funding::Round& round,
               int64_t revision) const;
  bool LeadsBack(const std::map<std::string, funding::Round>& written, std::string_view id) const;

  ledger::Ledger& ledger_;
  mutable std::recursive_mutex mutex_;
  Past<funding::Round> rounds_;
  Past<funding::Investor> investors_;
  Past<funding::CompanyFacts> companies_;
  std::map<int64_t, absl::Time> commits_;  // those that changed rounds
};

}  // namespace steelyard::testing
