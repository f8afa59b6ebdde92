#include "tests/contract/reference_store_contract.h"

#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/import_reference.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using funding::DailyRate;
using funding::PublishedValue;
using funding::ReferenceCounts;
using funding::RegionSet;
using funding::SeriesSummary;
using funding::StagedReference;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

PublishedValue Value(std::string id, std::string variable, std::string region, std::string period,
                     std::string value) {
  return {.id = std::move(id),
          .variable = std::move(variable),
          .region = std::move(region),
          .period = std::move(period),
          .value = std::move(value),
          .facet = {"wb", "USD", "all", "nominal"},
          .qualifier = common::v1::QUALIFIER_APPROX,
          .note = "as printed"};
}

StagedReference Observed(std::vector<PublishedValue> values) {
  StagedReference staged;
  staged.observations = std::move(values);
  return staged;
}

StagedReference Sets(std::vector<RegionSet> sets) {
  StagedReference staged;
  staged.region_sets = std::move(sets);
  return staged;
}

StagedReference Quotes(std::vector<DailyRate> rates) {
  StagedReference staged;
  staged.rates = std::move(rates);
  return staged;
}

funding::ReferenceStore::SeriesList All(int64_t offset, int limit) {
  return {.filter = {"TRUE", {}}, .offset = offset, .limit = limit};
}

std::string RateOn(const funding::RateTable& rates, int32_t day) {
  const auto rate = rates.Lookup("EUR", "USD", PartialDate::FromDays(day), {});
  return rate.has_value() ? rate->ToDecimal() : "none";
}

}  // namespace

void ReferenceStoreContract::SetUp() {
  if (!GetParam().engine.missing.empty()) GTEST_SKIP() << GetParam().engine.missing;
  ASSERT_OK_AND_ASSIGN(database_, GetParam().engine.open(directory_));
  ASSERT_OK_AND_ASSIGN(ledger_, ledger::Ledger::Open(*database_, clock_, ledger::Kind::kFunding,
                                                     funding::ReferenceMigrations()));
  pool_ = std::make_unique<sql::Pool>(*database_, 4);
  under_test_ = GetParam().make(*pool_, *ledger_);
}

funding::ReferenceChanges ReferenceStoreContract::Write(const StagedReference& staged) const {
  auto changes = under_test_.write(staged);
  EXPECT_OK(changes);
  return changes.ok() ? *std::move(changes) : funding::ReferenceChanges();
}

absl::StatusOr<std::string> ReferenceStoreContract::Upsert(
    const std::vector<PublishedValue>& observations, const funding::WriteOptions& options) {
  return store().UpsertObservations(
      Context::Background(), observations, options,
      [](const std::vector<std::string>& changed, const ledger::Revision& revision) {
        return StrCat(StrJoin(changed, " "), " ", revision.revision);
      });
}

