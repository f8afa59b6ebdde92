#include "services/strategy/explain/spelling.h"

#include "gtest/gtest.h"
#include "services/strategy/formula/readings.h"

namespace steelyard::strategy {
namespace {

TEST(SpellingTest, WritesFiguresOfTheLanguage) {
  EXPECT_EQ(SpellFigure("funding", "US", "2025", ""), "funding[US, 2025]");
  EXPECT_EQ(SpellFigure("funding", "US", "2015..2025", "a = \"b\"", {"layer=CHIPS;CLOUD"}),
            "funding[US, 2015..2025, layer=CHIPS;CLOUD, filter='a = \"b\"']");
  funding::v1::Facet facet;
  facet.set_source("sources/oecd");
  facet.set_unit("USD");
  EXPECT_EQ(SpellPublished("ai_investment", "EU27@2020-02-01", "2024", facet),
            "ai_investment[EU27@2020-02-01, 2024, source=sources/oecd, unit=USD]");
  facet.set_scope("all stages");
  facet.set_price_basis("nominal");
  EXPECT_EQ(SpellPublished("ai_investment", "US", "2024", facet),
            "ai_investment[US, 2024, source=sources/oecd, scope='all stages', unit=USD, "
            "prices=nominal]");
}

TEST(SpellingTest, ASingleOneIsItsOwnMean) {
  EXPECT_EQ(SpellMean({"a"}), "a");
  EXPECT_EQ(SpellMean({"a", "b"}), "mean(a, b)");
}

TEST(SpellingTest, WhatItWritesParsesToItself) {
  const std::string text = SpellMean({SpellFigure("funding", "odd, name]", "2024", "it's"),
                                      SpellFigure("funding", "US", "2024..2025", "")});
  const auto formula = formula::MakeFormula(text);
  ASSERT_TRUE(formula.ok()) << formula.status();
  EXPECT_EQ(formula::Spell(formula->tree), text);
}

}  // namespace
}  // namespace steelyard::strategy
