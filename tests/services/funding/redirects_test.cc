#include "services/funding/redirects.h"

#include "gmock/gmock.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

CompanyFacts Facts(const std::string& id, std::vector<std::string> merged = {}) {
  CompanyFacts facts;
  facts.id = id;
  facts.merged = std::move(merged);
  return facts;
}

TEST(RedirectsTest, AnIdStandsForItselfUnlessItWasMerged) {
  const Redirects redirects = {{"a", "b"}};
  EXPECT_EQ(CompanyOf(redirects, "a"), "b");
  EXPECT_EQ(CompanyOf(redirects, "b"), "b");
  EXPECT_EQ(CompanyOf(redirects, "c"), "c");
}

TEST(RedirectsTest, MergesAddAndSplitsEnd) {
  const Redirects merged = After({{"x", "y"}}, {Facts("b", {"a", "c"})});
  EXPECT_THAT(merged, ElementsAre(Pair("a", "b"), Pair("c", "b"), Pair("x", "y")));
  EXPECT_THAT(After(merged, {Facts("b", {"c"}), Facts("a")}),
              ElementsAre(Pair("c", "b"), Pair("x", "y")));
  EXPECT_THAT(After(merged, {Facts("b")}), merged) << "a split brings what was split off";
}

TEST(RedirectsTest, MergesOfMergedCompaniesLeadToTheEnd) {
  const Redirects once = After({}, {Facts("b", {"a"})});
  EXPECT_THAT(After(once, {Facts("c", {"a", "b"})}), ElementsAre(Pair("a", "c"), Pair("b", "c")));
}

TEST(RedirectsTest, MovedIsWhatStandsForAnotherCompany) {
  const Redirects before = {{"a", "b"}, {"c", "d"}, {"e", "f"}};
  const Redirects after = {{"a", "b"}, {"c", "x"}, {"g", "h"}};
  EXPECT_THAT(Moved(before, after), ElementsAre("c", "e", "g"));
  EXPECT_THAT(Moved(before, before), IsEmpty());
}

}  // namespace
}  // namespace steelyard::funding
