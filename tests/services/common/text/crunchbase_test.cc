#include "services/common/text/crunchbase.h"

#include <string>

#include "gtest/gtest.h"

namespace steelyard::text {
namespace {

TEST(CrunchbaseTest, IdsComeFromPermalinks) {
  struct Case {
    std::string permalink;
    std::string slug;
    std::string id;
  };
  for (const Case& test : {
           Case{"/company/waywire", "waywire", "cb-waywire"},
           Case{" /company/N-PlusN ", "n-plusn", "cb-n-plusn"},
           Case{"waywire", "waywire", "cb-waywire"},
           Case{"/company/a&b co.uk_x", "a&b co.uk_x", "cb-a-b-co.uk_x"},
           Case{"/company/", "", ""},
           Case{"", "", ""},
       }) {
    SCOPED_TRACE(test.permalink);
    EXPECT_EQ(CrunchbaseSlug(test.permalink), test.slug);
    EXPECT_EQ(CrunchbaseCompanyId(test.permalink), test.id);
  }
}

TEST(CrunchbaseTest, LongPermalinksKeepIdsApart) {
  const std::string base = "/company/" + std::string(125, 'x');
  EXPECT_EQ(CrunchbaseCompanyId(base), "cb-" + std::string(125, 'x'));
  const std::string one = CrunchbaseCompanyId(base + "y");
  const std::string other = CrunchbaseCompanyId(base + "z");
  EXPECT_EQ(one.size(), 128U);
  EXPECT_NE(one, other);
  EXPECT_EQ(one.substr(0, 119), other.substr(0, 119));
  EXPECT_EQ(one, CrunchbaseCompanyId(base + "y"));
}

TEST(CrunchbaseTest, NamesThatASpreadsheetTookForFormulas) {
  EXPECT_TRUE(IsSpreadsheetDamage("#NAME?"));
  EXPECT_FALSE(IsSpreadsheetDamage("#waywire"));
  EXPECT_EQ(CrunchbaseName("#NAME?", "/company/n-plusn"), "n-plusn");
  EXPECT_EQ(CrunchbaseName("#waywire", "/company/waywire"), "#waywire");
}

}  // namespace
}  // namespace steelyard::text
