#include <utility>

#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/measure_rows.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kNothing =
    "UNDEFINED when an amount is negative, there is no unit, or all have nothing";
constexpr std::string_view kOneUnit =
    "UNDEFINED for one unit, when an amount is negative, or when all have nothing";

// Of Doersam, Wirtschaftsstatistik anschaulich dargestellt, 2004: sales of four makers of cars.
const std::vector<double>& Sales() {
  static const auto& amounts = *new std::vector<double>{20, 50, 20, 10};
  return amounts;
}

// Of Stoermann, Regionaloekonomik, 2009.
const std::vector<double>& Regions() {
  static const auto& amounts = *new std::vector<double>{10, 10, 10, 20, 50};
  return amounts;
}

Value Within(const ExampleInputs& groups) {
  const auto parts = DecomposeTheilT(groups);
  if (!parts) return std::nullopt;
  return parts->within;
}

Value Between(const ExampleInputs& groups) {
  const auto parts = DecomposeTheilT(groups);
  if (!parts) return std::nullopt;
  return parts->between;
}

Value LargestShares(const ExampleInputs& inputs) {
  return ConcentrationRatio(inputs[0], static_cast<int>(inputs[1][0]));
}

std::vector<MeasureRow> ConcentrationRows() {
  return {
      {kConcentrationRatio,
       "Concentration ratio CR_k",
       "sum of the k largest s_i, s_i the companies' shares; in profiles k = 5",
       "1",
       "[0, 1]",
       "1 when there are no more than k companies; ties do not matter to the value; UNDEFINED "
       "when no disclosed amount is known",
       "Bain, Industrial Organization, 1959",
       {{Sales(), {2}}, &LargestShares}},
      {kEquivalentNumber,
       "Equivalent number of units",
       "1 / H, H the Herfindahl-Hirschman index: how many units of equal share give the same index",
       "1",
       "[1, n]",
       kNothing,
       "Adelman, Comment on the H Concentration Measure as a Numbers-Equivalent, 1969",
       {{Sales()}, &OfAmounts<EquivalentNumber>}},
      {kHallTideman,
       "Hall-Tideman index (Rosenbluth)",
       "1 / (2 sum(i s_(i)) - 1), s_(i) the shares in descending order, i from 1",
       "1",
       "[1/n, 1]",
       kNothing,
       "Hall and Tideman, Measures of Concentration, 1967",
       {{Sales()}, &OfAmounts<Rosenbluth>}},
      {kHhi,
       "Herfindahl-Hirschman index",
       "sum(s_i^2), s_i the companies' shares; times 10,000 gives points",
       "1",
       "[1/n, 1]",
       "1 for one company; UNDEFINED when no disclosed amount is known",
       "Hirschman 1945; Herfindahl 1950",
       {{Sales()}, &OfAmounts<Herfindahl>}},
      {kHhiNormalised,
       "Herfindahl-Hirschman index, normalised",
       "(H - 1/n) / (1 - 1/n), H the Herfindahl-Hirschman index",
       "1",
       "[0, 1]",
       kOneUnit,
       "Follows from the range of the index",
       {{Sales()}, &OfAmounts<HerfindahlNormalised>}},
  };
}

