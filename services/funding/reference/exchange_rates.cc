#include "services/funding/reference/exchange_rates.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/common/status/status.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kEuro = "EUR";
constexpr int kMostStalenessDays = 366;
constexpr Int128 kInt128Max = ~(static_cast<Int128>(1) << 127);

Int128 GreatestCommonDivisor(Int128 a, Int128 b) {
  while (b != 0) {
    a = std::exchange(b, a % b);
  }
  return a;
}

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) {
    power *= 10;
  }
  return power;
}

// A day's rate of EUR and of a quoted currency, seen alike: EUR is quoted at 1 on every day.
template <typename Quote>
class Leg {
 public:
  explicit Leg(const std::vector<Quote>* quotes) : quotes_(quotes) {}

  bool euro() const { return quotes_ == nullptr; }
  // Quotes of the days in [first, last]; must not be asked of EUR.
  std::pair<const Quote*, const Quote*> Between(int32_t first, int32_t last) const {
    const auto before = [](const Quote& quote, int32_t day) { return quote.day < day; };
    const Quote* begin = quotes_->data();
    const Quote* end = begin + quotes_->size();
    const Quote* low = std::lower_bound(begin, end, first, before);
    const Quote* high = last < first ? low : std::lower_bound(low, end, last + 1, before);
    return {low, high};
  }

 private:
  const std::vector<Quote>* quotes_;
};

// Calls `visit(day, rate_from, rate_to)` for every day in [first, last] on which both are quoted,
// latest first, until it returns false.
template <typename Quote, typename Visit>
void ForEachCommonDay(const Leg<Quote>& from, const Leg<Quote>& to, int32_t first, int32_t last,
                      Visit visit) {
  if (from.euro() || to.euro()) {
    const auto [low, high] = (from.euro() ? to : from).Between(first, last);
    for (const Quote* quote = high; quote != low;) {
      --quote;
      if (!visit(quote->day, from.euro() ? kRateScale : quote->rate,
                 to.euro() ? kRateScale : quote->rate)) {
        return;
      }
    }
    return;
  }
  const auto [from_low, from_high] = from.Between(first, last);
  const auto [to_low, to_high] = to.Between(first, last);
  const Quote* a = from_high;
  const Quote* b = to_high;
  while (a != from_low && b != to_low) {
    if (a[-1].day > b[-1].day) {
      --a;
    } else if (b[-1].day > a[-1].day) {
      --b;
    } else {
      --a;
      --b;
      if (!visit(a->day, a->rate, b->rate)) {
        return;
      }
    }
  }
}

std::optional<CrossRate> MakeRate(std::string_view from, std::string_view to, Int128 numerator,
                                  Int128 denominator, std::optional<PartialDate> rate_date,
                                  int days) {
  const absl::StatusOr<int> from_digits = MinorDigits(from);
  const absl::StatusOr<int> to_digits = MinorDigits(to);
  if (!from_digits.ok() || !to_digits.ok()) {
    return std::nullopt;
  }
  return CrossRate(numerator, denominator, *from_digits, *to_digits, rate_date, days);
}

}  // namespace

