#include "services/common/random/philox.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::random {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::Lt;

// Known answers that the authors publish with their library (Random123, kat_vectors).
TEST(PhiloxTest, GivesTheKnownAnswers) {
  EXPECT_THAT(Philox({0, 0, 0, 0}, {0, 0}),
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(Philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

std::vector<double> Uniforms(Sequence sequence, int count) {
  std::vector<double> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(sequence.Uniform());
  return drawn;
}

TEST(SequenceTest, TheSameNameGivesTheSameDraws) {
  EXPECT_EQ(Uniforms({{1, 2}, 3, 4, 5}, 100), Uniforms({{1, 2}, 3, 4, 5}, 100));
}

TEST(SequenceTest, AnotherNameGivesOtherDraws) {
  const std::vector<double> draws = Uniforms({{1, 2}, 3, 4, 5}, 100);
  EXPECT_NE(draws, Uniforms({{1, 2}, 4, 4, 5}, 100));
  EXPECT_NE(draws, Uniforms({{1, 2}, 3, 5, 5}, 100));
  EXPECT_NE(draws, Uniforms({{1, 2}, 3, 4, 6}, 100));
  EXPECT_NE(draws, Uniforms({{1, 3}, 3, 4, 5}, 100));
}

TEST(SequenceTest, UniformsLieInsideAndAverageOneHalf) {
  const std::vector<double> draws = Uniforms({{0, 0}, 0, 0, 0}, 100'000);
  EXPECT_THAT(draws, Each(AllOf(Gt(0.0), Lt(1.0))));
  double sum = 0;
  for (const double draw : draws) sum += draw;
  // Five standard errors.
  EXPECT_THAT(sum / 1e5, DoubleNear(0.5, 5 * 0.2887 / 316));
}

TEST(SequenceTest, NormalsHaveTheMomentsOfTheNormalDistribution) {
  Sequence sequence({7, 7}, 0, 0, 0);
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double z = sequence.Normal();
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
  }
  EXPECT_THAT(sum / 1e5, DoubleNear(0, 5 / 316.0));
  EXPECT_THAT(squares / 1e5, DoubleNear(1, 5 * 1.414 / 316));
  EXPECT_THAT(fourth / 1e5, DoubleNear(3, 5 * 9.8 / 316));
}

}  // namespace
}  // namespace steelyard::random
