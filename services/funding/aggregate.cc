#include "services/funding/aggregate.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <unordered_map>

#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

constexpr size_t kMostDimensions = 4;

// Two digits.
std::string Padded(int number) { return number < 10 ? StrCat("0", number) : StrCat(number); }

std::string QuarterOf(const PartialDate& date) {
  return date.month == 0 ? StrCat(date.year) : StrCat(date.year, "-Q", date.Quarter());
}

std::string MonthOf(const PartialDate& date) {
  return date.month == 0 ? StrCat(date.year) : StrCat(date.year, "-", Padded(date.month));
}

// Combines two 32-bit numbers into a key.
uint64_t Pair(int32_t a, int32_t b) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(a)) << 32) | static_cast<uint32_t>(b);
}

// Converts amounts; remembers each currency's rate of each date.
class Converter {
 public:
  Converter(const AggregateQuery& query, const Selection& selection, const RateTable& rates)
      : query_(query), selection_(selection), rates_(rates) {}

  // Minor units of the round's currency in the query's currency and prices; nullopt when they
  // cannot be converted.
  std::optional<int64_t> Convert(const SelectedRound& round, int64_t minor_units) {
    const std::optional<int64_t> nominal = Exchange(round, minor_units);
    if (!nominal || !query_.deflator) return nominal;
    return query_.deflator->ToBasePrices(*nominal, round.date.year);
  }

 private:
  std::optional<int64_t> Exchange(const SelectedRound& round, int64_t minor_units) {
    const std::string& currency = selection_.currencies.Text(round.currency);
    if (currency == query_.currency) return minor_units;
    const PartialDate& date = round.date;
    const int32_t day = (date.year * 13 + date.month) * 32 + date.day;
    auto [place, is_new] = remembered_.try_emplace(Pair(round.currency, day));
    if (is_new) place->second = rates_.Lookup(currency, query_.currency, date, query_.fx);
    if (!place->second) return std::nullopt;
    const absl::StatusOr<int64_t> converted = place->second->Convert(minor_units);
    if (!converted.ok()) return std::nullopt;
    return *converted;
  }

  const AggregateQuery& query_;
  const Selection& selection_;
  const RateTable& rates_;
  std::unordered_map<uint64_t, std::optional<CrossRate>> remembered_;
};

// Says which of the query's regions a round counts in; remembers each country's of each day.
class RegionFinder {
 public:
  RegionFinder(const AggregateQuery& query, const Selection& selection)
      : regions_(query.regions), companies_(selection.companies) {}

  // Indices of the regions, ascending.
  const std::vector<int32_t>& Find(const SelectedRound& round) {
    const std::string& country = companies_[static_cast<size_t>(round.company)].country;
    const PartialDate day = round.date.LastDay();
    auto [place, is_new] = remembered_.try_emplace(Pair(countries_.Number(country), day.ToDays()));
    if (is_new) {
      for (size_t i = 0; i < regions_.size(); ++i) {
        if (regions_[i].Contains(country, day)) place->second.push_back(static_cast<int32_t>(i));
      }
    }
    return place->second;
  }

 private:
  const std::vector<ResolvedRegion>& regions_;
  const std::vector<SelectedCompany>& companies_;
  Dictionary countries_;
  std::unordered_map<uint64_t, std::vector<int32_t>> remembered_;
};

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
  Group group;
  std::vector<int64_t> amounts;
  // By company, since rounds come by company.
  std::vector<CompanyTotal> companies;
  // Rounds without a usable amount.
  std::map<PeerKey, int64_t> missing;
  // Of the amounts that several sources give: the largest, and how far the smallest is below it.
  Int128 high = 0;
  Int128 apart = 0;

  void Add(const SelectedRound& round, const std::optional<int64_t>& amount) {
    ++group.rounds;
    if (companies.empty() || companies.back().company != round.company) {
      companies.push_back({.company = round.company, .minor_units = 0, .rounds = 0});
      has_amount.push_back(false);
    }
    ++companies.back().rounds;
    if (!round.minor_units) {
      ++group.undisclosed;
    } else if (!amount) {
      ++group.unconverted;
    } else {
      amounts.push_back(*amount);
      companies.back().minor_units += *amount;
      has_amount.back() = true;
    }
  }
  // Beside `companies`: whether any amount of it was added.
  std::vector<bool> has_amount;
};

class Aggregator {
 public:
  Aggregator(const AggregateQuery& query, const Selection& selection, const RateTable& rates)
      : query_(query),
        selection_(selection),
        converter_(query, selection, rates),
        regions_(query, selection),
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
    result.sources = CountSources();
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
    const std::vector<int32_t>& in = query_.regions.empty() ? everywhere : regions_.Find(round);
    if (in.empty() && !query_.impute) return;
    std::optional<int64_t> amount;
    if (round.minor_units) amount = converter_.Convert(round, *round.minor_units);
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

  void AddTo(Building& building, const SelectedRound& round, int32_t peer_region,
             const std::optional<int64_t>& amount) {
    const PeerKey key{.stage = round.stage, .region = peer_region, .year = round.date.year};
    building.Add(round, amount);
    if (query_.trace) {
      const auto place = static_cast<size_t>(&round - selection_.rounds.data());
      building.group.members.push_back({.round = place, .amount = amount, .key = key});
    }
    if (amount && round.spread >= 0) AddSpread(building, round);
    if (query_.impute && !amount) ++building.missing[key];
  }

