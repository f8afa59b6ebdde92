// Values of explanation nodes.

#include "services/funding/explain_nodes.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;

v1::ExplanationNode NodeOf(const common::v1::Figure& figure) {
  v1::ExplanationNode node = MakeNode("sum/US/2025", v1::EXPLANATION_KIND_FORMULA, "sum/1");
  SetFigureValue(figure, node);
  return node;
}

TEST(SetFigureValueTest, TakesWhatTheFigureHas) {
  common::v1::Figure figure;
  figure.mutable_money()->set_currency_code("USD");
  figure.mutable_money()->set_units(3);
  figure.mutable_money()->set_nanos(500'000'000);
  EXPECT_THAT(NodeOf(figure), EqualsProto(R"pb(
                id: "sum/US/2025"
                kind: EXPLANATION_KIND_FORMULA
                title: "sum/1"
                money { currency_code: "USD" units: 3 nanos: 500000000 }
              )pb"));
  figure.set_count(7);
  EXPECT_EQ(NodeOf(figure).value_case(), v1::ExplanationNode::kCount);
  EXPECT_EQ(NodeOf(figure).count(), 7);
  figure.set_number(0.25);
  EXPECT_EQ(NodeOf(figure).value_case(), v1::ExplanationNode::kNumber);
  EXPECT_EQ(NodeOf(figure).number(), 0.25);
}

// Zero is a value; a figure without one leaves the node without one.
TEST(SetFigureValueTest, MissingIsNotZero) {
  common::v1::Figure figure;
  EXPECT_EQ(NodeOf(figure).value_case(), v1::ExplanationNode::VALUE_NOT_SET);
  figure.set_count(0);
  EXPECT_EQ(NodeOf(figure).value_case(), v1::ExplanationNode::kCount);
  figure.set_number(0);
  EXPECT_EQ(NodeOf(figure).value_case(), v1::ExplanationNode::kNumber);
}

TEST(SetAmountTest, LeavesOutWhatDoesNotFit) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  v1::ExplanationNode node;
  SetAmount(static_cast<Int128>(kMost) + 1, "USD", node);
  EXPECT_FALSE(node.has_money());
  SetAmount(kMost, "USD", node);
  EXPECT_EQ(node.money().units(), kMost / 100);
}

TEST(FigureNotFoundTest, NamesWhatThereIs) {
  const absl::Status none = FigureNotFound("sum/FR/2025", {});
  EXPECT_THAT(none, HasReason(common::v1::ERROR_REASON_FIGURE_NOT_FOUND));
  EXPECT_EQ(std::string(none.message()),
            "the answer to the question has no figure \"sum/FR/2025\"; it has none");
  EXPECT_EQ(MetadataOf(FigureNotFound("x", {"a", "b"}), "figures"), "a b");
}

}  // namespace
}  // namespace steelyard::funding
