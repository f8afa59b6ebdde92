#pragma once

// Where a round counts and what its amount is worth, remembered: both are asked for each of many
// rounds that have few countries, currencies and days.

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/funding/reference/deflator.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/reference/regions.h"
#include "services/funding/selection.h"

namespace steelyard::funding {

// Combines two 32-bit numbers into a key.
inline uint64_t PairKey(int32_t a, int32_t b) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(a)) << 32) | static_cast<uint32_t>(b);
}

// Converts amounts. What it is made of must outlive it. Not thread-safe.
class Converter {
 public:
  Converter(const std::string& currency, const FxRule& fx, const std::optional<Deflator>& deflator,
            const RateTable& rates, const Dictionary& currencies)
      : to_(currency), fx_(fx), deflator_(deflator), rates_(rates), currencies_(currencies) {}

  // Minor units of a currency, by its number, in the target's currency and prices; nullopt when
  // they cannot be converted.
  std::optional<int64_t> Convert(int32_t currency, const PartialDate& date, int64_t minor_units);

 private:
  std::optional<int64_t> Exchange(int32_t currency, const PartialDate& date, int64_t minor_units);

  const std::string& to_;
  const FxRule& fx_;
  const std::optional<Deflator>& deflator_;
  const RateTable& rates_;
  const Dictionary& currencies_;
  int32_t same_ = -1;  // number of the target's currency, once seen
  absl::flat_hash_map<uint64_t, std::optional<CrossRate>> remembered_;
};

// Says which of a question's regions a round counts in. Regions must outlive it. Not thread-safe.
class RegionFinder {
 public:
  explicit RegionFinder(const std::vector<ResolvedRegion>& regions) : regions_(regions) {}

  // Indices of the regions that hold a country at a date, ascending. `number` stands for the
  // country: another one each.
  const std::vector<int32_t>& Find(int32_t number, const std::string& country,
                                   const PartialDate& date);
  // Whether no region ever holds the country.
  bool NeverHolds(int32_t number, const std::string& country);

 private:
  struct Country {
    bool changes = false;         // joins or leaves a region at some time
    std::vector<int32_t> always;  // its regions, when it does not
  };
  const Country& CountryOf(int32_t number, const std::string& country);

  const std::vector<ResolvedRegion>& regions_;
  std::vector<std::optional<Country>> countries_;
  absl::flat_hash_map<uint64_t, std::vector<int32_t>> remembered_;  // of those that change
};

}  // namespace steelyard::funding