  void AddSpread(Building& building, const SelectedRound& round) {
    const AmountSpread& spread = selection_.spreads[static_cast<size_t>(round.spread)];
    const std::optional<int64_t> low = converter_.Convert(round, spread.low);
    const std::optional<int64_t> high = converter_.Convert(round, spread.high);
    if (!low || !high) return;
    ++building.group.compared;
    if (query_.trace) building.group.members.back().apart = {*low, *high};
    building.high += *high;
    building.apart += static_cast<Int128>(*high) - *low;
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
      building.group.imputed = Impute(building.missing, peers_);
      for (GroupMember& member : building.group.members) {
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
        return StrCat(round.date.year);
      case v1::DIMENSION_QUARTER:
        return QuarterOf(round.date);
      case v1::DIMENSION_MONTH:
        return MonthOf(round.date);
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
    Group group = std::move(building.group);
    for (size_t i = 0; i < query_.group_by.size(); ++i) {
      group.keys.push_back(region_dimension_ == i
                               ? query_.regions[static_cast<size_t>(building.key[i])].term
                               : values_[i].Text(building.key[i]));
    }
    group.companies = static_cast<int64_t>(building.companies.size());
    if (building.high > 0) {
      group.disagreement = static_cast<double>(building.apart) / static_cast<double>(building.high);
    }
    if (building.amounts.empty()) return group;
    AddAmounts(building.amounts, group);
    AddCompanies(building, group);
    return group;
  }

  // The k of what is about the largest.
  size_t LargestK() const {
    return static_cast<size_t>(query_.top_k == 0 ? kDefaultTopK : query_.top_k);
  }

  void AddAmounts(std::vector<int64_t>& amounts, Group& group) const {
    std::sort(amounts.begin(), amounts.end());
    Int128 sum = 0;
    Int128 largest = 0;
    for (size_t i = 0; i < amounts.size(); ++i) {
      sum += amounts[i];
      if (i + LargestK() >= amounts.size()) largest += amounts[i];
    }
    group.sum_without_largest = sum - largest;
    const size_t middle = amounts.size() / 2;
    group.sum = sum;
    group.max = amounts.back();
    group.mean = static_cast<int64_t>(DivideHalfEven(sum, static_cast<Int128>(amounts.size())));
    group.median = amounts.size() % 2 == 1
                       ? amounts[middle]
                       : static_cast<int64_t>(DivideHalfEven(
                             static_cast<Int128>(amounts[middle - 1]) + amounts[middle], 2));
  }

  // Top list and concentration. Companies are taken by id, so that the sums of squares are formed
  // in the same order everywhere.
  void AddCompanies(const Building& building, Group& group) const {
    std::vector<CompanyTotal> ranked;
    for (size_t i = 0; i < building.companies.size(); ++i) {
      if (building.has_amount[i]) ranked.push_back(building.companies[i]);
    }
    const auto sum = static_cast<double>(*group.sum);
    if (*group.sum > 0) {
      double squares = 0;
      for (const CompanyTotal& company : ranked) {
        const double share = static_cast<double>(company.minor_units) / sum;
        squares += share * share;
      }
      group.hhi = squares;
    }
    std::stable_sort(
        ranked.begin(), ranked.end(),
        [](const CompanyTotal& a, const CompanyTotal& b) { return a.minor_units > b.minor_units; });
    Int128 largest = 0;
    for (size_t i = 0; i < std::min(LargestK(), ranked.size()); ++i) {
      largest += ranked[i].minor_units;
    }
    if (*group.sum > 0) group.concentration_ratio = static_cast<double>(largest) / sum;
    ranked.resize(std::min(static_cast<size_t>(query_.top_k), ranked.size()));
    group.top = std::move(ranked);
  }

  std::vector<std::pair<std::string, int64_t>> CountSources() const {
    std::map<std::string, int64_t> counts;
    for (size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i] == 0) continue;
      std::string_view list = selection_.source_lists.Text(static_cast<int32_t>(i));
      while (!list.empty()) {
        const size_t end = std::min(list.find('|'), list.size());
        if (end > 0) counts[std::string(list.substr(0, end))] += sources_[i];
        list.remove_prefix(std::min(end + 1, list.size()));
      }
    }
    std::vector<std::pair<std::string, int64_t>> ranked(counts.begin(), counts.end());
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return ranked;
  }

  const AggregateQuery& query_;
  const Selection& selection_;
  Converter converter_;
  RegionFinder regions_;
  Dictionary countries_;
  Peers peers_;
  std::optional<size_t> region_dimension_;
  std::array<Dictionary, kMostDimensions> values_;
  std::unordered_map<Key, size_t, KeyHash> index_;
  std::vector<Building> groups_;
  std::vector<int64_t> sources_;  // rounds by number in source_lists
};

}  // namespace

Aggregation Aggregate(const AggregateQuery& query, const Selection& selection,
                      const RateTable& rates) {
  return Aggregator(query, selection, rates).Run();
}

}  // namespace steelyard::funding
