#include "services/common/text/fold.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace steelyard::text {
namespace {

TEST(Fold, ForgetsCaseAccentsWidthAndPunctuation) {
  struct Case {
    std::string text;
    std::string folded;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"   ", ""},
      {"OpenAI", "openai"},
      {"  Mistral   AI, S.A.S. ", "mistral ai s a s"},
      {"L'Oréal", "l oreal"},
      {"Laboratoires de la Forêt-Noire", "laboratoires de la foret noire"},
      {"Fore\xCC\x82t", "foret"},  // the circumflex as a character of its own
      {"Société Générale", "societe generale"},
      {"STRASSE", "strasse"},
      {"Straße", "strasse"},
      {"Łódź", "łodz"},
      {"Ærø", "ærø"},
      {"ﬁnance", "finance"},
      {"ＡＢＣ１２３", "abc123"},
      {"№ 5", "no 5"},
      {"m²", "m2"},
      {"İstanbul", "istanbul"},
      {"OpenAI™ Inc", "openai inc"},
      {"Deep℠Mind", "deep mind"},
      {"AT&T", "at t"},
      {"株式会社トヨタ自動車", "株式会社トヨタ自動車"},
      {"㈱ガス", "株 ガス"},
      {"ﾄﾖﾀ", "トヨタ"},
      {"삼성전자", "삼성전자"},
      {"Ελλάδα", "ελλαδα"},
      {"ΟΔΟΣ", "οδοσ"},
      {"Яндекс Йога", "яндекс иога"},
      {"हिन्दी", "हिन्दी"},
      {"ภาษาไทย", "ภาษาไทย"},
      {"عَرَبِيّ", "عربي"},
      {"soft\xC2\xADhyphen", "softhyphen"},
      {"zero\xE2\x80\x8Bwidth", "zerowidth"},
      {"a\xFF"
       "b",
       "a b"},
      {"😀 emoji 😀", "emoji"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Fold(c.text), c.folded) << c.text;
    EXPECT_EQ(Fold(c.folded), c.folded) << c.text;
  }
}

std::string Utf8(uint32_t c) {
  std::string out;
  const auto add = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xC0 | (c >> 6));
    add(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    add(0xE0 | (c >> 12));
    add(0x80 | ((c >> 6) & 0x3F));
    add(0x80 | (c & 0x3F));
  } else {
    add(0xF0 | (c >> 18));
    add(0x80 | ((c >> 12) & 0x3F));
    add(0x80 | ((c >> 6) & 0x3F));
    add(0x80 | (c & 0x3F));
  }
  return out;
}

TEST(Fold, IsIdempotentForEveryCharacter) {
  for (uint32_t c = 0; c < 0x20000; ++c) {
    const std::string once = Fold("a" + Utf8(c) + "b");
    ASSERT_EQ(Fold(once), once) << std::hex << c;
    ASSERT_TRUE(IsUtf8(once));
  }
}

TEST(Fold, TakesAsciiTheSameWayAlone) {
  for (int c = 0; c < 128; ++c) {
    const std::string text = std::string("X") + static_cast<char>(c) + "Y";
    // With a letter that is not ASCII the text takes the other way.
    EXPECT_EQ(Fold(text + "株"), Fold(text) + "株") << c;
  }
}

TEST(IsUtf8, RefusesWhatTheStandardRefuses) {
  for (const std::string valid : {"", "abc", "é", "株", "😀", "\xF4\x8F\xBF\xBF", "\x7F"}) {
    EXPECT_TRUE(IsUtf8(valid)) << valid;
  }
  const std::vector<std::string> invalid = {
      "\x80",             // a continuation alone
      "\xC3",             // cut off
      "a\xC3",            // cut off
      "\xC3(",            // no continuation
      "\xC0\x80",         // overlong
      "\xE0\x80\x80",     // overlong
      "\xED\xA0\x80",     // surrogate
      "\xF4\x90\x80\x80"  // beyond Unicode
      "\xFF",
  };
  for (const std::string& bytes : invalid) {
    EXPECT_FALSE(IsUtf8(bytes));
  }
}

TEST(ToUtf8, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(ToUtf8("Forêt"), "Forêt");
  EXPECT_EQ(ToUtf8("For\xEAt"), "For\xEF\xBF\xBDt");
  EXPECT_EQ(ToUtf8("a\xFF\xFF"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Truncate, CutsBetweenCharacters) {
  EXPECT_EQ(Truncate("abc", 5), "abc");
  EXPECT_EQ(Truncate("abc", 2), "ab");
  EXPECT_EQ(Truncate("abc", 0), "");
  EXPECT_EQ(Truncate("", 3), "");
  EXPECT_EQ(Truncate("é株😀x", 3), "é株😀");
  EXPECT_EQ(Truncate("\xFF\xFF\xFF", 2), "\xFF\xFF");
}

}  // namespace
}  // namespace steelyard::text
