#include "gateway/cli/words.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"

namespace steelyard::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WordsTest, SplitsAtSpacesAndSeparators) {
  EXPECT_THAT(SplitWords("  a\tbc  d "), ElementsAre("a", "bc", "d"));
  EXPECT_THAT(SplitWords(" "), IsEmpty());
  EXPECT_THAT(SplitList("a, b ,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(SplitList("", ','), ElementsAre(""));
}

TEST(WordsTest, ReadsDecimalNumbersAndPercentages) {
  const struct {
    const char* word = "";
    std::optional<double> number;
  } cases[] = {
      {"5", 5.0},
      {"-0.5", -0.5},
      {"+0.1", 0.1},
      {"10%", 0.1},
      {"-2.5%", -0.025},
      {"2e9", 2e9},
      {"", std::nullopt},
      {"%", std::nullopt},
      {"x", std::nullopt},
      {"1x", std::nullopt},
      {"inf", std::nullopt},
      {"nan", std::nullopt},
      {"0x10", std::nullopt},
      {"++1", std::nullopt},
      {"1e999", std::nullopt},
      {"1 2", std::nullopt},
      {"1,5", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(ToNumber(c.word), c.number) << c.word;
}

TEST(WordsTest, ReadsYears) {
  EXPECT_EQ(ToYear("2030"), 2030);
  EXPECT_EQ(ToYear("1"), 1);
  for (const char* word : {"", "0", "-5", "10000", "2030-01", "soon", "2030.5"}) {
    EXPECT_EQ(ToYear(word), std::nullopt) << word;
  }
}

TEST(WordsTest, AnErrorShowsTheWordsAndAnExample) {
  const absl::Status status = WrongWords("x y", "is no lever", "\"A fund 5\"");
  EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_INVALID_FIELD);
  EXPECT_EQ(status.message(), "'x y' is no lever; for example \"A fund 5\"");
}

}  // namespace
}  // namespace steelyard::cli
