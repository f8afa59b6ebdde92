#include "services/registry/match/pieces.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::registry::match {
namespace {

// The pieces with '+' before those that are glued.
std::string Cut(std::string_view name) {
  std::string text;
  for (const Piece& piece : Split(name)) {
    if (!text.empty()) text += piece.glued ? "+" : " ";
    text += piece.text;
  }
  return text;
}

TEST(SplitTest, CutsNamesIntoWords) {
  struct Case {
    std::string name;
    std::string pieces;
  };
  for (const Case& test : std::vector<Case>{
           {"", ""},
           {" \t-- ", ""},
           {"Mistral AI", "mistral ai"},
           {"S.p.A.", "spa"},
           {"S. p. A.", "spa"},
           {"A B C Company", "abc company"},
           {"Partners V L.P.", "partners v lp"},
           {"J.P. Morgan & Co.", "jp morgan and co"},
           {"JPMorgan", "jp+morgan"},
           {"DeepL SE", "deep+l se"},
           {"SiemensAG", "siemens+ag"},
           {"iPhone", "iphone"},
           {"AT&T", "at and t"},
           {"& Co", "co"},
           {"Int’l", "intl"},
           {"L'Oréal", "l oreal"},
           {"D'Andrea's", "d andreas"},
           {"O'Reilly", "oreilly"},
           {"3%ers", "3 percent ers"},
           {"㈱トヨタ", "株 トヨタ"},
           {"Société Générale", "societe generale"},
           {"Ein\u00ADund\u00ADzwanzig", "einundzwanzig"},
           {"a\xFF"
            "b",
            "a b"},
           {"ＯｎｚｅＬａｂｓ", "onze+labs"},
       }) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(Cut(test.name), test.pieces);
  }
}

TEST(SplitTest, SaysWhatIsInCapitals) {
  const std::vector<Piece> pieces = Split("Fund III ltd");
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_FALSE(pieces[0].capital);
  EXPECT_TRUE(pieces[1].capital);
  EXPECT_FALSE(pieces[2].capital);
}

TEST(SplitTest, LeavesOutWhatIsTooLong) {
  EXPECT_EQ(Split(std::string(10 * kLongestName, 'x')).front().text.size(), kLongestName);
}

}  // namespace
}  // namespace steelyard::registry::match
