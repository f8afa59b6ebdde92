#include "tests/support/fake_reference_store.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::testing {

using funding::PublishedValue;

namespace {

// Puts a value under its key; whether that made a difference.
template <typename Map>
bool Put(Map& map, const typename Map::key_type& key, const typename Map::mapped_type& value) {
  const auto found = map.find(key);
  if (found != map.end() && found->second == value) {
    return false;
  }
  map.insert_or_assign(key, value);
  return true;
}

template <typename Map>
auto ValuesOf(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  for (const auto& [key, value] : map) {
    values.push_back(value);
  }
  return values;
}

auto SeriesKeyOf(const PublishedValue& value) {
  return std::tuple(value.variable, value.region, value.facet.source, value.facet.unit,
                    value.facet.scope, value.facet.price_basis);
}

bool Holds(const funding::ObservationSelection& selection, const PublishedValue& value) {
  const auto holds = [](const std::string& want, const std::string& have) {
    return want.empty() || want == have;
  };
  return holds(selection.variable, value.variable) && holds(selection.region, value.region) &&
         holds(selection.facet.source, value.facet.source) &&
         holds(selection.facet.unit, value.facet.unit) &&
         holds(selection.facet.scope, value.facet.scope) &&
         holds(selection.facet.price_basis, value.facet.price_basis) &&
         (!selection.vintage.has_value() || selection.vintage == value.vintage);
}

}  // namespace

const FakeReferenceStore::State& FakeReferenceStore::At(int64_t revision) const {
  return std::prev(states_.upper_bound(revision))->second;
}

std::pair<FakeReferenceStore::State, funding::ReferenceChanges> FakeReferenceStore::Apply(
    const funding::StagedReference& staged) const {
  State state = states_.rbegin()->second;
  funding::ReferenceChanges changes;
  for (const PublishedValue& value : staged.observations) {
    if (Put(state.observations, NameOf(value), value)) {
      changes.observations.push_back(NameOf(value));
    }
  }
  for (const funding::RegionSet& set : staged.region_sets) {
    changes.region_sets += Put(state.region_sets, NameOf(set), set) ? 1 : 0;
  }
  for (const funding::DailyRate& rate : staged.rates) {
    changes.exchange_rates += Put(state.rates, {rate.day, rate.currency}, rate) ? 1 : 0;
  }
  return {std::move(state), std::move(changes)};
}

absl::StatusOr<ledger::Revision> FakeReferenceStore::Commit(
    const Context& context, std::pair<State, funding::ReferenceChanges> written) {
  STEELYARD_ASSIGN_OR_RETURN(
      const ledger::Revision revision,
      ledger_.Commit(context, [&](sql::Connection& /*connection*/, int64_t /*revision*/) {
        return ledger::Changes{.subjects = written.second.subjects(),
                               .registry_revision = std::nullopt};
      }));
  if (written.second.subjects() > 0) {
    states_[revision.revision] = std::move(written.first);
  }
  return revision;
}

absl::StatusOr<funding::ReferenceChanges> FakeReferenceStore::Write(
    const funding::StagedReference& staged) {
  auto written = Apply(staged);
  funding::ReferenceChanges changes = written.second;
  STEELYARD_RETURN_IF_ERROR(Commit(Context::Background(), std::move(written)).status());
  return changes;
}

absl::StatusOr<std::shared_ptr<const funding::RegionCatalogue>> FakeReferenceStore::Regions(
    const Context& /*context*/, int64_t revision) const {
  return std::make_shared<const funding::RegionCatalogue>(ValuesOf(At(revision).region_sets));
}

absl::StatusOr<std::shared_ptr<const funding::RateTable>> FakeReferenceStore::Rates(
    const Context& /*context*/, int64_t revision) const {
  return std::make_shared<const funding::RateTable>(ValuesOf(At(revision).rates));
}

std::vector<PublishedValue> FakeReferenceStore::Marked(const State& state) {
  std::vector<PublishedValue> values = ValuesOf(state.observations);
  for (PublishedValue& value : values) {
    for (PublishedValue withdrawn : state.withdrawn) {
      const std::string reason = std::exchange(withdrawn.retraction, "");
      if (withdrawn == value) {
        value.retraction = reason;
        break;
      }
    }
  }
  return values;
}

absl::StatusOr<std::vector<PublishedValue>> FakeReferenceStore::Vintages(
    const Context& /*context*/, int64_t revision, std::string_view variable,
    std::span<const std::string> regions) const {
  std::vector<PublishedValue> values = Marked(At(revision));
  std::erase_if(values, [&](const PublishedValue& value) {
    return value.variable != variable ||
           (!regions.empty() &&
            std::find(regions.begin(), regions.end(), value.region) == regions.end());
  });
  return values;
}

absl::StatusOr<bool> FakeReferenceStore::IsPublished(const Context& /*context*/, int64_t revision,
                                                     std::string_view region) const {
  const auto& values = At(revision).observations;
  return std::any_of(values.begin(), values.end(),
                     [&](const auto& entry) { return entry.second.region == region; });
}

