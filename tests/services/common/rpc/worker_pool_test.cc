#include "services/common/rpc/worker_pool.h"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tests/services/common/rpc/rpc_fixture.h"

namespace steelyard::rpc {
namespace {

// A pool and calls that run until they are told. The pool goes first: it finishes what it has.
class WorkerPoolTest : public ::testing::Test {
 protected:
  ~WorkerPoolTest() override {
    release_all_.Set();
    for (Held& held : held_) held.release.Set();
  }

  void Make(int workers, size_t queue = 100, size_t dear_queue = 100) {
    pool_ = std::make_unique<WorkerPool>(
        "funding", PoolLimits{.workers = workers, .queue = queue, .dear_queue = dear_queue},
        metrics_);
  }

  struct Held {
    Event running;
    Event release;
  };
  // Work that says that it runs, and goes on until it is released.
  Held& Hold(CallClass call_class) {
    Held& held = held_.emplace_back();
    EXPECT_TRUE(Submit(call_class, [&held] {
      held.running.Set();
      held.release.Wait();
    }));
    return held;
  }
  bool Submit(
      CallClass call_class, std::function<void()> work = [] {}) {
    return pool_->Submit(call_class, std::move(work)).has_value();
  }
  // Runs one call of the class to its end; hangs if it may not run.
  void RunOne(CallClass call_class) {
    Event ran;
    ASSERT_TRUE(Submit(call_class, [&ran] { ran.Set(); }));
    ran.Wait();
  }
  int64_t Shown(const std::string& metric, CallClass call_class) {
    const std::string line =
        metric + "{class=\"" + std::string(NameOf(call_class)) + "\",service=\"funding\"} ";
    const std::string text = metrics_.Render();
    const size_t at = text.find(line);
    return at == std::string::npos ? -1 : std::stoll(text.substr(at + line.size()));
  }

  observe::Metrics metrics_;
  Event release_all_;
  std::deque<Held> held_;
  std::unique_ptr<WorkerPool> pool_;
};

TEST_F(WorkerPoolTest, DearCallsHaveHalfOfTheWorkersAndCheapOnesRunOn) {
  Make(4);
  for (int i = 0; i < 2; ++i) Hold(CallClass::kDear).running.Wait();
  Held& third = Hold(CallClass::kDear);
  EXPECT_EQ(Shown("steelyard_pool_running", CallClass::kDear), 2);
  EXPECT_EQ(Shown("steelyard_pool_queue_length", CallClass::kDear), 1);
  for (int i = 0; i < 100; ++i) RunOne(CallClass::kCheap);

  held_.front().release.Set();
  third.running.Wait();
}

TEST_F(WorkerPoolTest, WritesTakeTurnsAndLeaveDearCallsTheirPlaces) {
  Make(4);
  Held& first = Hold(CallClass::kWrite);
  first.running.Wait();
  Held& second = Hold(CallClass::kWrite);
  EXPECT_EQ(Shown("steelyard_pool_queue_length", CallClass::kWrite), 1);
  for (int i = 0; i < 2; ++i) Hold(CallClass::kDear).running.Wait();
  RunOne(CallClass::kCheap);
  first.release.Set();
  second.running.Wait();
}

TEST_F(WorkerPoolTest, DearCallsAndWritesTogetherLeaveOneOfTwoWorkers) {
  Make(2);
  Held& dear = Hold(CallClass::kDear);
  dear.running.Wait();
  Held& write = Hold(CallClass::kWrite);
  EXPECT_EQ(Shown("steelyard_pool_queue_length", CallClass::kWrite), 1);
  RunOne(CallClass::kCheap);
  dear.release.Set();
  write.running.Wait();
}

TEST_F(WorkerPoolTest, OneWorkerIsSharedByAll) {
  Make(1);
  for (const CallClass call_class : {CallClass::kDear, CallClass::kWrite, CallClass::kCheap}) {
    RunOne(call_class);
  }
}

TEST_F(WorkerPoolTest, CheapCallsMayHaveAllWorkersAndDoNotStarveDearOnes) {
  Make(2);
  Held& first = Hold(CallClass::kCheap);
  Hold(CallClass::kCheap).running.Wait();
  first.running.Wait();
  // Whoever came first is next: the dear call does not wait for all cheap ones.
  Held& dear = Hold(CallClass::kDear);
  for (int i = 0; i < 10; ++i) Hold(CallClass::kCheap);
  first.release.Set();
  dear.running.Wait();
  EXPECT_EQ(Shown("steelyard_pool_queue_length", CallClass::kCheap), 10);
}

TEST_F(WorkerPoolTest, EachClassHasItsOwnBoundedQueue) {
  Make(2, 3, 2);
  Hold(CallClass::kDear).running.Wait();
  Hold(CallClass::kCheap).running.Wait();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Submit(CallClass::kDear));
  EXPECT_FALSE(Submit(CallClass::kDear));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Submit(CallClass::kWrite));
  EXPECT_FALSE(Submit(CallClass::kWrite));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Submit(CallClass::kCheap));
  EXPECT_FALSE(Submit(CallClass::kCheap));
}

