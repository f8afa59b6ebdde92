#include "services/registry/match/slips.h"

#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/match/similarity.h"
#include "tests/services/registry/match/fixture.h"

namespace steelyard::registry::match {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Index IndexOfNames(const std::vector<std::string>& names, size_t in_a_block = 2) {
  std::vector<NamedState> states;
  for (size_t i = 0; i < names.size(); ++i) {
    states.push_back(Since(1, Named("c" + std::to_string(10'000 + i), names[i])));
  }
  return IndexOf(states, in_a_block);
}

std::vector<std::string> Texts(const std::vector<Found>& found) {
  std::vector<std::string> texts;
  for (const Found& name : found) texts.emplace_back(name.block->TextAt(name.row));
  return texts;
}

TEST(LettersOfTest, IsOrderedLikeTheText) {
  EXPECT_LT(LettersOf("acme"), LettersOf("acmf"));
  EXPECT_LT(LettersOf("acme"), LettersOf("acmea"));
  EXPECT_EQ(LettersOf("acme"), LettersOf("acme "));
  EXPECT_EQ(LettersOf("acme ltd international"), LettersOf("acme ltd"));
  EXPECT_LT(LettersOf("z"), LettersOf("é")) << "bytes are compared without sign";
}

TEST(OneSlipTest, KnowsEverySlip) {
  struct Case {
    std::string there;
    bool open;
    bool whole;
  };
  for (const Case& test : std::vector<Case>{
           {"mistral", true, false},    // goes on
           {"mistr", true, true},       // equal
           {"mistr gmbh", true, true},  // equal, and another word
           {"mixtr", true, true},       // another letter
           {"mstr ag", true, true},     // one is missing
           {"misstr", true, true},      // one too many
           {"misttr", true, true},      // the last one twice
           {"mitsr", true, true},       // swapped
           {"mist", true, true},        // the last one is missing
           {"imstr", true, true},       // the first two swapped
           {"mitsral", true, false},    // swapped, and goes on
           {"maxtr", false, false},     // two slips
           {"msitra", true, false},     // swapped, and goes on by one
           {"mis", false, false},       // two are missing
           {"mi str", true, true},      // divided
           {"", false, false},
       }) {
    EXPECT_EQ(OneSlip("mistr", OneSlip::End::kOpen)(LettersOf(test.there)), test.open)
        << test.there;
    EXPECT_EQ(OneSlip("mistr", OneSlip::End::kWhole)(LettersOf(test.there)), test.whole)
        << test.there;
  }
}

TEST(OneSlipTest, AWholeWordKeepsFourLetters) {
  const OneSlip slip("jeli", OneSlip::End::kWhole);
  EXPECT_TRUE(slip(LettersOf("jali")));
  EXPECT_TRUE(slip(LettersOf("jewli ag")));
  EXPECT_FALSE(slip(LettersOf("jel")));
}

TEST(OneSlipTest, StartsWhereSlipsUsuallyAre) {
  EXPECT_THAT(OneSlip("acme", OneSlip::End::kOpen).starts(), ElementsAre("ac", "am", "ca", "cm"));
  EXPECT_THAT(OneSlip("aaaa", OneSlip::End::kOpen).starts(), ElementsAre("aa"));
}

// Of all words over three letters what Edits says.
TEST(OneSlipTest, AgreesWithEdits) {
  std::mt19937 draws(20261130);
  const auto word = [&](size_t size) {
    std::string letters;
    for (size_t i = 0; i < size; ++i) letters += static_cast<char>('a' + draws() % 3);
    return letters;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string asked = word(kLeastSlipped + draws() % 3);
    const std::string there = word(kLeastSlipped + draws() % 4);
    EXPECT_EQ(OneSlip(asked, OneSlip::End::kWhole)(LettersOf(there)), Edits(asked, there) <= 1)
        << asked << " and " << there;
  }
}

TEST(FindSlipsTest, FindsTheMostLikeFirst) {
  const Index index =
      IndexOfNames({"Jewli Holding International Advisory Services of Europe", "Jewli GmbH", "Jeli",
                    "Jawli GmbH", "Other Jeli GmbH", "Mistral"});
  EXPECT_THAT(Texts(FindSlips(index, 1, "jeli", "jeli gmbh", 2)),
              ElementsAre("Jewli GmbH", "Other Jeli GmbH"));
  EXPECT_THAT(Texts(FindSlips(index, 1, "jeli", "jeli gmbh", 10)),
              ElementsAre("Jewli GmbH", "Other Jeli GmbH", "Jeli"))
      << "what goes on for long is not like it";
}

TEST(FindSlipsTest, AWordOfManyNamesFindsNone) {
  std::vector<std::string> names = {"Gmbx One"};
  for (int i = 0; i < 1001; ++i) names.push_back("N" + std::to_string(i) + " GmbH");
  const Index index = IndexOfNames(names, 500);
  EXPECT_THAT(Texts(FindSlips(index, 1, "gmba", "gmba one", 10)), ElementsAre("Gmbx One"));
}

TEST(FindSlipsTest, ReadsARevision) {
  const Index index = IndexOfNames({"Jewli GmbH"});
  EXPECT_THAT(FindSlips(index, 0, "jeli", "jeli gmbh", 10), IsEmpty());
  EXPECT_THAT(FindSlips(index, 1, "jeli", "jeli gmbh", 0), IsEmpty());
}

}  // namespace
}  // namespace steelyard::registry::match
