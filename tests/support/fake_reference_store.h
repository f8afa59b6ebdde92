#pragma once

// A reference store that keeps every revision's data in memory: what the contract means, without
// SQL.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/funding/reference/reference_store.h"

namespace steelyard::testing {

// Numbers its commits with a real ledger. Not thread-safe. Knows no filter but the empty one.
class FakeReferenceStore final : public funding::ReferenceStore {
 public:
  explicit FakeReferenceStore(ledger::Ledger& ledger) : ledger_(ledger) {}

  // Writes what an import staged, as one commit.
  absl::StatusOr<funding::ReferenceChanges> Write(const funding::StagedReference& staged);

  absl::StatusOr<std::shared_ptr<const funding::RegionCatalogue>> Regions(
      const Context& context, int64_t revision) const override;
  absl::StatusOr<std::shared_ptr<const funding::RateTable>> Rates(const Context& context,
                                                                  int64_t revision) const override;
  absl::StatusOr<std::vector<funding::PublishedValue>> Vintages(
      const Context& context, int64_t revision, std::string_view variable,
      std::span<const std::string> regions) const override;
  absl::StatusOr<bool> IsPublished(const Context& context, int64_t revision,
                                   std::string_view region) const override;
  absl::StatusOr<funding::SeriesPage> ListSeries(const Context& context, int64_t revision,
                                                 const SeriesList& list) const override;
  absl::StatusOr<funding::ReferenceKinds> ChangedBetween(const Context& context, int64_t from,
                                                         int64_t to) const override;
  absl::StatusOr<funding::ReferenceCounts> Count(const Context& context,
                                                 int64_t revision) const override;
  absl::StatusOr<std::string> UpsertObservations(
      const Context& context, const std::vector<funding::PublishedValue>& observations,
      const funding::WriteOptions& options, const Reply& reply) override;
  absl::StatusOr<std::string> RetractObservations(const Context& context,
                                                  const funding::ObservationRetraction& retraction,
                                                  const funding::WriteOptions& options,
                                                  const RetractReply& reply) override;

 private:
  // A content that was withdrawn, with the reason in it.
  using Withdrawn = std::vector<funding::PublishedValue>;
  struct State {
    std::map<std::string, funding::PublishedValue> observations;  // by name
    Withdrawn withdrawn;
    std::map<std::string, funding::RegionSet> region_sets;                // by name
    std::map<std::pair<int32_t, std::string>, funding::DailyRate> rates;  // by day, currency
  };

  // The state that a revision sees.
  const State& At(int64_t revision) const;
  // The observations of a state, withdrawn ones with the reason, by name.
  static std::vector<funding::PublishedValue> Marked(const State& state);
  // Writes a state in one commit, or with validate_only nothing, and remembers the reply.
  absl::StatusOr<std::string> CommitOnce(
      const Context& context, const funding::WriteOptions& options,
      std::pair<State, funding::ReferenceChanges> written,
      const std::function<std::string(const ledger::Revision&)>& reply);
  // The reply to the same request before; "" for a new one.
  absl::StatusOr<std::string> Recall(const funding::WriteOptions& options) const;
  // Puts what was staged over the newest state; says what differs.
  std::pair<State, funding::ReferenceChanges> Apply(const funding::StagedReference& staged) const;
  absl::StatusOr<ledger::Revision> Commit(const Context& context,
                                          std::pair<State, funding::ReferenceChanges> written);

  ledger::Ledger& ledger_;
  std::map<int64_t, State> states_{{0, State()}};
  struct Remembered {
    std::string digest;
    std::string reply;
  };
  std::map<std::string, Remembered> requests_;
};

}  // namespace steelyard::testing
