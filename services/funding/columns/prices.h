#pragma once

// What the amounts of a copy are worth under one valuation, row by row: converting once is dearer
// than adding up many times.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/funding/columns/block.h"
#include "services/funding/place_and_price.h"
#include "services/funding/reference/deflator.h"
#include "services/funding/reference/exchange_rates.h"
#include "steelyard/common/v1/definition.pb.h"

namespace steelyard::funding::columns {

// What decides the worth of a round's amount, and the date by which it counts.
struct Valuation {
  std::string currency;
  FxRule fx;
  std::optional<Deflator> deflator;
  std::shared_ptr<const RateTable> rates;  // the same table has the same rates
  common::v1::DateBasis date_basis = common::v1::DATE_BASIS_ANNOUNCED;

  bool operator==(const Valuation&) const = default;
};

// The converter of a valuation over a copy's currencies. Both must outlive it.
inline Converter ConverterOf(const Valuation& valuation, const Copy& copy) {
  return {valuation.currency, valuation.fx, valuation.deflator, *valuation.rates,
          copy.codes->currencies};
}

// A disclosed amount that cannot be converted.
inline constexpr int64_t kUnconverted = kUndisclosed + 1;

// Immutable.
class Prices {
 public:
  // Of every row of a copy, whether it counts or not. Blocks that `before`, which may be null and
  // is of the same valuation, has as well are shared with it. CANCELLED, DEADLINE_EXCEEDED.
  static absl::StatusOr<std::shared_ptr<const Prices>> Make(const Context& context,
                                                            const Copy& copy,
                                                            const Valuation& valuation,
                                                            const Prices* before, size_t threads);

  // Those of a copy's block by its number, in minor units, kUndisclosed or kUnconverted; null when
  // the block came after these prices.
  const int64_t* Of(const Copy& copy, size_t block) const;
  int64_t bytes() const;

 private:
  struct Priced {
    std::shared_ptr<const Block> block;  // held, so that no other one takes its address
    std::shared_ptr<const std::vector<int64_t>> amounts;
  };
  const Priced* Find(const Copy& copy, size_t block) const;

  std::vector<Priced> blocks_;
};

}  // namespace steelyard::funding::columns
