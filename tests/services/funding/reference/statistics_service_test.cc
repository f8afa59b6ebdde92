#include "services/funding/reference/statistics_service.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "tests/services/funding/reference/statistics_service_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kObservation[] =
    "observations { name: 'observations/new-1' variable: 'gdp' region: 'DEU' period: '2024' "
    "value: '4500.5' facet { source: 'sources/wb_gdp' unit: 'USD' scope: 'wb' "
    "price_basis: 'nominal' } } ";

TEST_F(StatisticsServiceTest, GetSeriesGivesEveryFacetOfEveryRegion) {
  ASSERT_OK_AND_ASSIGN(auto reply, Series("variable: 'ai_investment' regions: 'EUROPE' "
                                          "regions: 'USA'"));
  EXPECT_FALSE(reply.snapshot().token().empty());
  EXPECT_THAT(reply.regions(0), EqualsProto("name: 'regions/EUROPE_BROAD@1' region: 'EUROPE_BROAD' "
                                            "version: '1' members { country: 'FR' } members { "
                                            "country: 'GB' }"));
  EXPECT_EQ(reply.regions(1).name(), "regions/US");
  reply.clear_regions();
  reply.clear_snapshot();
  v1::GetSeriesResponse expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        series {
          term: "EUROPE"
          region: "EUROPE_ATOMICO_41"
          facet { source: "sources/atomico" unit: "USD" scope: "all" price_basis: "nominal" }
          derivation: DERIVATION_PUBLISHED
          points {
            period: "2025"
            figure {
              id: "observations/ai-eu"
              status: VALUE_STATUS_OK
              money { currency_code: "USD" units: 44 }
              unit: "USD"
              interval { lower: 44 upper: inf level: 1 method: "qualifier/1" }
              qualifier: QUALIFIER_GREATER_THAN
              sources: "sources/atomico"
            }
            note: "print"
          }
        }
        series {
          term: "USA"
          region: "US"
          facet { source: "sources/oecd" unit: "USD" scope: "all" price_basis: "nominal" }
          derivation: DERIVATION_PUBLISHED
          points {
            period: "2025"
            figure {
              id: "observations/ai-us"
              status: VALUE_STATUS_OK
              money { currency_code: "USD" units: 218 nanos: 500000000 }
              unit: "USD"
              qualifier: QUALIFIER_APPROX
              sources: "sources/oecd"
            }
          }
        })pb",
      &expected));
  EXPECT_THAT(reply, EqualsProto(expected));
}

TEST_F(StatisticsServiceTest, GetSeriesAddsUpMembers) {
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Series("variable: 'gdp' regions: 'EUROPE' sum_members: true"));
  ASSERT_EQ(reply.series_size(), 1);
  EXPECT_EQ(reply.series(0).region(), "EUROPE_BROAD@1");
  EXPECT_EQ(reply.series(0).derivation(), v1::DERIVATION_SUM_OF_MEMBERS);
  ASSERT_EQ(reply.series(0).points_size(), 2);
  EXPECT_EQ(reply.series(0).points(0).figure().money().units(), 6300);
  EXPECT_EQ(reply.series(0).points(1).figure().money().units(), 3100);
  EXPECT_THAT(reply.series(0).points(1).figure().coverage().missing(), ElementsAre("GB"));
}

