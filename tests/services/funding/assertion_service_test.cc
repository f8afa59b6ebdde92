#include <string>

#include "gmock/gmock.h"
#include "tests/services/funding/service_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AssertionServiceTest : public ServiceFixture {
 protected:
  using Stub = v1::FundingService::Stub;

  // Two sources that agree on a round but for the amount, and another round.
  void AddReports() {
    Round other = SomeRound("a");
    other.sources = {"wire"};
    other.amount->minor_units = 150'000'000;
    Upsert({SomeRound("a"), SomeRound("b", "acme", {2024, 9, 1})});
    Upsert({other});
  }
  absl::StatusOr<v1::GetRoundResponse> Resolution(const std::string& text) {
    return Call(&Stub::GetRound, Parse<v1::GetRoundRequest>(text + " view: ROUND_VIEW_RESOLUTION"));
  }
};

TEST_F(AssertionServiceTest, ARoundShowsHowItWasResolved) {
  AddReports();
  ASSERT_OK_AND_ASSIGN(const auto plain, GetRound("rounds/a"));
  EXPECT_TRUE(plain.resolution().empty());
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       Resolution("name: 'rounds/a' definition { source_policy: 'priority/1' "
                                  "source_priority: 'sources/wire' }"));
  EXPECT_EQ(answer.round().amount().units(), 1'500'000);
  ASSERT_EQ(answer.resolution_size(), 4);
  const v1::FieldResolution& amount = answer.resolution(3);
  EXPECT_EQ(amount.field(), "amount");
  EXPECT_EQ(amount.policy(), "priority/1");
  EXPECT_EQ(amount.winner().source(), "sources/wire");
  EXPECT_EQ(amount.losers(0).value(), "1000000.00 USD");
  EXPECT_NEAR(amount.spread(), 1.0 / 3, 1e-12);
}

