#include "services/registry/match/index.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/match/names.h"
#include "tests/services/registry/match/fixture.h"

namespace steelyard::registry::match {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Closest(const Index& index, std::string_view name, int64_t revision,
                                 size_t limit = 10) {
  return CompaniesOf(index.Closest(TrigramsOf(KeyOf(Parse(name))), revision, 0.2, limit));
}

std::vector<NamedState> ManyStates() {
  std::vector<NamedState> states;
  const std::vector<std::string> words = {"Mistral", "Nebius",  "Forest", "Deep",   "Labs",
                                          "Cloud",   "Quantum", "Яндекс", "トヨタ", "삼성"};
  for (size_t i = 0; i < 400; ++i) {
    const std::string name = words[i % 10] + " " + words[i / 10 % 10] + " " + std::to_string(i % 7);
    const auto from = static_cast<int64_t>(1 + i % 5);
    states.push_back(Since(from, Named("c" + std::to_string(i), name),
                           i % 3 == 0 ? from + 2 : ledger::kOpenRevision));
  }
  return states;
}

TEST(IndexTest, FindsTheClosestNamesFirst) {
  const Index index =
      IndexOf({Since(1, Named("mistral", "Mistral AI")), Since(1, Named("minstrel", "Minstrel")),
               Since(1, Named("nebius", "Nebius"))});
  EXPECT_THAT(Closest(index, "Mistrall AI", 1), ElementsAre("mistral", "minstrel"));
  EXPECT_THAT(Closest(index, "Minstral", 1), ElementsAre("minstrel", "mistral"));
  EXPECT_THAT(Closest(index, "Minstral", 1, 1), ElementsAre("minstrel"));
  EXPECT_THAT(Closest(index, "zzz", 1), IsEmpty());
}

TEST(IndexTest, ReadsARevision) {
  const Index index =
      IndexOf({Since(1, Named("a", "Mistral"), 3), Since(3, Named("a", "Mistrals"))});
  EXPECT_THAT(Closest(index, "Mistral", 0), IsEmpty());
  const auto then = index.Closest(TrigramsOf("mistral"), 2, 0.2, 10);
  ASSERT_EQ(then.size(), 1U);
  EXPECT_EQ(then[0].block->TextAt(then[0].row), "Mistral");
  const auto now = index.Closest(TrigramsOf("mistral"), 3, 0.2, 10);
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0].block->TextAt(now[0].row), "Mistrals");
  EXPECT_EQ(index.CountNames(2), 1);
  EXPECT_EQ(index.CountNames(0), 0);
}

TEST(IndexTest, EndingAStateChangesNothingBefore) {
  const Index index = IndexOf({Since(1, Named("a", "Mistral"))});
  index.blocks().front()->End(0, 5);
  EXPECT_THAT(Closest(index, "Mistral", 4), ElementsAre("a"));
  EXPECT_THAT(Closest(index, "Mistral", 5), IsEmpty());
  EXPECT_EQ(index.Frequency(TermOf(TermKind::kWord, "mistral"), 4), 1);
  EXPECT_EQ(index.Frequency(TermOf(TermKind::kWord, "mistral"), 5), 0);
}

TEST(IndexTest, HowNamesAreSpreadOverBlocksDoesNotMatter) {
  const std::vector<NamedState> states = ManyStates();
  const Index one = IndexOf(states);
  std::vector<NamedState> shuffled = states;
  std::reverse(shuffled.begin(), shuffled.end());
  for (const size_t in_a_block : {1, 7, 64}) {
    const Index other = IndexOf(shuffled, in_a_block);
    for (int64_t revision = 0; revision < 8; ++revision) {
      EXPECT_EQ(one.CountNames(revision), other.CountNames(revision));
      for (const std::string name : {"Mistral Labs", "Deep 3", "yandeks cloud", "トヨタ", "labs"}) {
        SCOPED_TRACE(name);
        EXPECT_EQ(Closest(one, name, revision), Closest(other, name, revision));
        std::vector<Index::Weighted> terms;
        for (const WeightedTerm& term : QueryTermsOf(Parse(name))) {
          terms.push_back({.term = term.term, .weight = term.share});
          EXPECT_EQ(one.Frequency(term.term, revision), other.Frequency(term.term, revision));
        }
        EXPECT_EQ(CompaniesOf(one.Heaviest(terms, revision, 20)),
                  CompaniesOf(other.Heaviest(terms, revision, 20)));
      }
    }
  }
}

TEST(IndexTest, UnitedBlocksHoldTheSame) {
  const std::vector<NamedState> states = ManyStates();
  const Index whole = IndexOf(states);
  Index::Blocks blocks;
  for (const NamedState& state : states) {
    blocks = Append(std::move(blocks), {Block::Build(std::vector<NamedState>{state})}, 0);
  }
  EXPECT_LT(blocks.size(), 20U);
  const Index grown(blocks);
  for (int64_t revision = 0; revision < 8; ++revision) {
    for (const std::string name : {"Mistral Labs", "Deep 3", "Яндекс"}) {
      EXPECT_EQ(Closest(whole, name, revision), Closest(grown, name, revision));
    }
  }
}

TEST(BlockTest, GivesBackWhatAMatchNeeds) {
  Company company =
      Named("deepl", "DeepL", {{"Profond", "fr", NameKind::kMachineTranslation, "s"}});
  company.country = "DE";
  company.city = "Köln";
  company.website = "https://www.deepl.com/de";
  company.founded_on = PartialDate{.year = 2017};
  company.sectors = {"LANGUAGE"};
  company.identifiers = {{"lei", "529900T8BM49AURSDO55", ""}};
  const auto block = Block::Build(std::vector<NamedState>{Since(2, company)});
  const NamedState state = block->StateAt(0);
  EXPECT_EQ(state.company.id, "deepl");
  EXPECT_EQ(state.company.display_name, "DeepL");
  EXPECT_EQ(state.company.names, company.names);
  EXPECT_EQ(state.from, 2);
  const Facts facts = block->FactsOf(0);
  EXPECT_EQ(facts.country, "DE");
  EXPECT_EQ(facts.city, "koln");
  EXPECT_EQ(facts.domain, "deepl.com");
  EXPECT_EQ(facts.founded_year, 2017);
  EXPECT_THAT(facts.sectors, ElementsAre("LANGUAGE"));
  EXPECT_THAT(facts.identifiers, ElementsAre("lei:529900t8bm49aursdo55"));
}

}  // namespace
}  // namespace steelyard::registry::match
