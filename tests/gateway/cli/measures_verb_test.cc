// `steelyard measures`: the list, and one in full.

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MeasuresVerbTest : public CommandLineTest {
 protected:
  MeasuresVerbTest() {
    strategy_.ListMeasuresAnswer = Answers<strategy::v1::ListMeasuresResponse>(R"pb(
      measures {
        id: "gini/1"
        title: "Gini coefficient"
        expression: "sum"
        unit: "1"
        range: "[0, 1)"
        edges: "0 for one"
        reference: "Gini 1912"
        example: "(20, 50, 20, 10) = 0.3"
      }
      measures { id: "hhi/1" title: "Herfindahl-Hirschman index" }
      method_version: "1"
      indicators { id: "growth" title: "Growth a year" }
    )pb");
  }
};

TEST_F(MeasuresVerbTest, ListsMeasuresAndIndicators) {
  const Ran ran = Ask({"measures"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("gini/1   Gini coefficient            1     [0, 1)\n"),
                             HasSubstr("hhi/1    Herfindahl-Hirschman index\n"),
                             HasSubstr("growth                  Growth a year\n"),
                             HasSubstr("method version  1\n")));
}

TEST_F(MeasuresVerbTest, ShowsOneInFullByItsIdWithOrWithoutVersion) {
  for (const char* id : {"gini", "gini/1"}) {
    const Ran ran = Ask({"measures", id});
    ASSERT_EQ(ran.code, kOk) << ran.err;
    EXPECT_EQ(ran.out,
              "measure  gini/1\ntitle    Gini coefficient\nformula  sum\nunit     1\n"
              "range    [0, 1)\nedges    0 for one\nexample  (20, 50, 20, 10) = 0.3\n"
              "source   Gini 1912\n");
  }
  EXPECT_THAT(Ask({"--json", "measures", "hhi"}).out,
              AllOf(HasSubstr("\"id\": \"hhi/1\""), Not(HasSubstr("gini"))));
  EXPECT_THAT(Ask({"--json", "measures"}).out, HasSubstr("\"methodVersion\": \"1\""));
}

TEST_F(MeasuresVerbTest, NamesWhatThereIsWhenThereIsNone) {
  const Ran like = Ask({"measures", "gin"});
  EXPECT_EQ(like.code, kWrongUsage);
  EXPECT_THAT(like.err, AllOf(HasSubstr("'gin' is no measure"), HasSubstr("gini/1"),
                              Not(HasSubstr("hhi/1"))));
  EXPECT_THAT(Ask({"measures", "x"}).err, HasSubstr("gini/1, hhi/1"));
}

}  // namespace
}  // namespace steelyard::cli
