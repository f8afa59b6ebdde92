#include "services/funding/aggregate.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <unordered_map>

#include "absl/container/flat_hash_map.h"
#include "services/common/text/strings.h"
#include "services/funding/division.h"
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
  bool divided = false;
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

  // What tells where a round, or a part of it, counts.
  struct Place {
    const std::string& country;
    const std::string& layer;
    const std::string& sector;
    const std::string& investor;
    const std::string& investor_country;
    const std::string& investor_kind;
  };
  // A group that the round at hand counts in, with its parts there.
  struct Landing {
    Key key{};
    int32_t peer_region = 0;
    std::vector<int32_t> slots;
  };

  void Add(const SelectedRound& round) {
    std::optional<int64_t> amount;
    if (round.minor_units) {
      amount = converter_.Convert(round.currency, round.date, *round.minor_units);
    }
    landings_.clear();
    landing_of_.clear();
    const std::span<const RoundPart> parts = selection_.PartsOf(round);
    const int32_t slots = parts.empty() ? 1 : parts.front().slots;
    if (parts.empty()) Land(round, PlaceOf(round), 0, amount);
    for (const RoundPart& part : parts) Land(round, PlaceOf(part), part.slot, amount);
    if (landings_.empty()) return;
    ++sources_[static_cast<size_t>(round.sources)];
    for (const Landing& landing : landings_) {
      AddTo(Find(landing.key), round, landing, slots, amount);
    }
  }

  Place PlaceOf(const SelectedRound& round) const {
    static const auto& nobody = *new std::string;
    const SelectedCompany& company = selection_.companies[static_cast<size_t>(round.company)];
    return {company.country, company.layer, company.sector, nobody, nobody, nobody};
  }
  Place PlaceOf(const RoundPart& part) const {
    const Dictionary& texts = selection_.texts;
    return {texts.Text(part.country),          texts.Text(part.layer),
            texts.Text(part.sector),           texts.Text(part.investor),
            texts.Text(part.investor_country), texts.Text(part.investor_kind)};
  }

  // Finds the groups that hold a part.
  void Land(const SelectedRound& round, const Place& place, int32_t slot,
            const std::optional<int64_t>& amount) {
    static const auto& everywhere = *new std::vector<int32_t>{0};
    const std::vector<int32_t>& in =
        query_.regions.empty()
            ? everywhere
            : regions_.Find(places_.Number(place.country), place.country, round.date);
    if (query_.impute && amount) AddPeer(round, PeerRegionOf(place), in, *amount);
    if (in.empty()) return;
    Key key = KeyOf(round, place);
    if (!region_dimension_) return LandIn(key, PeerRegionOf(place), slot);
    for (const int32_t region : in) {
      key[*region_dimension_] = region;
      LandIn(key, region, slot);
    }
  }

  void LandIn(const Key& key, int32_t peer_region, int32_t slot) {
    const auto [place, is_new] = landing_of_.try_emplace(key, landings_.size());
    if (is_new) landings_.push_back({.key = key, .peer_region = peer_region, .slots = {}});
    std::vector<int32_t>& slots = landings_[place->second].slots;
    // By slot, so that one that is there is the last.
    if (slots.empty() || slots.back() != slot) slots.push_back(slot);
  }

  void AddTo(Building& building, const SelectedRound& round, const Landing& landing, int32_t slots,
             const std::optional<int64_t>& whole) {
    const PeerKey key{.stage = round.stage, .region = landing.peer_region, .year = round.date.year};
    std::optional<int64_t> amount;
    if (whole) amount = ShareOf(*whole, slots, landing.slots);
    building.builder.AddPart(kAll, cutoffs_, round.company, round.minor_units.has_value(), amount,
                             whole);
    if (query_.trace) {
      building.members.push_back({.round = static_cast<size_t>(&round - selection_.rounds.data()),
                                  .amount = amount,
                                  .whole = whole,
                                  .parts = static_cast<int32_t>(landing.slots.size()),
                                  .slots = slots,
                                  .key = key});
    }
    if (amount && round.spread >= 0) AddSpread(building, round, landing, slots);
    if (query_.impute && !amount) ++building.missing[key];
  }

  void AddSpread(Building& building, const SelectedRound& round, const Landing& landing,
                 int32_t slots) {
    const AmountSpread& spread = selection_.spreads[static_cast<size_t>(round.spread)];
    std::optional<int64_t> low = converter_.Convert(round.currency, round.date, spread.low);
    std::optional<int64_t> high = converter_.Convert(round.currency, round.date, spread.high);
    if (!low || !high) return;
    low = ShareOf(*low, slots, landing.slots);
    high = ShareOf(*high, slots, landing.slots);
    if (query_.trace) building.members.back().apart = {*low, *high};
    building.builder.AddSpread(*low, *high);
  }

  // Peers share a region of the question when it groups by region; the only one when it names
  // regions without telling them apart; else the country.
  int32_t PeerRegionOf(const Place& place) {
    return query_.regions.empty() ? countries_.Number(place.country) : 0;
  }

  // Rounds outside of the question's regions are peers too, of those that have none nearer.
  void AddPeer(const SelectedRound& round, int32_t region, const std::vector<int32_t>& in,
               int64_t amount) {
    const PeerKey key{.stage = round.stage, .region = 0, .year = round.date.year};
    if (region_dimension_) return peers_.Add(key, in, amount);
    peers_.Add(key, std::span(&region, in.empty() ? 0 : 1), amount);
  }

  // Parts of one round are no peers of each other, nor of whole rounds.
  void AddEstimates() {
    const bool divided = !selection_.parts.empty();
    for (Building& building : groups_) {
      building.divided = divided && !building.missing.empty();
      if (building.divided) continue;
      building.imputed = Impute(building.missing, peers_);
      for (GroupMember& member : building.members) {
        if (!member.amount) member.peers = peers_.Find(member.key);
      }
    }
  }

  Key KeyOf(const SelectedRound& round, const Place& place) {
    Key key{};
    for (size_t i = 0; i < query_.group_by.size(); ++i) {
      if (query_.group_by[i] == v1::DIMENSION_REGION) continue;
      key[i] = values_[i].Number(ValueOf(query_.group_by[i], round, place));
    }
    return key;
  }

  std::string ValueOf(v1::Dimension dimension, const SelectedRound& round,
                      const Place& place) const {
    const SelectedCompany& company = selection_.companies[static_cast<size_t>(round.company)];
    switch (dimension) {
      case v1::DIMENSION_COUNTRY:
        return place.country;
      case v1::DIMENSION_YEAR:
      case v1::DIMENSION_QUARTER:
      case v1::DIMENSION_MONTH:
        return KeyOfDate(dimension, round.date);
      case v1::DIMENSION_LAYER:
        return place.layer;
      case v1::DIMENSION_SECTOR:
        return place.sector;
      case v1::DIMENSION_INVESTOR:
        return place.investor;
      case v1::DIMENSION_INVESTOR_COUNTRY:
        return place.investor_country;
      case v1::DIMENSION_INVESTOR_KIND:
        return place.investor_kind;
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
    group.divided = building.divided;
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
  std::vector<Landing> landings_;                         // of the round at hand
  absl::flat_hash_map<Key, size_t, KeyHash> landing_of_;  // its places in them by key
  std::vector<int64_t> sources_;                          // rounds by number in source_lists
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
