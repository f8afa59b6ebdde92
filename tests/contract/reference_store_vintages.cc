// What every reference store does with vintages and retractions.

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/vintages.h"
#include "tests/contract/reference_store_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using funding::ObservationRetraction;
using funding::PublishedValue;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const PartialDate kMay{2025, 5, 12};
const PartialDate kNovember{2025, 11, 0};

PublishedValue Gdp(const std::string& region, std::string value, std::optional<PartialDate> vintage,
                   const std::string& source = "wb") {
  return {.id = StrCat("gdp-", region, "-", source),
          .variable = "gdp",
          .region = region,
          .period = "2024",
          .value = std::move(value),
          .facet = {source, "USD", "all", "nominal"},
          .vintage = vintage,
          .scale = 6};
}

funding::StagedReference Staged(std::vector<PublishedValue> values) {
  funding::StagedReference staged;
  staged.observations = std::move(values);
  return staged;
}

PublishedValue Withdrawn(PublishedValue value, std::string reason) {
  value.retraction = std::move(reason);
  return value;
}

}  // namespace

absl::StatusOr<std::string> ReferenceStoreContract::Retract(const ObservationRetraction& retraction,
                                                            const funding::WriteOptions& options) {
  return store().RetractObservations(Context::Background(), retraction, options,
                                     [](int64_t retracted, const ledger::Revision& revision) {
                                       return StrCat(retracted, " ", revision.revision);
                                     });
}

TEST_P(ReferenceStoreContract, EveryVintageIsKept) {
  const Context context = Context::Background();
  const PublishedValue unknown = Gdp("US", "1", std::nullopt);
  const PublishedValue may = Gdp("US", "2", kMay);
  const PublishedValue november = Gdp("US", "3", kNovember);
  EXPECT_THAT(Write(Staged({november, unknown})).observations,
              ElementsAre("gdp-US-wb@2025-11", "gdp-US-wb"));
  EXPECT_THAT(Write(Staged({may, november})).observations, ElementsAre("gdp-US-wb@2025-05-12"));
  EXPECT_THAT(store().Vintages(context, head(), "gdp", {}),
              IsOkAndHolds(ElementsAre(unknown, may, november)));
  EXPECT_THAT(store().Observations(context, head(), "gdp"), IsOkAndHolds(ElementsAre(november)));
  EXPECT_THAT(store().Vintages(context, 1, "gdp", {}),
              IsOkAndHolds(ElementsAre(unknown, november)));
  EXPECT_EQ(store().Count(context, head())->observations, 3);
}

TEST_P(ReferenceStoreContract, GivesTheVintagesOfSomeRegions) {
  const Context context = Context::Background();
  Write(Staged({Gdp("US", "1", kMay), Gdp("FR", "2", kMay), Gdp("DE", "3", kMay)}));
  EXPECT_THAT(store().Vintages(context, head(), "gdp", std::vector<std::string>{"US", "FR", "JP"}),
              IsOkAndHolds(ElementsAre(Gdp("FR", "2", kMay), Gdp("US", "1", kMay))));
  EXPECT_THAT(store().Vintages(context, head(), "gdp", std::vector<std::string>{"JP"}),
              IsOkAndHolds(IsEmpty()));
}

TEST_P(ReferenceStoreContract, AVintageIsReplacedAlone) {
  const Context context = Context::Background();
  Write(Staged({Gdp("US", "2", kMay), Gdp("US", "3", kNovember)}));
  Write(Staged({Gdp("US", "4", kMay)}));
  EXPECT_THAT(store().Vintages(context, head(), "gdp", {}),
              IsOkAndHolds(ElementsAre(Gdp("US", "4", kMay), Gdp("US", "3", kNovember))));
}

TEST_P(ReferenceStoreContract, WhatIsWithdrawnNoLongerCounts) {
  const Context context = Context::Background();
  const PublishedValue may = Gdp("US", "2", kMay);
  const PublishedValue november = Gdp("US", "3", kNovember);
  Write(Staged({may, november}));
  EXPECT_THAT(Retract({.names = {"gdp-US-wb@2025-11"}, .reason = "a slip"}), IsOkAndHolds("1 2"));
  EXPECT_THAT(store().Observations(context, 1, "gdp"), IsOkAndHolds(ElementsAre(november)));
  EXPECT_THAT(store().Observations(context, 2, "gdp"), IsOkAndHolds(ElementsAre(may)));
  EXPECT_THAT(store().Vintages(context, 2, "gdp", {}),
              IsOkAndHolds(ElementsAre(may, Withdrawn(november, "a slip"))));
  EXPECT_EQ(store().Count(context, 1)->observations, 2);
  EXPECT_EQ(store().Count(context, 2)->observations, 1);
  // Once more changes nothing, not even the reason.
  EXPECT_THAT(Retract({.names = {"gdp-US-wb@2025-11"}, .reason = "other"}), IsOkAndHolds("0 2"));
}

