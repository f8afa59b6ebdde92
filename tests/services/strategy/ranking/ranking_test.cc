#include "services/strategy/ranking/ranking.h"

#include <cmath>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/profile/indicators.h"
#include "tests/services/strategy/canned.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;

constexpr double kTolerance = 1e-12;

MATCHER_P(IsNumber, expected, "") {
  *result_listener << arg.DebugString();
  return arg.status() == common::v1::VALUE_STATUS_OK && arg.has_number() &&
         std::abs(arg.number() - expected) < kTolerance && arg.reason().empty();
}

MATCHER_P(IsUndefined, reason, "") {
  *result_listener << arg.DebugString();
  return arg.status() == common::v1::VALUE_STATUS_UNDEFINED &&
         arg.value_case() == Figure::VALUE_NOT_SET &&
         arg.reason().find(reason) != std::string::npos;
}

Figure Unknown() { return MakeUndefined({"x", kShare, "1"}, "nothing is known"); }

// Four regions over three indicators, the last one almost unknown, and a fourth indicator that is
// the same for all. By min-max:
//
//      growth  model_share  top5_share (LOWER)
//   A  0       1            1
//   B  0.5     0            0.5
//   C  1       0.5          0
//   D  -       0.25         -
RankingFigures World() {
  RankingFigures world;
  world.terms = {"A", "B", "C", "D"};
  world.figures = {{Plain(0.1), Plain(0.8), Plain(0.2), Plain(7)},
                   {Plain(0.2), Plain(0.4), Plain(0.5), Plain(7)},
                   {Plain(0.3), Plain(0.6), Plain(0.8), Plain(7)},
                   {Unknown(), Over(Plain(0.5), 4, 3), Unknown(), Plain(7)}};
  return world;
}

v1::RankRegionsRequest Request() {
  v1::RankRegionsRequest request;
  for (const char* const term : {"A", "B", "C", "D"}) request.add_regions(term);
  request.mutable_period()->mutable_from()->set_year(2020);
  request.mutable_period()->mutable_to()->set_year(2022);
  const auto add = [&request](const char* id, double weight) {
    request.add_indicators()->set_indicator(id);
    request.mutable_indicators()->rbegin()->set_weight(weight);
  };
  add("growth", 0.4);
  add("model_share", 0.2);
  add("top5_share", 0.1);
  add("sector_entropy", 0.3);
  request.set_draws(500);
  return request;
}

v1::RankRegionsResponse Rank(const v1::RankRegionsRequest& request,
                             const std::vector<RankingFigures>& by_definition = {World()},
                             int threads = 1) {
  return MakeRanking(WithDefaults(request), by_definition, threads, [] { return false; }).value();
}

std::vector<std::string> Terms(const v1::RankRegionsResponse& response) {
  std::vector<std::string> terms;
  for (const v1::RankedRegion& region : response.regions()) terms.push_back(region.term());
  return terms;
}

// --- Defaults ---

TEST(WithDefaultsTest, FillsInEverything) {
  const v1::RankRegionsRequest full = WithDefaults({});
  std::vector<std::string> ids;
  for (const v1::IndicatorChoice& choice : full.indicators()) {
    ids.push_back(choice.indicator());
    EXPECT_EQ(choice.weight(), 1.0 / 6);
    EXPECT_EQ(choice.direction(), v1::DIRECTION_HIGHER);
    EXPECT_NE(FindIndicator(choice.indicator()), nullptr);
  }
  EXPECT_THAT(ids, ElementsAre("world_share", "growth", "per_capita", "infrastructure_share",
                               "model_share", "sector_entropy"));
  EXPECT_EQ(full.normalisation(), v1::NORMALISATION_MIN_MAX);
  EXPECT_EQ(full.aggregation(), v1::AGGREGATION_ARITHMETIC);
  EXPECT_EQ(full.least_share(), 0.65);
  EXPECT_EQ(full.draws(), 2000);
  EXPECT_EQ(full.weight_concentration(), 20);
  EXPECT_THAT(WithDefaults(full), EqualsProto(full));
}

