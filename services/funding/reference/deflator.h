#pragma once

// Amounts in the prices of one year: the nominal amount times the index of the base year over the
// index of the amount's year. Amounts are converted into the answer's currency first, at the rate
// of their own date, and deflated with the index of that currency's economy; deflating first and
// converting then would give other numbers.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/money/money.h"
#include "services/funding/reference/statistics.h"

namespace steelyard::funding {

// Earliest and latest base year that a question may name.
inline constexpr int kFirstBaseYear = 1900;
inline constexpr int kLastBaseYear = 2100;

// A price index with a base year. Immutable, thread-safe.
class Deflator {
 public:
  // Of the annual values with unit "index" that `observations`, all of one variable, hold for the
  // economy of the currency; of several series the first by FacetLess. DEFINITION_UNSUPPORTED
  // (metadata "field", a path from the request, and "allowed") when there is none, or it has no
  // value for the base year.
  static absl::StatusOr<Deflator> Make(const std::vector<PublishedValue>& observations,
                                       std::string_view variable, std::string_view currency,
                                       int base_year);

  // An amount of that year in prices of the base year, rounded half to even. nullopt when the index
  // has no value for the year, or the result does not fit.
  std::optional<int64_t> ToBasePrices(int64_t minor_units, int year) const;
  // The index of the base year over that of the year as a decimal number, rounded half to even in
  // the 12th decimal. nullopt when the index has no value for the year.
  std::optional<std::string> FactorOf(int year) const;
  // Bare id of the source of the index.
  const std::string& source() const { return source_; }

  bool operator==(const Deflator&) const = default;

 private:
  std::string source_;
  Int128 base_ = 0;
  std::map<int, Int128> index_;  // by year, times 10^kValueDecimals; positive
};

// The economy in whose prices a currency is spent, as statistics name it: the country whose code
// begins an ISO 4217 code, "EA" for the euro.
std::string EconomyOf(std::string_view currency);

}  // namespace steelyard::funding
