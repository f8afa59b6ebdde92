#include "services/strategy/validate_fields.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using ::testing::Pair;

using Terms = google::protobuf::RepeatedPtrField<std::string>;

TEST(CheckRegionsTest, GivesTheirTerms) {
  Terms regions;
  *regions.Add() = "US";
  *regions.Add() = std::string(kLongestTerm, 'x');
  FieldErrors errors;
  EXPECT_THAT(CheckRegions(regions, 1, 2, "ranked", errors),
              Optional(ElementsAre("US", regions[1])));
  EXPECT_TRUE(errors.empty());
}

TEST(CheckRegionsTest, LooksAtNoneWhenThereAreTooMany) {
  Terms regions;
  for (int i = 0; i < 100'000; ++i) regions.Add();
  FieldErrors errors;
  EXPECT_FALSE(CheckRegions(regions, 1, 60, "ranked", errors).has_value());
  EXPECT_THAT(FieldsOf(errors.ToStatus()),
              ElementsAre(Pair("regions", "1 to 60 regions are ranked, not 100000")));
}

TEST(CheckRegionsTest, DoesNotRepeatATermThatIsTooLong) {
  Terms regions;
  *regions.Add() = std::string(kLongestTerm + 1, 'x');
  *regions.Add() = regions[0];
  FieldErrors errors;
  CheckRegions(regions, 1, 2, "ranked", errors);
  EXPECT_THAT(FieldsOf(errors.ToStatus()),
              ElementsAre(Pair("regions[0]", kTermTooLong), Pair("regions[1]", kTermTooLong)));
  EXPECT_THAT(std::string(errors.ToStatus().message()), Not(HasSubstr("xx")));
}

}  // namespace
}  // namespace steelyard::strategy
