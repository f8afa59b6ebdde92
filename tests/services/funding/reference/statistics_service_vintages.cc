// What the StatisticsService does with vintages, policies and retractions.

#include <string>

#include "gmock/gmock.h"
#include "tests/services/funding/reference/statistics_service_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;

constexpr char kRevised[] =
    "observations { name: 'observations/gdp-us-2023' variable: 'gdp' region: 'US' period: '2023' "
    "value: '27.75' facet { source: 'sources/wb_gdp' unit: 'USD' scope: 'wb' price_basis: "
    "'nominal' } vintage { year: 2025 month: 5 } scale: 3 } "
    "observations { name: 'observations/gdp-us-2023' variable: 'gdp' region: 'US' period: '2023' "
    "value: '28000' facet { source: 'sources/wb_gdp' unit: 'USD' scope: 'wb' price_basis: "
    "'nominal' } vintage { year: 2026 } } ";

TEST_F(StatisticsServiceTest, VintagesAreKeptAndTheLatestStands) {
  ASSERT_OK_AND_ASSIGN(const auto changed, Upsert(kRevised));
  EXPECT_THAT(changed.changed(),
              ElementsAre("observations/gdp-us-2023@2025-05", "observations/gdp-us-2023@2026"));
  const std::string ask = "variable: 'gdp' regions: 'US' ";
  EXPECT_EQ(Series(ask)->series(0).points(0).figure().money().units(), 28'000);
  ASSERT_OK_AND_ASSIGN(const auto before, Series(ask + "published_by { year: 2025 }"));
  EXPECT_THAT(before.series(0).points(0), EqualsProto(R"pb(
                period: "2023"
                figure {
                  id: "observations/gdp-us-2023@2025-05"
                  status: VALUE_STATUS_OK
                  money { currency_code: "USD" units: 27750 }
                  unit: "USD"
                  qualifier: QUALIFIER_EXACT
                  sources: "sources/wb_gdp"
                }
                vintage { year: 2025 month: 5 }
                scale: 3
              )pb"));
  ASSERT_OK_AND_ASSIGN(const auto all, Series(ask + "all_vintages: true"));
  ASSERT_EQ(all.series(0).points_size(), 3);
  EXPECT_FALSE(all.series(0).points(0).has_vintage());
  EXPECT_EQ(all.series(0).points(2).vintage().year(), 2026);
  EXPECT_THAT(Upsert("observations { name: 'observations/a' variable: 'x' region: 'US' period: "
                     "'2024' value: '1' facet { source: 'sources/s' unit: 'count' } vintage { "
                     "month: 3 } scale: 16 }"),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(StatisticsServiceTest, APolicyChoosesAndSaysWhatItPassedOver) {
  ASSERT_OK(
      Upsert("observations { name: 'observations/imf' variable: 'gdp' region: 'US' period: "
             "'2023' value: '26000' facet { source: 'sources/imf' unit: 'USD' scope: 'imf' "
             "price_basis: 'nominal' } }"));
  ASSERT_OK_AND_ASSIGN(auto reply,
                       Series("variable: 'gdp' regions: 'US' regions: 'FR' source_policy: "
                              "'priority/1' source_priority: 'sources/wb_gdp' show_choice: true"));
  EXPECT_EQ(reply.source_policy(), "priority/1");
  ASSERT_EQ(reply.series_size(), 2);
  EXPECT_EQ(reply.series(0).derivation(), v1::DERIVATION_RESOLVED);
  EXPECT_THAT(reply.series(0).points(0).choice(), EqualsProto(R"pb(
                rule: "priority/1: first listed source"
                winners {
                  figure: "observations/gdp-us-2023"
                  region: "US"
                  facet { source: "sources/wb_gdp" unit: "USD" scope: "wb" price_basis: "nominal" }
                  value: "27000"
                  qualifier: QUALIFIER_EXACT
                }
                losers {
                  figure: "observations/imf"
                  region: "US"
                  facet { source: "sources/imf" unit: "USD" scope: "imf" price_basis: "nominal" }
                  value: "26000"
                  qualifier: QUALIFIER_EXACT
                }
                min: "26000"
                max: "27000"
              )pb"));
  ASSERT_OK_AND_ASSIGN(reply, Series("variable: 'gdp' regions: 'US' regions: 'FR' "
                                     "one_source: true"));
  EXPECT_EQ(reply.source_policy(), "listed-order/1");
  ASSERT_EQ(reply.series_size(), 1);
  EXPECT_EQ(reply.series(0).facet().source(), "sources/imf");
  EXPECT_FALSE(reply.series(0).points(0).has_choice());
  ASSERT_EQ(reply.missing_size(), 3);
  EXPECT_THAT(reply.missing(0), EqualsProto("term: 'US' period: '2024'"));
  EXPECT_THAT(reply.missing(1), EqualsProto("term: 'FR' period: '2023'"));
}

TEST_F(StatisticsServiceTest, ARegionAskedForTwiceHasOnePlace) {
  ASSERT_OK_AND_ASSIGN(const auto reply, Series("variable: 'gdp' regions: 'US' regions: 'US' "
                                                "source_policy: 'median/1' show_choice: true"));
  ASSERT_EQ(reply.series_size(), 1);
  EXPECT_EQ(reply.series(0).points(0).choice().rule(), "median/1: only candidate");
}

TEST_F(StatisticsServiceTest, RetractsAndShowsItAmongAllVintages) {
  ASSERT_OK(Upsert(kRevised));
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Retract("names: 'observations/gdp-us-2023@2026' reason: 'a slip'"));
  EXPECT_EQ(reply.retracted(), 1);
  EXPECT_EQ(reply.snapshot().funding_revision(), 3);
  const std::string ask = "variable: 'gdp' regions: 'US' ";
  EXPECT_EQ(Series(ask)->series(0).points(0).figure().money().units(), 27'750);
  EXPECT_EQ(Series(ask + "all_vintages: true")->series(0).points(2).retraction(), "a slip");
  ASSERT_OK_AND_ASSIGN(const auto rest,
                       Retract("selection { variable: 'gdp' facet { source: 'sources/wb_gdp' } "
                               "region: 'USA' } reason: 'all of it' validate_only: true"));
  EXPECT_THAT(rest, EqualsProto("retracted: 2"));
}

TEST_F(StatisticsServiceTest, RetractRefusesWhatItCannotDo) {
  const std::string name = "names: 'observations/gdp-us-2023' ";
  const ErrorCase kCases[] = {
      {"reason: 'r'", common::v1::ERROR_REASON_INVALID_FIELD, "names"},
      {name + "reason: 'r' selection { facet { source: 'sources/wb_gdp' } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "names"},
      {name, common::v1::ERROR_REASON_INVALID_FIELD, "reason"},
      {name + name + "reason: 'r'", common::v1::ERROR_REASON_INVALID_FIELD, "names[1]"},
      {"names: 'gdp-us-2023' reason: 'r'", common::v1::ERROR_REASON_INVALID_FIELD, "names[0]"},
      {"names: 'observations/x@soon' reason: 'r'", common::v1::ERROR_REASON_INVALID_FIELD,
       "names[0]"},
      {"selection { variable: 'gdp' } reason: 'r'", common::v1::ERROR_REASON_INVALID_FIELD,
       "selection.facet.source"},
      {"selection { facet { source: 'sources/wb_gdp' } vintage { day: 1 } } reason: 'r'",
       common::v1::ERROR_REASON_INVALID_DATE, "selection.vintage"},
      {"names: 'observations/gdp-us-2023@2030' reason: 'r'",
       common::v1::ERROR_REASON_SERIES_NOT_FOUND, ""},
      {"selection { facet { source: 'sources/nobody' } } reason: 'r'",
       common::v1::ERROR_REASON_SERIES_NOT_FOUND, ""},
  };
  for (const ErrorCase& c : kCases) {
    SCOPED_TRACE(c.request);
    const auto reply = Retract(c.request);
    EXPECT_THAT(reply, HasReason(c.reason));
    EXPECT_EQ(MetadataOf(reply.status(), "field"), c.field);
  }
  EXPECT_EQ(ledger_->head().revision, 1);
}

TEST_F(StatisticsServiceTest, ListSeriesGivesPeriodsAndVintagesOnRequest) {
  ASSERT_OK(Upsert(kRevised));
  const std::string ask = R"(filter: 'variable = "gdp" AND region = "US"' )";
  ASSERT_OK_AND_ASSIGN(const auto with, List(ask + "include_periods: true"));
  EXPECT_THAT(with.series(0),
              EqualsProto("variable: 'gdp' region: 'US' facet { source: 'sources/wb_gdp' unit: "
                          "'USD' scope: 'wb' price_basis: 'nominal' } first_period: '2023' "
                          "last_period: '2023' points: 1 observations: 3 periods: '2023' "
                          "vintages: '2025-05' vintages: '2026'"));
  EXPECT_EQ(List(ask)->series(0).periods_size(), 0);
  EXPECT_EQ(List(R"(filter: 'vintage = "2026"')")->total_size(), 1);
  EXPECT_EQ(List(R"(filter: 'vintage = ""')")->total_size(), 6);
}

}  // namespace
}  // namespace steelyard::funding
