#include "gateway/cli/enum_words.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "steelyard/strategy/v1/ranking.pb.h"

namespace steelyard::cli {
namespace {

using strategy::v1::Normalisation;
using ::testing::HasSubstr;

EnumWords Words() { return {*strategy::v1::Normalisation_descriptor(), "NORMALISATION_"}; }

TEST(EnumWordsTest, WordsAndValuesLeadToEachOther) {
  EXPECT_EQ(Words().All(), "min-max, z-score, rank, distance-to-leader");
  EXPECT_EQ(Words().NumberOf("z-score"), strategy::v1::NORMALISATION_Z_SCORE);
  EXPECT_EQ(Words().NumberOf("Z_SCORE"), strategy::v1::NORMALISATION_Z_SCORE);
  EXPECT_EQ(Words().WordOf(strategy::v1::NORMALISATION_DISTANCE_TO_LEADER), "distance-to-leader");
  EXPECT_EQ(Words().WordOf(0), "");
  EXPECT_EQ(Words().WordOf(99), "");
  EXPECT_FALSE(Words().NumberOf("unspecified").has_value());
  EXPECT_FALSE(Words().NumberOf("").has_value());
}

TEST(EnumWordsTest, AWordThatIsNoneNamesTheFlagAndAll) {
  FieldErrors errors;
  EXPECT_EQ(FromWord<Normalisation>("rank", Words(), "--normalisation", errors),
            strategy::v1::NORMALISATION_RANK);
  EXPECT_TRUE(errors.empty());
  EXPECT_FALSE(FromWord<Normalisation>("best", Words(), "--normalisation", errors).has_value());
  EXPECT_THAT(std::string(errors.ToStatus().message()),
              HasSubstr("--normalisation: 'best' is none of min-max, z-score"));
}

}  // namespace
}  // namespace steelyard::cli
