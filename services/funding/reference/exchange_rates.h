#pragma once

// Exchange rates: the European Central Bank's daily euro reference rates as exact integers, and
// conversions that are rounded once, half to even, at their end.
//
// Units of X for one EUR are quoted; X -> Y is crossed over EUR with the rates of one business day
// on which both are quoted. A mean over a period is the ratio of the two sums of quotes over those
// business days of the period on which both are quoted, as the ECB forms its own averages.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/money/money.h"
#include "services/common/time/date.h"
#include "steelyard/common/v1/definition.pb.h"

namespace steelyard::funding {

// Rates are stored times this: the ECB prints at most 6 decimals.
inline constexpr int64_t kRateScale = 100'000'000;
inline constexpr int kRateDecimals = 8;
// Largest rate taken, in units for one EUR: bounds the arithmetic below to 128 bits.
inline constexpr int64_t kMaxRate = 100'000'000;
inline constexpr int kDefaultStalenessDays = 7;
// Whose rates they are.
inline constexpr std::string_view kRatesSource = "ecb_eurofxref";

// One quote.
struct DailyRate {
  int32_t day = 0;       // since 1970-01-01
  std::string currency;  // ISO 4217
  int64_t rate = 0;      // units of currency for one EUR, times kRateScale; positive

  bool operator==(const DailyRate&) const = default;
};

// Which rate converts an amount of some date; the meaning of each is that of common.v1.FxMethod.
struct FxRule {
  common::v1::FxMethod method = common::v1::FX_METHOD_TRANSACTION_DATE;
  int max_staleness_days = kDefaultStalenessDays;
  PartialDate fixed_date;  // a day, for FIXED_DATE

  bool operator==(const FxRule&) const = default;
};
// Checks a policy and fills in defaults. INVALID_FIELD for a staleness outside [0, 366], a
// fixed_date missing, partial or where it does not belong, or an unknown method; INVALID_DATE for a
// bad date. The error's fields are relative to the policy ("fixed_date").
absl::StatusOr<FxRule> RuleOf(const common::v1::FxPolicy& policy);
// The policy with every field set, as answers echo it.
common::v1::FxPolicy PolicyOf(const FxRule& rule);

// The exact rate from one currency to another.
class CrossRate {
 public:
  // `numerator` / `denominator` units of `to` for one unit of `from`; both positive. The number of
  // decimals of the currencies is `from_digits` and `to_digits`.
  CrossRate(Int128 numerator, Int128 denominator, int from_digits, int to_digits,
            std::optional<PartialDate> rate_date, int days);

  // Converts minor units of the one currency into minor units of the other, rounded half to even.
  // INVALID_AMOUNT when the result does not fit.
  absl::StatusOr<int64_t> Convert(int64_t minor_units) const;
  // Units of `to` for one unit of `from` with 10 decimals, rounded half to even.
  std::string ToDecimal() const;
  // The (last) business day whose rates went in; unset from a currency to itself.
  const std::optional<PartialDate>& rate_date() const { return rate_date_; }
  // Business days averaged; 1 for a day's rate, 0 from a currency to itself.
  int days() const { return days_; }

 private:
  Int128 numerator_;
  Int128 denominator_;
  Int128 minor_numerator_;
  Int128 minor_denominator_;
  std::optional<PartialDate> rate_date_;
  int days_;
};

// The rates of one revision. Immutable, thread-safe.
class RateTable {
 public:
  RateTable() = default;
  // Takes the quotes in any order; each day and currency once.
  explicit RateTable(const std::vector<DailyRate>& rates);

  // The rate that converts amounts of `from` into `to` for `date`, which may be partial; nullopt
  // when there is none. From a currency to itself it is 1 and needs no quotes. Looking one up takes
  // microseconds (a mean over a year: one pass over its quotes); callers that convert many amounts
  // keep one CrossRate per currency and date.
  std::optional<CrossRate> Lookup(std::string_view from, std::string_view to,
                                  const PartialDate& date, const FxRule& rule) const;
  // The same as an error: UNKNOWN_CURRENCY for a code that ISO 4217 does not know, else
  // RATE_NOT_FOUND with metadata from, to, date.
  absl::StatusOr<CrossRate> Find(std::string_view from, std::string_view to,
                                 const PartialDate& date, const FxRule& rule) const;
  bool empty() const { return quotes_.empty(); }

 private:
  struct Quote {
    int32_t day;
    int64_t rate;
  };
  // Quotes of a currency by day; nullptr when there are none, and for EUR, which is 1 on every day.
  const std::vector<Quote>* QuotesOf(std::string_view currency) const;
  std::optional<CrossRate> OnOrBefore(std::string_view from, std::string_view to, int32_t day,
                                      int max_staleness_days) const;
  std::optional<CrossRate> MeanOver(std::string_view from, std::string_view to, int32_t first,
                                    int32_t last) const;

  std::unordered_map<std::string, std::vector<Quote>> quotes_;
};

}  // namespace steelyard::funding
