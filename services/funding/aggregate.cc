#include "services/funding/aggregate.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <unordered_map>

#include "services/common/text/strings.h"
#include "services/funding/group_builder.h"
#include "services/funding/place_and_price.h"

namespace steelyard::funding {
namespace {

constexpr size_t kMostDimensions = 4;
// Who explains a figure may need any part of its group.
constexpr GroupNeeds kAll;

// Numbers of a group's values in each dimension; of REGION the index of the region.
using Key = std::array<int32_t, kMostDimensions>;

struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = 0;
    for (const int32_t part : key) {
      hash = (hash ^ static_cast<uint32_t>(part)) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 29;
    }
    return static_cast<size_t>(hash);
  }
};

// A group while it grows.
struct Building {
  Key key{};
  GroupBuilder builder;
  std::vector<GroupMember> members;
  std::map<PeerKey, int64_t> missing;  // rounds without a usable amount
  std::optional<Imputed> imputed;
};

class Aggregator {
 public:
  Aggregator(const AggregateQuery& query, const Selection& selection, const RateTable& rates)
      : query_(query),
        selection_(selection),
        converter_(query.currency, query.fx, query.deflator, rates, selection.currencies),
        regions_(query.regions),
        cutoffs_(CutoffsOf(query)),
        sources_(selection.source_lists.size(), 0) {
    for (size_t i = 0; i < query.group_by.size(); ++i) {
      if (query.group_by[i] == v1::DIMENSION_REGION) region_dimension_ = i;
    }
  }

  Aggregation Run() {
    if (query_.group_by.empty()) Find(Key{});
    for (const SelectedRound& round : selection_.rounds) Add(round);
    if (query_.impute) AddEstimates();
    Aggregation result;
    Sort();
    for (Building& building : groups_) result.groups.push_back(Finish(building));
    result.sources = RankSources(selection_.source_lists, sources_);
    return result;
  }

 private:
  Building& Find(const Key& key) {
    const auto [place, is_new] = index_.try_emplace(key, groups_.size());
    if (is_new) groups_.emplace_back().key = key;
    return groups_[place->second];
  }

  void Add(const SelectedRound& round) {
    static const auto& everywhere = *new std::vector<int32_t>{0};
    const std::vector<int32_t>& in = query_.regions.empty() ? everywhere : RegionsOf(round);
    if (in.empty() && !query_.impute) return;
    std::optional<int64_t> amount;
    if (round.minor_units) {
      amount = converter_.Convert(round.currency, round.date, *round.minor_units);
    }
    if (query_.impute) AddPeer(round, in, amount);
    if (in.empty()) return;
    ++sources_[static_cast<size_t>(round.sources)];
    Key key = KeyOf(round);
    if (!region_dimension_) {
      AddTo(Find(key), round, PeerRegionOf(round), amount);
      return;
    }
    for (const int32_t region : in) {
      key[*region_dimension_] = region;
      AddTo(Find(key), round, region, amount);
    }
  }

  const std::vector<int32_t>& RegionsOf(const SelectedRound& round) {
    const std::string& country = selection_.companies[static_cast<size_t>(round.company)].country;
    return regions_.Find(places_.Number(country), country, round.date);
  }

  void AddTo(Building& building, const SelectedRound& round, int32_t peer_region,
             const std::optional<int64_t>& amount) {
    const PeerKey key{.stage = round.stage, .region = peer_region, .year = round.date.year};
    building.builder.AddRound(kAll, cutoffs_, round.company, round.minor_units.has_value(), amount);
    if (query_.trace) {
      const auto place = static_cast<size_t>(&round - selection_.rounds.data());
      building.members.push_back({.round = place, .amount = amount, .key = key});
    }
    if (amount && round.spread >= 0) AddSpread(building, round);
    if (query_.impute && !amount) ++building.missing[key];
  }

  void AddSpread(Building& building, const SelectedRound& round) {
    const AmountSpread& spread = selection_.spreads[static_cast<size_t>(round.spread)];
    const std::optional<int64_t> low = converter_.Convert(round.currency, round.date, spread.low);
    const std::optional<int64_t> high = converter_.Convert(round.currency, round.date, spread.high);
    if (!low || !high) return;
    if (query_.trace) building.members.back().apart = {*low, *high};
    building.builder.AddSpread(*low, *high);
  }

  // Peers share a region of the question when it groups by region; the only one when it names
  // regions without telling them apart; else the country.
  int32_t PeerRegionOf(const SelectedRound& round) {
    if (!query_.regions.empty()) return 0;
    return countries_.Number(selection_.companies[static_cast<size_t>(round.company)].country);
  }