TEST(WithDefaultsTest, KeepsWhatIsGiven) {
  v1::RankRegionsRequest request = Request();
  request.mutable_indicators(2)->set_direction(v1::DIRECTION_HIGHER);
  request.set_normalisation(v1::NORMALISATION_RANK);
  request.set_aggregation(v1::AGGREGATION_OUTRANKING);
  request.set_least_share(0.5);
  request.set_weight_concentration(7);
  const v1::RankRegionsRequest full = WithDefaults(request);
  v1::RankRegionsRequest expected = request;
  for (v1::IndicatorChoice& choice : *expected.mutable_indicators()) {
    choice.set_direction(v1::DIRECTION_HIGHER);
  }
  EXPECT_THAT(full, EqualsProto(expected));
  request.mutable_indicators(2)->clear_direction();
  EXPECT_EQ(WithDefaults(request).indicators(2).direction(), v1::DIRECTION_LOWER);
}

// --- The composite ---

TEST(RankingTest, RanksByTheCompositeWorkedByHand) {
  const v1::RankRegionsResponse response = Rank(Request());
  // Weights 4/7, 2/7 and 1/7: A 3/7, B 2.5/7, C 5/7.
  EXPECT_THAT(Terms(response), ElementsAre("C", "A", "B", "D"));
  EXPECT_THAT(response.regions(0).score(), IsNumber(5.0 / 7));
  EXPECT_THAT(response.regions(1).score(), IsNumber(3.0 / 7));
  EXPECT_THAT(response.regions(2).score(), IsNumber(2.5 / 7));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(response.regions(i).rank(), i + 1);
  Figure score = response.regions(0).score();
  score.clear_number();
  EXPECT_THAT(score, EqualsProto(R"pb(
                id: "composite/C/2020..2022"
                status: VALUE_STATUS_OK
                unit: "1"
                coverage { units_expected: 3 units_present: 3 share: 1 }
                formula: "composite/1")pb"));
  EXPECT_EQ(response.normalisation(), v1::NORMALISATION_MIN_MAX);
  EXPECT_EQ(response.aggregation(), v1::AGGREGATION_ARITHMETIC);
  EXPECT_EQ(response.draws(), 500);
}

TEST(RankingTest, ARegionWithTooFewIndicatorsHasNoRank) {
  const v1::RankRegionsResponse response = Rank(Request());
  const v1::RankedRegion& last = response.regions(3);
  EXPECT_EQ(last.term(), "D");
  EXPECT_EQ(last.rank(), 0);
  EXPECT_EQ(last.high_rank(), 0);
  EXPECT_THAT(last.score(), EqualsProto(R"pb(
                id: "composite/D/2020..2022"
                status: VALUE_STATUS_INSUFFICIENT_COVERAGE
                reason: "D has 1 of 3 indicators, less than the share of 0.65"
                unit: "1"
                coverage {
                  units_expected: 3
                  units_present: 1
                  share: 0.3333333333333333
                  missing: "growth"
                  missing: "top5_share"
                }
                formula: "composite/1")pb"));
  EXPECT_EQ(response.pairs_size(), 3);

  v1::RankRegionsRequest request = Request();
  request.set_least_share(0.33);
  const v1::RankRegionsResponse lenient = Rank(request);
  EXPECT_THAT(Terms(lenient), ElementsAre("C", "A", "B", "D"));
  EXPECT_EQ(lenient.regions(3).rank(), 4);
  EXPECT_THAT(lenient.regions(3).score(), IsNumber(0.25));
  // C and D have one indicator both; the score of D says which are missing.
  EXPECT_THAT(lenient.pairs(2).swap_distance(), IsUndefined("lacks an indicator"));
  EXPECT_THAT(lenient.pairs(2).swap_distance().coverage(), EqualsProto(last.score().coverage()));
}

TEST(RankingTest, NormalisedIndicatorsStandBesideTheirFigures) {
  const v1::RankRegionsResponse response = Rank(Request());
  const v1::RankedRegion& c = response.regions(0);
  ASSERT_EQ(c.indicators_size(), 4);
  EXPECT_EQ(c.indicators(1).indicator(), "model_share");
  EXPECT_THAT(c.indicators(1).figure(), EqualsProto(Plain(0.6)));
  EXPECT_THAT(c.indicators(1).normalised(), IsNumber(0.5));
  EXPECT_EQ(c.indicators(1).normalised().id(), "normalised/C/2020..2022/indicator=model_share");
  EXPECT_EQ(c.indicators(1).normalised().formula(), kNormalised);
  EXPECT_THAT(c.indicators(2).normalised(), IsNumber(0));
  EXPECT_THAT(c.indicators(3).normalised(), IsUndefined("all regions have the same value"));
  const v1::RankedRegion& d = response.regions(3);
  EXPECT_THAT(d.indicators(0).normalised(), IsUndefined("the indicator has no value"));
  EXPECT_THAT(d.indicators(1).normalised(), IsNumber(0.25));
  EXPECT_EQ(d.indicators(1).normalised().coverage().units_expected(), 4);
}

TEST(RankingTest, EveryNormalisationAndAggregationIsFollowed) {
  v1::RankRegionsRequest request = Request();
  request.set_normalisation(v1::NORMALISATION_RANK);
  // 0, 0.5, 1 over growth; the other regions' model shares are 0.8, 0.4, 0.6, 0.5.
  EXPECT_THAT(Rank(request).regions(0).indicators(1).normalised(), IsNumber(2.0 / 3));
  request.set_normalisation(v1::NORMALISATION_DISTANCE_TO_LEADER);
  EXPECT_THAT(Rank(request).regions(0).indicators(1).normalised(), IsNumber(0.75));
  EXPECT_THAT(Rank(request).regions(0).indicators(2).normalised(), IsNumber(0.25));
  request.set_normalisation(v1::NORMALISATION_Z_SCORE);
  EXPECT_THAT(Rank(request).regions(0).indicators(0).normalised(), IsNumber(std::sqrt(1.5)));
  request.set_normalisation(v1::NORMALISATION_MIN_MAX);
  request.set_aggregation(v1::AGGREGATION_GEOMETRIC);
  // C has 1, 0.5 and 0: 100, 50.5 and 1.
  const v1::RankRegionsResponse geometric = Rank(request);
  EXPECT_EQ(geometric.aggregation(), v1::AGGREGATION_GEOMETRIC);
  EXPECT_THAT(geometric.regions(0).score(),
              IsNumber(std::pow(100, 4.0 / 7) * std::pow(50.5, 2.0 / 7)));
  request.set_aggregation(v1::AGGREGATION_OUTRANKING);
  // C beats A and B on growth alone, which weighs more than half; A loses to B on it.
  const v1::RankRegionsResponse outranking = Rank(request);
  EXPECT_THAT(Terms(outranking), ElementsAre("C", "B", "A", "D"));
  EXPECT_THAT(outranking.regions(0).score(), IsNumber(1));
  EXPECT_THAT(outranking.regions(1).score(), IsNumber(0));
  EXPECT_THAT(outranking.regions(2).score(), IsNumber(-1));
}

TEST(RankingTest, GoalpostsAndDirectionsAreFollowed) {
  v1::RankRegionsRequest request = Request();
  request.mutable_indicators(0)->set_lower(0);
  request.mutable_indicators(0)->set_upper(0.4);
  request.mutable_indicators(2)->set_direction(v1::DIRECTION_HIGHER);
  const v1::RankRegionsResponse response = Rank(request);
  EXPECT_THAT(response.regions(0).indicators(0).normalised(), IsNumber(0.75));
  EXPECT_THAT(response.regions(0).indicators(2).normalised(), IsNumber(1));
}

TEST(RankingTest, NothingIsRankedWhenNoIndicatorTakesPart) {
  v1::RankRegionsRequest request = Request();
  RankingFigures world = World();
  for (std::vector<Figure>& figures : world.figures) figures.assign(4, Unknown());
  const v1::RankRegionsResponse response = Rank(request, {world});
  EXPECT_THAT(Terms(response), ElementsAre("A", "B", "C", "D"));
  EXPECT_EQ(response.pairs_size(), 0);
  EXPECT_EQ(response.regions(0).score().status(), common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  EXPECT_EQ(response.regions(0).score().reason(), "every indicator was left out");
  EXPECT_EQ(response.importances(0).excluded(), "no region has a value");
}

TEST(RankingTest, LevelRegionsStandInTheOrderAskedFor) {
  RankingFigures world = World();
  world.figures[1] = world.figures[0];
  world.figures[2] = world.figures[0];
  world.figures[3] = {Plain(0), Plain(0), Plain(1), Plain(7)};
  const v1::RankRegionsResponse response = Rank(Request(), {world});
  EXPECT_THAT(Terms(response), ElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(response.pairs(0).probability(), IsNumber(0.5));
  EXPECT_THAT(response.pairs(0).swap_distance(), IsNumber(0));
  EXPECT_THAT(response.pairs(2).probability(), IsNumber(1));
}

// --- How sure it is ---

TEST(RankingTest, SpreadsOfRanksComeWithTheRegions) {
  const v1::RankRegionsResponse response = Rank(Request());
  double first = 0;
  for (int i = 0; i < 3; ++i) {
    const v1::RankedRegion& region = response.regions(i);
    EXPECT_GE(region.low_rank(), 1);
    EXPECT_LE(region.low_rank(), region.median_rank());
    EXPECT_LE(region.median_rank(), region.high_rank());
    EXPECT_LE(region.high_rank(), 3);
    first += region.first_share();
  }
  EXPECT_NEAR(first, 1, kTolerance);
  EXPECT_GT(response.regions(0).first_share(), response.regions(1).first_share());
}

TEST(RankingTest, PairsAreByRank) {
  const v1::RankRegionsResponse response = Rank(Request());
  std::vector<std::string> pairs;
  for (const v1::PairShare& pair : response.pairs()) {
    pairs.push_back(pair.ahead() + pair.behind());
    EXPECT_EQ(pair.probability().formula(), kPairwiseProbability);
    EXPECT_EQ(pair.probability().coverage().units_expected(), 500);
    EXPECT_EQ(pair.probability().coverage().units_present(), 500);
  }
  EXPECT_THAT(pairs, ElementsAre("CA", "CB", "AB"));
  EXPECT_EQ(response.pairs(0).probability().id(), "pairwise_probability/C:A/2020..2022");
  EXPECT_EQ(response.pairs(0).swap_distance().id(), "swap_distance/C:A/2020..2022");
}

// A and B: d = (-0.5, 1, 0.5), w . d = 0.05, mean 1/3, D = (-5, 4, 1) / 6, D . D = 42 / 36.
TEST(RankingTest, SwapWeightsOfAPairByHand) {
  const v1::RankRegionsResponse response = Rank(Request());
  const v1::PairShare& pair = response.pairs(2);
  EXPECT_THAT(pair.swap_distance(), IsNumber(0.05 / std::sqrt(42.0 / 36)));
  ASSERT_EQ(pair.swap_weights_size(), 4);
  const double step = 0.05 / (42.0 / 36);
  EXPECT_NEAR(pair.swap_weights(0), 0.4 + step * 5 / 6, kTolerance);
  EXPECT_NEAR(pair.swap_weights(1), 0.2 - step * 4 / 6, kTolerance);
  EXPECT_NEAR(pair.swap_weights(2), 0.1 - step / 6, kTolerance);
  EXPECT_EQ(pair.swap_weights(3), 0.3);  // takes no part
}

// The ranking made with the swap weights has the two level.
TEST(RankingTest, SwapWeightsLevelTheScores) {
  v1::RankRegionsRequest request = Request();
  request.mutable_indicators()->RemoveLast();
  const double weights[] = {0.5, 0.3, 0.2};
  for (int i = 0; i < 3; ++i) request.mutable_indicators(i)->set_weight(weights[i]);
  const v1::RankRegionsResponse before = Rank(request);
  int found = 0;
  for (const v1::PairShare& pair : before.pairs()) {
    if (pair.swap_weights_size() == 0) continue;
    ++found;
    v1::RankRegionsRequest swapped = request;
    for (int i = 0; i < 3; ++i) swapped.mutable_indicators(i)->set_weight(pair.swap_weights(i));
    const v1::RankRegionsResponse after = Rank(swapped);
    double score = 0;
    for (const v1::RankedRegion& region : after.regions()) {
      if (region.term() == pair.ahead()) score += region.score().number();
      if (region.term() == pair.behind()) score -= region.score().number();
    }
    EXPECT_NEAR(score, 0, kTolerance);
  }
  EXPECT_GT(found, 0);
}

TEST(RankingTest, SwapsAreOfTheArithmeticMeanAlone) {
  v1::RankRegionsRequest request = Request();
  for (const v1::Aggregation aggregation :
       {v1::AGGREGATION_GEOMETRIC, v1::AGGREGATION_OUTRANKING}) {
    request.set_aggregation(aggregation);
    const v1::RankRegionsResponse response = Rank(request);
    for (const v1::PairShare& pair : response.pairs()) {
      EXPECT_THAT(pair.swap_distance(), IsUndefined("ARITHMETIC"));
      EXPECT_EQ(pair.swap_weights_size(), 0);
    }
  }
}

TEST(RankingTest, ImportanceIsTheSquaredCorrelationWithTheScores) {
  const v1::RankRegionsResponse response = Rank(Request());
  ASSERT_EQ(response.importances_size(), 4);
  // Scores 3, 2.5, 5 (times 7) and growth 0, 0.5, 1: covariance sum 1, variances sum 0.5 and 3.5.
  EXPECT_THAT(response.importances(0).importance(), IsNumber(1.0 / (0.5 * 3.5)));
  EXPECT_EQ(response.importances(0).importance().id(),
            "effective_importance/2020..2022/indicator=growth");
  EXPECT_EQ(response.importances(0).importance().coverage().units_present(), 3);
  EXPECT_NEAR(response.importances(0).weight(), 0.4, kTolerance);
  EXPECT_EQ(response.importances(0).excluded(), "");
  EXPECT_EQ(response.importances(3).indicator(), "sector_entropy");
  EXPECT_EQ(response.importances(3).excluded(), "all regions have the same value");
  EXPECT_THAT(response.importances(3).importance(), IsUndefined("the same value"));
}

TEST(RankingTest, ImportanceNeedsThreeRegions) {
  RankingFigures world = World();
  world.terms.resize(2);
  world.figures.resize(2);
  EXPECT_THAT(Rank(Request(), {world}).importances(0).importance(),
              IsUndefined("fewer than three"));
}

TEST(RankingTest, AlternativesAreFoundByTermAndMoveTheDraws) {
  v1::RankRegionsRequest request = Request();
  request.set_fix_normalisation(true);
  request.set_fix_aggregation(true);
  request.set_weight_concentration(10'000);
  EXPECT_THAT(Rank(request).pairs(0).probability(), IsNumber(1));
  // C and A change their places, and B is not known.
  RankingFigures other = World();
  other.terms = {"C", "X", "A", "D"};
  const v1::RankRegionsResponse response = Rank(request, {World(), other});
  EXPECT_THAT(Terms(response), ElementsAre("C", "A", "B", "D"));
  const v1::PairShare& pair = response.pairs(0);
  EXPECT_NEAR(pair.probability().number(), 0.5, 0.1);
  EXPECT_EQ(pair.probability().coverage().units_present(), 500);
  const int64_t with_b = response.pairs(1).probability().coverage().units_present();
  EXPECT_GT(with_b, 150);
  EXPECT_LT(with_b, 350);
}

TEST(RankingTest, TheSameBytesOnAnyNumberOfThreads) {
  v1::RankRegionsRequest request = Request();
  request.set_seed(5);
  RankingFigures other = World();
  other.figures[0][0] = Plain(0.9);
  const std::string one = Rank(request, {World(), other}, 1).SerializeAsString();
  for (const int threads : {2, 8}) {
    EXPECT_EQ(Rank(request, {World(), other}, threads).SerializeAsString(), one) << threads;
  }
  request.set_seed(6);
  EXPECT_NE(Rank(request, {World(), other}, 1).SerializeAsString(), one);
}

TEST(RankingTest, StopsWhenToldTo) {
  EXPECT_FALSE(MakeRanking(WithDefaults(Request()), std::vector<RankingFigures>{World()}, 1, [] {
                 return true;
               }).has_value());
}

}  // namespace
}  // namespace steelyard::strategy