absl::StatusOr<FxRule> RuleOf(const common::v1::FxPolicy& policy) {
  FxRule rule;
  FieldErrors errors;
  if (!common::v1::FxMethod_IsValid(policy.method())) {
    errors.Add("method", "must be TRANSACTION_DATE, YEAR_AVERAGE or FIXED_DATE");
  } else if (policy.method() != common::v1::FX_METHOD_UNSPECIFIED) {
    rule.method = policy.method();
  }
  if (policy.has_max_staleness_days()) {
    rule.max_staleness_days = policy.max_staleness_days();
    if (rule.max_staleness_days < 0 || rule.max_staleness_days > kMostStalenessDays) {
      errors.Add("max_staleness_days", "must lie in [0, 366]");
    }
  }
  if (rule.method == common::v1::FX_METHOD_FIXED_DATE) {
    if (!policy.has_fixed_date()) {
      errors.Add("fixed_date", "is required by FIXED_DATE: day, month and year");
    } else if (absl::StatusOr<PartialDate> date = FromProto(policy.fixed_date()); !date.ok()) {
      errors.Add("fixed_date", date.status());
    } else if (!date->IsDay()) {
      errors.Add("fixed_date", "needs day, month and year");
    } else {
      rule.fixed_date = *date;
    }
  } else if (policy.has_fixed_date()) {
    errors.Add("fixed_date", "is only allowed with FIXED_DATE");
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return rule;
}

common::v1::FxPolicy PolicyOf(const FxRule& rule) {
  common::v1::FxPolicy policy;
  policy.set_method(rule.method);
  policy.set_max_staleness_days(rule.max_staleness_days);
  if (rule.method == common::v1::FX_METHOD_FIXED_DATE) {
    *policy.mutable_fixed_date() = ToProto(rule.fixed_date);
  }
  return policy;
}

CrossRate::CrossRate(Int128 numerator, Int128 denominator, int from_digits, int to_digits,
                     std::optional<PartialDate> rate_date, int days)
    : numerator_(numerator), denominator_(denominator), rate_date_(rate_date), days_(days) {
  const Int128 common = GreatestCommonDivisor(numerator_, denominator_);
  numerator_ /= common;
  denominator_ /= common;
  minor_numerator_ = numerator_ * PowerOfTen(to_digits);
  minor_denominator_ = denominator_ * PowerOfTen(from_digits);
  const Int128 minor_common = GreatestCommonDivisor(minor_numerator_, minor_denominator_);
  minor_numerator_ /= minor_common;
  minor_denominator_ /= minor_common;
}

absl::StatusOr<int64_t> CrossRate::Convert(int64_t minor_units) const {
  const Int128 amount = minor_units;
  if ((amount < 0 ? -amount : amount) > kInt128Max / minor_numerator_) {
    return MakeError(common::v1::ERROR_REASON_INVALID_AMOUNT,
                     "the converted amount exceeds 9,223,372,036,854,775,807 minor units");
  }
  return Narrow(DivideHalfEven(amount * minor_numerator_, minor_denominator_));
}

std::string CrossRate::ToDecimal() const {
  constexpr int kDecimals = 10;
  const Int128 scale = PowerOfTen(kDecimals);
  const Int128 scaled = DivideHalfEven(numerator_ * scale, denominator_);
  return absl::StrFormat("%d.%0*d", static_cast<int64_t>(scaled / scale), kDecimals,
                         static_cast<int64_t>(scaled % scale));
}

RateTable::RateTable(const std::vector<DailyRate>& rates) {
  for (const DailyRate& rate : rates) {
    quotes_[rate.currency].push_back({rate.day, rate.rate});
  }
  for (auto& [currency, quotes] : quotes_) {
    std::sort(quotes.begin(), quotes.end(),
              [](const Quote& a, const Quote& b) { return a.day < b.day; });
  }
}

const std::vector<RateTable::Quote>* RateTable::QuotesOf(std::string_view currency) const {
  static const std::vector<Quote>* const kNone = new std::vector<Quote>();
  if (currency == kEuro) {
    return nullptr;
  }
  const auto found = quotes_.find(std::string(currency));
  return found == quotes_.end() ? kNone : &found->second;
}

std::optional<CrossRate> RateTable::OnOrBefore(std::string_view from, std::string_view to,
                                               int32_t day, int max_staleness_days) const {
  std::optional<CrossRate> rate;
  ForEachCommonDay(Leg(QuotesOf(from)), Leg(QuotesOf(to)), day - max_staleness_days, day,
                   [&](int32_t quoted, int64_t rate_from, int64_t rate_to) {
                     rate =
                         MakeRate(from, to, rate_to, rate_from, PartialDate::FromDays(quoted), 1);
                     return false;
                   });
  return rate;
}

std::optional<CrossRate> RateTable::MeanOver(std::string_view from, std::string_view to,
                                             int32_t first, int32_t last) const {
  Int128 sum_from = 0;
  Int128 sum_to = 0;
  int days = 0;
  int32_t latest = 0;
  ForEachCommonDay(Leg(QuotesOf(from)), Leg(QuotesOf(to)), first, last,
                   [&](int32_t quoted, int64_t rate_from, int64_t rate_to) {
                     sum_from += rate_from;
                     sum_to += rate_to;
                     latest = days++ == 0 ? quoted : latest;
                     return true;
                   });
  if (days == 0) {
    return std::nullopt;
  }
  return MakeRate(from, to, sum_to, sum_from, PartialDate::FromDays(latest), days);
}

std::optional<CrossRate> RateTable::Lookup(std::string_view from, std::string_view to,
                                           const PartialDate& date, const FxRule& rule) const {
  if (from == to) {
    return MakeRate(from, to, 1, 1, std::nullopt, 0);
  }
  switch (rule.method) {
    case common::v1::FX_METHOD_FIXED_DATE:
      return OnOrBefore(from, to, rule.fixed_date.ToDays(), rule.max_staleness_days);
    case common::v1::FX_METHOD_YEAR_AVERAGE: {
      const PartialDate year{.year = date.year};
      return MeanOver(from, to, year.FirstDay().ToDays(), year.LastDay().ToDays());
    }
    default:
      break;
  }
  if (date.IsDay()) {
    return OnOrBefore(from, to, date.ToDays(), rule.max_staleness_days);
  }
  return MeanOver(from, to, date.FirstDay().ToDays(), date.LastDay().ToDays());
}

absl::StatusOr<CrossRate> RateTable::Find(std::string_view from, std::string_view to,
                                          const PartialDate& date, const FxRule& rule) const {
  STEELYARD_RETURN_IF_ERROR(MinorDigits(from).status());
  STEELYARD_RETURN_IF_ERROR(MinorDigits(to).status());
  if (std::optional<CrossRate> rate = Lookup(from, to, date, rule); rate.has_value()) {
    return *rate;
  }
  const std::string staleness =
      date.IsDay() ? absl::StrCat(", nor in the ", rule.max_staleness_days, " days before it") : "";
  return MakeError(
      common::v1::ERROR_REASON_RATE_NOT_FOUND,
      absl::StrFormat("no rate from %s to %s for %s%s", from, to, date.ToString(), staleness),
      {{"from", std::string(from)}, {"to", std::string(to)}, {"date", date.ToString()}});
}

}  // namespace steelyard::funding
