#include "services/common/sql/interrupter.h"

#include <atomic>
#include <future>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace steelyard::sql {
namespace {

// Counts calls, and lets a test wait for the n-th.
struct Calls {
  std::atomic<int> count = 0;
  std::promise<void> third;
  std::function<void()> Callback() {
    return [this] {
      if (++count == 3) {
        third.set_value();
      }
    };
  }
};

TEST(Interrupter, RepeatsAfterTheDeadlineUntilTheStatementHasEnded) {
  Interrupter interrupter;
  Calls calls;
  int after = 0;
  {
    const Interrupter::Guard guard(
        interrupter, Context::WithDeadline(absl::Now() + absl::Milliseconds(2)), calls.Callback());
    calls.third.get_future().wait();
  }
  after = calls.count;
  Calls others;
  {
    const Interrupter::Guard guard(interrupter, Context::WithDeadline(absl::Now()),
                                   others.Callback());
    others.third.get_future().wait();
  }
  EXPECT_EQ(calls.count, after) << "not after its guard is gone";
}

TEST(Interrupter, RepeatsAfterCancellation) {
  Interrupter interrupter;
  Calls calls;
  Context context = Context::Background();
  const Interrupter::Guard guard(interrupter, context, calls.Callback());
  context.Cancel();
  calls.third.get_future().wait();
  EXPECT_GE(calls.count, 3);
}

TEST(Interrupter, AContextThatWasCancelledBeforeCountsToo) {
  Interrupter interrupter;
  Calls calls;
  Context context = Context::Background();
  context.Cancel();
  const Interrupter::Guard guard(interrupter, context, calls.Callback());
  calls.third.get_future().wait();
  EXPECT_GE(calls.count, 3);
}

TEST(Interrupter, LeavesOtherStatementsAlone) {
  Interrupter interrupter;
  Calls endless;
  Calls brief;
  const Interrupter::Guard first(interrupter, Context::Background(), endless.Callback());
  const Interrupter::Guard second(interrupter, Context::WithDeadline(absl::Now()),
                                  brief.Callback());
  brief.third.get_future().wait();
  EXPECT_EQ(endless.count, 0);
}

}  // namespace
}  // namespace steelyard::sql
