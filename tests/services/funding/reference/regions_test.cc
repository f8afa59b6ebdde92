#include "services/funding/reference/regions.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

int32_t Day(int year, int month, int day) { return PartialDate{year, month, day}.ToDays(); }

// The European Union before and after a country left and another joined, and sets without dates.
RegionCatalogue Catalogue() {
  return RegionCatalogue({
      {"EUROPE_BROAD", "editorial-guess-1", {{"GB"}, {"FR"}, {"CH"}}},
      {"EU27", "2020-02-01", {{"FR", Day(2020, 2, 1)}, {"HR", Day(2020, 2, 1)}}},
      {"UNION", "9", {{"FR"}}},
      {"UNION", "10", {{"FR"}, {"HR", Day(2013, 7, 1)}, {"GB", Day(1973, 1, 1), Day(2020, 2, 1)}}},
      {"CHINA_MAINLAND", "1", {{"CN"}}},
      {"US", "1", {{"US"}}},
  });
}

struct TermCase {
  std::string term;
  std::string region;
  std::string version;
};

TEST(RegionCatalogueTest, UnderstandsEveryKindOfTerm) {
  const RegionCatalogue catalogue = Catalogue();
  const TermCase kCases[] = {
      {"WORLD", "WORLD", ""},
      {"world", "WORLD", ""},
      {"EUROPE", "EUROPE_BROAD", "editorial-guess-1"},
      {"CN", "CHINA_MAINLAND", "1"},
      {"CHN", "CN", ""},
      {"US", "US", ""},
      {"USA", "US", ""},
      {"US@1", "US", "1"},
      {"fr", "FR", ""},
      {"NA", "NA", ""},
      {"XKX", "XK", ""},
      {"UK", "GB", ""},
      {"EL", "GR", ""},
      {"eu27", "EU27", "2020-02-01"},
      {"EU27@2020-02-01", "EU27", "2020-02-01"},
      {"UNION", "UNION", "10"},
      {"UNION@9", "UNION", "9"},
  };
  for (const TermCase& c : kCases) {
    SCOPED_TRACE(c.term);
    ASSERT_OK_AND_ASSIGN(const ResolvedRegion region, catalogue.Resolve(c.term, {}));
    EXPECT_EQ(region.term, c.term);
    EXPECT_EQ(region.region, c.region);
    EXPECT_EQ(region.version, c.version);
  }
}

TEST(RegionCatalogueTest, UnknownTermListsTheRegionSets) {
  const RegionCatalogue catalogue = Catalogue();
  for (const char* term : {"ATLANTIS", "EU27@1999", "XX", "", "@"}) {
    SCOPED_TRACE(term);
    const auto region = catalogue.Resolve(term, {});
    EXPECT_THAT(region, HasReason(common::v1::ERROR_REASON_UNKNOWN_REGION));
    EXPECT_THAT(MetadataOf(region.status(), "allowed"), HasSubstr("EU27@2020-02-01"));
  }
}

TEST(RegionCatalogueTest, BindingsComeBeforeDefaults) {
  const RegionCatalogue catalogue = Catalogue();
  const RegionAlias kAliases[] = {{"EUROPE", "EU27"}, {"HOME", "FRA"}};
  ASSERT_OK(catalogue.CheckAliases(kAliases, "bindings"));
  EXPECT_EQ(catalogue.Resolve("EUROPE", kAliases)->region, "EU27");
  EXPECT_EQ(catalogue.Resolve("home", kAliases)->region, "FR");
  EXPECT_THAT(catalogue.Effective(kAliases),
              ElementsAre(RegionAlias{"CN", "CHINA_MAINLAND@1"},
                          RegionAlias{"EUROPE", "EU27@2020-02-01"}, RegionAlias{"HOME", "FR"}));
  EXPECT_THAT(catalogue.Effective({}),
              ElementsAre(RegionAlias{"CN", "CHINA_MAINLAND@1"},
                          RegionAlias{"EUROPE", "EUROPE_BROAD@editorial-guess-1"}));
}

TEST(RegionCatalogueTest, DefaultsNeedTheirSets) {
  const RegionCatalogue empty;
  EXPECT_EQ(empty.Resolve("CN", {})->region, "CN");
  EXPECT_THAT(empty.Resolve("EUROPE", {}), HasReason(common::v1::ERROR_REASON_UNKNOWN_REGION));
  EXPECT_THAT(empty.Effective({}), IsEmpty());
}

TEST(RegionCatalogueTest, ChecksEveryBinding) {
  const RegionCatalogue catalogue = Catalogue();
  const RegionAlias kAliases[] = {
      {"EUROPE", "EU27"}, {"EUROPE", "EU27"}, {"", "EU27"}, {"WORLD", "EU27"}, {"A", "NOWHERE"}};
  const absl::Status status = catalogue.CheckAliases(kAliases, "definition.regions");
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(MetadataOf(status, "field"), "definition.regions[1].alias");
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("definition.regions[2].alias"));
  EXPECT_THAT(message, HasSubstr("definition.regions[3].alias"));
  EXPECT_THAT(message, HasSubstr("definition.regions[4].region_set"));
}