TEST_F(WorkerPoolTest, WhatIsWithdrawnNeverRunsAndFreesItsPlace) {
  Make(1, 1);
  Held& running = Hold(CallClass::kCheap);
  running.running.Wait();
  auto alive = std::make_shared<int>(0);
  std::atomic<bool> ran = false;
  const auto ticket = pool_->Submit(CallClass::kCheap, [&ran, alive] { ran = true; });
  ASSERT_TRUE(ticket.has_value());
  EXPECT_FALSE(Submit(CallClass::kCheap));
  EXPECT_TRUE(pool_->Withdraw(*ticket));
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_FALSE(pool_->Withdraw(*ticket));
  EXPECT_FALSE(pool_->Withdraw(0));
  EXPECT_EQ(Shown("steelyard_pool_dropped_total", CallClass::kCheap), 1);
  EXPECT_EQ(Shown("steelyard_pool_queue_length", CallClass::kCheap), 0);
  Event last;
  ASSERT_TRUE(Submit(CallClass::kCheap, [&last] { last.Set(); }));
  running.release.Set();
  last.Wait();
  EXPECT_FALSE(ran);
}

TEST_F(WorkerPoolTest, WhatRunsIsNotWithdrawn) {
  Make(1);
  Event running;
  const auto ticket = pool_->Submit(CallClass::kDear, [this, &running] {
    running.Set();
    release_all_.Wait();
  });
  ASSERT_TRUE(ticket.has_value());
  running.Wait();
  EXPECT_FALSE(pool_->Withdraw(*ticket));
}

TEST_F(WorkerPoolTest, EndsOnlyAfterWhatItHasTakenOfEveryClass) {
  Make(4);
  std::atomic<int> done = 0;
  Held& held = Hold(CallClass::kDear);
  for (int i = 0; i < 90; ++i) {
    ASSERT_TRUE(Submit(static_cast<CallClass>(i % kCallClasses), [&done] { ++done; }));
  }
  held.release.Set();
  pool_.reset();
  EXPECT_EQ(done, 90);
}

TEST_F(WorkerPoolTest, ShowsWaitingAndRunningByClass) {
  Make(3);
  RunOne(CallClass::kCheap);
  Hold(CallClass::kDear).running.Wait();
  Hold(CallClass::kDear);
  EXPECT_EQ(Shown("steelyard_pool_running", CallClass::kDear), 1);
  EXPECT_EQ(Shown("steelyard_pool_running", CallClass::kWrite), 0);
  EXPECT_EQ(Shown("steelyard_pool_queue_length", CallClass::kDear), 1);
  EXPECT_EQ(Shown("steelyard_pool_wait_seconds_count", CallClass::kDear), 1);
  EXPECT_EQ(Shown("steelyard_pool_wait_seconds_count", CallClass::kCheap), 1);
}

}  // namespace
}  // namespace steelyard::rpc
