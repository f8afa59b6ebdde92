#include "services/registry/match/similarity.h"

#include <algorithm>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace steelyard::registry::match {
namespace {

TEST(EditsTest, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(Edits("", ""), 0U);
  EXPECT_EQ(Edits("abc", ""), 3U);
  EXPECT_EQ(Edits("kitten", "sitting"), 3U);
  EXPECT_EQ(Edits("ca", "ac"), 1U);
  // Boytsov 2011: optimal alignment touches no part twice, where Damerau's distance is 2.
  EXPECT_EQ(Edits("ca", "abc"), 3U);
  EXPECT_EQ(Edits("mistral", "mistarl"), 1U);
}

TEST(EditsTest, IsSymmetricAndBounded) {
  std::mt19937 random(7);
  const auto draw = [&](size_t size) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    const std::string a = draw(random() % 12);
    const std::string b = draw(random() % 12);
    const size_t edits = Edits(a, b);
    EXPECT_EQ(edits, Edits(b, a)) << a << " " << b;
    EXPECT_LE(edits, std::max(a.size(), b.size()));
    EXPECT_GE(edits, std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
    EXPECT_EQ(edits == 0, a == b);
  }
}

TEST(EditSimilarityTest, FromALeastIsTheSameOrNothing) {
  EXPECT_DOUBLE_EQ(EditSimilarity("", ""), 1);
  EXPECT_DOUBLE_EQ(EditSimilarity("abcd", "abce"), 0.75);
  EXPECT_DOUBLE_EQ(EditSimilarityFrom(0.7, "abcd", "abce"), 0.75);
  EXPECT_DOUBLE_EQ(EditSimilarityFrom(0.8, "abcd", "abce"), 0);
  EXPECT_DOUBLE_EQ(EditSimilarityFrom(0.8, "a", "abcdefgh"), 0);
}

TEST(CompareTest, SaysHowWordsAreAlike) {
  struct Case {
    std::string a;
    std::string b;
    Likeness likeness;
  };
  const auto word = [](std::string_view text) { return Parse(text).tokens.at(0); };
  for (const Case& test : std::vector<Case>{
           {"Mistral", "mistral", Likeness::kEqual},
           {"Яндекс", "Yandeks", Likeness::kTransliterated},
           {"Яндекс", "Yandex", Likeness::kTransliterated},
           {"삼성", "Samsung", Likeness::kTransliterated},
           {"АКБА", "ԱԿԲԱ", Likeness::kTransliterated},
           {"Либерти", "ლიბერთი", Likeness::kTransliterated},
           {"Forêt", "Forest", Likeness::kTranslated},
           {"onze", "eleven", Likeness::kTranslated},
           {"Gazprom", "Gasprom", Likeness::kEdited},
           {"BAE", "BWI", Likeness::kNone},
           {"ABC", "NABC", Likeness::kNone},
           {"eleven", "twelve", Likeness::kNone},
           {"魏", "卫", Likeness::kNone},  // read alike, written otherwise
           {"韵达", "韵达速递", Likeness::kPart},
       }) {
    SCOPED_TRACE(test.a + " " + test.b);
    const WordSimilarity one = Compare(word(test.a), word(test.b));
    const WordSimilarity other = Compare(word(test.b), word(test.a));
    EXPECT_EQ(one.likeness, test.likeness);
    EXPECT_EQ(other.likeness, test.likeness);
    EXPECT_DOUBLE_EQ(one.value, other.value);
  }
}

}  // namespace
}  // namespace steelyard::registry::match