TEST_P(ReferenceStoreContract, TheEmptyStoreHoldsNothing) {
  const Context context = Context::Background();
  EXPECT_THAT(store().Count(context, 0), IsOkAndHolds(ReferenceCounts()));
  EXPECT_THAT(store().Observations(context, 0, "gdp"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().IsPublished(context, 0, "US"), IsOkAndHolds(false));
  EXPECT_THAT((*store().Regions(context, 0))->sets(), IsEmpty());
  EXPECT_TRUE((*store().Rates(context, 0))->empty());
  EXPECT_EQ(store().ListSeries(context, 0, All(0, 10))->total_size, 0);
}

TEST_P(ReferenceStoreContract, KeepsObservationsAsTheyAre) {
  const Context context = Context::Background();
  const PublishedValue us = Value("us", "gdp", "US", "2024", "1.50");
  const PublishedValue fr = Value("fr", "gdp", "FR", "2024-Q1", "-2");
  EXPECT_THAT(Write(Observed({us, fr, Value("x", "other", "US", "2024", "3")})).observations,
              ElementsAre("us", "fr", "x"));
  EXPECT_THAT(store().Observations(context, head(), "gdp"), IsOkAndHolds(ElementsAre(fr, us)));
  EXPECT_THAT(store().IsPublished(context, head(), "FR"), IsOkAndHolds(true));
  EXPECT_THAT(store().IsPublished(context, head(), "DE"), IsOkAndHolds(false));
}

TEST_P(ReferenceStoreContract, EveryRevisionStaysAsItWas) {
  const Context context = Context::Background();
  const PublishedValue before = Value("us", "gdp", "US", "2024", "1");
  const PublishedValue after = Value("us", "gdp", "US", "2024", "2");
  Write(Observed({before}));
  const int64_t first = head();
  EXPECT_THAT(Write(Observed({after, Value("fr", "gdp", "FR", "2024", "3")})).observations,
              ElementsAre("us", "fr"));
  EXPECT_EQ(head(), first + 1);
  EXPECT_THAT(store().Observations(context, first, "gdp"), IsOkAndHolds(ElementsAre(before)));
  EXPECT_EQ(store().Observations(context, head(), "gdp")->size(), 2);
  EXPECT_EQ(store().Count(context, first)->observations, 1);
  EXPECT_EQ(store().Count(context, head())->observations, 2);
}

TEST_P(ReferenceStoreContract, WhatIsEqualChangesNothing) {
  const StagedReference staged{
      .observations = {Value("us", "gdp", "US", "2024", "1")},
      .region_sets = {{"EU27", "2020-02-01", {{"FR", 18'293}}}},
      .rates = {{20'000, "USD", 110'000'000}},
  };
  EXPECT_EQ(Write(staged).subjects(), 3);
  const int64_t first = head();
  EXPECT_EQ(Write(staged).subjects(), 0);
  EXPECT_EQ(head(), first);
}

TEST_P(ReferenceStoreContract, RegionSetsAreReplacedAsAWhole) {
  const Context context = Context::Background();
  const RegionSet before{"EU27", "2020-02-01", {{"DE"}, {"FR", 18'293}, {"GB", 1'096, 18'293}}};
  const RegionSet after{"EU27", "2020-02-01", {{"FR"}}};
  const RegionSet other{"EU27", "2013-07-01", {{"FR"}}};
  Write(Sets({before}));
  const int64_t first = head();
  EXPECT_EQ(Write(Sets({after, other})).region_sets, 2);
  EXPECT_THAT((*store().Regions(context, first))->sets(), ElementsAre(before));
  EXPECT_THAT((*store().Regions(context, head()))->sets(), ElementsAre(other, after));
  EXPECT_EQ(store().Count(context, head())->region_sets, 2);
}

TEST_P(ReferenceStoreContract, RatesAreReplacedOneByOne) {
  const Context context = Context::Background();
  Write(Quotes({{20'000, "USD", 110'000'000}, {20'001, "USD", 111'000'000}}));
  const int64_t first = head();
  EXPECT_EQ(
      Write(Quotes({{20'001, "USD", 112'000'000}, {20'001, "GBP", 86'000'000}})).exchange_rates, 2);
  const int64_t second = head();
  Write(Observed({Value("us", "gdp", "US", "2024", "1")}));  // a revision that changes no rates
  EXPECT_EQ(RateOn(**store().Rates(context, first), 20'001), "1.1100000000");
  EXPECT_EQ(RateOn(**store().Rates(context, head()), 20'001), "1.1200000000");
  EXPECT_EQ(RateOn(**store().Rates(context, second), 20'000), "1.1000000000");
  EXPECT_EQ(RateOn(**store().Rates(context, first), 20'001), "1.1100000000");
  EXPECT_EQ(RateOn(**store().Rates(context, 0), 20'001), "none");
  EXPECT_EQ(store().Count(context, head())->exchange_rates, 3);
}

TEST_P(ReferenceStoreContract, SaysWhichKindsASpanOfRevisionsChanged) {
  const Context context = Context::Background();
  const auto changed = [&](int64_t from, int64_t to) {
    return *store().ChangedBetween(context, from, to);
  };
  Write(Quotes({{20'000, "USD", 110'000'000}}));
  const int64_t rates = head();
  Write(Observed({Value("us", "gdp", "US", "2024", "1")}));
  EXPECT_EQ(changed(0, rates), (funding::ReferenceKinds{.exchange_rates = true}));
  EXPECT_EQ(changed(rates, head()), funding::ReferenceKinds());
  EXPECT_EQ(changed(0, head()), (funding::ReferenceKinds{.exchange_rates = true}));
  EXPECT_EQ(changed(0, 0), funding::ReferenceKinds());
}

TEST_P(ReferenceStoreContract, ListsSeriesPageByPage) {
  const Context context = Context::Background();
  Write(Observed({Value("1", "gdp", "US", "2024", "1"), Value("2", "gdp", "US", "2019", "1"),
                  Value("3", "gdp", "US", "2021", "1"), Value("4", "gdp", "FR", "2024", "1"),
                  Value("5", "ai", "US", "2024-Q1", "1")}));
  const int64_t then = head();
  Write(Observed({Value("6", "zz", "US", "2024", "1")}));
  const auto all = store().ListSeries(context, then, All(0, 10));
  ASSERT_OK(all);
  EXPECT_EQ(all->total_size, 3);
  const funding::SeriesFacet facet{"wb", "USD", "all", "nominal"};
  EXPECT_THAT(all->series, ElementsAre(SeriesSummary{"ai", "US", facet, "2024-Q1", "2024-Q1", 1, 1},
                                       SeriesSummary{"gdp", "FR", facet, "2024", "2024", 1, 1},
                                       SeriesSummary{"gdp", "US", facet, "2019", "2024", 3, 3}));
  const auto page = store().ListSeries(context, then, All(1, 1));
  EXPECT_EQ(page->total_size, 3);
  EXPECT_THAT(page->series, ElementsAre(Field(&SeriesSummary::region, "FR")));
  EXPECT_THAT(store().ListSeries(context, then, All(3, 10))->series, IsEmpty());
}

TEST_P(ReferenceStoreFilterContract, ListsWhatAFilterMatches) {
  Write(Observed({Value("1", "gdp", "US", "2024", "1"), Value("2", "gdp", "FR", "2024", "1"),
                  Value("3", "ai", "US", "2024", "1")}));
  const auto count = [&](std::string_view filter) -> int64_t {
    const auto predicate = filter::Compile(filter, funding::SeriesFilterFields());
    EXPECT_OK(predicate);
    return store()
        .ListSeries(Context::Background(), head(), {.filter = *predicate, .limit = 10})
        ->total_size;
  };
  EXPECT_EQ(count(R"(variable = "gdp")"), 2);
  EXPECT_EQ(count(R"(variable = "gdp" AND region != "US")"), 1);
  EXPECT_EQ(count(R"(source = "wb" AND unit = "USD" AND scope = "all")"), 3);
  EXPECT_EQ(count(R"(price_basis = "constant_2021")"), 0);
}

TEST_P(ReferenceStoreContract, UpsertsInOneCommit) {
  const PublishedValue us = Value("us", "gdp", "US", "2024", "1");
  const PublishedValue fr = Value("fr", "gdp", "FR", "2024", "2");
  EXPECT_THAT(Upsert({us, fr}), IsOkAndHolds("us fr 1"));
  EXPECT_THAT(Upsert({us, Value("fr", "gdp", "FR", "2024", "3")}), IsOkAndHolds("fr 2"));
  EXPECT_THAT(Upsert({us}), IsOkAndHolds(" 2"));
}

TEST_P(ReferenceStoreContract, ValidateOnlyWritesNothing) {
  const PublishedValue us = Value("us", "gdp", "US", "2024", "1");
  const funding::WriteOptions dry{.request_id = "r", .digest = "d", .validate_only = true};
  EXPECT_THAT(Upsert({us}, dry), IsOkAndHolds("us 0"));
  EXPECT_EQ(head(), 0);
  EXPECT_THAT(Upsert({us}, {.request_id = "r", .digest = "other"}), IsOkAndHolds("us 1"));
}

TEST_P(ReferenceStoreContract, ARequestIdMakesARepetitionHarmless) {
  const PublishedValue first = Value("us", "gdp", "US", "2024", "1");
  const PublishedValue second = Value("us", "gdp", "US", "2024", "2");
  const funding::WriteOptions options{.request_id = "change-1", .digest = "d1"};
  EXPECT_THAT(Upsert({first}, options), IsOkAndHolds("us 1"));
  EXPECT_THAT(Upsert({second}), IsOkAndHolds("us 2"));
  EXPECT_THAT(Upsert({first}, options), IsOkAndHolds("us 1"));
  EXPECT_EQ(head(), 2);
  EXPECT_THAT(Upsert({second}, {.request_id = "change-1", .digest = "d2"}),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  // Also when the first call changed nothing.
  const funding::WriteOptions idle{.request_id = "change-2", .digest = "d3"};
  EXPECT_THAT(Upsert({second}, idle), IsOkAndHolds(" 2"));
  EXPECT_THAT(Upsert({first}), IsOkAndHolds("us 3"));
  EXPECT_THAT(Upsert({second}, idle), IsOkAndHolds(" 2"));
}

}  // namespace steelyard::testing