std::vector<MeasureRow> InequalityRows() {
  return {
      {kAtkinson,
       "Atkinson index",
       "1 - (mean of x_i^(1-a))^(1/(1-a)) / m, m the mean; for a = 1 with the geometric mean; a > "
       "0 is the aversion to inequality",
       "1",
       "[0, 1]",
       "1 when a unit has nothing and a >= 1; UNDEFINED for a <= 0, when an amount is negative, or "
       "when all have nothing",
       "Atkinson, On the Measurement of Inequality, 1970",
       {{Sales(), {0.5}}, &WithParameter<Atkinson>}},
      {kGeneralisedEntropy,
       "Generalised entropy",
       "(mean of (x_i/m)^a - 1) / (a (a - 1)), m the mean; for a = 0 Theil's L, for a = 1 Theil's "
       "T",
       "1",
       "[0, inf)",
       "UNDEFINED when a unit has nothing and a <= 0, when an amount is negative, or when all have "
       "nothing",
       "Cowell, On the Structure of Additive Inequality Measures, 1980; Shorrocks, The Class of "
       "Additively Decomposable Inequality Measures, 1980",
       {{Sales(), {2}}, &WithParameter<GeneralisedEntropy>}},
      {kGini,
       "Gini coefficient",
       "sum((2i - n - 1) x_(i)) / (n sum(x_i)), x_(i) the amounts in ascending order, i from 1",
       "1",
       "[0, 1 - 1/n]",
       kNothing,
       "Gini, Variabilita e mutabilita, 1912",
       {{Sales()}, &OfAmounts<Gini>}},
      {kGiniStandardised,
       "Gini coefficient, standardised for small samples",
       "G n / (n - 1), G the Gini coefficient",
       "1",
       "[0, 1]",
       kOneUnit,
       "Deltas, The Small-Sample Bias of the Gini Coefficient, 2003",
       {{Sales()}, &OfAmounts<GiniStandardised>}},
      {kTheilBetween,
       "Theil's T between groups",
       "sum(s_g ln(s_g / (n_g/n))), s_g the group's share in all amounts, n_g its number of units; "
       "with theil_within/1 it adds up to theil_t/1",
       "1",
       "[0, ln n]",
       "a group with nothing adds 0; UNDEFINED when a group has no unit, or as Theil's T",
       "Theil, Economics and Information Theory, 1967",
       {{{10, 10, 10}, {20, 50}}, &Between}},
      {kTheilL,
       "Theil's L, mean logarithmic deviation",
       "mean of ln(m/x_i), m the mean, in nats",
       "1",
       "[0, inf)",
       "UNDEFINED when a unit has nothing, when an amount is negative, or when there is no unit",
       "Theil, Economics and Information Theory, 1967",
       {{Regions()}, &OfAmounts<TheilL>}},
      {kTheilT,
       "Theil's T",
       "mean of (x_i/m) ln(x_i/m), m the mean, 0 ln 0 = 0, in nats",
       "1",
       "[0, ln n]",
       kNothing,
       "Theil, Economics and Information Theory, 1967",
       {{Regions()}, &OfAmounts<TheilT>}},
      {kTheilWithin,
       "Theil's T within groups",
       "sum(s_g T_g), s_g the group's share in all amounts, T_g its own index",
       "1",
       "[0, ln n]",
       "a group with nothing adds 0; UNDEFINED when a group has no unit, or as Theil's T",
       "Theil, Economics and Information Theory, 1967",
       {{{10, 10, 10}, {20, 50}}, &Within}},
  };
}

}  // namespace

std::vector<MeasureRow> StructureRows() {
  std::vector<MeasureRow> rows = ConcentrationRows();
  for (MeasureRow& row : InequalityRows()) rows.push_back(std::move(row));
  rows.push_back({kEffectiveNumber,
                  "Effective number of units (Hill number of order 1)",
                  "e^H, H the Shannon entropy: how many units of equal share are as diverse",
                  "1",
                  "[1, n]",
                  kNothing,
                  "Hill, Diversity and Evenness: A Unifying Notation and Its Consequences, 1973",
                  {{Sales()}, &OfAmounts<EffectiveNumber>}});
  rows.push_back({kEntropy,
                  "Shannon entropy",
                  "-sum(s_k ln s_k), s_k the shares of the slices, in nats",
                  "1",
                  "[0, ln n]",
                  "0 for one slice; UNDEFINED when no disclosed amount is known",
                  "Shannon, A Mathematical Theory of Communication, 1948",
                  {{Sales()}, &OfAmounts<Entropy>}});
  return rows;
}

}  // namespace steelyard::strategy
