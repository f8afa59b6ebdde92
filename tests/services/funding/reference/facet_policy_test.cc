#include "services/funding/reference/facet_policy.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"

namespace steelyard::funding {
namespace {

FacetCandidate Candidate(std::string source, std::optional<PartialDate> vintage, int64_t covered,
                         int64_t value, std::string scope = "all") {
  return {.facet = {std::move(source), "USD", std::move(scope), "nominal"},
          .region = "US",
          .vintage = vintage,
          .covered = covered,
          .exact = value};
}

// "rule | source of each winner", which must be the same for every order of the candidates.
std::string Chosen(const FacetRule& rule, std::vector<FacetCandidate> candidates) {
  std::sort(candidates.begin(), candidates.end(), CandidateLess);
  std::string first;
  do {
    const FacetChoice choice = ChooseFacet(rule, candidates);
    std::string text = choice.rule + " |";
    for (const size_t winner : choice.winners) {
      text += " " + candidates[winner].facet.source + "/" + candidates[winner].facet.scope;
    }
    if (first.empty()) first = text;
    EXPECT_EQ(text, first);
  } while (std::next_permutation(candidates.begin(), candidates.end(), CandidateLess));
  return first;
}

const PartialDate kMay{2025, 5, 12};
const PartialDate kJune{2025, 6, 0};

TEST(FacetPolicyTest, IdsGoBothWays) {
  for (const char* id :
       {"listed-order/1", "priority/1", "freshest/1", "median/1", "most-complete/1"}) {
    ASSERT_TRUE(FacetPolicyOf(id).has_value()) << id;
    EXPECT_EQ(IdOf(*FacetPolicyOf(id)), id);
  }
  EXPECT_FALSE(FacetPolicyOf("").has_value());
  EXPECT_FALSE(FacetPolicyOf("median/2").has_value());
  const absl::Status unknown = UnknownPolicy("median/2");
  EXPECT_EQ(ReasonOf(unknown), common::v1::ERROR_REASON_INVALID_FIELD);
  EXPECT_EQ(MetadataOf(unknown, "value"), "median/2");
  EXPECT_EQ(MetadataOf(unknown, "allowed"),
            "listed-order/1, priority/1, freshest/1, median/1, most-complete/1");
}

TEST(FacetPolicyTest, EveryPolicyDecidesAndSaysHow) {
  const std::vector<FacetCandidate> candidates = {
      Candidate("imf", kMay, 7, 30),
      Candidate("oecd", kJune, 9, 10),
      Candidate("wb", kJune, 9, 20),
      Candidate("editorial", std::nullopt, 1, 40),
  };
  struct Case {
    FacetPolicy policy;
    std::vector<std::string> priority;
    std::string chosen;
  };
  for (const Case& c : {
           Case{FacetPolicy::kListedOrder,
                {},
                "listed-order/1: first in the default order | imf/all"},
           Case{FacetPolicy::kPriority,
                {"un", "wb", "imf"},
                "priority/1: first listed source | wb/all"},
           Case{FacetPolicy::kPriority,
                {"editorial"},
                "priority/1: first listed source | editorial/all"},
           Case{FacetPolicy::kPriority, {"un"}, "priority/1: first in the default order | imf/all"},
           Case{FacetPolicy::kFreshest,
                {},
                "freshest/1: latest vintage, then first in the default order | oecd/all"},
           Case{FacetPolicy::kMedian, {}, "median/1: mean of the middle two | wb/all imf/all"},
           Case{FacetPolicy::kMostComplete,
                {},
                "most-complete/1: covers most, then first in the default order | oecd/all"},
       }) {
    EXPECT_EQ(Chosen({.policy = c.policy, .priority = c.priority}, candidates), c.chosen);
  }
}

TEST(FacetPolicyTest, TheLastTieIsDecidedToo) {
  const std::vector<FacetCandidate> equal = {Candidate("wb", kMay, 3, 5, "b"),
                                             Candidate("wb", kMay, 3, 5, "a"),
                                             Candidate("wb", kMay, 3, 5, "c")};
  EXPECT_EQ(Chosen({.policy = FacetPolicy::kFreshest}, equal),
            "freshest/1: first in the default order | wb/a");
  EXPECT_EQ(Chosen({.policy = FacetPolicy::kPriority, .priority = {"wb"}}, equal),
            "priority/1: first in the default order | wb/a");
  EXPECT_EQ(Chosen({.policy = FacetPolicy::kMostComplete}, equal),
            "most-complete/1: first in the default order | wb/a");
  EXPECT_EQ(Chosen({.policy = FacetPolicy::kMedian}, equal), "median/1: middle value | wb/b");
}

TEST(FacetPolicyTest, OneCandidateNeedsNoRule) {
  EXPECT_EQ(Chosen({.policy = FacetPolicy::kMedian}, {Candidate("wb", kMay, 1, 1)}),
            "median/1: only candidate | wb/all");
}

}  // namespace
}  // namespace steelyard::funding
