// Lists of what changed, histories, compaction, and watches of compacted stores, over a real
// server.

#include "services/funding/history.h"

#include "tests/services/funding/service_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HistoryTest : public ServiceFixture {
 protected:
  // Revision 1: a, b. 2: a differs. 3: c is new. A minute lies between commits.
  void AddThree() {
    Upsert({SomeRound("a"), SomeRound("b")});
    clock_.Advance(absl::Minutes(1));
    Round changed = SomeRound("a");
    changed.amount.reset();
    Upsert({changed});
    clock_.Advance(absl::Minutes(1));
    Upsert({SomeRound("c")});
  }
  absl::StatusOr<std::vector<std::string>> Ids(const std::string& request) {
    STEELYARD_ASSIGN_OR_RETURN(const auto reply, List(request));
    std::vector<std::string> ids;
    for (const v1::Round& round : reply.rounds()) ids.push_back(round.name().substr(7));
    for (const v1::HistoricalRound& state : reply.history()) {
      ids.push_back(StrCat(state.round().name().substr(7), "[", state.valid_from_revision(), ",",
                           state.valid_to_revision(), ")"));
    }
    return ids;
  }
  absl::StatusOr<v1::CompactHistoryResponse> Compact(const std::string& text) {
    return Call(&v1::FundingService::Stub::CompactHistory, Parse<v1::CompactHistoryRequest>(text));
  }
  std::string TokenOf(int64_t revision) {
    const auto at = ledger_->At(Context::Background(), revision);
    EXPECT_OK(at);
    return ledger_->Describe(*at).token();
  }
  std::string TimeOf(int64_t revision) {
    const auto at = ledger_->At(Context::Background(), revision);
    EXPECT_OK(at);
    return StrCat("seconds: ", absl::ToUnixSeconds(at->committed_at));
  }
  // What a watch sends before its first heartbeat: "2:a" for each round.
  absl::StatusOr<std::vector<std::string>> Watch(int64_t after) {
    grpc::ClientContext context;
    v1::WatchRoundsRequest request;
    request.set_after_revision(after);
    const auto stream = stub_->WatchRounds(&context, request);
    std::vector<std::string> seen;
    v1::WatchRoundsResponse message;
    while (stream->Read(&message)) {
      if (!message.has_committed_at()) {
        context.TryCancel();
        stream->Finish();
        return seen;
      }
      for (const v1::Round& round : message.rounds()) {
        seen.push_back(StrCat(message.revision(), ":", round.name().substr(7)));
      }
    }
    return FromGrpcStatus(stream->Finish(), "services/funding");
  }
};

TEST_F(HistoryTest, UpdatedAfterGivesWhatIsNewOrDifferentSince) {
  AddThree();
  const std::string by_id = "order_by: 'id' ";
  EXPECT_THAT(Ids(by_id + "updated_after_revision: 0"),
              testing::IsOkAndHolds(ElementsAre("a", "b", "c")));
  EXPECT_THAT(Ids(by_id + "updated_after_revision: 1"),
              testing::IsOkAndHolds(ElementsAre("a", "c")));
  EXPECT_THAT(Ids(by_id + "updated_after_revision: 3"), testing::IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Ids(by_id + "updated_after_time { " + TimeOf(2) + " }"),
              testing::IsOkAndHolds(ElementsAre("c")));
  EXPECT_THAT(Ids(by_id + "updated_after_time { seconds: 1 }"),
              testing::IsOkAndHolds(ElementsAre("a", "b", "c")));
  EXPECT_THAT(Ids("updated_after_revision: -1"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Ids("updated_after_time { nanos: -1 }"),
              HasReason(common::v1::ERROR_REASON_INVALID_DATE));
}

TEST_F(HistoryTest, HistoryGivesEveryStateWithItsTimes) {
  AddThree();
  EXPECT_THAT(Ids("include_history: true"),
              testing::IsOkAndHolds(ElementsAre("a[1,2)", "a[2,0)", "b[1,0)", "c[3,0)")));
  EXPECT_THAT(Ids("include_history: true read { snapshot: '" + TokenOf(1) + "' }"),
              testing::IsOkAndHolds(ElementsAre("a[1,0)", "b[1,0)")));
  EXPECT_THAT(Ids("include_history: true history_since_revision: 2"),
              testing::IsOkAndHolds(ElementsAre("a[2,0)", "b[1,0)", "c[3,0)")));
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       List("include_history: true filter: 'id = \"a\"' page_size: 1"));
  EXPECT_EQ(reply.total_size(), 2);
  ASSERT_EQ(reply.history_size(), 1);
  EXPECT_EQ(
      reply.history(0).valid_to_time().seconds() - reply.history(0).valid_from_time().seconds(),
      60);
  EXPECT_TRUE(reply.history(0).round().has_amount());
  ASSERT_OK_AND_ASSIGN(const auto next,
                       List("include_history: true filter: 'id = \"a\"' page_token: '" +
                            reply.next_page_token() + "'"));
  ASSERT_EQ(next.history_size(), 1);
  EXPECT_FALSE(next.history(0).round().has_amount());
  EXPECT_FALSE(next.history(0).has_valid_to_time());
}

