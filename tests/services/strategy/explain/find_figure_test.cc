#include "services/strategy/explain/find_figure.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "steelyard/strategy/v1/gap.pb.h"

namespace steelyard::strategy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FindFigureTest : public ::testing::Test {
 protected:
  FindFigureTest() {
    answer_.mutable_ratio()->set_id("ratio");
    answer_.mutable_catch_up()->mutable_years()->set_id("years");
    for (const char* id : {"one", "two", "one"}) {
      answer_.mutable_catch_up()->add_quantiles()->mutable_figure()->set_id(id);
    }
    answer_.mutable_catch_up()->mutable_quantiles(2)->mutable_figure()->set_count(3);
  }
  v1::DecomposeGapResponse answer_;
};

TEST_F(FindFigureTest, LooksIntoEveryMessageInOrder) {
  EXPECT_EQ(FindFigure(answer_, "ratio"), &answer_.ratio());
  EXPECT_EQ(FindFigure(answer_, "two"), &answer_.catch_up().quantiles(1).figure());
  // Of two with one id the first.
  EXPECT_EQ(FindFigure(answer_, "one"), &answer_.catch_up().quantiles(0).figure());
  EXPECT_EQ(FindFigure(answer_, "three"), nullptr);
  EXPECT_EQ(FindFigure(v1::DecomposeGapResponse(), "ratio"), nullptr);
}

TEST_F(FindFigureTest, NamesEachOnceAndNoMoreThanAsked) {
  EXPECT_THAT(FigureIds(answer_, 10), ElementsAre("ratio", "years", "one", "two"));
  EXPECT_THAT(FigureIds(answer_, 2), ElementsAre("ratio", "years"));
  EXPECT_THAT(FigureIds(v1::DecomposeGapResponse(), 2), IsEmpty());
}

}  // namespace
}  // namespace steelyard::strategy
