#include "services/registry/match/complete.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/fold.h"
#include "tests/services/registry/match/fixture.h"

namespace steelyard::registry::match {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

std::vector<std::pair<std::string, MatchRank>> Completed(const Index& index, std::string_view query,
                                                         int64_t revision = 1, size_t limit = 10) {
  std::vector<std::pair<std::string, MatchRank>> found;
  for (const Hit& hit : Complete(index, revision, text::Fold(query), limit)) {
    found.emplace_back(hit.company, hit.rank);
  }
  return found;
}

TEST(CompleteTest, RanksAndNamesTheBestName) {
  const Index index = IndexOf(
      {
          Since(1, Named("deep", "Deep", {{"Deep", "de", NameKind::kTicker, ""}})),
          Since(1, Named("deepl", "DeepL", {{"Profond", "fr", NameKind::kMachineTranslation, ""}})),
          Since(1, Named("alias", "Something", {{"Deep", "en", NameKind::kAlias, ""}})),
          Since(1, Named("google-deepmind", "Google DeepMind")),
          Since(1, Named("indeep", "Indeep", {{"InDeep AG", "de", NameKind::kLegal, ""}})),
          Since(1, Named("percent", "100% _deep")),
      },
      2);
  EXPECT_THAT(
      Completed(index, "deep"),
      ElementsAre(Pair("deep", MatchRank::kExact), Pair("alias", MatchRank::kExact),
                  Pair("deepl", MatchRank::kPrefix),
                  Pair("google-deepmind", MatchRank::kWordPrefix),
                  Pair("percent", MatchRank::kWordPrefix), Pair("indeep", MatchRank::kSubstring)));
  const std::vector<Hit> hits = Complete(index, 1, "deep", 10);
  EXPECT_EQ(hits[0].matched, (CompanyName{"Deep", "und", NameKind::kPreferred, ""}));
  EXPECT_EQ(hits[1].matched, (CompanyName{"Deep", "en", NameKind::kAlias, ""}));
  EXPECT_EQ(hits[1].display_name, "Something");
  EXPECT_THAT(Completed(index, "deep", 1, 2), SizeIs(2));
  EXPECT_THAT(Completed(index, "profond"), ElementsAre(Pair("deepl", MatchRank::kExact)));
  EXPECT_THAT(Completed(index, "deep", 0), IsEmpty());
}

TEST(CompleteTest, ToleratesASlipOfThePen) {
  const Index index =
      IndexOf({Since(1, Named("anthropic", "Anthropic")), Since(1, Named("mistral", "Mistral AI")),
               Since(1, Named("toyota", "トヨタ自動車"))});
  EXPECT_THAT(Completed(index, "mistrl"), ElementsAre(Pair("mistral", MatchRank::kSimilar)));
  EXPECT_THAT(Completed(index, "mitsral a"), ElementsAre(Pair("mistral", MatchRank::kSimilar)));
  EXPECT_THAT(Completed(index, "anthorpic"), ElementsAre(Pair("anthropic", MatchRank::kSimilar)));
  EXPECT_THAT(Completed(index, "mxx"), IsEmpty());
  EXPECT_THAT(Completed(index, "ヨタ自"), ElementsAre(Pair("toyota", MatchRank::kSubstring)));
}

TEST(CompleteTest, TheFirstCompaniesDoNotDependOnBlocks) {
  std::vector<NamedState> states;
  for (int i = 0; i < 300; ++i) {
    states.push_back(Since(1, Named("c" + std::to_string(i), "Name " + std::to_string(i % 50),
                                    {{"Also name", "en", NameKind::kAlias, ""}})));
  }
  const auto whole = Completed(IndexOf(states), "name", 1, 20);
  EXPECT_THAT(whole, SizeIs(20));
  EXPECT_EQ(Completed(IndexOf(states, 3), "name", 1, 20), whole);
}

}  // namespace
}  // namespace steelyard::registry::match