TEST_P(ReferenceStoreContract, TheSameContentStaysWithdrawnAndOtherContentCounts) {
  const Context context = Context::Background();
  const PublishedValue before = Gdp("US", "2", kMay);
  const PublishedValue corrected = Gdp("US", "5", kMay);
  Write(Staged({before}));
  ASSERT_OK(Retract({.names = {"gdp-US-wb@2025-05-12"}, .reason = "a slip"}));
  EXPECT_THAT(Write(Staged({before})).observations, IsEmpty());
  EXPECT_THAT(store().Observations(context, head(), "gdp"), IsOkAndHolds(IsEmpty()));
  Write(Staged({corrected}));
  EXPECT_THAT(store().Observations(context, head(), "gdp"), IsOkAndHolds(ElementsAre(corrected)));
  Write(Staged({before}));
  EXPECT_THAT(store().Vintages(context, head(), "gdp", {}),
              IsOkAndHolds(ElementsAre(Withdrawn(before, "a slip"))));
}

TEST_P(ReferenceStoreContract, WithdrawsASelection) {
  const Context context = Context::Background();
  Write(Staged({Gdp("FR", "1", kMay), Gdp("US", "2", kMay), Gdp("US", "3", kNovember),
                Gdp("US", "4", kMay, "imf")}));
  const auto selection = [](std::string source, std::string region,
                            std::optional<PartialDate> vintage) {
    return ObservationRetraction{.selection = {{.variable = "gdp",
                                                .region = std::move(region),
                                                .facet = {.source = std::move(source)},
                                                .vintage = vintage}},
                                 .reason = "withdrawn"};
  };
  EXPECT_THAT(Retract(selection("wb", "", kMay)), IsOkAndHolds("2 2"));
  EXPECT_THAT(Retract(selection("wb", "US", std::nullopt)), IsOkAndHolds("1 3"));
  EXPECT_THAT(store().Observations(context, head(), "gdp"),
              IsOkAndHolds(ElementsAre(Gdp("US", "4", kMay, "imf"))));
  EXPECT_THAT(Retract(selection("oecd", "", std::nullopt)),
              HasReason(common::v1::ERROR_REASON_SERIES_NOT_FOUND));
  EXPECT_THAT(Retract({.names = {"gdp-US-imf@2025-05-12", "gdp-US-imf"}, .reason = "r"}),
              HasReason(common::v1::ERROR_REASON_SERIES_NOT_FOUND));
  EXPECT_EQ(head(), 3);
}

TEST_P(ReferenceStoreContract, ARetractionIsCheckedAndRememberedLikeAnUpsert) {
  Write(Staged({Gdp("US", "2", kMay)}));
  const ObservationRetraction retraction{.names = {"gdp-US-wb@2025-05-12"}, .reason = "a slip"};
  EXPECT_THAT(Retract(retraction, {.validate_only = true}), IsOkAndHolds("1 1"));
  EXPECT_EQ(head(), 1);
  const funding::WriteOptions options{.request_id = "r", .digest = "d"};
  EXPECT_THAT(Retract(retraction, options), IsOkAndHolds("1 2"));
  EXPECT_THAT(Retract(retraction, options), IsOkAndHolds("1 2"));
  EXPECT_THAT(Retract(retraction, {.request_id = "r", .digest = "other"}),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
}

TEST_P(ReferenceStoreContract, ListsPeriodsAndVintagesThatCount) {
  const Context context = Context::Background();
  PublishedValue later = Gdp("US", "7", kMay);
  later.id = "gdp-US-2025";
  later.period = "2025";
  Write(Staged({Gdp("US", "1", std::nullopt), Gdp("US", "2", kMay), Gdp("US", "3", kNovember),
                later, Gdp("FR", "4", kMay)}));
  ASSERT_OK(Retract({.names = {"gdp-FR-wb@2025-05-12"}, .reason = "r"}));
  const auto list = [&](bool include_periods) {
    return store().ListSeries(
        context, head(), {.filter = {"TRUE", {}}, .limit = 10, .include_periods = include_periods});
  };
  const auto with = list(true);
  ASSERT_OK(with);
  ASSERT_EQ(with->series.size(), 1);
  EXPECT_EQ(with->series[0].points, 2);
  EXPECT_EQ(with->series[0].observations, 4);
  EXPECT_THAT(with->series[0].periods, ElementsAre("2024", "2025"));
  EXPECT_THAT(with->series[0].vintages, ElementsAre("2025-05-12", "2025-11"));
  const auto without = list(false);
  ASSERT_OK(without);
  EXPECT_THAT(without->series[0].periods, IsEmpty());
  EXPECT_THAT(without->series[0].vintages, IsEmpty());
}

}  // namespace steelyard::testing
