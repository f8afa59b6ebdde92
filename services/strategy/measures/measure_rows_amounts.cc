#include <utility>

#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/measure_rows.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kUnknownTotal = "UNDEFINED when no disclosed amount is known";
constexpr std::string_view kArithmeticSource = "Arithmetic";
constexpr std::string_view kRatioOfSums = "Ratio of sums, which is not the mean of ratios";
constexpr std::string_view kEqualDivision =
    "Ratio of sums; hardly any source says who gave how much of a round, hence in equal parts";
constexpr double kBillion = 1e9;

Value Difference(double left, double right) { return left - right; }

// Of what is received, the part that is not from inside.
Value ForeignShare(double received, double domestic) {
  return Ratio(received - domestic, received);
}

Value PerBillion(double count, double amount) { return Ratio(count, amount / kBillion); }

std::vector<MeasureRow> CountRows() {
  return {
      {kCompanyCount, "Number of companies", "number of distinct companies with a round", "1",
       "[0, inf)", "0 when no round is known", "Count"},
      {kCount, "Number of rounds", "number of rounds, disclosed or not", "1", "[0, inf)",
       "0 when no round is known", "Count"},
      {kDisclosedCount, "Number of disclosed rounds", "number of rounds with a disclosed amount",
       "1", "[0, inf)", "0 when no round is known", "Count"},
      {kDisclosedShare, "Disclosed share of rounds", "rounds with a disclosed amount / rounds", "1",
       "[0, 1]", "UNDEFINED when no round is known", kArithmeticSource},
  };
}

std::vector<MeasureRow> SumRows() {
  return {
      {kImputedSum, "Estimated total with what is not disclosed",
       "sum(x_i) + sum over rounds without a usable amount of the median amount of their peers "
       "(stage, region and year; wider ones where fewer than 5 of those are disclosed)",
       "currency", "[0, inf)",
       "its interval runs from the disclosed sum to a bound of probability 0.95; "
       "INSUFFICIENT_COVERAGE when fewer than 5 amounts are known",
       "Hot-deck imputation by medians: Little and Rubin, Statistical Analysis with Missing Data, "
       "2002"},
      {kMax, "Largest round", "max(x_i) over disclosed amounts", "currency", "[0, inf)",
       kUnknownTotal, "Order statistic"},
      {kMean, "Mean round",
       "sum(x_i) / n over disclosed amounts, rounded half to even in minor units", "currency",
       "[0, inf)", kUnknownTotal, "Arithmetic mean"},
      {kMedian, "Median round",
       "middle disclosed amount; of an even number the mean of the two in the middle, rounded half "
       "to even in minor units",
       "currency", "[0, inf)", kUnknownTotal, "Order statistic"},
      {kMegaRoundSum, "Sum of the mega-rounds",
       "sum(x_i) over disclosed amounts of at least 100 million of the answer's currency, "
       "converted and deflated as the answer says",
       "currency", "[0, inf)",
       "0 when amounts are known and none is that large; UNDEFINED when no "
       "disclosed amount is known",
       "The field's usual threshold"},
      {kSum, "Sum of disclosed amounts",
       "sum(x_i), exact in minor units; a lower bound of the true total", "currency", "[0, inf)",
       "UNDEFINED when no disclosed amount is known, never zero for want of data",
       kArithmeticSource},
      {kSumWithoutLargest, "Sum without the largest rounds",
       "sum(x_i) less the k largest x_i; in profiles k = 5", "currency", "[0, inf)",
       "0 when there are no more than k amounts; UNDEFINED when no disclosed amount is known",
       "Leave-k-out sensitivity"},
      {kDisagreement, "Disagreement of sources",
       "sum(largest_i - smallest_i) / sum(largest_i) over rounds of which at least two sources "
       "give "
       "the amount",
       "1", "[0, 1]", "0 when all agree; UNDEFINED when no round has two such sources",
       "Relative range"},
      {kMedianOfFacets, "Median of what several facets publish",
       "the middle value; of an even number the mean of the middle two, rounded half to even in "
       "the "
       "12th decimal",
       "that of the series", "(-inf, inf)",
       "of bounds, the median of the lower and of the upper ones; UNDEFINED when nothing is "
       "published",
       "Order statistic"},
      {kSumOfMembers, "Sum of a published statistic over the members of a region",
       "sum(v_m) over the members m that have a value", "that of the series", "(-inf, inf)",
       "coverage names the members without value; INSUFFICIENT_COVERAGE below the share asked for; "
       "UNDEFINED when no member has a value",
       kArithmeticSource},
  };
}

std::vector<MeasureRow> UnitRows() {
  return {
      {kConversion,
       "Conversion of currencies",
       "amount x rate, the rate of the amount's date or the mean of its year; between two "
       "currencies by the one that rates are quoted in",
       "currency",
       "(-inf, inf)",
       "UNDEFINED when no rate is known near the date",
       kArithmeticSource,
       {{{100, 1.25}}, &OfNumbers<Converted>}},
      {kDeflation,
       "Amount in constant prices",
       "amount x index of the base year / index of its own year, after conversion",
       "currency",
       "(-inf, inf)",
       "UNDEFINED when either year's index is not known",
       "International Monetary Fund and others, Consumer Price Index Manual, 2020",
       {{{100, 80, 120}}, &OfNumbers<Deflated>}},
      {kPurchasingPower,
       "Amount in international dollars",
       "amount / factor, units of the currency that buy what one dollar buys in the United States",
       "currency",
       "(-inf, inf)",
       "misleads for goods and equity of world markets, so that no answer uses it unasked; "
       "UNDEFINED "
       "when the factor is not known",
       "World Bank, Purchasing Power Parities and the Size of World Economies, 2020",
       {{{100, 0.8}}, &OfNumbers<AtPurchasingPower>}},
  };
}

