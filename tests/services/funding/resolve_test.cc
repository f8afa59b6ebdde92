#include "services/funding/resolve.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::funding {
namespace {

using ::testing::ElementsAre;

Assertion Said(const std::string& source, int position = 0) {
  Assertion said;
  said.round = "r";
  said.source = source;
  said.position = position;
  said.company = "acme";
  said.announced = PartialDate{2024, 5, 6};
  return said;
}

Assertion WithAmount(const std::string& source, int64_t minor_units,
                     const std::string& currency = "USD") {
  Assertion said = Said(source);
  said.amount = Money{.minor_units = minor_units, .currency = currency};
  return said;
}

SourcePolicy By(std::string_view id) {
  SourcePolicy policy;
  policy.id = id;
  return policy;
}

int64_t AmountBy(const SourcePolicy& policy, const std::vector<Assertion>& assertions,
                 const SourceTable& sources = {}) {
  const auto round = Resolve("r", assertions, policy, sources, {});
  return round && round->amount ? round->amount->minor_units : -1;
}

TEST(ResolveTest, FieldsAreResolvedOneByOne) {
  Assertion first = Said("a", 0);
  first.stage = v1::STAGE_UNKNOWN;
  Assertion second = Said("b", 1);
  second.label = "Series B";
  second.stage = v1::STAGE_DEBT;
  second.closed = PartialDate{2024, 6, 0};
  Assertion third = Said("c", 2);
  third.label = "B round";
  third.amount = Money{.minor_units = 5, .currency = "EUR"};
  const auto round = Resolve("r", std::vector{third, first, second}, {}, {}, {});
  ASSERT_TRUE(round.has_value());
  EXPECT_EQ(round->label, "Series B");
  EXPECT_EQ(round->stage, v1::STAGE_DEBT);  // who does not know it says nothing of it
  EXPECT_EQ(round->kind, common::v1::AMOUNT_KIND_DEBT);
  EXPECT_EQ(round->closed, (PartialDate{2024, 6, 0}));
  EXPECT_EQ(round->amount->minor_units, 5);
  EXPECT_THAT(round->sources, ElementsAre("a", "b", "c"));
  EXPECT_EQ(round->spread, AmountSpread());
}

TEST(ResolveTest, NothingIsResolvedFromNothing) {
  EXPECT_FALSE(Resolve("r", {}, {}, {}, {}).has_value());
  Assertion withdrawn = Said("a");
  withdrawn.retracted = true;
  EXPECT_FALSE(Resolve("r", std::vector{withdrawn}, {}, {}, {}).has_value());
  Assertion dateless = Said("a");
  dateless.announced.reset();
  EXPECT_FALSE(Resolve("r", std::vector{dateless}, {}, {}, {}).has_value());
}

TEST(ResolveTest, TheOrderOfAssertionsPlaysNoPart) {
  std::vector<Assertion> assertions = {WithAmount("d", 4), WithAmount("b", 2), WithAmount("c", 3),
                                       WithAmount("a", 9)};
  const SourceTable sources = {{"c", {.published = PartialDate{2024, 0, 0}, .kind = "article"}},
                               {"d", {.published = PartialDate{2024, 0, 0}, .kind = "article"}}};
  for (const std::string_view id : {kListedOrder, kFreshest, kMedian, kMostComplete}) {
    const auto expected = Resolve("r", assertions, By(id), sources, {});
    std::sort(assertions.begin(), assertions.end(),
              [](const Assertion& a, const Assertion& b) { return a.source < b.source; });
    do {
      EXPECT_EQ(Resolve("r", assertions, By(id), sources, {}), expected) << id;
    } while (std::next_permutation(
        assertions.begin(), assertions.end(),
        [](const Assertion& a, const Assertion& b) { return a.source < b.source; }));
  }
}

TEST(ResolveTest, PoliciesPickWhatTheyPromise) {
  Assertion complete = WithAmount("z", 30);
  complete.label = "Seed";
  complete.note = "full";
  const std::vector<Assertion> assertions = {WithAmount("a", 10), WithAmount("b", 20), complete,
                                             WithAmount("c", 40)};
  const SourceTable sources = {{"a", {.published = PartialDate{2024, 5, 0}, .kind = ""}},
                               {"b", {.published = PartialDate{2024, 5, 30}, .kind = ""}}};
  EXPECT_EQ(AmountBy(By(kListedOrder), assertions, sources), 10);
  EXPECT_EQ(AmountBy(By(kFreshest), assertions, sources), 10);  // "2024-05" may mean its last day
  EXPECT_EQ(AmountBy(By(kMedian), assertions, sources), 20);    // the lower of the middle two
  EXPECT_EQ(AmountBy(By(kMostComplete), assertions, sources), 30);
  SourcePolicy priority = By(kPriority);
  priority.priority = {"nobody", "c"};
  EXPECT_EQ(AmountBy(priority, assertions, sources), 40);
  SourcePolicy rule;
  rule.rules["amount"] = kMedian;
  EXPECT_EQ(AmountBy(rule, assertions, sources), 20);
}

TEST(ResolveTest, ARowHoldsAsLongAsOneOfItsSourcesBearsItOut) {
  Assertion first = Said("a", 0);
  first.label = "Seed";
  Assertion second = WithAmount("b", 20);
  second.position = 1;
  Assertion otherwise;
  otherwise.amount = Money{.minor_units = 10, .currency = "EUR"};
  Amend(otherwise, first);
  EXPECT_EQ(AmountBy({}, {first, second}), 20);
  EXPECT_EQ(AmountBy({}, {first}), 10);
  Assertion besides = WithAmount("aa", 30);
  besides.position = kAmendmentPosition;
  EXPECT_EQ(AmountBy({}, {first, besides}), 10);  // both stand behind; by id
  SourcePolicy priority = By(kPriority);
  priority.priority = {"a"};
  EXPECT_EQ(AmountBy(priority, {first, second}), 10);
}

TEST(ResolveTest, AMedianIsOfOneCurrency) {
  const std::vector<Assertion> assertions = {WithAmount("a", 10, "EUR"), WithAmount("b", 1, "USD"),
                                             WithAmount("c", 30, "EUR"),
                                             WithAmount("d", 20, "EUR")};
  const auto round = Resolve("r", assertions, By(kMedian), {}, {});
  ASSERT_TRUE(round.has_value());
  EXPECT_EQ(*round->amount, (Money{.minor_units = 20, .currency = "EUR"}));
  EXPECT_EQ(round->spread, (AmountSpread{.sources = 3, .low = 10, .high = 30}));
}

TEST(ResolveTest, EditorialKnowledgeComesLast) {
  EXPECT_EQ(AmountBy({}, {WithAmount("editorial", 1), WithAmount("zine", 2)}), 2);
  const SourceTable sources = {{"desk", {.published = std::nullopt, .kind = "editorial"}}};
  EXPECT_EQ(AmountBy({}, {WithAmount("desk", 1), WithAmount("zine", 2)}, sources), 2);
}

TEST(ResolveTest, ExplainsWinnersLosersAndSpread) {
  Assertion late = WithAmount("b", 150);
  late.announced = PartialDate{2024, 5, 16};
  const std::vector<Assertion> assertions = {WithAmount("a", 200), late, WithAmount("c", 200)};
  const auto fields = ExplainResolution(assertions, {}, {});
  ASSERT_EQ(fields.size(), 3U);  // company, announced_on, amount
  EXPECT_EQ(fields[0].field(), "company");
  EXPECT_EQ(fields[0].distinct(), 1);
  EXPECT_FALSE(fields[0].has_spread());
  EXPECT_EQ(fields[1].field(), "announced_on");
  EXPECT_EQ(fields[1].winner().value(), "2024-05-06");
  EXPECT_EQ(fields[1].spread(), 10);
  EXPECT_EQ(fields[2].policy(), "listed-order/1");
  EXPECT_EQ(fields[2].winner().source(), "sources/a");
  EXPECT_EQ(fields[2].winner().value(), "2.00 USD");
  ASSERT_EQ(fields[2].losers_size(), 2);
  EXPECT_EQ(fields[2].losers(0).value(), "1.50 USD");
  EXPECT_EQ(fields[2].losers(0).round(), "rounds/r");
  EXPECT_EQ(fields[2].distinct(), 2);
  EXPECT_DOUBLE_EQ(fields[2].spread(), 0.25);
}

}  // namespace
}  // namespace steelyard::funding
