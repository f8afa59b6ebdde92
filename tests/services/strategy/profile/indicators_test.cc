#include "services/strategy/profile/indicators.h"

#include <limits>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/strategy/canned.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::HasSubstr;

TEST(IndicatorsTest, AreSortedAndComplete) {
  std::string last;
  for (const IndicatorInfo& info : Indicators()) {
    EXPECT_LT(last, info.id);
    last = std::string(info.id);
    EXPECT_FALSE(info.title.empty()) << info.id;
    EXPECT_NE(info.direction, v1::DIRECTION_UNSPECIFIED) << info.id;
    EXPECT_THAT(IndicatorIds(), HasSubstr(last));
  }
  EXPECT_EQ(Indicators().size(), 24);
}

// Every figure of a profile that stands for itself can be chosen, under the name of its field, but
// the two that are variants of the total.
TEST(IndicatorsTest, AreTheFiguresOfAProfile) {
  std::set<std::string> fields;
  const google::protobuf::Descriptor& profile = *v1::RegionProfile::descriptor();
  for (int i = 0; i < profile.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *profile.field(i);
    if (field.message_type() == Figure::descriptor() && !field.is_repeated()) {
      fields.insert(field.name());
    }
  }
  fields.erase("total_without_largest");
  fields.erase("imputed_total");
  std::set<std::string> ids;
  for (const IndicatorInfo& info : Indicators()) ids.insert(std::string(info.id));
  EXPECT_EQ(ids, fields);
}

TEST(IndicatorsTest, EachReadsItsOwnField) {
  for (const IndicatorInfo& info : Indicators()) {
    v1::RegionProfile profile;
    const google::protobuf::FieldDescriptor* field =
        v1::RegionProfile::descriptor()->FindFieldByName(std::string(info.id));
    ASSERT_NE(field, nullptr) << info.id;
    v1::RegionProfile::GetReflection()->MutableMessage(&profile, field)->CopyFrom(Plain(0.25));
    EXPECT_EQ(IndicatorValue((profile.*info.figure)()), 0.25) << info.id;
  }
}

TEST(IndicatorsTest, AreFoundById) {
  for (const IndicatorInfo& info : Indicators()) EXPECT_EQ(FindIndicator(info.id), &info);
  for (const char* const id : {"", "a", "growth ", "totals", "zzz"}) {
    EXPECT_EQ(FindIndicator(id), nullptr) << id;
  }
}

TEST(IndicatorsTest, CarryTheirTitle) {
  EXPECT_THAT(MakeIndicator("growth", Plain(0.5)), EqualsProto(R"pb(
                id: "growth"
                title: "Growth a year (CAGR)"
                figure { status: VALUE_STATUS_OK number: 0.5 unit: "1" })pb"));
  EXPECT_EQ(MakeIndicator("location_quotient:HEALTH", Plain(1)).title(), "");
}

TEST(IndicatorsTest, ValuesAreNumbersInUnits) {
  EXPECT_EQ(IndicatorValue(Usd(150, 50)), 150.5);
  EXPECT_EQ(IndicatorValue(CountOf(7)), 7);
  EXPECT_EQ(IndicatorValue(Plain(-0.25)), -0.25);
  EXPECT_EQ(IndicatorValue(Figure()), std::nullopt);
  EXPECT_EQ(IndicatorValue(Plain(std::numeric_limits<double>::infinity())), std::nullopt);
  Figure withheld = Plain(1);
  withheld.set_status(common::v1::VALUE_STATUS_SUPPRESSED);
  EXPECT_EQ(IndicatorValue(withheld), std::nullopt);
  Figure empty;
  empty.set_status(common::v1::VALUE_STATUS_OK);
  EXPECT_EQ(IndicatorValue(empty), std::nullopt);
}

}  // namespace
}  // namespace steelyard::strategy