  // Rounds outside of the question's regions are peers too, of those that have none nearer.
  void AddPeer(const SelectedRound& round, const std::vector<int32_t>& in,
               const std::optional<int64_t>& amount) {
    if (!amount) return;
    const PeerKey key{.stage = round.stage, .region = 0, .year = round.date.year};
    if (region_dimension_) return peers_.Add(key, in, *amount);
    const int32_t region = PeerRegionOf(round);
    peers_.Add(key, std::span(&region, in.empty() ? 0 : 1), *amount);
  }

  void AddEstimates() {
    for (Building& building : groups_) {
      building.imputed = Impute(building.missing, peers_);
      for (GroupMember& member : building.members) {
        if (!member.amount) member.peers = peers_.Find(member.key);
      }
    }
  }

  Key KeyOf(const SelectedRound& round) {
    Key key{};
    for (size_t i = 0; i < query_.group_by.size(); ++i) {
      if (query_.group_by[i] == v1::DIMENSION_REGION) continue;
      key[i] = values_[i].Number(ValueOf(query_.group_by[i], round));
    }
    return key;
  }

  std::string ValueOf(v1::Dimension dimension, const SelectedRound& round) const {
    const SelectedCompany& company = selection_.companies[static_cast<size_t>(round.company)];
    switch (dimension) {
      case v1::DIMENSION_COUNTRY:
        return company.country;
      case v1::DIMENSION_YEAR:
      case v1::DIMENSION_QUARTER:
      case v1::DIMENSION_MONTH:
        return KeyOfDate(dimension, round.date);
      case v1::DIMENSION_LAYER:
        return company.layer;
      case v1::DIMENSION_SECTOR:
        return company.sector;
      case v1::DIMENSION_SOURCE_CATEGORY:
        return company.source_category;
      case v1::DIMENSION_STAGE:
        return StageName(round.stage);
      case v1::DIMENSION_COMPANY:
        return StrCat("companies/", company.id);
      default:
        return "";
    }
  }

  void Sort() {
    const size_t dimensions = query_.group_by.size();
    std::sort(groups_.begin(), groups_.end(), [&](const Building& a, const Building& b) {
      for (size_t i = 0; i < dimensions; ++i) {
        if (a.key[i] == b.key[i]) continue;
        if (region_dimension_ == i) return a.key[i] < b.key[i];
        return values_[i].Text(a.key[i]) < values_[i].Text(b.key[i]);
      }
      return false;
    });
  }

  Group Finish(Building& building) const {
    Group group = building.builder.Finish(query_, kAll);
    for (size_t i = 0; i < query_.group_by.size(); ++i) {
      group.keys.push_back(region_dimension_ == i
                               ? query_.regions[static_cast<size_t>(building.key[i])].term
                               : values_[i].Text(building.key[i]));
    }
    group.imputed = std::move(building.imputed);
    group.members = std::move(building.members);
    return group;
  }

  const AggregateQuery& query_;
  const Selection& selection_;
  Converter converter_;
  RegionFinder regions_;
  const Cutoffs cutoffs_;
  Dictionary places_;     // countries, for regions_
  Dictionary countries_;  // as kinds of peers
  Peers peers_;
  std::optional<size_t> region_dimension_;
  std::array<Dictionary, kMostDimensions> values_;
  std::unordered_map<Key, size_t, KeyHash> index_;
  std::vector<Building> groups_;
  std::vector<int64_t> sources_;  // rounds by number in source_lists
};

}  // namespace

std::string KeyOfDate(v1::Dimension dimension, const PartialDate& date) {
  if (date.month == 0 || dimension == v1::DIMENSION_YEAR) return StrCat(date.year);
  if (dimension == v1::DIMENSION_QUARTER) return StrCat(date.year, "-Q", date.Quarter());
  return StrCat(date.year, date.month < 10 ? "-0" : "-", date.month);
}

std::vector<std::pair<std::string, int64_t>> RankSources(const Dictionary& lists,
                                                         std::span<const int64_t> rounds) {
  std::map<std::string, int64_t> counts;
  for (size_t i = 0; i < rounds.size(); ++i) {
    if (rounds[i] == 0) continue;
    std::string_view list = lists.Text(static_cast<int32_t>(i));
    while (!list.empty()) {
      const size_t end = std::min(list.find('|'), list.size());
      if (end > 0) counts[std::string(list.substr(0, end))] += rounds[i];
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
  std::vector<std::pair<std::string, int64_t>> ranked(counts.begin(), counts.end());
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return ranked;
}

Aggregation Aggregate(const AggregateQuery& query, const Selection& selection,
                      const RateTable& rates) {
  return Aggregator(query, selection, rates).Run();
}

}  // namespace steelyard::funding
