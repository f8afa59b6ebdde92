#include "gateway/cli/definition_options.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

DefinitionOptions Options() {
  return {.currency = "", .scope = {}, .bindings = {}, .fx = "", .prices = ""};
}

TEST(DefinitionOptionsTest, NothingGivenLeavesTheDefaultsToTheServer) {
  const auto definition = ToDefinition(Options());
  ASSERT_THAT(definition, IsOk());
  EXPECT_THAT(*definition, EqualsProto(""));
}

TEST(DefinitionOptionsTest, TakesEveryFlag) {
  DefinitionOptions options = Options();
  options.currency = "EUR";
  options.scope = {"debt", "equity", "debt"};
  options.bindings = {"EUROPE=EU27@2020-02-01", "CN=CHINA_WITH_HK_MO"};
  options.fx = "2025-06-30";
  options.prices = "2021";
  const auto definition = ToDefinition(options);
  ASSERT_THAT(definition, IsOk());
  EXPECT_THAT(*definition, EqualsProto(R"pb(
    regions { alias: "EUROPE" region_set: "EU27@2020-02-01" }
    regions { alias: "CN" region_set: "CHINA_WITH_HK_MO" }
    scope: AMOUNT_KIND_EQUITY
    scope: AMOUNT_KIND_DEBT
    currency: "EUR"
    price_basis { base_year: 2021 deflator: "gdp_deflator_index" }
    fx_policy {
      method: FX_METHOD_FIXED_DATE
      fixed_date { year: 2025 month: 6 day: 30 }
    })pb"));
}

TEST(DefinitionOptionsTest, PricesMayNameTheirIndex) {
  DefinitionOptions options = Options();
  options.prices = "2015:cpi_index";
  const auto definition = ToDefinition(options);
  ASSERT_THAT(definition, IsOk());
  EXPECT_EQ(definition->price_basis().base_year(), 2015);
  EXPECT_EQ(definition->price_basis().deflator(), "cpi_index");
  for (const char* wrong : {"last", "2015:", ":cpi_index", "-3", "2015x"}) {
    options.prices = wrong;
    EXPECT_THAT(ToDefinition(options),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("YEAR:INDEX")))
        << wrong;
  }
}

TEST(DefinitionOptionsTest, AllIsEveryKindOnce) {
  DefinitionOptions options = Options();
  options.scope = {"equity", "all"};
  options.fx = "year-average";
  const auto definition = ToDefinition(options);
  ASSERT_THAT(definition, IsOk());
  EXPECT_EQ(definition->scope_size(), common::v1::AmountKind_MAX);
  EXPECT_EQ(definition->fx_policy().method(), common::v1::FX_METHOD_YEAR_AVERAGE);
}

TEST(DefinitionOptionsTest, BadFlagsAreAllNamedWithWhatIsAllowed) {
  DefinitionOptions options = Options();
  options.scope = {"equty"};
  options.bindings = {"EUROPE", "=EU27", "EUROPE="};
  options.fx = "2025-06";
  options.attribution = "investors";
  options.layer_attribution = "half";
  const auto definition = ToDefinition(options);
  EXPECT_THAT(definition, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(
      definition,
      StatusIs(
          absl::StatusCode::kInvalidArgument,
          AllOf(HasSubstr("--scope: 'equty' is none of all, equity, debt"), HasSubstr("'EUROPE'"),
                HasSubstr("'=EU27'"), HasSubstr("'EUROPE='"), HasSubstr("--fx: '2025-06'"),
                HasSubstr("--attribution: 'investors' is none of recipient-headquarters, "
                          "investor-origin, legal-domicile, founding-country"),
                HasSubstr("--layer-attribution: 'half' is none of primary, equal-split, "
                          "full"))));
}

TEST(DefinitionOptionsTest, ADefinitionReadsAsOneLine) {
  common::v1::Definition definition;
  definition.add_scope(common::v1::AMOUNT_KIND_EQUITY);
  definition.add_scope(common::v1::AMOUNT_KIND_DEBT);
  definition.set_currency("EUR");
  definition.set_attribution(common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  definition.mutable_fx_policy()->set_method(common::v1::FX_METHOD_YEAR_AVERAGE);
  auto& binding = *definition.add_regions();
  binding.set_alias("EUROPE");
  binding.set_region_set("EU27@2020-02-01");
  EXPECT_EQ(Describe(definition),
            "equity + debt; by recipient headquarters; EUR, nominal; ECB mean rate of the year; "
            "EUROPE is EU27@2020-02-01");
  definition.set_attribution(common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  definition.set_layer_attribution(common::v1::LAYER_ATTRIBUTION_EQUAL_SPLIT);
  definition.clear_regions();
  EXPECT_EQ(Describe(definition),
            "equity + debt; by investor origin; EUR, nominal; ECB mean rate of the year; layers by "
            "equal split");
}

TEST(DefinitionOptionsTest, AttributionsAreWords) {
  DefinitionOptions options = Options();
  options.attribution = "investor-origin";
  options.layer_attribution = "full";
  ASSERT_OK_AND_ASSIGN(const auto definition, ToDefinition(options));
  EXPECT_EQ(definition.attribution(), common::v1::ATTRIBUTION_INVESTOR_ORIGIN);
  EXPECT_EQ(definition.layer_attribution(), common::v1::LAYER_ATTRIBUTION_FULL);
}

TEST(PeriodOptionsTest, EndsMayBePartialOrMissing) {
  const auto open = ToPeriod({.from = "", .to = ""});
  ASSERT_THAT(open, IsOk());
  EXPECT_FALSE(open->has_from() || open->has_to());
  const auto period = ToPeriod({.from = "2015", .to = "2025-06"});
  ASSERT_THAT(period, IsOk());
  EXPECT_THAT(*period, EqualsProto("from { year: 2015 } to { year: 2025 month: 6 }"));
}

TEST(PeriodOptionsTest, BothBadEndsAreNamed) {
  const auto period = ToPeriod({.from = "next year", .to = "2025-02-30"});
  EXPECT_THAT(period, StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("--from"), HasSubstr("--to"), HasSubstr("30"))));
}

}  // namespace
}  // namespace steelyard::cli
