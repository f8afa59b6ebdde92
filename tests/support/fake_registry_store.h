#pragma once

// The registry's store in memory, with all of its history: what the contract says in as few lines
// as possible, so that it can be read and believed. Commits go through a ledger like the real
// store's.

#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/registry/store.h"

namespace steelyard::testing {

// Filters are limited to `field = value` for country and id, and `layers:CODE`, joined by AND;
// others are INVALID_FILTER. Thread-safe.
class FakeRegistryStore final : public registry::Store {
 public:
  explicit FakeRegistryStore(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<std::vector<registry::Company>> Companies(
      const Context& context, int64_t revision, std::span<const std::string> ids) const override;
  absl::StatusOr<std::vector<registry::Company>> Records(
      const Context& context, int64_t revision, std::span<const std::string> ids) const override;
  absl::StatusOr<std::vector<registry::Decision>> Decisions(const Context& context,
                                                            int64_t revision) const override;
  absl::StatusOr<std::vector<registry::CompanyPair>> LookAlikes(const Context& context,
                                                                int64_t revision,
                                                                int limit) const override;
  absl::StatusOr<registry::CompanyPage> ListCompanies(
      const Context& context, int64_t revision, const registry::CompanyQuery& query) const override;
  absl::StatusOr<std::map<std::string, std::string>> Bearers(
      const Context& context, int64_t revision, std::span<const std::string> keys) const override;
  absl::Status ReadStates(const Context& context, int64_t after, int64_t upto, const Begun& begun,
                          std::vector<registry::Ended>& ended) const override;
  absl::StatusOr<std::vector<registry::Company>> ChangedIn(const Context& context, int64_t revision,
                                                           std::string_view after_id,
                                                           int limit) const override;
  absl::StatusOr<std::vector<registry::CompanyState>> States(const Context& context,
                                                             int64_t revision,
                                                             const std::string& id, int64_t offset,
                                                             int limit) const override;
  absl::StatusOr<std::vector<registry::Source>> Sources(const Context& context, int64_t revision,
                                                        std::span<const std::string> ids,
                                                        int64_t offset, int limit) const override;
  absl::StatusOr<std::vector<registry::Codelist>> Codelists(const Context& context,
                                                            int64_t revision,
                                                            std::string_view id) const override;
  absl::StatusOr<registry::Counts> Count(const Context& context, int64_t revision) const override;
  absl::StatusOr<registry::Directory> ReadOwnership(const Context& context,
                                                    int64_t revision) const override;
  absl::StatusOr<registry::Directory> ReadDirectory(const Context& context,
                                                    int64_t revision) const override;
  absl::StatusOr<registry::Written> Write(const Context& context, const Edit& edit,
                                          bool validate_only,
                                          const registry::Receipt* receipt) override;

 private:
  class FakeWriting;
  // Every state of every subject: id -> revision from which it held -> content.
  template <typename Subject>
  using History = std::map<std::string, std::map<int64_t, Subject>>;

  // All records at a revision, by id and first source.
  std::vector<registry::Company> RecordsAt(int64_t revision) const;
  // Writes the batch's records, without what was retracted; how many are new or different. Its
  // decisions and sources are written.
  int64_t PutRecords(const registry::Batch& batch, int64_t revision);
  // The companies that these, decisions and sources make, by id: made at each question.
  std::vector<registry::Company> Seen(int64_t revision) const;
  // Those of them that were not there before, or were different.
  std::vector<registry::Company> Changed(int64_t revision) const;
  // What held at a revision, by id.
  template <typename Subject>
  std::vector<Subject> At(const History<Subject>& history, int64_t revision) const {
    const std::lock_guard lock(mutex_);
    std::vector<Subject> subjects;
    for (const auto& [id, states] : history) {
      const auto after = states.upper_bound(revision);
      if (after != states.begin()) subjects.push_back(std::prev(after)->second);
    }
    return subjects;
  }
  template <typename Subject>
  std::vector<std::string> Put(History<Subject>& history, const std::vector<Subject>& subjects,
                               int64_t revision);

  ledger::Ledger& ledger_;
  mutable std::recursive_mutex mutex_;
  History<std::vector<registry::Company>> records_;  // those of an id together
  History<registry::Decision> decisions_;
  History<registry::Source> sources_;
  History<registry::Codelist> codelists_;
};

}  // namespace steelyard::testing
