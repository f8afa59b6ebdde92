#include "services/registry/match/names.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/match/complete.h"
#include "services/registry/match/matcher.h"
#include "tests/services/registry/match/fixture.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry::match {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NamesTest : public RegistryFixture {
 protected:
  void Write(std::vector<Company> companies) {
    ASSERT_OK(store_->WriteBatch(Context::Background(), [&](int64_t) {
      return Batch{.companies = companies, .sources = {}, .codelists = {}};
    }));
  }
  std::vector<std::string> Found(Names& names, std::string_view query, int64_t revision) {
    const auto index = names.At(Context::Background(), revision);
    EXPECT_OK(index);
    std::vector<std::string> found;
    if (!index.ok()) return found;
    for (const Hit& hit : Complete(**index, revision, query, 10)) {
      found.push_back(hit.company + " " + hit.matched.text);
    }
    return found;
  }
};

TEST_F(NamesTest, FollowsCommitsAndKeepsThePast) {
  Names names(*store_, *ledger_, 2);
  EXPECT_THAT(Found(names, "mistral", 0), IsEmpty());
  Write({Named("a", "Mistral"), Named("b", "Nebius")});
  EXPECT_THAT(Found(names, "mistral", 1), ElementsAre("a Mistral"));
  Write({Named("a", "Minstrel"), Named("c", "Mistral Air")});
  EXPECT_THAT(Found(names, "mistral", 2), ElementsAre("c Mistral Air"));
  EXPECT_THAT(Found(names, "minstrel", 2), ElementsAre("a Minstrel"));
  EXPECT_THAT(Found(names, "mistral", 1), ElementsAre("a Mistral"));
  EXPECT_THAT(Found(names, "mistral", 0), IsEmpty());
}

TEST_F(NamesTest, AnswersDoNotDependOnWhenItWasMade) {
  Names followed(*store_, *ledger_, 1);
  for (int i = 0; i < 30; ++i) {
    std::vector<Company> companies;
    for (int j = 0; j < 10; ++j) {
      companies.push_back(Named("c" + std::to_string((i * 7 + j * 3) % 60),
                                "Mistral Labs " + std::to_string((i + j) % 9)));
    }
    std::sort(companies.begin(), companies.end(),
              [](const Company& a, const Company& b) { return a.id < b.id; });
    companies.erase(std::unique(companies.begin(), companies.end(),
                                [](const Company& a, const Company& b) { return a.id == b.id; }),
                    companies.end());
    Write(companies);
    ASSERT_OK(followed.At(Context::Background(), head()));
  }
  Names late(*store_, *ledger_, 3);
  ASSERT_OK_AND_ASSIGN(const auto one, followed.At(Context::Background(), head()));
  ASSERT_OK_AND_ASSIGN(const auto other, late.At(Context::Background(), head()));
  for (int64_t revision = 0; revision <= head(); ++revision) {
    EXPECT_EQ(Complete(*one, revision, "mistral", 100), Complete(*other, revision, "mistral", 100));
    for (const std::string name : {"Mistral Labs 3", "Mistrel", "labs"}) {
      const Query query{.name = name};
      const auto a = Match(Context::Background(), *one, revision, query, NewestMethod(), 50);
      const auto b = Match(Context::Background(), *other, revision, query, NewestMethod(), 50);
      ASSERT_OK(a);
      ASSERT_OK(b);
      ASSERT_EQ(a->candidates.size(), b->candidates.size());
      for (size_t i = 0; i < a->candidates.size(); ++i) {
        EXPECT_EQ(a->candidates[i].company, b->candidates[i].company);
        EXPECT_EQ(a->candidates[i].score, b->candidates[i].score);
      }
    }
  }
}

TEST_F(NamesTest, FollowsInTheBackground) {
  Write({Named("a", "Mistral")});
  Names names(*store_, *ledger_, 1);
  names.Start();
  EXPECT_THAT(Found(names, "mistral", 1), ElementsAre("a Mistral"));
  Write({Named("b", "Mistral too")});
  EXPECT_THAT(Found(names, "mistral", 2), ElementsAre("a Mistral", "b Mistral too"));
}

TEST_F(NamesTest, StartsAnewWhenWhatItKnewWasCompacted) {
  Write({Named("a", "Mistral")});
  Names names(*store_, *ledger_, 1);
  EXPECT_THAT(Found(names, "mistral", 1), ElementsAre("a Mistral"));
  Write({Named("a", "Nebius")});
  Write({Named("b", "Domyn")});
  ASSERT_OK(ledger_->Compact(Context::Background(), 3, /*dry_run=*/false));
  EXPECT_THAT(Found(names, "nebius", 3), ElementsAre("a Nebius"));
  EXPECT_THAT(Found(names, "mistral", 3), IsEmpty());
}

TEST_F(NamesTest, RefusesWhatTheLedgerDoesNotHave) {
  Names names(*store_, *ledger_, 1);
  EXPECT_THAT(names.At(Context::Background(), 7),
              testing::HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
}

}  // namespace
}  // namespace steelyard::registry::match