TEST_F(HistoryTest, WhatDoesNotGoTogetherIsRefused) {
  AddThree();
  for (const char* request :
       {"history_since_revision: 1", "include_history: true history_since_revision: -1",
        "include_history: true order_by: 'id'",
        "include_history: true updated_after_revision: 1"}) {
    EXPECT_THAT(Ids(request), HasReason(common::v1::ERROR_REASON_INVALID_FIELD)) << request;
  }
}

TEST_F(HistoryTest, CompactionRefusesOlderTokensAndKeepsEveryLaterAnswer) {
  AddThree();
  const std::string old_token = TokenOf(1);
  const std::vector<std::string> later = {
      "read { snapshot: '" + TokenOf(2) + "' }", "read { snapshot: '" + TokenOf(3) + "' }",
      "include_history: true history_since_revision: 2 read { snapshot: '" + TokenOf(3) + "' }",
      "updated_after_revision: 1 read { snapshot: '" + TokenOf(3) + "' }"};
  std::vector<std::string> before;
  for (const std::string& request : later) before.push_back(List(request)->SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto dry, Compact("before_revision: 2 validate_only: true"));
  EXPECT_EQ(dry.rows(), 2);
  EXPECT_OK(List("read { snapshot: '" + old_token + "' }"));

  ASSERT_OK_AND_ASSIGN(const auto compacted, Compact("before_revision: 2"));
  EXPECT_EQ(compacted.rows(), 2);
  ASSERT_EQ(compacted.tables_size(), 2);
  EXPECT_EQ(compacted.tables(0).table(), "round_assertions");
  EXPECT_EQ(compacted.tables(1).table(), "rounds");
  EXPECT_EQ(compacted.oldest().funding_revision(), 2);
  for (size_t i = 0; i < later.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const auto reply, List(later[i]));
    EXPECT_EQ(reply.SerializeAsString(), before[i]) << later[i];
  }
  const auto refused = HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED);
  EXPECT_THAT(List("read { snapshot: '" + old_token + "' }"), refused);
  EXPECT_THAT(List("read { snapshot: '" + old_token + "' }"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Aggregate("measures: MEASURE_SUM read { snapshot: '" + old_token + "' }"), refused);
  EXPECT_THAT(List("include_history: true"), refused);
  EXPECT_THAT(List("include_history: true history_since_revision: 1"), refused);
}

TEST_F(HistoryTest, CompactionByTimeKeepsTheStateOfThatTime) {
  AddThree();
  ASSERT_OK_AND_ASSIGN(const auto compacted, Compact("since { " + TimeOf(2) + " nanos: 5000 }"));
  EXPECT_EQ(compacted.oldest().funding_revision(), 2);
  EXPECT_THAT(Compact("since { seconds: 1 }"),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  EXPECT_THAT(Compact("before_revision: 9"),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  EXPECT_THAT(Compact("before_revision: -1"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Compact(""), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(HistoryTest, WatchesGoOnFromWhatIsLeft) {
  AddThree();
  ASSERT_OK(Compact("before_revision: 2"));
  EXPECT_THAT(Watch(1), HasReason(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED));
  EXPECT_THAT(Watch(2), testing::IsOkAndHolds(ElementsAre("3:c")));
  EXPECT_THAT(Watch(0), testing::IsOkAndHolds(ElementsAre("2:a", "2:b", "3:c")));
}

}  // namespace
}  // namespace steelyard::funding
