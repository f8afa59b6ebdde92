#include "services/strategy/scenario/outlook.h"

#include <cmath>
#include <optional>
#include <utility>

#include "services/common/money/money.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/company_sums.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/projection.h"

namespace steelyard::strategy {
namespace {

constexpr double kNanos = 1e9;
constexpr double kLevel = 0.95;
// Below the largest number of minor units, so that rounding does not get above it.
constexpr double kMostMinorUnits = 9.2e18;

}  // namespace

std::map<int, double> YearlyTotals(const Evidence& evidence, std::string_view term) {
  std::map<int, double> totals;
  for (int year = evidence.from; year <= evidence.to; ++year) {
    const auto nanos = NanosOf(evidence.years.Find({term, StrCat(year)}, funding::v1::MEASURE_SUM));
    if (nanos && *nanos > 0) totals.emplace(year, static_cast<double>(*nanos) / kNanos);
  }
  return totals;
}

Coverage CoverageOfYears(const Evidence& evidence, const std::map<int, double>& totals) {
  return CoverageOf(evidence.to - evidence.from + 1, static_cast<int64_t>(totals.size()));
}

Figure MakeAmount(const FigureName& name, double amount, const Coverage& coverage) {
  const double minor = std::nearbyint(amount * std::pow(10, MinorDigits(name.unit).value_or(0)));
  if (!(std::abs(minor) < kMostMinorUnits)) {
    return MakeNumber(name, std::nullopt, "it is beyond what an amount can hold", coverage);
  }
  Figure figure = MakeNumber(name, 0, "", coverage);
  *figure.mutable_money() = ToProto(Money{static_cast<int64_t>(minor), name.unit});
  return figure;
}

std::string WhyNotIndependent(const Evidence& evidence, const funding::v1::ResolvedRegion& left,
                              const funding::v1::ResolvedRegion& right) {
  if (!evidence.CompaniesHaveOneRegion()) {
    return StrCat(left.term(), " and ", right.term(),
                  " share companies by their investors, so that their paths are not independent");
  }
  if (AreDisjoint(left, right)) return "";
  return StrCat(left.term(), " and ", right.term(),
                " share countries, so that their paths are not independent");
}

Figure MakeProbability(std::string id, int64_t hits, int64_t paths) {
  const std::optional<Proportion> proportion = WilsonInterval(hits, paths);
  const FigureName name = {std::move(id), kProbability, "1"};
  const Coverage coverage = CoverageOf(paths, paths);
  if (!proportion) return MakeNumber(name, std::nullopt, "no path was drawn", coverage);
  Figure figure = MakeNumber(name, proportion->share, "", coverage);
  common::v1::Interval& interval = *figure.mutable_interval();
  interval.set_lower(proportion->lower);
  interval.set_upper(proportion->upper);
  interval.set_level(kLevel);
  interval.set_method("wilson/1");
  return figure;
}

}  // namespace steelyard::strategy
