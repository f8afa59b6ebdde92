#include "services/strategy/scenario/gap.h"

#include <cmath>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/profile/compare.h"
#include "services/strategy/profile/profile.h"
#include "services/strategy/scenario/gap_identity.h"
#include "tests/services/strategy/growing_world.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool Never() { return false; }

v1::DecomposeGapRequest Question() {
  v1::DecomposeGapRequest request;
  request.set_leader("US");
  request.set_follower("EUROPE");
  request.mutable_period()->mutable_from()->set_year(kFirstYear);
  request.mutable_period()->mutable_to()->set_year(kLastYear);
  request.set_paths(500);
  return request;
}

v1::DecomposeGapResponse Answer(const v1::DecomposeGapRequest& request, const Facts& facts,
                                int threads = 1) {
  const auto answer = MakeGap(request, facts, threads, Never);
  EXPECT_TRUE(answer.has_value());
  return answer.value_or(v1::DecomposeGapResponse());
}

TEST(GapTest, HoldsTotalsRatioAndDifferenceAsAComparisonDoes) {
  const Facts facts = OnlyRegions(GrowingWorld(), {0, 1});
  const v1::DecomposeGapResponse answer = Answer(Question(), facts);
  const Evidence evidence(facts, kFirstYear, kLastYear);
  const auto us = MakeProfile(evidence, facts.totals.regions(0));
  const auto europe = MakeProfile(evidence, facts.totals.regions(1));
  const v1::RegionRatio ratio = MakeRatio(evidence, us, europe);
  EXPECT_THAT(answer.leader(), EqualsProto(us.region()));
  EXPECT_THAT(answer.follower(), EqualsProto(europe.region()));
  EXPECT_THAT(answer.leader_total(), EqualsProto(us.total()));
  EXPECT_THAT(answer.follower_total(), EqualsProto(europe.total()));
  EXPECT_THAT(answer.ratio(), EqualsProto(ratio.ratio()));
  EXPECT_EQ(answer.ratio().number(), 12.4);
  EXPECT_THAT(answer.gap(), EqualsProto(ratio.gap()));
  EXPECT_EQ(answer.gap().money().units(), 3705 * kMillion);
  ASSERT_EQ(answer.identities_size(), 2);
  EXPECT_THAT(answer.identities(0), EqualsProto(PeopleIdentity(evidence, us, europe)));
  EXPECT_THAT(answer.identities(1), EqualsProto(MarketIdentity(evidence, us, europe)));
  EXPECT_EQ(answer.catch_up().start_year(), 2025);
  EXPECT_THAT(answer.definition(), EqualsProto(facts.totals.definition()));
  EXPECT_THAT(answer.snapshot(), EqualsProto(facts.snapshot));
}

TEST(GapTest, ZerosStandForTheirDefaults) {
  const Facts facts = GrowingWorld();
  v1::DecomposeGapRequest request = Question();
  request.clear_paths();
  const v1::DecomposeGapResponse by_default = Answer(request, facts);
  EXPECT_EQ(by_default.catch_up().target_ratio(), 1);
  EXPECT_EQ(by_default.catch_up().target_year(), 2035);
  EXPECT_EQ(by_default.catch_up().never().coverage().units_expected(), 10'000);
  request.set_target_ratio(1);
  request.set_target_year(2035);
  request.set_paths(10'000);
  EXPECT_THAT(Answer(request, facts), EqualsProto(by_default));
  request.set_target_ratio(5);
  request.set_target_year(2040);
  request.set_seed(9);
  const v1::CatchUp asked = Answer(request, facts).catch_up();
  EXPECT_EQ(asked.target_ratio(), 5);
  EXPECT_EQ(asked.target_year(), 2040);
  EXPECT_NE(asked.never().number(), by_default.catch_up().never().number());
}

TEST(GapTest, IsTheSameOnAnyNumberOfThreads) {
  const Facts facts = GrowingWorld();
  const std::string one = Answer(Question(), facts, 1).SerializeAsString();
  EXPECT_EQ(one, Answer(Question(), facts, 2).SerializeAsString());
  EXPECT_EQ(one, Answer(Question(), facts, 8).SerializeAsString());
}

TEST(GapTest, NamesSourcesOrWhatCouldNotBeAsked) {
  Facts facts = GrowingWorld();
  facts.source_names = {"sources/a", "sources/b"};
  EXPECT_EQ(Answer(Question(), facts).sources_size(), 2);
  EXPECT_THAT(Answer(Question(), facts).unreachable(), IsEmpty());
  facts.unreachable = {"services/registry"};
  EXPECT_EQ(Answer(Question(), facts).sources_size(), 0);
  EXPECT_THAT(Answer(Question(), facts).unreachable(), ElementsAre("services/registry"));
}

TEST(GapTest, EndsWhenNobodyWaits) {
  EXPECT_FALSE(MakeGap(Question(), GrowingWorld(), 1, [] { return true; }).has_value());
}

// Every figure anywhere in a message.
void Collect(const google::protobuf::Message& message, std::vector<Figure>& figures) {
  if (message.GetDescriptor() == Figure::descriptor()) {
    figures.emplace_back().CopyFrom(message);
    return;
  }
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Collect(message.GetReflection()->GetMessage(message, field), figures);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      Collect(message.GetReflection()->GetRepeatedMessage(message, field, i), figures);
    }
  }
}

TEST(GapTest, EveryFigureSaysWhatItIs) {
  std::set<std::string> formulas;
  for (const v1::MeasureInfo& measure : MeasureCatalog()) formulas.insert(measure.id());
  std::vector<Figure> figures;
  Collect(Answer(Question(), GrowingWorld()), figures);
  EXPECT_GT(figures.size(), 40);
  std::set<std::string> ids;
  for (const Figure& figure : figures) {
    EXPECT_EQ(formulas.count(figure.formula()), 1) << figure.DebugString();
    EXPECT_TRUE(ids.insert(figure.id()).second) << figure.DebugString();
    EXPECT_NE(figure.unit(), "") << figure.DebugString();
    EXPECT_TRUE(figure.has_coverage()) << figure.DebugString();
    EXPECT_EQ(figure.status() == common::v1::VALUE_STATUS_OK, figure.reason().empty());
    EXPECT_EQ(figure.status() == common::v1::VALUE_STATUS_OK,
              figure.value_case() != Figure::VALUE_NOT_SET);
    EXPECT_FALSE(std::isnan(figure.number()));
  }
}

}  // namespace
}  // namespace steelyard::strategy