TEST_F(StatisticsServiceTest, ASumOfTooFewMembersHasNoValue) {
  const std::string ask = "variable: 'gdp' regions: 'EUROPE' sum_members: true min_coverage: ";
  ASSERT_OK_AND_ASSIGN(const auto half, Series(ask + "0.5"));
  EXPECT_EQ(half.series(0).points(1).figure().money().units(), 3100);
  ASSERT_OK_AND_ASSIGN(const auto most, Series(ask + "0.6"));
  EXPECT_EQ(most.series(0).points(0).figure().money().units(), 6300);
  const common::v1::Figure& figure = most.series(0).points(1).figure();
  EXPECT_EQ(figure.status(), common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  EXPECT_EQ(figure.reason(), "1 of 2 members have a value");
  EXPECT_FALSE(figure.has_money());
  EXPECT_THAT(figure.coverage().missing(), ElementsAre("GB"));
  ASSERT_OK_AND_ASSIGN(const auto chosen, Series(ask + "0.6 source_policy: 'median/1'"));
  EXPECT_EQ(chosen.series(0).points_size(), 1);
}

TEST_F(StatisticsServiceTest, GetSeriesFollowsBindingsAndPeriod) {
  ASSERT_OK_AND_ASSIGN(
      const auto reply,
      Series("variable: 'gdp' regions: 'EUROPE' sum_members: true period { from { year: 2023 } "
             "to { year: 2023 } } region_bindings { alias: 'EUROPE' region_set: 'EU27' }"));
  ASSERT_EQ(reply.series_size(), 1);
  EXPECT_EQ(reply.series(0).region(), "EU27@2020-02-01");
  ASSERT_EQ(reply.series(0).points_size(), 1);
  EXPECT_EQ(reply.series(0).points(0).figure().money().units(), 3000);
}

TEST_F(StatisticsServiceTest, GetSeriesRefusesWhatItCannotAnswer) {
  const ErrorCase kCases[] = {
      {"regions: 'US'", common::v1::ERROR_REASON_INVALID_FIELD, "variable"},
      {"variable: 'gdp'", common::v1::ERROR_REASON_INVALID_FIELD, "regions"},
      {"variable: 'gdp' regions: ''", common::v1::ERROR_REASON_INVALID_FIELD, "regions[0]"},
      {"variable: 'gdp' regions: 'US' regions: 'ATLANTIS'", common::v1::ERROR_REASON_UNKNOWN_REGION,
       "regions[1]"},
      {"variable: 'gdp' regions: 'US' period { from { year: 2024 } to { year: 2023 } }",
       common::v1::ERROR_REASON_INVALID_DATE, "period"},
      {"variable: 'gdp' regions: 'US' facet { source: 'wb_gdp' }",
       common::v1::ERROR_REASON_INVALID_FIELD, "facet.source"},
      {"variable: 'gdp' regions: 'US' facet { unit: 'dollars' }",
       common::v1::ERROR_REASON_INVALID_FIELD, "facet.unit"},
      {"variable: 'gdp' regions: 'US' region_bindings { alias: 'X' region_set: 'Y' }",
       common::v1::ERROR_REASON_UNKNOWN_REGION, "region_bindings[0].region_set"},
      {"variable: 'ai_ratio' regions: 'US' sum_members: true",
       common::v1::ERROR_REASON_INVALID_FIELD, "sum_members"},
      {"variable: 'gdp' regions: 'US' published_by { month: 5 }",
       common::v1::ERROR_REASON_INVALID_DATE, "published_by"},
      {"variable: 'gdp' regions: 'US' min_coverage: 0.5", common::v1::ERROR_REASON_INVALID_FIELD,
       "min_coverage"},
      {"variable: 'gdp' regions: 'US' sum_members: true min_coverage: nan",
       common::v1::ERROR_REASON_INVALID_FIELD, "min_coverage"},
      {"variable: 'gdp' regions: 'US' all_vintages: true one_source: true",
       common::v1::ERROR_REASON_INVALID_FIELD, "all_vintages"},
      {"variable: 'gdp' regions: 'US' all_vintages: true sum_members: true",
       common::v1::ERROR_REASON_INVALID_FIELD, "all_vintages"},
      {"variable: 'gdp' regions: 'US' source_policy: 'best/1'",
       common::v1::ERROR_REASON_INVALID_FIELD, "source_policy"},
      {"variable: 'gdp' regions: 'US' source_policy: 'priority/1'",
       common::v1::ERROR_REASON_INVALID_FIELD, "source_priority"},
      {"variable: 'gdp' regions: 'US' source_priority: 'sources/wb_gdp'",
       common::v1::ERROR_REASON_INVALID_FIELD, "source_priority"},
      {"variable: 'gdp' regions: 'US' source_policy: 'priority/1' source_priority: 'wb_gdp'",
       common::v1::ERROR_REASON_INVALID_FIELD, "source_priority[0]"},
      {"variable: 'gdp' regions: 'US' source_policy: 'priority/1' source_priority: 'sources/a' "
       "source_priority: 'sources/a'",
       common::v1::ERROR_REASON_INVALID_FIELD, "source_priority[1]"},
      {"variable: 'gdp' regions: 'US' one_source: true source_policy: 'median/1'",
       common::v1::ERROR_REASON_INVALID_FIELD, "one_source"},
      {"variable: 'gdp' regions: 'US' show_choice: true", common::v1::ERROR_REASON_INVALID_FIELD,
       "show_choice"},
      {"variable: 'gdp' regions: 'JP'", common::v1::ERROR_REASON_SERIES_NOT_FOUND, ""},
      {"variable: 'unheard_of' regions: 'US'", common::v1::ERROR_REASON_SERIES_NOT_FOUND, ""},
      {"variable: 'gdp' regions: 'US' read { snapshot: 'x' }",
       common::v1::ERROR_REASON_INVALID_SNAPSHOT, ""},
  };
  for (const ErrorCase& c : kCases) {
    SCOPED_TRACE(c.request);
    const auto reply = Series(c.request);
    EXPECT_THAT(reply, HasReason(c.reason));
    EXPECT_EQ(MetadataOf(reply.status(), "field"), c.field);
  }
}

TEST_F(StatisticsServiceTest, APolicyThatIsNoneNamesThoseThatThereAre) {
  const auto reply = Series("variable: 'gdp' regions: 'US' source_policy: 'best/1'");
  EXPECT_THAT(std::string(reply.status().message()),
              HasSubstr("source_policy: must be one of listed-order/1, priority/1, freshest/1, "
                        "median/1, most-complete/1, not \"best/1\""));
  EXPECT_EQ(MetadataOf(reply.status(), "allowed"),
            "listed-order/1, priority/1, freshest/1, median/1, most-complete/1");
}

TEST_F(StatisticsServiceTest, TheSameTokenGivesTheSameBytes) {
  v1::GetSeriesRequest request;
  request.set_variable("gdp");
  request.add_regions("EUROPE");
  request.set_sum_members(true);
  const auto ask = [&] { return Send(&v1::StatisticsService::Stub::GetSeries, request); };
  ASSERT_OK_AND_ASSIGN(const auto before, ask());
  ASSERT_OK(
      Upsert("observations { name: 'observations/gdp-fr-2023' variable: 'gdp' region: 'FR' "
             "period: '2023' value: '9999' facet { source: 'sources/wb_gdp' unit: 'USD' "
             "scope: 'wb' price_basis: 'nominal' } }"));
  ASSERT_OK_AND_ASSIGN(const auto now, ask());
  EXPECT_NE(now.SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(now.series(0).points(0).figure().money().units(), 13'299);
  request.mutable_read()->set_snapshot(before.snapshot().token());
  ASSERT_OK_AND_ASSIGN(const auto again, ask());
  EXPECT_EQ(again.SerializeAsString(), before.SerializeAsString());
}

TEST_F(StatisticsServiceTest, ListSeriesGivesEverySeriesOnceOverPages) {
  ASSERT_OK_AND_ASSIGN(const auto first, List("page_size: 4"));
  EXPECT_EQ(first.total_size(), 6);
  ASSERT_EQ(first.series_size(), 4);
  EXPECT_THAT(first.series(2), EqualsProto("variable: 'ai_ratio' region: 'US' facet { source: "
                                           "'sources/editorial' unit: '1' } first_period: '2025' "
                                           "last_period: '2025' points: 1 observations: 1"));
  EXPECT_THAT(first.series(3),
              EqualsProto("variable: 'gdp' region: 'FR' facet { source: 'sources/wb_gdp' unit: "
                          "'USD' scope: 'wb' price_basis: 'nominal' } first_period: '2023' "
                          "last_period: '2024' points: 2 observations: 2"));
  ASSERT_OK(Upsert(kObservation));
  const std::string token = "page_token: '" + first.next_page_token() + "'";
  ASSERT_OK_AND_ASSIGN(const auto second, List("page_size: 4 " + token));
  EXPECT_EQ(second.total_size(), 6);
  EXPECT_EQ(second.series_size(), 2);
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  EXPECT_THAT(second.snapshot(), EqualsProto(first.snapshot()));
  EXPECT_THAT(List("filter: 'region = \"US\"' " + token),
              HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST_F(StatisticsServiceTest, ListSeriesFilters) {
  EXPECT_EQ(List(R"(filter: 'variable = "gdp" AND region != "FR"')")->total_size(), 2);
  EXPECT_EQ(List(R"(filter: 'source = "editorial"')")->total_size(), 1);
  EXPECT_EQ(List(R"(filter: 'unit = "EUR"')")->total_size(), 0);
  for (const char* filter :
       {"filter: 'colour = \"red\"'", "filter: 'variable > \"a\"'", "filter: 'variable ='"}) {
    EXPECT_THAT(List(filter), HasReason(common::v1::ERROR_REASON_INVALID_FILTER)) << filter;
  }
  EXPECT_THAT(List("page_size: -1"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(List("page_token: 'x'"), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST_F(StatisticsServiceTest, UpsertWritesOnceAndRemembersItsRequest) {
  const std::string request = std::string(kObservation) + "request_id: 'r1'";
  ASSERT_OK_AND_ASSIGN(const auto dry, Upsert(std::string(kObservation) + "validate_only: true"));
  EXPECT_THAT(dry, EqualsProto("changed: 'observations/new-1'"));
  ASSERT_OK_AND_ASSIGN(const auto first, Upsert(request));
  EXPECT_THAT(first.changed(), ElementsAre("observations/new-1"));
  EXPECT_EQ(first.snapshot().funding_revision(), 2);
  ASSERT_OK_AND_ASSIGN(const auto again, Upsert(request));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto equal, Upsert(kObservation));
  EXPECT_THAT(equal.changed(), IsEmpty());
  EXPECT_EQ(equal.snapshot().funding_revision(), 2);
  EXPECT_THAT(Upsert("request_id: 'r1' observations { name: 'observations/b' variable: 'x' "
                     "region: 'US' period: '2024' value: '1' facet { source: 'sources/s' unit: "
                     "'count' } }"),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  // The region is stored as alpha-2.
  EXPECT_EQ(Series("variable: 'gdp' regions: 'DE'")->series(0).region(), "DE");
}

TEST_F(StatisticsServiceTest, UpsertNamesEveryBadField) {
  EXPECT_THAT(Upsert(""), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  const auto reply = Upsert(
      "observations { name: 'new-1' variable: 'gdp' region: 'US' period: '2024' value: '1' facet { "
      "source: 's' unit: 'USD' } } observations { name: 'observations/a' variable: 'G' region: "
      "'XX' period: '24' value: 'x' facet { source: 'sources/s' unit: 'x' price_basis: 'real' } }");
  EXPECT_THAT(reply, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  const std::string message(reply.status().message());
  for (const char* field :
       {"observations[0].name", "observations[0].facet.source", "observations[1].variable",
        "observations[1].region", "observations[1].period", "observations[1].value",
        "observations[1].facet.unit", "observations[1].facet.price_basis"}) {
    EXPECT_THAT(message, HasSubstr(field));
  }
  EXPECT_THAT(Upsert(std::string(kObservation) + kObservation),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(ledger_->head().revision, 1);
}

TEST_F(StatisticsServiceTest, GetRegionSaysWhoBelongs) {
  ASSERT_OK_AND_ASSIGN(const auto reply, Region("name: 'regions/EU27@2013-07-01'"));
  EXPECT_THAT(reply.region(), EqualsProto(R"pb(
                name: "regions/EU27@2013-07-01"
                region: "EU27"
                version: "2013-07-01"
                members {
                  country: "FR"
                  valid_from { year: 2013 month: 7 day: 1 }
                }
                members {
                  country: "GB"
                  valid_from { year: 2013 month: 7 day: 1 }
                  valid_to { year: 2020 month: 2 day: 1 }
                })pb"));
  EXPECT_EQ(Region("name: 'regions/EU27'")->region().version(), "2020-02-01");
  EXPECT_EQ(Region("name: 'regions/EUROPE'")->region().name(), "regions/EUROPE_BROAD@1");
  EXPECT_EQ(Region("name: 'regions/EUROPE' region_bindings { alias: 'europe' region_set: 'EU27' }")
                ->region()
                .name(),
            "regions/EU27@2020-02-01");
  EXPECT_THAT(Region("name: 'regions/FRA'")->region(),
              EqualsProto("name: 'regions/FR' region: 'FR' members { country: 'FR' }"));
  EXPECT_THAT(Region("name: 'regions/WORLD'")->region(),
              EqualsProto("name: 'regions/WORLD' region: 'WORLD'"));
  const auto unknown = Region("name: 'regions/ATLANTIS'");
  EXPECT_THAT(unknown, HasReason(common::v1::ERROR_REASON_UNKNOWN_REGION));
  EXPECT_EQ(MetadataOf(unknown.status(), "allowed"),
            "EU27@2013-07-01, EU27@2020-02-01, EUROPE_BROAD@1");
  EXPECT_THAT(Region("name: 'FR'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(StatisticsServiceTest, ListRegionsGivesEveryVersion) {
  ASSERT_OK_AND_ASSIGN(const auto reply, Regions(""));
  std::vector<std::string> names;
  for (const v1::Region& region : reply.regions()) {
    names.push_back(region.name());
  }
  EXPECT_THAT(names, ElementsAre("regions/EU27@2013-07-01", "regions/EU27@2020-02-01",
                                 "regions/EUROPE_BROAD@1"));
}

TEST_F(StatisticsServiceTest, GetExchangeRateCrossesOverEur) {
  ASSERT_OK_AND_ASSIGN(auto reply, Rate("base: 'USD' quote: 'GBP' date { year: 2024 month: 4 "
                                        "day: 1 }"));
  reply.clear_snapshot();
  EXPECT_THAT(reply, EqualsProto("rate: '0.7909536583' rate_date { year: 2024 month: 3 day: 28 } "
                                 "source: 'sources/ecb_eurofxref'"));
  ASSERT_OK_AND_ASSIGN(auto identity,
                       Rate("base: 'KRW' quote: 'KRW' date { year: 1980 month: 1 day: 2 }"));
  identity.clear_snapshot();
  EXPECT_THAT(identity,
              EqualsProto("rate: '1.0000000000' rate_date { year: 1980 month: 1 day: 2 }"));
}

TEST_F(StatisticsServiceTest, GetExchangeRateRefusesWhatItDoesNotHave) {
  const std::string date = "date { year: 2024 month: 4 day: 1 } ";
  const ErrorCase kCases[] = {
      {"base: 'USD' quote: 'KRW' " + date, common::v1::ERROR_REASON_RATE_NOT_FOUND, ""},
      {"base: 'USD' quote: 'GBP' max_staleness_days: 0 " + date,
       common::v1::ERROR_REASON_RATE_NOT_FOUND, ""},
      {"base: 'usd' quote: 'GBP' " + date, common::v1::ERROR_REASON_UNKNOWN_CURRENCY, "base"},
      {"base: 'USD' quote: 'XXY' " + date, common::v1::ERROR_REASON_UNKNOWN_CURRENCY, "quote"},
      {"base: 'USD' quote: 'GBP'", common::v1::ERROR_REASON_INVALID_DATE, "date"},
      {"base: 'USD' quote: 'GBP' date { year: 2024 }", common::v1::ERROR_REASON_INVALID_FIELD,
       "date"},
      {"base: 'USD' quote: 'GBP' max_staleness_days: 367 " + date,
       common::v1::ERROR_REASON_INVALID_FIELD, "max_staleness_days"},
  };
  for (const ErrorCase& c : kCases) {
    SCOPED_TRACE(c.request);
    const auto reply = Rate(c.request);
    EXPECT_THAT(reply, HasReason(c.reason));
    EXPECT_EQ(MetadataOf(reply.status(), "field"), c.field);
  }
}

}  // namespace
}  // namespace steelyard::funding
