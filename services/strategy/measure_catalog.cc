#include "services/strategy/measure_catalog.h"

#include <string>

namespace steelyard::strategy {
namespace {

struct Row {
  std::string_view id, title, expression, unit, range, edges, reference;
};

constexpr std::string_view kUnknownTotal = "UNDEFINED when no disclosed amount is known";

// By id.
constexpr Row kRows[] = {
    {kCagr, "Compound annual growth rate",
     "(V_T / V_0)^(1 / (T - 0)) - 1, V the totals of the first and the last year", "1/a",
     "[-1, inf)",
     "UNDEFINED when either year's total is not known, the first is zero, or both are the same "
     "year; says nothing "
     "about the years between",
     "Standard finance; no single origin"},
    {kCompanyCount, "Number of companies", "number of distinct companies with a round", "1",
     "[0, inf)", "0 when no round is known", "Count"},
    {kConcentrationRatio, "Concentration ratio CR_k",
     "sum of the k largest s_i, s_i the companies' shares; k = 5", "1", "[0, 1]",
     "1 when there are no more than k companies; UNDEFINED when no disclosed amount is known",
     "Bain, Industrial Organization, 1959"},
    {kCount, "Number of rounds", "number of rounds, disclosed or not", "1", "[0, inf)",
     "0 when no round is known", "Count"},
    {kEntropy, "Shannon entropy", "-sum(s_k ln s_k), s_k the shares of the slices, in nats", "1",
     "[0, ln n]", "0 for one slice; UNDEFINED when no disclosed amount is known",
     "Shannon, A Mathematical Theory of Communication, 1948"},
    {kFingerKreinin, "Finger-Kreinin similarity",
     "sum(min(s_ak, s_bk)), s the shares by slice of the two regions", "1", "[0, 1]",
     "1 for equal shares, 0 for no slice in common; UNDEFINED when either region has no known "
     "total",
     "Finger and Kreinin, A Measure of Export Similarity, Economic Journal 89, 1979"},
    {kGap, "Difference", "A - B", "currency", "(-inf, inf)",
     "UNDEFINED when either total is not known", "Arithmetic"},
    {kHhi, "Herfindahl-Hirschman index",
     "sum(s_i^2), s_i the companies' shares; times 10,000 gives points", "1", "[1/n, 1]",
     "1 for one company; UNDEFINED when no disclosed amount is known",
     "Hirschman 1945; Herfindahl 1950"},
    {kLocationQuotient, "Location quotient (Hoover-Balassa)",
     "(x_rk / X_r) / (X_.k / X), the reference being all rounds", "1", "[0, inf)",
     "1 is neutral; UNDEFINED when the slice or the region has no known total",
     "Balassa, Trade Liberalisation and Revealed Comparative Advantage, 1965"},
    {kMax, "Largest round", "max(x_i) over disclosed amounts", "currency", "[0, inf)",
     kUnknownTotal, "Order statistic"},
    {kMedian, "Median round",
     "middle disclosed amount; of an even number the mean of the two in the middle, rounded half "
     "to even in minor units",
     "currency", "[0, inf)", kUnknownTotal, "Order statistic"},
    {kPerCapita, "Amount per person",
     "X_r / P_r, P_r the latest population of the period known for every member",
     "currency/{person}", "[0, inf)",
     "UNDEFINED when the total is not known; INSUFFICIENT_COVERAGE when no year of the period has "
     "the population of "
     "every member",
     "Ratio of sums"},
    {kPerGdp, "Amount per gross domestic product",
     "sum(x_ry) / sum(GDP_ry) over the years y with GDP of every member, both in the currency of "
     "GDP",
     "1", "[0, inf)",
     "UNDEFINED when no amount is known in those years; INSUFFICIENT_COVERAGE when there is no "
     "such year; coverage "
     "names the years left out",
     "Ratio of sums"},
    {kRatio, "Ratio", "A / B", "1", "[0, inf)",
     "UNDEFINED when either is not known or B is zero; of two bounds, the widest bounds that "
     "follow",
     "Arithmetic"},
    {kShare, "Share", "x_rk / X_r", "1", "[0, 1]",
     "UNDEFINED when the slice or the region has no known total; shares of all slices sum to 1",
     "Arithmetic"},
    {kSum, "Sum of disclosed amounts",
     "sum(x_i), exact in minor units; a lower bound of the true total", "currency", "[0, inf)",
     "UNDEFINED when no disclosed amount is known, never zero for want of data", "Arithmetic"},
    {kWorldShare, "Share in the world", "X_r / X, X the sum over all rounds", "1", "[0, 1]",
     "UNDEFINED when the region or the world has no known total", "Arithmetic"},
};

std::vector<v1::MeasureInfo> Build() {
  std::vector<v1::MeasureInfo> catalog;
  for (const Row& row : kRows) {
    v1::MeasureInfo& info = catalog.emplace_back();
    info.set_id(std::string(row.id));
    info.set_title(std::string(row.title));
    info.set_expression(std::string(row.expression));
    info.set_unit(std::string(row.unit));
    info.set_range(std::string(row.range));
    info.set_edges(std::string(row.edges));
    info.set_reference(std::string(row.reference));
  }
  return catalog;
}

}  // namespace

const std::vector<v1::MeasureInfo>& MeasureCatalog() {
  static const auto* const catalog = new std::vector(Build());
  return *catalog;
}

}  // namespace steelyard::strategy
