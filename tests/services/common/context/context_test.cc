#include "services/common/context/context.h"

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;

TEST(Context, BackgroundIsUnbounded) {
  const Context context = Context::Background();
  EXPECT_EQ(context.deadline(), absl::InfiniteFuture());
  EXPECT_FALSE(context.cancelled());
  EXPECT_THAT(context.Check(), IsOk());
}

TEST(Context, ChecksItsDeadline) {
  EXPECT_THAT(Context::WithDeadline(absl::Now() + absl::Hours(1)).Check(), IsOk());
  EXPECT_THAT(Context::WithDeadline(absl::Now() - absl::Seconds(1)).Check(),
              HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
}

TEST(Context, CopiesShareTheirState) {
  Context context = Context::Background();
  const Context copy = context;
  context.Cancel();
  EXPECT_TRUE(copy.cancelled());
  EXPECT_THAT(copy.Check(), HasReason(common::v1::ERROR_REASON_CANCELLED));
  EXPECT_FALSE(Context::Background().cancelled());
}

TEST(Context, CancellationComesBeforeTheDeadline) {
  Context context = Context::WithDeadline(absl::Now() - absl::Seconds(1));
  context.Cancel();
  EXPECT_THAT(context.Check(), HasReason(common::v1::ERROR_REASON_CANCELLED));
}

TEST(Context, CallsEveryCallbackOnceInOrder) {
  Context context = Context::Background();
  std::vector<int> calls;
  const auto first = context.OnCancel([&] { calls.push_back(1); });
  const auto second = context.OnCancel([&] { calls.push_back(2); });
  EXPECT_TRUE(calls.empty());
  context.Cancel();
  context.Cancel();
  EXPECT_THAT(calls, ::testing::ElementsAre(1, 2));
}

TEST(Context, CallsAtOnceWhenItWasCancelled) {
  Context context = Context::Background();
  context.Cancel();
  int calls = 0;
  const auto registration = context.OnCancel([&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(Context, DoesNotCallWhatWasUnregistered) {
  Context context = Context::Background();
  int calls = 0;
  {
    const auto registration = context.OnCancel([&] { ++calls; });
  }
  context.Cancel();
  EXPECT_EQ(calls, 0);
}

TEST(Registration, MovesItsDuty) {
  Context context = Context::Background();
  int first_calls = 0;
  int second_calls = 0;
  auto first = context.OnCancel([&] { ++first_calls; });
  Context::Registration moved(std::move(first));
  auto second = context.OnCancel([&] { ++second_calls; });
  moved = std::move(second);  // unregisters the first
  context.Cancel();
  EXPECT_EQ(first_calls, 0);
  EXPECT_EQ(second_calls, 1);
}

TEST(Registration, FreesTheCallback) {
  Context context = Context::Background();
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  {
    const auto registration = context.OnCancel([kept = std::move(held)] { EXPECT_EQ(*kept, 1); });
    EXPECT_FALSE(watched.expired());
  }
  EXPECT_TRUE(watched.expired());
}

TEST(Registration, MayOutliveItsContext) {
  Context::Registration registration;
  {
    const Context context = Context::WithDeadline(absl::InfiniteFuture());
    registration = context.OnCancel([] {});
  }
}

TEST(Registration, WaitsForACallbackThatRuns) {
  Context context = Context::Background();
  std::promise<void> started;
  std::promise<void> go_on;
  std::atomic<bool> finished = false;
  auto registration = std::make_unique<Context::Registration>(context.OnCancel([&] {
    started.set_value();
    go_on.get_future().wait();
    finished = true;
  }));
  std::thread canceller([&] { context.Cancel(); });
  started.get_future().wait();
  std::thread destroyer([&] {
    registration.reset();
    EXPECT_TRUE(finished);
  });
  go_on.set_value();
  destroyer.join();
  canceller.join();
}

TEST(Registration, MayBeDestroyedByItsOwnCallback) {
  Context context = Context::Background();
  std::unique_ptr<Context::Registration> registration;
  registration =
      std::make_unique<Context::Registration>(context.OnCancel([&] { registration.reset(); }));
  context.Cancel();
  EXPECT_EQ(registration, nullptr);
}

TEST(Context, CancelsFromAnyThread) {
  for (int round = 0; round < 200; ++round) {
    Context context = Context::Background();
    std::atomic<int> calls = 0;
    std::thread canceller([context]() mutable { context.Cancel(); });
    std::thread other([context]() mutable { context.Cancel(); });
    int registered = 0;
    {
      std::vector<Context::Registration> registrations;
      for (; registered < 10; ++registered) {
        registrations.push_back(context.OnCancel([&] { ++calls; }));
      }
      canceller.join();
      other.join();
    }
    EXPECT_EQ(calls, registered);
  }
}

}  // namespace
}  // namespace steelyard
