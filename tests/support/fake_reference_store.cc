#include "tests/support/fake_reference_store.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "gtest/gtest.h"
#include "services/common/status/status.h"

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

}  // namespace

const FakeReferenceStore::State& FakeReferenceStore::At(int64_t revision) const {
  return std::prev(states_.upper_bound(revision))->second;
}

std::pair<FakeReferenceStore::State, funding::ReferenceChanges> FakeReferenceStore::Apply(
    const funding::StagedReference& staged) const {
  State state = states_.rbegin()->second;
  funding::ReferenceChanges changes;
  for (const PublishedValue& value : staged.observations) {
    if (Put(state.observations, value.id, value)) {
      changes.observations.push_back(value.id);
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

absl::StatusOr<std::vector<PublishedValue>> FakeReferenceStore::Observations(
    const Context& /*context*/, int64_t revision, std::string_view variable) const {
  std::vector<PublishedValue> values = ValuesOf(At(revision).observations);
  std::erase_if(values, [&](const PublishedValue& value) { return value.variable != variable; });
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
                                                                   const filter::Predicate& filter,
                                                                   int64_t offset,
                                                                   int limit) const {
  EXPECT_EQ(filter.sql, "TRUE") << "the fake knows no other filter";
  std::map<decltype(SeriesKeyOf({})), funding::SeriesSummary> groups;
  for (const auto& [id, value] : At(revision).observations) {
    auto [entry, is_new] = groups.try_emplace(SeriesKeyOf(value));
    funding::SeriesSummary& group = entry->second;
    if (is_new) {
      group = {value.variable, value.region, value.facet, value.period, value.period, 0};
    }
    group.first_period = std::min(group.first_period, value.period);
    group.last_period = std::max(group.last_period, value.period);
    ++group.points;
  }
  funding::SeriesPage page;
  page.total_size = static_cast<int64_t>(groups.size());
  for (funding::SeriesSummary& group : ValuesOf(groups)) {
    if (offset-- <= 0 && limit-- > 0) {
      page.series.push_back(std::move(group));
    }
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
  return funding::ReferenceCounts{.observations = static_cast<int64_t>(state.observations.size()),
                                  .exchange_rates = static_cast<int64_t>(state.rates.size()),
                                  .region_sets = static_cast<int64_t>(state.region_sets.size())};
}

absl::StatusOr<std::string> FakeReferenceStore::UpsertObservations(
    const Context& context, const std::vector<PublishedValue>& observations,
    const funding::WriteOptions& options, const Reply& reply) {
  if (const auto found = requests_.find(options.request_id); found != requests_.end()) {
    if (found->second.digest != options.digest) {
      return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED, "the request_id came before");
    }
    return found->second.reply;
  }
  funding::StagedReference staged;
  staged.observations = observations;
  auto written = Apply(staged);
  const std::vector<std::string> changed = written.second.observations;
  if (options.validate_only) {
    return reply(changed, ledger_.head());
  }
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision revision, Commit(context, std::move(written)));
  const std::string bytes = reply(changed, revision);
  if (!options.request_id.empty()) {
    requests_[options.request_id] = {options.digest, bytes};
  }
  return bytes;
}

}  // namespace steelyard::testing
