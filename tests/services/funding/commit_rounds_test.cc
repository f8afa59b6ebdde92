// Imports in batches: what is written does not depend on how many there are.

#include "services/funding/commit_rounds.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "tests/services/funding/funding_fixture.h"
#include "tests/support/spool_of.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::SpoolOf;

// A store of its own.
class Store : public FundingFixture {
 public:
  Store() { Store::SetUp(); }
  void TestBody() override {}

  ImportOutcome Take(const StagedImport& staged, const std::string& id) {
    const auto outcome = rounds_->Import(Context::Background(), staged, id, false,
                                         [](const ImportOutcome&) { return std::string(); });
    EXPECT_OK(outcome);
    return outcome.ok() ? *outcome : ImportOutcome();
  }

  // Takes over the first revision of a registry.
  void Follow(const std::vector<CompanyFacts>& companies) {
    EXPECT_OK(rounds_->ApplyCompanies(Context::Background(), companies, 1));
  }

  RoundCounts Counts() const {
    const auto counts = rounds_->Count(Context::Background(), head());
    EXPECT_OK(counts);
    return counts.value_or(RoundCounts());
  }

  Round Of(const std::string& id) const {
    const auto round = rounds_->Get(Context::Background(), head(), id);
    EXPECT_OK(round);
    return round.value_or(Round());
  }

  // How many reports were matched with rounds of another source.
  int64_t Matched() const {
    const auto links = rounds_->Links(Context::Background(), head());
    EXPECT_OK(links);
    return std::count_if(links->links().begin(), links->links().end(), [](const auto& link) {
      return link.second.origin == v1::LINK_ORIGIN_MATCHED;
    });
  }

  // Every round, assertion and link that there is now, and since when.
  std::vector<std::string> Everything() const {
    std::vector<std::string> lines;
    const Context context = Context::Background();
    RoundQuery query;
    query.limit = 100'000;
    const auto page = rounds_->List(context, head(), query);
    EXPECT_OK(page);
    for (const Round& round : page->rounds) {
      lines.push_back(Canonical(round));
      const auto assertions = rounds_->Assertions(context, head(), round.id, true);
      EXPECT_OK(assertions);
      for (const StoredAssertion& stored : *assertions) {
        lines.push_back(StrCat(Canonical(stored.assertion), " ", stored.from_revision, " ",
                               stored.to_revision));
      }
    }
    const auto links = rounds_->Links(context, head());
    EXPECT_OK(links);
    for (const auto& [key, link] : links->links()) lines.push_back(Canonical(link));
    return lines;
  }
};

// What one source reports of sixty companies, so that reports of different sources often are of one
// round; the same numbers give the same reports.
std::vector<Round> Reports(const std::string& source, uint32_t seed) {
  std::mt19937 draw(seed);
  std::vector<Round> rounds;
  for (int i = 0; i < 300; ++i) {
    const auto company = static_cast<int>(draw() % 60);
    const auto month = static_cast<int>(1 + draw() % 12);
    Round round = SomeRound(StrCat(source, "-", i), StrCat("company-", company), {2024, month, 1});
    round.amount->minor_units = 1'000'000 * static_cast<int64_t>(1 + draw() % 3);
    if (draw() % 3 == 0) round.amount.reset();
    round.sources = {source};
    if (draw() % 4 == 0) round.sources.emplace_back("wire");
    rounds.push_back(round);
  }
  return rounds;
}

StagedImport Staged(const std::string& source, uint32_t seed, size_t at_once) {
  StagedImport staged;
  staged.rounds = SpoolOf(Reports(source, seed), at_once);
  for (int i = 0; i < 300; i += 7) {
    Assertion said;
    said.round = StrCat(source, "-", i);
    said.source = i % 2 == 0 ? "blog" : source;
    said.position = kAmendmentPosition;
    said.amount = Money{.minor_units = 1234, .currency = "USD"};
    staged.amendments.push_back(said);
    staged.links.push_back({.round = said.round, .related = StrCat(source, "-", i + 1)});
  }
  staged.sources[source] = {.published = PartialDate{2024, 0, 0}, .kind = "press"};
  return staged;
}

void ImportAlike(Store& one, Store& many) {
  for (const auto& [source, seed] : {std::pair("alpha", 1U), {"beta", 2U}, {"alpha", 3U}}) {
    const std::string id = StrCat(source, seed);
    const ImportOutcome whole = one.Take(Staged(source, seed, 1000), id);
    const ImportOutcome parts = many.Take(Staged(source, seed, 60), id);
    EXPECT_EQ(whole.subjects_changed, parts.subjects_changed) << id;
    EXPECT_EQ(one.Matched(), many.Matched()) << id;
  }
  EXPECT_EQ(one.Everything(), many.Everything());
}

TEST(CommitImportTest, BatchesDoNotMatter) {
  Store one;
  Store many;
  ImportAlike(one, many);
  EXPECT_GT(one.Matched(), 20);
}

// Reports of one company come under three ids, which batches would tell apart.
TEST(CommitImportTest, BatchesDoNotMatterForMergedCompanies) {
  std::vector<CompanyFacts> companies;
  for (int i = 0; i < 30; i += 3) {
    CompanyFacts company;
    company.id = StrCat("company-", i);
    company.merged = {StrCat("company-", i + 1), StrCat("company-", i + 2)};
    companies.push_back(company);
  }
  Store one;
  Store many;
  one.Follow(companies);
  many.Follow(companies);
  ImportAlike(one, many);
  EXPECT_GT(one.Matched(), 40);
}

// Rounds that no link is about are written as they come; the others when all is known of them.
TEST(CommitImportTest, NewAndKnownRoundsAreCountedOnce) {
  Store store;
  StagedImport first;
  first.rounds = SpoolOf(Reports("alpha", 1), 10);
  EXPECT_EQ(store.Take(first, "i1").subjects_changed, 300);
  std::vector<Round> rounds = Reports("alpha", 1);
  rounds[0].note = "corrected";
  rounds.push_back(SomeRound("alpha-new", "company-of-its-own", {2024, 1, 1}));
  StagedImport second;
  second.rounds = SpoolOf(rounds, 10);
  EXPECT_EQ(store.Take(second, "i2").subjects_changed, 2);
  const auto counts = store.Counts();
  EXPECT_EQ(counts.rounds, 301);
}

TEST(CommitImportTest, ANewRoundIsPartOfAnotherNewOne) {
  Store store;
  StagedImport staged;
  staged.rounds = SpoolOf(Reports("alpha", 1), 10);
  staged.links = {
      {.round = "alpha-1", .related = "alpha-2"},
      {.round = "alpha-3", .related = "alpha-4", .relation = v1::ROUND_RELATION_SAME_AS}};
  // Under "alpha-3" there is no round; the report counts all the same.
  EXPECT_EQ(store.Take(staged, "i1").subjects_changed, 300);
  EXPECT_EQ(store.Counts().rounds, 299);
  EXPECT_EQ(store.Of("alpha-1").included_in, "alpha-2");
  EXPECT_EQ(store.Of("alpha-4").aliases, std::vector<std::string>{"alpha-3"});
}

TEST(CommitImportTest, TheSameAgainChangesNothing) {
  Store store;
  store.Take(Staged("alpha", 1, 60), "i1");
  const std::vector<std::string> before = store.Everything();
  const ImportOutcome again = store.Take(Staged("alpha", 1, 20), "i2");
  EXPECT_EQ(again.subjects_changed, 0);
  EXPECT_EQ(again.revision.revision, 1);
  EXPECT_EQ(store.Everything(), before);
}

}  // namespace
}  // namespace steelyard::funding