std::vector<MeasureRow> QuotientRows() {
  return {
      {kForeignCapitalShare,
       "Share of capital from outside",
       "(R - D) / R, R what the region's companies received from investors of known country, D the "
       "part of it from investors of the region; each x_i divided equally among the investors of "
       "its round",
       "1",
       "[0, 1]",
       "UNDEFINED when R is zero or not known; coverage counts a round once for each country of "
       "its investors",
       kEqualDivision,
       {{{140, 80}}, &OfNumbers<ForeignShare>}},
      {kGap,
       "Difference",
       "A - B",
       "currency",
       "(-inf, inf)",
       "UNDEFINED when either total is not known",
       kArithmeticSource,
       {{{194, 15.8}}, &OfNumbers<Difference>}},
      {kLogRatio,
       "Logarithm of a ratio",
       "ln(A / B), in log points",
       "1",
       "(-inf, inf)",
       "0 for equal amounts; UNDEFINED unless both are known and above zero",
       "Tornqvist, Vartia and Vartia, How Should Relative Changes Be Measured?, 1985",
       {{{194, 15.8}}, &OfNumbers<LogRatio>}},
      {kModelsPerBillion,
       "Notable models per billion",
       "sum(models_ry) / (sum(x_ry) / 10^9) over the years y for which the source counts models "
       "and "
       "an amount is known, as paid in the currency of GDP",
       "1",
       "[0, inf)",
       "INSUFFICIENT_COVERAGE when the source counts no year of the period of which an amount is "
       "known; per 10^9 of the currency",
       kRatioOfSums,
       {{{40, 80e9}}, &OfNumbers<PerBillion>}},
      {kNetInflowRatio,
       "Inflow over outflow of capital",
       "capital that goes to the region's companies / capital that its investors give, of one "
       "source and year",
       "1",
       "[0, inf)",
       "above 1 the region depends on investors from outside; INSUFFICIENT_COVERAGE when no source "
       "publishes both for one year; UNDEFINED when the second is zero",
       kRatioOfSums,
       {{{15.8, 12.5}}, &OfNumbers<Ratio>}},
      {kPerCapita,
       "Amount per person",
       "X_r / P_r, P_r the latest population of the period known for every member",
       "currency/{person}",
       "[0, inf)",
       "UNDEFINED when the total is not known; INSUFFICIENT_COVERAGE when no year of the period "
       "has "
       "the population of every member",
       kRatioOfSums,
       {{{15.8e9, 450e6}}, &OfNumbers<Ratio>}},
      {kPerCompany,
       "Amount per company",
       "X_r / N_r, N_r the number of companies with a round",
       "currency",
       "[0, inf)",
       "UNDEFINED when the total is not known",
       kRatioOfSums,
       {{{15.8e6, 1000}}, &OfNumbers<Ratio>}},
      {kPerGdp,
       "Amount per gross domestic product",
       "sum(x_ry) / sum(GDP_ry) over the years y with GDP of every member and a known amount, both "
       "in the currency of GDP",
       "1",
       "[0, inf)",
       "UNDEFINED when no amount is known in those years; INSUFFICIENT_COVERAGE when there is no "
       "such year; coverage names the years left out",
       kRatioOfSums,
       {{{15.8e9, 19.4e12}}, &OfNumbers<Ratio>}},
      {kRatio,
       "Ratio",
       "A / B",
       "1",
       "[0, inf)",
       "UNDEFINED when either is not known or B is zero; of two bounds, the widest bounds that "
       "follow",
       kArithmeticSource,
       {{{194, 15.8}}, &OfNumbers<Ratio>}},
      {kRoundsInflowRatio,
       "Inflow over outflow of capital, of the rounds",
       "R / G, R what the region's companies received, G what its investors gave, both over the "
       "parts of rounds whose company and investor have a known country; each x_i divided equally "
       "among the investors of its round",
       "1",
       "[0, inf)",
       "above 1 the region depends on investors from outside; UNDEFINED when either is not known "
       "or G is zero; coverage is over the rounds of the world, each once for each country of its "
       "investors",
       kEqualDivision,
       {{{140, 180}}, &OfNumbers<Ratio>}},
      {kShare,
       "Share",
       "x_rk / X_r",
       "1",
       "[0, 1]",
       "UNDEFINED when the slice or the region has no known total; shares of all slices sum to 1",
       kArithmeticSource,
       {{{20, 100}}, &OfNumbers<Ratio>}},
      {kWorldShare,
       "Share in the world",
       "X_r / X, X the sum over all rounds",
       "1",
       "[0, 1]",
       "UNDEFINED when the region or the world has no known total",
       kArithmeticSource,
       {{{15.8, 258.7}}, &OfNumbers<Ratio>}},
  };
}

}  // namespace

std::vector<MeasureRow> AmountRows() {
  std::vector<MeasureRow> all = CountRows();
  for (auto* const rows : {&SumRows, &UnitRows, &QuotientRows}) {
    for (MeasureRow& row : rows()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace steelyard::strategy
