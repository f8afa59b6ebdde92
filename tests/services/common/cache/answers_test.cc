#include "services/common/cache/answers.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/common/v1/snapshot.pb.h"
#include "steelyard/funding/v1/funding.pb.h"
#include "tests/support/event.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace steelyard::cache {
namespace {

using testing::Event;
using ::testing::HasSubstr;

// Answers are snapshots whose token says which computation it was.
class AnswersTest : public ::testing::Test {
 protected:
  void Make(int64_t budget) { answers_ = std::make_unique<Answers>("funding", budget, metrics_); }

  // The answer under a key; empty for a failure.
  std::string Ask(const std::string& key) {
    common::v1::Snapshot response;
    const absl::Status status =
        answers_->Fill(Context::Background(), key, response, [&]() -> absl::Status {
          response.set_token(StrCat(key, " ", ++computed_));
          return absl::OkStatus();
        });
    return status.ok() ? response.token() : "";
  }
  // Until so many callers wait for another one's computation.
  void AwaitWaiting(int callers) const {
    while (answers_->waiting() < callers) std::this_thread::yield();
  }
  std::string Metrics() const { return metrics_.Render(); }

  observe::Metrics metrics_;
  std::unique_ptr<Answers> answers_ =
      std::make_unique<Answers>("funding", int64_t{1} << 20, metrics_);
  std::atomic<int> computed_ = 0;
};

TEST_F(AnswersTest, ComputesOnceAndKeeps) {
  EXPECT_EQ(Ask("a"), "a 1");
  EXPECT_EQ(Ask("b"), "b 2");
  EXPECT_EQ(Ask("a"), "a 1");
  EXPECT_THAT(Metrics(),
              HasSubstr("steelyard_answers_total{how=\"computed\",service=\"funding\"} 2"));
  EXPECT_THAT(Metrics(), HasSubstr("steelyard_answers_total{how=\"kept\",service=\"funding\"} 1"));
  EXPECT_THAT(Metrics(), HasSubstr("steelyard_answers_bytes{service=\"funding\"} " +
                                   std::to_string(answers_->bytes())));
}

TEST_F(AnswersTest, AFailureIsNotKept) {
  common::v1::Snapshot response;
  const auto fail = [] { return MakeError(common::v1::ERROR_REASON_UNKNOWN_REGION, "no"); };
  EXPECT_THAT(answers_->Fill(Context::Background(), "a", response, fail),
              testing::HasReason(common::v1::ERROR_REASON_UNKNOWN_REGION));
  EXPECT_EQ(Ask("a"), "a 1");
}

TEST_F(AnswersTest, WhatLacksSomethingIsNotKept) {
  common::v1::Snapshot response;
  const auto compute = [&] {
    response.set_token("half");
    return absl::OkStatus();
  };
  EXPECT_OK(answers_->Fill(Context::Background(), "a", response, compute, [] { return false; }));
  EXPECT_EQ(response.token(), "half");
  EXPECT_EQ(Ask("a"), "a 1");
}

TEST_F(AnswersTest, WhatWasUsedLongAgoGoesFirst) {
  Ask("a");
  const int64_t one = answers_->bytes();
  Make(4 * one + 3);
  for (const char* key : {"a", "b", "c", "d"}) Ask(key);
  const std::string a = Ask("a");
  Ask("e");
  EXPECT_LE(answers_->bytes(), 4 * one + 3);
  EXPECT_EQ(Ask("a"), a);
  const int before = computed_;
  Ask("b");
  EXPECT_EQ(computed_, before + 1);
}

TEST_F(AnswersTest, WhatTakesTooMuchOfTheBudgetIsNotKept) {
  Ask("a");
  const int64_t one = answers_->bytes();
  Make(4 * one - 1);
  EXPECT_EQ(Ask("a"), "a 2");
  EXPECT_EQ(Ask("a"), "a 3");
  EXPECT_EQ(answers_->bytes(), 0);
}

TEST_F(AnswersTest, WithoutABudgetNothingIsKept) {
  Make(0);
  EXPECT_EQ(Ask("a"), "a 1");
  EXPECT_EQ(Ask("a"), "a 2");
}

TEST_F(AnswersTest, EqualQuestionsAtTheSameTimeAreOneComputation) {
  Event begun;
  Event release;
  std::vector<std::thread> callers;
  std::vector<std::string> given(8);
  const auto ask = [&](std::string& into) {
    common::v1::Snapshot response;
    EXPECT_OK(answers_->Fill(Context::Background(), "a", response, [&] {
      begun.Set();
      release.Wait();
      response.set_token(StrCat("a ", ++computed_));
      return absl::OkStatus();
    }));
    into = response.token();
  };
  callers.emplace_back([&] { ask(given[0]); });
  begun.Wait();
  for (size_t i = 1; i < given.size(); ++i) callers.emplace_back([&, i] { ask(given[i]); });
  AwaitWaiting(7);
  // Other questions do not wait for it.
  EXPECT_EQ(Ask("b"), "b 1");
  release.Set();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(computed_, 2);
  EXPECT_THAT(given, ::testing::Each("a 2"));
}

TEST_F(AnswersTest, WhoWaitedForAFailureComputesForItself) {
  Event begun;
  Event release;
  std::thread first([&] {
    common::v1::Snapshot response;
    EXPECT_THAT(answers_->Fill(Context::Background(), "a", response,
                               [&]() -> absl::Status {
                                 begun.Set();
                                 release.Wait();
                                 return absl::CancelledError("given up");
                               }),
                testing::StatusIs(absl::StatusCode::kCancelled));
  });
  begun.Wait();
  std::string second;
  std::thread other([&] { second = Ask("a"); });
  AwaitWaiting(1);
  release.Set();
  first.join();
  other.join();
  EXPECT_EQ(second, "a 1");
}

// Nobody stands in a row behind failures.
TEST_F(AnswersTest, WhoWaitedForAFailureWaitsForNobodyElse) {
  Event begun;
  Event release;
  std::thread first([&] {
    common::v1::Snapshot response;
    EXPECT_THAT(answers_->Fill(Context::Background(), "a", response,
                               [&]() -> absl::Status {
                                 begun.Set();
                                 release.Wait();
                                 return absl::CancelledError("given up");
                               }),
                testing::StatusIs(absl::StatusCode::kCancelled));
  });
  begun.Wait();
  Event both;
  std::atomic<int> computing = 0;
  std::vector<std::thread> others;
  for (int i = 0; i < 2; ++i) {
    others.emplace_back([&] {
      common::v1::Snapshot response;
      // Ends only when the other one computes, too.
      EXPECT_OK(answers_->Fill(Context::Background(), "a", response, [&] {
        if (++computing == 2) both.Set();
        both.Wait();
        return absl::OkStatus();
      }));
    });
  }
  AwaitWaiting(2);
  release.Set();
  first.join();
  for (std::thread& other : others) other.join();
  EXPECT_EQ(computing, 2);
}

TEST_F(AnswersTest, WhatLacksSomethingGoesToWhoWaitedForIt) {
  Event begun;
  Event release;
  std::thread first([&] {
    common::v1::Snapshot response;
    const auto compute = [&] {
      begun.Set();
      release.Wait();
      response.set_token("half");
      return absl::OkStatus();
    };
    EXPECT_OK(answers_->Fill(Context::Background(), "a", response, compute, [] { return false; }));
  });
  begun.Wait();
  std::string second;
  std::thread other([&] { second = Ask("a"); });
  AwaitWaiting(1);
  release.Set();
  first.join();
  other.join();
  EXPECT_EQ(second, "half");
  EXPECT_EQ(Ask("a"), "a 1");
}

TEST_F(AnswersTest, AnExceptionLetsTheOthersGo) {
  common::v1::Snapshot response;
  EXPECT_THROW(answers_
                   ->Fill(Context::Background(), "a", response,
                          []() -> absl::Status { throw std::runtime_error("defect"); })
                   .IgnoreError(),
               std::runtime_error);
  EXPECT_EQ(Ask("a"), "a 1");
}

TEST_F(AnswersTest, WhoWaitsMayGiveUp) {
  Event begun;
  Event release;
  std::thread first([&] {
    common::v1::Snapshot response;
    EXPECT_OK(answers_->Fill(Context::Background(), "a", response, [&] {
      begun.Set();
      release.Wait();
      return absl::OkStatus();
    }));
  });
  begun.Wait();
  Context context = Context::Background();
  absl::Status status;
  std::thread other([&] {
    common::v1::Snapshot response;
    status = answers_->Fill(context, "a", response, [] { return absl::OkStatus(); });
  });
  AwaitWaiting(1);
  context.Cancel();
  other.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  const Context late = Context::WithDeadline(absl::InfinitePast());
  common::v1::Snapshot response;
  EXPECT_EQ(answers_->Fill(late, "a", response, [] { return absl::OkStatus(); }).code(),
            absl::StatusCode::kDeadlineExceeded);
  release.Set();
  first.join();
}

TEST(KeyTest, MethodTokenAndQuestionDecide) {
  funding::v1::AggregateRoundsRequest question;
  question.add_regions("US");
  const std::string key = KeyOf("m", "t", question);
  EXPECT_NE(KeyOf("n", "t", question), key);
  EXPECT_NE(KeyOf("m", "u", question), key);
  EXPECT_EQ(KeyOf("m", "t", question), key);
  question.add_regions("CN");
  EXPECT_NE(KeyOf("m", "t", question), key);
}

TEST_F(AnswersTest, HowTheTokenWasFoundDoesNotMatter) {
  funding::v1::AggregateRoundsRequest newest;
  newest.add_regions("US");
  funding::v1::AggregateRoundsRequest pinned = newest;
  pinned.mutable_read()->set_snapshot("token");
  int computed = 0;
  for (const auto& request : {newest, pinned}) {
    funding::v1::AggregateRoundsResponse response;
    EXPECT_OK(Answer(*answers_, Context::Background(), "m", "token", request, response, [&] {
      response.set_source_count(++computed);
      return absl::OkStatus();
    }));
    EXPECT_EQ(response.source_count(), 1);
  }
}

}  // namespace
}  // namespace steelyard::cache
