#include "services/strategy/formula/functions.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/check.h"
#include "services/strategy/formula/parser.h"
#include "tests/support/status_matchers.h"

namespace steelyard::strategy::formula {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::HasSubstr;

absl::StatusOr<Type> TypeOf(const std::string& expression) {
  const absl::StatusOr<Node> tree = Parse(expression);
  if (!tree.ok()) return tree.status();
  return Check(expression, *tree);
}

TEST(FunctionsTest, KnowsNumbersFromConditions) {
  for (const char* number :
       {"1",
        "-1 + 2",
        "funding[US, 2025]",
        "share(funding[US,2025],layer=A;B)",
        "max(1, 2, 3)",
        "ln(2)",
        "growth(gdp[US, 2015..2020])",
        "rank(x[*, 2025], of=US)",
        "rank(funding[*, 2015..2025], of=US, among=US;CN)",
        "concentration_ratio(funding[US,2025], k=10)",
        "location_quotient(funding[US,2025], sector=HEALTH)",
        "companies[US, 2025, layer=CHIPS]",
        "rounds[US, 2025, layer=APPLIED]",
        "entropy(funding[US, 2025], by=sector)",
        "krugman(funding[US, 2025], funding[CN, 2015..2025, filter=a], by=layer)",
        "ratio_of_sums(funding[US, 2015..2025, unit=USD, prices=nominal], gdp[US, 2015..2025])",
        "ratio_of_sums(models[US, 2025, policy=a], rounds[US, 2025], per=1000)",
        "gdp[US, 2025, members=all]",
        "share(funding[US, 2025, unit=EUR], layer=A)",
        "funding[EUROPE, 2024, origin=US;EUROPE]",
        "rounds[EUROPE, 2024, origin='']",
        "share(funding[EUROPE, 2018..2025, layer=A], origin=US;GB)",
        "foreign_capital_share(funding[EUROPE, 2025, layer=A])",
        "cosine(funding[DE, 2025, origin=US], funding[DE, 2025, origin=DE], by=layer)"}) {
    const auto type = TypeOf(number);
    ASSERT_TRUE(type.ok()) << number << ": " << type.status();
    EXPECT_EQ(*type, Type::kNumber) << number;
  }
  for (const char* condition : {"1 < 2", "not 1 < 2", "1 < 2 and 2 < 3", "within(1, 2, by=0.5)",
                                "all(a[L, 2025] > 1 for L in US, CN)"}) {
    const auto type = TypeOf(condition);
    ASSERT_TRUE(type.ok()) << condition << ": " << type.status();
    EXPECT_EQ(*type, Type::kCondition) << condition;
  }
}

struct Mistake {
  const char* written;
  int position;
  const char* says;
};

TEST(FunctionsTest, SaysWhatIsAllowed) {
  for (const Mistake& mistake : std::vector<Mistake>{
           {"1 + (2 < 3)", 4, "a number is expected here, not a condition"},
           {"not 1", 4, "a condition such as a > b is expected here"},
           {"1 < 2 and 3", 10, "a condition such as a > b is expected here"},
           {"average(1)", 0, "there is no function 'average'; there are abs, all, any"},
           {"ln(1, 2)", 0, "ln(...) takes one number, not 2"},
           {"within(1)", 0, "within(...) takes two numbers, not 1"},
           {"within(1, 2, by=2)", 13, "'by' is a number in [0, 1]"},
           {"max(1, k=2)", 7, "max has no option 'k'; it has none"},
           {"funding[*, 2025]", 8, "'*' stands only in the figure of a rank"},
           {"funding[US, 2025-Q1]", 0, "'funding' is of whole years"},
           {"funding[US, 2025, source=x]", 18,
            "it has layer, sector, origin, filter, unit, prices"},
           {"funding[US, 2025, unit=dollars]", 18, "one currency: unit=USD"},
           {"funding[US, 2025, prices=constant_2021]", 18, "unless prices=nominal does"},
           {"gdp[US, 2025, layer=A]", 14, "it has source, scope, unit, prices, members, policy"},
           {"gdp[US, 2025, members=some]", 14, "only members=all is known"},
           {"gdp[US, 2015..2025]", 0, "only growth(...) and ratio_of_sums(...) take a range of it"},
           {"gdp[US, 2025, source=a;b]", 14, "one value is expected"},
           {"companies[US, 2025, layer=INFRASTRUCTURE]", 20, "does not add up over several layers"},
           {"median_round[US, 2025, sector=A;B]", 23, "name one code"},
           {"funding[US, 2025, filter=a;b]", 18, "one filter is expected"},
           {"share(1, layer=A)", 0, "share(...) takes one figure"},
           {"share(rounds[US, 2025], layer=A)", 6, "share(...) is of funding[...]"},
           {"share(funding[US, 2025])", 0, "takes one of layer=, sector= and origin="},
           {"share(funding[US, 2025, layer=A], layer=B)", 24, "stands behind the figure"},
           {"hhi(gdp[US, 2025])", 4, "hhi(...) is of funding[...]"},
           {"hhi(funding[US, 2025, layer=APPLIED])", 22, "is over one layer"},
           {"concentration_ratio(funding[US, 2025], k=0)", 39, "'k' is a number in [1, 100]"},
           {"concentration_ratio(funding[US, 2025], k=2.5)", 39,
            "'k' is a whole number in [1, 100]"},
           {"rank(gdp[US, 2025], of=US)", 9, "the figure of a rank is of all regions: '*'"},
           {"rank(gdp[*, 2025])", 0, "rank(...) takes of="},
           {"rank(gdp[*, 2025], of=US, among=CN;FR)", 26, "'US' must be among them"},
           {"rank(gdp[*, 2015..2025], of=US)", 5, "is of one period"},
           {"entropy(funding[US, 2025])", 0, "entropy(...) takes by=layer or by=sector"},
           {"entropy(funding[US, 2025], by=stage)", 27, "'by' is layer or sector"},
           {"entropy(funding[US, 2025], by=layer;sector)", 27, "'by' is layer or sector"},
           {"entropy(funding[US, 2025], by=layer, k=2)", 37,
            "entropy has no option 'k'; it has by"},
           {"entropy(rounds[US, 2025], by=layer)", 8, "entropy(...) is of funding[...]"},
           {"entropy(funding[*, 2025], by=layer)", 16, "'*' stands only in the figure of a rank"},
           {"entropy(funding[US, 2025, layer=A], by=sector)", 26, "stands behind the figure"},
           {"entropy(funding[US, 2025], funding[CN, 2025], by=layer)", 0, "takes one figure"},
           {"krugman(funding[US, 2025], by=layer)", 0,
            "takes two figures, such as krugman(funding[US, 2025], funding[EUROPE, 2025])"},
           {"krugman(funding[US, 2025], 1, by=layer)", 0, "takes two figures"},
           {"krugman(funding[US, 2025], gdp[US, 2025], by=layer)", 27, "is of funding[...]"},
           {"ratio_of_sums(funding[US, 2025])", 0, "takes two figures"},
           {"ratio_of_sums(gdp[US, 2025], gdp[*, 2025])", 33, "'*' stands only in"},
           {"ratio_of_sums(gdp[US, 2024..2025], gdp[US, 2025])", 35, "of the same whole years"},
           {"ratio_of_sums(gdp[US, 2025-Q1], gdp[US, 2025-Q1])", 14, "of the same whole years"},
           {"ratio_of_sums(gdp[US, 2025], companies[US, 2025])", 29, "does not add up over years"},
           {"ratio_of_sums(gdp[US, 2025], gdp[US, 2025], per=0)", 44, "'per' is a number in [1,"},
           {"ratio_of_sums(gdp[US, 2025], gdp[US, 2025], per=1e3)", 44, "'per' is a whole number"},
           {"ratio_of_sums(a[US, 2000..2100], b[US, 2000..2100]) + "
            "ratio_of_sums(a[US, 2000..2100], b[US, 2000..2100])",
            54, "adds up 404 years of figures; 400 are allowed in a formula"},
           {"rounds[US, 2025, origin=US;GB]", 17, "does not add up over several origins"},
           {"companies[US, 2025, origin=EUROPE]", 20, "name one code"},
           {"hhi(funding[US, 2025, origin=EUROPE])", 22, "is over one origin"},
           {"gdp[US, 2025, origin=US]", 14, "it has source, scope, unit"},
           {"share(funding[US, 2025, origin=US], origin=GB)", 24, "stands behind the figure"},
           {"entropy(funding[US, 2025], by=origin)", 27, "'by' is layer or sector"},
           {"foreign_capital_share(funding[US, 2025, origin=US])", 40, "tells the origins apart"},
           {"foreign_capital_share(rounds[US, 2025])", 22, "is of funding[...]"},
           {"foreign_capital_share(funding[US, 2025], k=1)", 41, "it has none"},
           {"growth(gdp[US, 2025])", 7, "over years: 2015..2025"}}) {
    const auto type = TypeOf(mistake.written);
    ASSERT_FALSE(type.ok()) << mistake.written;
    EXPECT_THAT(type.status(), HasReason(common::v1::ERROR_REASON_INVALID_FORMULA));
    EXPECT_THAT(std::string(ToStd(type.status().message())), HasSubstr(mistake.says))
        << mistake.written;
    EXPECT_EQ(MetadataOf(type.status(), "position"), StrCat(mistake.position)) << mistake.written;
  }
}

TEST(FunctionsTest, ListsFiguresOfRoundsByName) {
  const auto figures = RoundsFigures();
  for (size_t i = 1; i < figures.size(); ++i) EXPECT_LT(figures[i - 1].name, figures[i].name);
  EXPECT_EQ(FindRoundsFigure("funding")->measure, funding::v1::MEASURE_SUM);
  EXPECT_EQ(FindRoundsFigure("ai_investment"), nullptr);
}

TEST(FunctionsTest, HasAMeasureForEachFunctionOverSlices) {
  const auto queries = QueryNames();
  for (size_t i = 0; i < queries.size(); ++i) {
    if (i > 0) EXPECT_LT(queries[i - 1].name, queries[i].name);
    const SliceMeasure* measure = FindSliceMeasure(queries[i].name);
    ASSERT_EQ(measure != nullptr, queries[i].query == Query::kOverSlices) << queries[i].name;
    if (measure == nullptr) continue;
    EXPECT_NE(measure->of_one == nullptr, measure->of_two == nullptr) << queries[i].name;
  }
}

TEST(FunctionsTest, TellsLayersApart) {
  EXPECT_TRUE(TellsLayersApart({{"by", {"sector"}, 0}}));
  EXPECT_FALSE(TellsLayersApart({{"by", {"0.1"}, 0}}));
  EXPECT_FALSE(TellsLayersApart({{"origin", {"US"}, 0}}));
}

TEST(FunctionsTest, TellsOriginsApart) {
  for (const char* figure : {"funding[US, 2025, origin=GB]", "share(funding[US, 2025], origin='')",
                             "foreign_capital_share(funding[US, 2025])"}) {
    EXPECT_TRUE(TellsOriginsApart(Parse(figure).value())) << figure;
  }
  EXPECT_FALSE(TellsOriginsApart(Parse("funding[US, 2025, layer=A]").value()));
}

}  // namespace
}  // namespace steelyard::strategy::formula
