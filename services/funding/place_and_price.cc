#include "services/funding/place_and_price.h"

#include <algorithm>

namespace steelyard::funding {

std::optional<int64_t> Converter::Convert(int32_t currency, const PartialDate& date,
                                          int64_t minor_units) {
  const std::optional<int64_t> nominal =
      currency == same_ ? minor_units : Exchange(currency, date, minor_units);
  if (!nominal || !deflator_) return nominal;
  return deflator_->ToBasePrices(*nominal, date.year);
}

std::optional<int64_t> Converter::Exchange(int32_t currency, const PartialDate& date,
                                           int64_t minor_units) {
  const std::string& from = currencies_.Text(currency);
  if (from == to_) {
    same_ = currency;
    return minor_units;
  }
  const int32_t day = (date.year * 13 + date.month) * 32 + date.day;
  auto [place, is_new] = remembered_.try_emplace(PairKey(currency, day));
  if (is_new) place->second = rates_.Lookup(from, to_, date, fx_);
  if (!place->second) return std::nullopt;
  const absl::StatusOr<int64_t> converted = place->second->Convert(minor_units);
  if (!converted.ok()) return std::nullopt;
  return *converted;
}

const RegionFinder::Country& RegionFinder::CountryOf(int32_t number, const std::string& country) {
  const auto place = static_cast<size_t>(number);
  if (place >= countries_.size()) countries_.resize(place + 1);
  if (!countries_[place]) {
    Country& found = countries_[place].emplace();
    // Of a country that does not change every date says the same.
    const PartialDate any{.year = kFirstEventYear};
    for (size_t i = 0; i < regions_.size(); ++i) {
      found.changes |= !regions_[i].ChangesOf(country).empty();
      if (regions_[i].Contains(country, any)) found.always.push_back(static_cast<int32_t>(i));
    }
  }
  return *countries_[place];
}

const std::vector<int32_t>& RegionFinder::Find(int32_t number, const std::string& country,
                                               const PartialDate& date) {
  const Country& known = CountryOf(number, country);
  if (!known.changes) return known.always;
  const PartialDate day = date.LastDay();
  auto [place, is_new] = remembered_.try_emplace(PairKey(number, day.ToDays()));
  if (is_new) {
    for (size_t i = 0; i < regions_.size(); ++i) {
      if (regions_[i].Contains(country, day)) place->second.push_back(static_cast<int32_t>(i));
    }
  }
  return place->second;
}

bool RegionFinder::NeverHolds(int32_t number, const std::string& country) {
  const Country& known = CountryOf(number, country);
  return !known.changes && known.always.empty();
}

}  // namespace steelyard::funding