TEST(RegionCatalogueTest, SetsComeByIdAndVersion) {
  const RegionCatalogue catalogue = Catalogue();
  std::vector<std::string> names;
  for (const RegionSet& set : catalogue.sets()) {
    names.push_back(NameOf(set));
  }
  EXPECT_THAT(names, ElementsAre("CHINA_MAINLAND@1", "EU27@2020-02-01",
                                 "EUROPE_BROAD@editorial-guess-1", "UNION@9", "UNION@10", "US@1"));
}

TEST(ResolvedRegionTest, MembershipFollowsTheDate) {
  const ResolvedRegion region = *Catalogue().Resolve("UNION", {});
  EXPECT_THAT(region.MembersAt({2012, 12, 31}), ElementsAre("FR", "GB"));
  EXPECT_THAT(region.MembersAt({2013, 6, 30}), ElementsAre("FR", "GB"));
  EXPECT_THAT(region.MembersAt({2013, 7, 1}), ElementsAre("FR", "GB", "HR"));
  EXPECT_THAT(region.MembersAt({2020, 1, 31}), ElementsAre("FR", "GB", "HR"));
  EXPECT_THAT(region.MembersAt({2020, 2, 1}), ElementsAre("FR", "HR"));
  // A year stands for its last day.
  EXPECT_THAT(region.MembersAt({2013}), ElementsAre("FR", "GB", "HR"));
  EXPECT_THAT(region.MembersAt({2020}), ElementsAre("FR", "HR"));
  EXPECT_TRUE(region.Contains("GB", {2019}));
  EXPECT_FALSE(region.Contains("GB", {2020, 2, 0}));
  EXPECT_FALSE(region.Contains("CH", {2019}));
  EXPECT_FALSE(region.Contains("", {2019}));
  EXPECT_THAT(region.MembersDuring({PartialDate{2010, 1, 1}, PartialDate{2012, 12, 31}}),
              ElementsAre("FR", "GB"));
  EXPECT_THAT(region.MembersDuring({PartialDate{2015, 1, 1}, PartialDate{2025, 12, 31}}),
              ElementsAre("FR", "GB", "HR"));
  EXPECT_THAT(region.MembersDuring({}), ElementsAre("FR", "GB", "HR"));
}

// A comparison over 2015..2025 must not silently lose the years before the set was founded.
TEST(ResolvedRegionTest, OutsideItsLifeASetKeepsItsComposition) {
  const ResolvedRegion region = *Catalogue().Resolve("EU27", {});
  EXPECT_THAT(region.MembersAt({2015}), ElementsAre("FR", "HR"));
  EXPECT_THAT(region.MembersDuring({PartialDate{2010, 1, 1}, PartialDate{2012, 12, 31}}),
              ElementsAre("FR", "HR"));
  const RegionCatalogue past({{"OLD", "1", {{"FR", Day(2000, 1, 1), Day(2010, 1, 1)}}}});
  EXPECT_TRUE(past.Resolve("OLD", {})->Contains("FR", {2025}));
}

TEST(ResolvedRegionTest, TheWorldHoldsEverything) {
  const ResolvedRegion world = *Catalogue().Resolve("WORLD", {});
  EXPECT_TRUE(world.world());
  EXPECT_TRUE(world.Contains("", {2020}));
  EXPECT_TRUE(world.Contains("ZW", {2020}));
  EXPECT_THAT(world.MembersAt({2020}), IsEmpty());
}

TEST(ResolvedRegionTest, KnowsWhenACountryJoinsOrLeaves) {
  const RegionCatalogue catalogue = Catalogue();
  ASSERT_OK_AND_ASSIGN(const ResolvedRegion set, catalogue.Resolve("UNION@10", {}));
  EXPECT_THAT(set.ChangesOf("FR"), IsEmpty());
  EXPECT_THAT(set.ChangesOf("CH"), IsEmpty());
  EXPECT_THAT(set.ChangesOf("HR"), ElementsAre(Day(2013, 7, 1)));
  EXPECT_THAT(set.ChangesOf("GB"), ElementsAre(Day(1973, 1, 1), Day(2020, 2, 1)));
  // Before its own first day a set is what it was on that day.
  ASSERT_OK_AND_ASSIGN(const ResolvedRegion late, catalogue.Resolve("EU27", {}));
  EXPECT_THAT(late.ChangesOf("FR"), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const ResolvedRegion world, catalogue.Resolve("WORLD", {}));
  EXPECT_THAT(world.ChangesOf("GB"), IsEmpty());
}

TEST(NaturalLessTest, ComparesRunsOfDigitsAsNumbers) {
  const std::vector<std::string> ordered = {
      "", "01", "1", "2", "10", "2013-07-01", "2020-02-01", "2020-02-01b", "a", "a-2", "a-10", "b"};
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (size_t j = 0; j < ordered.size(); ++j) {
      EXPECT_EQ(NaturalLess(ordered[i], ordered[j]), i < j) << ordered[i] << " " << ordered[j];
    }
  }
}

}  // namespace
}  // namespace steelyard::funding
