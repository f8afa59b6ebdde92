#include <span>
#include <utility>

#include "services/strategy/measures/distances.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/measures/measure_rows.h"

namespace steelyard::strategy {
namespace {

constexpr std::string_view kEitherNothing =
    "UNDEFINED when either side has nothing or a negative amount, or they differ in the number of "
    "units";

// Shares of two regions by four layers.
ExampleInputs TwoRegions() { return {{0.5, 0.3, 0.2, 0}, {0.1, 0.2, 0.3, 0.4}}; }

Value FirstAgainstOthers(const ExampleInputs& inputs) {
  return KrugmanAgainstOthers(inputs[0], std::span(inputs).subspan(1));
}

std::vector<MeasureRow> SimilarityRows() {
  return {
      {kCohenH,
       "Cohen's h",
       "2 asin(sqrt p) - 2 asin(sqrt q), p and q two shares",
       "1",
       "[-pi, pi]",
       "0.2 is small, 0.5 medium and 0.8 large; UNDEFINED for what is no share in [0, 1]",
       "Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988",
       {{{0.5, 0.25}}, &OfNumbers<CohenH>}},
      {kCosine,
       "Cosine similarity",
       "sum(s_ak s_bk) / (sqrt(sum(s_ak^2)) sqrt(sum(s_bk^2)))",
       "1",
       "[0, 1]",
       kEitherNothing,
       "Salton, Wong and Yang, A Vector Space Model for Automatic Indexing, 1975",
       {TwoRegions(), &OfAmounts<Cosine>}},
      {kFingerKreinin,
       "Finger-Kreinin similarity",
       "sum(min(s_ak, s_bk)), s the shares by slice of the two regions",
       "1",
       "[0, 1]",
       "1 for equal shares, 0 for no slice in common; UNDEFINED when either region has no known "
       "total",
       "Finger and Kreinin, A Measure of Export Similarity, Economic Journal 89, 1979",
       {TwoRegions(), &OfAmounts<FingerKreinin>}},
      {kHellinger,
       "Hellinger distance",
       "sqrt(1 - sum(sqrt(s_ak s_bk)))",
       "1",
       "[0, 1]",
       kEitherNothing,
       "Hellinger 1909; Le Cam, Asymptotic Methods in Statistical Decision Theory, 1986",
       {TwoRegions(), &OfAmounts<Hellinger>}},
      {kJensenShannon,
       "Jensen-Shannon divergence",
       "sum(s_ak lb(s_ak/m_k) + s_bk lb(s_bk/m_k)) / 2, m_k the mean of s_ak and s_bk, lb to base "
       "2, 0 lb 0 = 0",
       "bit",
       "[0, 1]",
       kEitherNothing,
       "Lin, Divergence Measures Based on the Shannon Entropy, 1991",
       {TwoRegions(), &OfAmounts<JensenShannon>}},
      {kJensenShannonDistance,
       "Jensen-Shannon distance",
       "sqrt(JSD), JSD the Jensen-Shannon divergence to base 2; a metric",
       "1",
       "[0, 1]",
       kEitherNothing,
       "Endres and Schindelin, A New Metric for Probability Distributions, 2003",
       {TwoRegions(), &OfAmounts<JensenShannonDistance>}},
      {kKrugman,
       "Krugman's specialisation index",
       "sum(|s_ak - s_bk|) = 2 - 2 FK, FK finger_kreinin/1",
       "1",
       "[0, 2]",
       kEitherNothing,
       "Krugman, Geography and Trade, 1991",
       {TwoRegions(), &OfAmounts<Krugman>}},
      {kKrugmanOthers,
       "Krugman's specialisation index against several others",
       "sum(|s_ak - m_k|), m_k the mean of the others' shares, each other counting the same",
       "1",
       "[0, 2]",
       "UNDEFINED when there are no others, when one of them or the region has nothing, or when "
       "they differ in the number of units",
       "Nakamura and Morrison Paul, Measuring Agglomeration, 2009",
       {{{45000, 15000, 32000, 10000, 30000},
         {35000, 12000, 30000, 8000, 22000},
         {40000, 10000, 25000, 9000, 18000},
         {30000, 11000, 18000, 3000, 13000},
         {40000, 6000, 11000, 2000, 12000}},
        &FirstAgainstOthers}},
      {kTotalVariation,
       "Total variation distance",
       "sum(|s_ak - s_bk|) / 2: the share that would have to move to make both alike",
       "1",
       "[0, 1]",
       kEitherNothing,
       "Levin, Peres and Wilmer, Markov Chains and Mixing Times, 2009",
       {TwoRegions(), &OfAmounts<TotalVariation>}},
  };
}

std::vector<MeasureRow> QuotientRows() {
  return {
      {kAdditiveLocationQuotient,
       "Additive location quotient (Michaely)",
       "x_rk / X_r - X_.k / X, in points of share",
       "1",
       "[-1, 1]",
       "0 is neutral; UNDEFINED when the region or the reference has no known total",
       "Michaely, Concentration in International Trade, 1962; Hoen and Oosterhaven, On the "
       "Measurement of Comparative Advantage, 2006",
       {{{1714, 79006, 879213, 15593224}}, &OfNumbers<AdditiveLocationQuotient>}},
      {kGiniConcentration,
       "Gini coefficient of the concentration of an industry",
       "the Gini coefficient of LQ_r over the regions r, LQ_r = (x_r / X) / (w_r / W), x the "
       "industry's amounts, w those of all industries",
       "1",
       "[0, 1 - 1/n]",
       "0 when the industry is spread as all are; UNDEFINED when the industry has nothing, or a "
       "region has nothing of any industry",
       "Krugman, Geography and Trade, 1991; Farhauer and Kroell, Standorttheorien, 2013",
       {{{500, 500, 1000, 7000, 1000}, {20000, 15000, 20000, 40000, 5000}},
        &OfAmounts<LocationalGini>}},
      {kGiniSpecialisation,
       "Gini coefficient of the specialisation of a region",
       "the Gini coefficient of LQ_k over the industries k, LQ_k = (x_k / X) / (w_k / W), x the "
       "region's amounts, w those of all regions",
       "1",
       "[0, 1 - 1/n]",
       "0 when the region has the shares of all; UNDEFINED when the region has nothing, or an "
       "industry has nothing in any region",
       "Krugman, Geography and Trade, 1991; Farhauer and Kroell, Standorttheorien, 2013",
       {{{700, 600, 500, 10000, 40000}, {30000, 15000, 10000, 60000, 50000}},
        &OfAmounts<LocationalGini>}},
      {kHachman,
       "Hachman index",
       "1 / sum(LQ_k s_k) = 1 / sum(s_k^2 / t_k), t the reference's shares",
       "1",
       "(0, 1]",
       "1 for the reference's own shares; UNDEFINED when either side has nothing, or the region "
       "has "
       "something of a slice of which the reference has nothing",
       "Hachman, Bureau of Economic and Business Research, University of Utah, 1995",
       {TwoRegions(), &OfAmounts<Hachman>}},
      {kLocationQuotient,
       "Location quotient (Hoover-Balassa)",
       "(x_rk / X_r) / (X_.k / X), the reference being all rounds",
       "1",
       "[0, inf)",
       "1 is neutral; UNDEFINED when the slice or the region has no known total",
       "Balassa, Trade Liberalisation and Revealed Comparative Advantage, 1965",
       {{{1714, 79006, 879213, 15593224}}, &OfNumbers<LocationQuotient>}},
      {kLogLocationQuotient,
       "Logarithm of the location quotient",
       "ln LQ",
       "1",
       "(-inf, inf)",
       "0 is neutral; UNDEFINED for a quotient of zero or without value",
       "Vollrath, A Theoretical Evaluation of Alternative Trade Intensity Measures of Revealed "
       "Comparative Advantage, 1991",
       {{{0.5}}, &OfNumbers<LogLocationQuotient>}},
      {kRsca,
       "Revealed symmetric comparative advantage",
       "(LQ - 1) / (LQ + 1)",
       "1",
       "[-1, 1)",
       "0 is neutral; -1 for a quotient of zero; UNDEFINED for a quotient without value",
       "Laursen, Revealed Comparative Advantage and the Alternatives as Measures of International "
       "Specialisation, 1998",
       {{{0.5}}, &OfNumbers<SymmetricAdvantage>}},
  };
}

}  // namespace

std::vector<MeasureRow> DistanceRows() {
  std::vector<MeasureRow> rows = SimilarityRows();
  for (MeasureRow& row : QuotientRows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace steelyard::strategy
