#include "services/registry/match/parsed_name.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::registry::match {
namespace {

// The tokens' texts, '+' before glued ones, '_' around stop words.
std::string Said(std::string_view name) {
  std::string text;
  for (const Token& token : Parse(name).tokens) {
    if (!text.empty()) text += token.glued ? "+" : " ";
    text += token.stop ? "_" + token.text + "_" : token.text;
  }
  return text;
}

bool Means(const Token& token, std::string_view meaning) {
  for (const Concept one : token.meanings) {
    if (Tables::Get().NameOf(one) == meaning) return true;
  }
  return false;
}

TEST(ParseTest, TakesLegalFormsOffTheEndsInEveryScript) {
  for (const auto& [name, rest] : std::vector<std::pair<std::string, std::string>>{
           {"Siemens AG", "siemens"},
           {"Siemens Aktiengesellschaft", "siemens"},
           {"SiemensAG", "siemens"},
           {"Faberlic Sp. z o.o.", "faberlic"},
           {"Faberlic Sp z o o", "faberlic"},
           {"Gazprom Open Joint Stock Company", "gazprom"},
           {"OOO Gazprom", "gazprom"},
           {"ООО «Яндекс»", "яндекс"},
           {"株式会社トヨタ", "トヨタ"},
           {"トヨタ㈱", "トヨタ"},
           {"삼성 주식회사", "삼성"},
           {"华为有限公司", "华为"},
           {"Abridge AI, Inc.", "abridge ai"},
           {"AB InBev", "ab in+bev"},
           {"Siemens Aktiengeselschaft", "siemens"},
       }) {
    SCOPED_TRACE(name);
    EXPECT_EQ(Said(name), rest);
    EXPECT_FALSE(Parse(name).only_legal_form);
  }
}

TEST(ParseTest, SpellingsOfOneLegalFormAreOne) {
  const auto form = [](std::string_view name) { return Parse(name).legal_forms.at(0).form; };
  EXPECT_EQ(form("X GmbH"), form("X Gesellschaft mit beschränkter Haftung"));
  EXPECT_EQ(form("X GmbH"), form("X G.m.b.H."));
  EXPECT_NE(form("X GmbH"), form("X AG"));
}

TEST(ParseTest, ANameThatIsALegalFormKeepsItsWords) {
  const ParsedName parsed = Parse("Limited");
  EXPECT_TRUE(parsed.only_legal_form);
  EXPECT_EQ(parsed.tokens.size(), 1U);
  EXPECT_TRUE(Parse("").tokens.empty());
  EXPECT_FALSE(Parse("").only_legal_form);
}

TEST(ParseTest, KnowsNumbersInWordsFiguresAndRoman) {
  const auto number = [](std::string_view name, size_t token) {
    return Parse(name).tokens.at(token).Number();
  };
  EXPECT_EQ(number("OnzeLabs", 0), 11);
  EXPECT_EQ(number("ElevenLabs", 0), 11);
  EXPECT_EQ(number("Brigade Forty-Four", 1), 44);
  EXPECT_EQ(number("Brigade Forty 4", 1), 44);
  EXPECT_EQ(number("Vierundvierzig", 0), 44);
  EXPECT_EQ(number("1st Bank", 0), 1);
  EXPECT_EQ(number("Fund III", 1), 3);
  EXPECT_EQ(number("Fund VI L.P.", 1), 6);
  EXPECT_EQ(number("Mistral AI", 0), std::nullopt);
}

TEST(ParseTest, KnowsWhatWordsMeanInManyLanguages) {
  EXPECT_TRUE(Means(Parse("Profond").tokens.at(0), "DEEP"));
  EXPECT_TRUE(Means(Parse("中国银行").tokens.at(0), "@CN"));
  EXPECT_TRUE(Means(Parse("中国银行").tokens.at(1), "BANK"));
  EXPECT_TRUE(Means(Parse("Hong Kong Bank").tokens.at(0), "HONG_KONG"));
  EXPECT_TRUE(Parse("Hong Kong Bank").tokens.at(0).IsPlace());
  EXPECT_EQ(Said("Banque de la Chine"), "banque _de_ _la_ chine");
}

TEST(ParseTest, WritesAbbreviationsOut) {
  EXPECT_EQ(Said("First Bank Int'l"), "first bank international");
  EXPECT_EQ(Said("U.S. Steel"), "united states steel");
}

TEST(ParseTest, BoundsWhatItLooksAt) {
  std::string name;
  for (int i = 0; i < 1000; ++i) name += "w" + std::to_string(i) + " ";
  EXPECT_EQ(Parse(name).tokens.size(), kMostTokens);
}

}  // namespace
}  // namespace steelyard::registry::match
