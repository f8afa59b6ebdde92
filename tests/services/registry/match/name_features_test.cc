#include "services/registry/match/name_features.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/registry/match/method.h"

namespace steelyard::registry::match {
namespace {

NameComparison Compared(std::string_view a, std::string_view b) {
  return Compare(Parse(a), Parse(b), WeighByTable);
}

double Score(std::string_view a, std::string_view b) {
  return ScoreOf(NewestMethod(), Compared(a, b).features, {});
}

TEST(NameFeaturesTest, EqualNamesAreCoveredAndNothingIsLost) {
  const NameComparison same = Compared("Black Forest Labs", "Black Forest Labs");
  EXPECT_DOUBLE_EQ(same[NameFeature::kCoverageLeast], 1);
  EXPECT_DOUBLE_EQ(same[NameFeature::kCoverageMost], 1);
  EXPECT_DOUBLE_EQ(same[NameFeature::kWhole], 1);
  EXPECT_DOUBLE_EQ(same[NameFeature::kDistinctiveLost], 0);
  EXPECT_DOUBLE_EQ(same[NameFeature::kReplaced], 0);
}

TEST(NameFeaturesTest, SayWhatSpeaksAgainst) {
  EXPECT_EQ(Compared("Fund II", "Fund III")[NameFeature::kNumbers], 1);
  EXPECT_EQ(Compared("Fund", "Fund III")[NameFeature::kNumberAdded], 1);
  EXPECT_EQ(Compared("Bank of China", "Bank of Chile")[NameFeature::kPlaces], 1);
  EXPECT_EQ(Compared("Deutsche Bank AG", "Deutsche Bank GmbH")[NameFeature::kLegalConflict], 1);
  EXPECT_EQ(Compared("Siemens AG", "Siemens Aktiengesellschaft")[NameFeature::kLegalForm], 1);
  EXPECT_EQ(Compared("Deep", "DeepL")[NameFeature::kGluedLost], 1);
  EXPECT_EQ(Compared("Saudi Gas", "Saudi Oil")[NameFeature::kReplaced], 1);
  EXPECT_EQ(Compared("PLA", "People's Liberation Army")[NameFeature::kInitials], 1);
  EXPECT_EQ(Compared("Profond", "Deep")[NameFeature::kTranslatedWord], 1);
}

// A word that is misspelt beyond recognition is not as lost as another one.
TEST(NameFeaturesTest, WhatIsReplacedByWhatIsLikeItCountsLess) {
  const NameComparison other = Compared("Bernhard Reichel", "Bernhard Moen");
  EXPECT_EQ(other[NameFeature::kReplaced], 1);
  EXPECT_GT(other[NameFeature::kDistinctiveLost], 0.5);
  const NameComparison alike = Compared("Bernhard Reichel", "Bernhard LZichl");
  EXPECT_LT(alike[NameFeature::kReplaced], 0.5);
  EXPECT_GT(alike[NameFeature::kReplaced], 0);
  EXPECT_LT(alike[NameFeature::kDistinctiveLost], other[NameFeature::kDistinctiveLost] / 2);
}

// "Mc" is no initials of "McClure Moen".
TEST(NameFeaturesTest, AWordIsNoInitialsOfItself) {
  const NameComparison same = Compared("McClure-Moen", "McClure-Moen");
  EXPECT_EQ(same[NameFeature::kInitials], 0);
  EXPECT_DOUBLE_EQ(same[NameFeature::kCoverageLeast], 1);
}

TEST(NameFeaturesTest, AreInTheirRangeAndSymmetric) {
  const std::vector<std::string> names = {"Black Forest Labs",
                                          "Laboratoires de la Forêt-Noire",
                                          "DeepL SE",
                                          "Deep",
                                          "AT&T Inc.",
                                          "ООО Яндекс",
                                          "トヨタ自動車株式会社",
                                          "Toyota Motor Corporation",
                                          "KKR Fund XII L.P.",
                                          "x",
                                          "Ltd"};
  for (const std::string& a : names) {
    for (const std::string& b : names) {
      SCOPED_TRACE(a + " | " + b);
      const NameComparison one = Compared(a, b);
      const NameComparison other = Compared(b, a);
      for (size_t i = 0; i < kNameFeatures; ++i) {
        EXPECT_GE(one.features[i], 0) << NameOf(static_cast<NameFeature>(i));
        EXPECT_LE(one.features[i], 1) << NameOf(static_cast<NameFeature>(i));
        EXPECT_NEAR(one.features[i], other.features[i], 0.25)
            << NameOf(static_cast<NameFeature>(i));
      }
    }
  }
}

TEST(ScoreTest, GrowsWithLikeness) {
  EXPECT_GT(Score("Mistral AI", "Mistral AI SAS"), NewestMethod().match_threshold);
  EXPECT_GT(Score("Mistral AI", "Mistral AI"), Score("Mistral AI", "Mistrel AI"));
  EXPECT_GT(Score("Mistral AI", "Mistrel AI"), Score("Mistral AI", "Misty AI"));
  EXPECT_LT(Score("Mistral AI", "Nebius"), 0.1);
}

TEST(ScoreTest, DoesNotSaturate) {
  EXPECT_LT(Score("Mistral AI", "Mistral AI"), 1);
  EXPECT_GT(Score("Mistral AI", "Nebius"), 0);
}

TEST(MethodTest, WeightsAreNamedAndCanBeSet) {
  Method method = NewestMethod();
  const auto weights = WeightsOf(method);
  EXPECT_EQ(weights.size(), 1 + kNameFeatures + kContextFeatures);
  for (const auto& [name, weight] : weights) {
    ASSERT_TRUE(SetWeight(name, weight + 1, method)) << name;
  }
  const auto changed = WeightsOf(method);
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_DOUBLE_EQ(changed[i].second, weights[i].second + 1) << weights[i].first;
  }
  EXPECT_FALSE(SetWeight("shoe_size", 1, method));
  EXPECT_EQ(FindMethod(NewestMethod().version), &NewestMethod());
  EXPECT_EQ(FindMethod("1066"), nullptr);
}

}  // namespace
}  // namespace steelyard::registry::match
