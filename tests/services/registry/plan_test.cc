#include "services/registry/plan.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Company Said(std::string id, std::vector<std::string> sources, std::string name) {
  Company record{
      .id = std::move(id), .display_name = std::move(name), .sources = std::move(sources)};
  Normalize(record);
  return record;
}

std::vector<std::string> IdsIn(const std::vector<Company>& companies) {
  std::vector<std::string> ids;
  for (const Company& company : companies) ids.push_back(company.id);
  return ids;
}

TEST(PlanTest, TheOnlyRecordOfAnIdIsNotKeptApart) {
  const std::vector written = {Said("a", {"press"}, "A")};
  const Plan plan = MakePlan({}, {.records = written, .decisions = {}}, {}, {});
  EXPECT_THAT(plan.records, IsEmpty());
  EXPECT_THAT(plan.ended, IsEmpty());
  EXPECT_EQ(plan.companies, written);
  EXPECT_EQ(plan.changed, 1);
}

TEST(PlanTest, UnlessReadersSeeMoreThanItSays) {
  Company names{.id = "a", .sources = {"press"}};
  names.names = {{"A", "en", NameKind::kAlias, "press"}};
  const std::vector written = {names};
  const Plan plan = MakePlan({}, {.records = written, .decisions = {}}, {}, {});
  EXPECT_THAT(IdsIn(plan.records), ElementsAre("a press"));
  EXPECT_EQ(plan.companies.front().display_name, "A");
}

TEST(PlanTest, ASecondSourceKeepsBothApart) {
  const Company before = Said("a", {"press"}, "A");
  const std::vector written = {Said("a", {"web"}, "The A")};
  const Change change{.records = written, .decisions = {}};
  const Plan plan = MakePlan({}, change, {.records = {before}}, {{"web", "database"}});
  EXPECT_THAT(IdsIn(plan.records), ElementsAre("a press", "a web"));
  EXPECT_EQ(plan.companies.front().display_name, "A");
  EXPECT_EQ(plan.changed, 1);
  const Stored both = {.records = {before, written.front()}, .apart = {"a press", "a web"}};
  const Plan again = MakePlan({}, change, both, {{"press", "database"}, {"web", "article"}});
  EXPECT_EQ(again.companies.front().display_name, "The A");
  EXPECT_EQ(again.changed, 0);
}

TEST(PlanTest, WhatSourcesSayTogetherEndsTheirRecords) {
  const Stored both = {.records = {Said("a", {"press"}, "A"), Said("a", {"web"}, "B")},
                       .apart = {"a press", "a web"}};
  const std::vector written = {Said("a", {"web", "press"}, "C")};
  const Plan plan = MakePlan({}, {.records = written, .decisions = {}}, both, {});
  EXPECT_THAT(plan.records, IsEmpty());
  EXPECT_THAT(plan.ended, ElementsAre("a press", "a web"));
  EXPECT_EQ(plan.companies, written);
}

TEST(PlanTest, ARetractedWordIsNotTakenInAgain) {
  const Company wrong = Said("a", {"web"}, "B");
  const Stored both = {.records = {Said("a", {"press"}, "A"), wrong},
                       .apart = {"a press", "a web"}};
  const std::vector retraction = {AboutWord(wrong, "web", "another firm")};
  const Plan plan = MakePlan({}, {.records = {}, .decisions = retraction}, both, {});
  EXPECT_THAT(plan.companies, ElementsAre(Said("a", {"press"}, "A")));
  EXPECT_THAT(plan.ended, SizeIs(2));
  EXPECT_EQ(plan.changed, 0);

  const Stored left = {.records = {Said("a", {"press"}, "A")}};
  const std::vector again = {wrong};
  const Plan same = MakePlan(retraction, {.records = again, .decisions = {}}, left, {});
  EXPECT_THAT(same.companies, ElementsAre(Said("a", {"press"}, "A")));
  EXPECT_EQ(same.changed, 0);
  // It takes the place of what the source said in between, unless nobody else says anything.
  const Stored between = {.records = {Said("a", {"press"}, "A"), Said("a", {"web"}, "X")},
                          .apart = {"a press", "a web"}};
  EXPECT_THAT(MakePlan(retraction, {.records = again, .decisions = {}}, between, {}).companies,
              ElementsAre(Said("a", {"press"}, "A")));
  const Stored alone = {.records = {Said("a", {"web"}, "X")}};
  EXPECT_EQ(MakePlan(retraction, {.records = again, .decisions = {}}, alone, {}).companies, again);
  const std::vector other = {Said("a", {"web"}, "C")};
  const Plan new_word = MakePlan(retraction, {.records = other, .decisions = {}}, left, {});
  EXPECT_THAT(new_word.records, SizeIs(2));
  EXPECT_EQ(new_word.changed, 1);
  // What others say alike is theirs.
  const std::vector alike = {Said("a", {"web", "wire"}, "B")};
  const std::vector decided = {AboutWord(alike.front(), "web", "another firm")};
  const Plan shared = MakePlan(decided, {.records = alike, .decisions = {}}, left, {});
  EXPECT_THAT(IdsIn(shared.records), ElementsAre("a press", "a wire"));
}

TEST(PlanTest, WhatWasRetractedIsKnownWhoeverSaidItAlike) {
  const Company both = Said("a", {"web", "wire"}, "B");
  const Company earlier = Said("a", {"wire"}, "C");
  const std::vector decided = {AboutWord(earlier, "wire", "no"), AboutWord(both, "wire", "no")};
  const Stored stored = {.records = {Said("a", {"press"}, "A")}};
  for (const char* name : {"B", "C"}) {
    const std::vector again = {Said("a", {"wire"}, name)};
    const Plan plan = MakePlan(decided, {.records = again, .decisions = {}}, stored, {});
    EXPECT_EQ(plan.changed, 0) << name;
  }
  const std::vector other = {Said("a", {"web"}, "B")};
  EXPECT_EQ(MakePlan(decided, {.records = other, .decisions = {}}, stored, {}).changed, 1);
}

TEST(PlanTest, AllIdsOfACompanyAreNeeded) {
  const Redirects after(std::vector{AboutMerge(DecisionKind::kMerged, "b", "a", "", ""),
                                    AboutMerge(DecisionKind::kMerged, "c", "a", "", "")});
  const std::vector written = {Said("b", {}, "B")};
  const std::vector<std::string> others = {"x"};
  EXPECT_THAT(NeededIds(after, {.records = written, .decisions = {}, .others = others}),
              ElementsAre("a", "b", "c", "x"));
}

}  // namespace
}  // namespace steelyard::registry