TEST_F(AssertionServiceTest, AssertionsAreListedWithTheirHistory) {
  AddReports();
  std::vector<std::string> ignored;
  ASSERT_OK(rounds_->Retract(Context::Background(),
                             {.round = "a", .sources = {"wire"}, .reason = "hoax"}, ignored));
  const auto list = [&](const std::string& text) {
    return Call(&Stub::ListAssertions, Parse<v1::ListAssertionsRequest>(text));
  };
  ASSERT_OK_AND_ASSIGN(const auto now, list("parent: 'rounds/a'"));
  ASSERT_EQ(now.assertions_size(), 2);
  EXPECT_EQ(now.assertions(0).name(), "rounds/a/assertions/press");
  EXPECT_EQ(now.assertions(0).round().amount().units(), 1'000'000);
  EXPECT_TRUE(now.assertions(1).retracted());
  EXPECT_EQ(now.assertions(1).reason(), "hoax");
  ASSERT_OK_AND_ASSIGN(const auto all, list("parent: 'rounds/a' include_history: true"));
  ASSERT_EQ(all.assertions_size(), 3);
  EXPECT_EQ(all.assertions(1).from_revision(), 2);
  EXPECT_EQ(all.assertions(1).to_revision(), 3);
  EXPECT_EQ(all.assertions(2).to_revision(), 0);
  EXPECT_THAT(list("parent: 'rounds/x'"), HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
  EXPECT_THAT(list("parent: 'a'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(AssertionServiceTest, DecisionsAreMadeListedAndUnmade) {
  AddReports();
  const std::string pair =
      "name: 'rounds/b' related: 'rounds/a' relation: ROUND_RELATION_SAME_AS reason: 'seen'";
  ASSERT_OK_AND_ASSIGN(const auto linked,
                       Call(&Stub::LinkRounds, Parse<v1::LinkRoundsRequest>(pair)));
  EXPECT_TRUE(linked.link().holds());
  ASSERT_OK_AND_ASSIGN(const auto round, GetRound("rounds/b"));
  EXPECT_EQ(round.round().name(), "rounds/a");
  EXPECT_THAT(round.round().aliases(), ElementsAre("rounds/b"));
  const auto links = [&](const std::string& text) {
    return Call(&Stub::ListRoundLinks, Parse<v1::ListRoundLinksRequest>(text));
  };
  ASSERT_OK_AND_ASSIGN(const auto listed, links("round: 'rounds/a'"));
  ASSERT_EQ(listed.links_size(), 1);
  EXPECT_EQ(listed.links(0).reason(), "seen");
  EXPECT_EQ(listed.links(0).origin(), v1::LINK_ORIGIN_DECIDED);
  ASSERT_OK_AND_ASSIGN(const auto none, links("round: 'rounds/z'"));
  EXPECT_EQ(none.links_size(), 0);
  ASSERT_OK(Call(&Stub::UnlinkRounds, Parse<v1::UnlinkRoundsRequest>(pair)));
  ASSERT_OK_AND_ASSIGN(const auto apart, GetRound("rounds/b"));
  EXPECT_EQ(apart.round().name(), "rounds/b");
  // The decision is one about the past as well: a token keeps what it showed.
  v1::GetRoundRequest then;
  then.set_name("rounds/b");
  then.mutable_read()->set_snapshot(linked.snapshot().token());
  ASSERT_OK_AND_ASSIGN(const auto before, Call(&Stub::GetRound, then));
  EXPECT_EQ(before.round().name(), "rounds/a");
}

TEST_F(AssertionServiceTest, DuplicatesArePaged) {
  Upsert(
      {SomeRound("a"), SomeRound("b", "acme", {2024, 5, 8}), SomeRound("c", "acme", {2024, 5, 9})});
  const auto list = [&](const std::string& text) {
    return Call(&Stub::ListDuplicateRounds, Parse<v1::ListDuplicateRoundsRequest>(text));
  };
  ASSERT_OK_AND_ASSIGN(const auto first, list("page_size: 2"));
  ASSERT_EQ(first.pairs_size(), 2);
  EXPECT_EQ(first.pairs(0).round().name(), "rounds/b");  // the nearest two
  EXPECT_EQ(first.pairs(0).other().name(), "rounds/c");
  EXPECT_GT(first.pairs(0).score(), first.pairs(1).score());
  ASSERT_OK_AND_ASSIGN(const auto rest,
                       list("page_size: 2 page_token: '" + first.next_page_token() + "'"));
  EXPECT_EQ(rest.pairs_size(), 1);
  EXPECT_EQ(rest.next_page_token(), "");
  ASSERT_OK_AND_ASSIGN(const auto other, list("company: 'companies/beta'"));
  EXPECT_EQ(other.pairs_size(), 0);
  ASSERT_OK(rounds_->Decide(Context::Background(), {.round = "b",
                                                    .related = "c",
                                                    .relation = v1::ROUND_RELATION_SAME_AS,
                                                    .holds = false,
                                                    .origin = v1::LINK_ORIGIN_DECIDED}));
  ASSERT_OK_AND_ASSIGN(const auto left, list(""));
  EXPECT_EQ(left.pairs_size(), 2);
}

TEST_F(AssertionServiceTest, BadRequestsNameTheField) {
  AddReports();
  const auto link = [&](const std::string& text) {
    return Call(&Stub::LinkRounds, Parse<v1::LinkRoundsRequest>(text))
        .status()
        .ToString(absl::StatusToStringMode::kWithEverything);
  };
  EXPECT_THAT(link("name: 'a' related: 'rounds/b' relation: 1"), HasSubstr("name"));
  EXPECT_THAT(link("name: 'rounds/a' related: 'rounds/a' relation: 1"),
              HasSubstr("must be another round"));
  EXPECT_THAT(link("name: 'rounds/a' related: 'rounds/b'"), HasSubstr("relation"));
  EXPECT_THAT(link("name: 'rounds/a' related: 'rounds/x' relation: 1"), HasSubstr("rounds/x"));
  const auto retract = [&](const std::string& text) {
    return Call(&Stub::RetractRound, Parse<v1::RetractRoundRequest>(text))
        .status()
        .ToString(absl::StatusToStringMode::kWithEverything);
  };
  EXPECT_THAT(retract("name: 'rounds/a'"), HasSubstr("reason"));
  EXPECT_THAT(retract("name: 'rounds/a' reason: 'r' sources: 'wire'"), HasSubstr("sources[0]"));
  EXPECT_THAT(retract("name: 'rounds/a' reason: 'r' sources: 'sources/other'"),
              HasSubstr("no source says anything"));
  for (const std::string definition :
       {"source_policy: 'best/1'", "source_rules { field: 'amount' policy: 'best/1' }"}) {
    const auto unknown = Resolution("name: 'rounds/a' definition { " + definition + " }");
    EXPECT_THAT(unknown, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
    EXPECT_THAT(std::string(unknown.status().message()),
                HasSubstr("must be one of listed-order/1, priority/1, freshest/1, median/1, "
                          "most-complete/1, not \"best/1\""));
    EXPECT_EQ(MetadataOf(unknown.status(), "allowed"),
              "listed-order/1, priority/1, freshest/1, median/1, most-complete/1");
  }
}

TEST_F(AssertionServiceTest, WatchersHearOfWhatIsGone) {
  AddReports();
  ASSERT_OK_AND_ASSIGN(const auto retracted,
                       Call(&Stub::RetractRound, Parse<v1::RetractRoundRequest>(
                                                     "name: 'rounds/b' reason: 'never happened'")));
  EXPECT_THAT(retracted.retracted(), ElementsAre("rounds/b/assertions/press"));
  grpc::ClientContext context;
  v1::WatchRoundsRequest request;
  request.set_after_revision(2);
  const auto stream = stub_->WatchRounds(&context, request);
  v1::WatchRoundsResponse change;
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.revision(), 3);
  EXPECT_TRUE(change.rounds().empty());
  EXPECT_THAT(change.removed(), ElementsAre("rounds/b"));
  EXPECT_FALSE(change.more());
  context.TryCancel();
}

}  // namespace
}  // namespace steelyard::funding