absl::StatusOr<funding::SeriesPage> FakeReferenceStore::ListSeries(const Context& /*context*/,
                                                                   int64_t revision,
                                                                   const SeriesList& list) const {
  EXPECT_EQ(list.filter.sql, "TRUE") << "the fake knows no other filter";
  struct Group {
    funding::SeriesSummary summary;
    std::set<std::string> periods;
    std::set<std::string> vintages;
  };
  std::map<decltype(SeriesKeyOf({})), Group> groups;
  for (const PublishedValue& value : Marked(At(revision))) {
    if (!value.retraction.empty()) continue;
    Group& group = groups[SeriesKeyOf(value)];
    group.summary.variable = value.variable;
    group.summary.region = value.region;
    group.summary.facet = value.facet;
    ++group.summary.observations;
    group.periods.insert(value.period);
    if (value.vintage.has_value()) group.vintages.insert(value.vintage->ToString());
  }
  funding::SeriesPage page;
  page.total_size = static_cast<int64_t>(groups.size());
  int64_t offset = list.offset;
  int limit = list.limit;
  for (Group& group : ValuesOf(groups)) {
    if (offset-- > 0 || limit-- <= 0) continue;
    group.summary.first_period = *group.periods.begin();
    group.summary.last_period = *group.periods.rbegin();
    group.summary.points = static_cast<int64_t>(group.periods.size());
    if (list.include_periods) {
      group.summary.periods.assign(group.periods.begin(), group.periods.end());
      group.summary.vintages.assign(group.vintages.begin(), group.vintages.end());
    }
    page.series.push_back(std::move(group.summary));
  }
  return page;
}

absl::StatusOr<funding::ReferenceKinds> FakeReferenceStore::ChangedBetween(
    const Context& /*context*/, int64_t from, int64_t to) const {
  const State& before = At(from);
  const State& after = At(to);
  return funding::ReferenceKinds{.exchange_rates = before.rates != after.rates,
                                 .region_sets = before.region_sets != after.region_sets};
}

absl::StatusOr<funding::ReferenceCounts> FakeReferenceStore::Count(const Context& /*context*/,
                                                                   int64_t revision) const {
  const State& state = At(revision);
  const std::vector<PublishedValue> values = Marked(state);
  const auto counting =
      std::count_if(values.begin(), values.end(),
                    [](const PublishedValue& value) { return value.retraction.empty(); });
  return funding::ReferenceCounts{.observations = static_cast<int64_t>(counting),
                                  .exchange_rates = static_cast<int64_t>(state.rates.size()),
                                  .region_sets = static_cast<int64_t>(state.region_sets.size())};
}

absl::StatusOr<std::string> FakeReferenceStore::Recall(const funding::WriteOptions& options) const {
  const auto found = requests_.find(options.request_id);
  if (found == requests_.end()) return "";
  if (found->second.digest != options.digest) {
    return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED, "the request_id came before");
  }
  return found->second.reply;
}

absl::StatusOr<std::string> FakeReferenceStore::CommitOnce(
    const Context& context, const funding::WriteOptions& options,
    std::pair<State, funding::ReferenceChanges> written,
    const std::function<std::string(const ledger::Revision&)>& reply) {
  if (options.validate_only) return reply(ledger_.head());
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision revision, Commit(context, std::move(written)));
  const std::string bytes = reply(revision);
  if (!options.request_id.empty()) {
    requests_[options.request_id] = {options.digest, bytes};
  }
  return bytes;
}

absl::StatusOr<std::string> FakeReferenceStore::UpsertObservations(
    const Context& context, const std::vector<PublishedValue>& observations,
    const funding::WriteOptions& options, const Reply& reply) {
  STEELYARD_ASSIGN_OR_RETURN(const std::string earlier, Recall(options));
  if (!earlier.empty()) return earlier;
  funding::StagedReference staged;
  staged.observations = observations;
  auto written = Apply(staged);
  const std::vector<std::string> changed = written.second.observations;
  return CommitOnce(context, options, std::move(written),
                    [&](const ledger::Revision& revision) { return reply(changed, revision); });
}

absl::StatusOr<std::string> FakeReferenceStore::RetractObservations(
    const Context& context, const funding::ObservationRetraction& retraction,
    const funding::WriteOptions& options, const RetractReply& reply) {
  STEELYARD_ASSIGN_OR_RETURN(const std::string earlier, Recall(options));
  if (!earlier.empty()) return earlier;
  std::pair<State, funding::ReferenceChanges> written = Apply({});
  auto& [state, changes] = written;
  std::set<std::string> wanted(retraction.names.begin(), retraction.names.end());
  bool any = false;
  for (PublishedValue& value : Marked(state)) {
    const bool named = wanted.erase(NameOf(value)) > 0;
    if (!named && !(retraction.selection.has_value() && Holds(*retraction.selection, value))) {
      continue;
    }
    any = true;
    if (value.retraction.empty()) {
      changes.observations.push_back(NameOf(value));
      value.retraction = retraction.reason;
      state.withdrawn.push_back(std::move(value));
    }
  }
  if (!any || !wanted.empty()) {
    return MakeError(common::v1::ERROR_REASON_SERIES_NOT_FOUND, "there is no such observation");
  }
  const auto retracted = static_cast<int64_t>(changes.observations.size());
  return CommitOnce(context, options, std::move(written),
                    [&](const ledger::Revision& revision) { return reply(retracted, revision); });
}

}  // namespace steelyard::testing
