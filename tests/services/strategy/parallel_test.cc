#include "services/strategy/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/random/philox.h"

namespace steelyard::strategy {
namespace {

constexpr int64_t kManyTasks = 10'007;

const std::function<bool()> kNeverStop;

TEST(ParallelForTest, CallsEveryTaskOnce) {
  for (const int64_t tasks : {0, 1, 2, 63, 64, 65, 1000, 10'007}) {
    for (const int threads : {-1, 0, 1, 2, 3, 8, 100}) {
      SCOPED_TRACE(::testing::Message() << tasks << " tasks on " << threads << " threads");
      std::vector<std::atomic<int>> calls(static_cast<size_t>(tasks));
      EXPECT_TRUE(ParallelFor(tasks, threads, kNeverStop,
                              [&](int64_t i) { ++calls[static_cast<size_t>(i)]; }));
      EXPECT_TRUE(std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; }));
    }
  }
}

TEST(ParallelForTest, DoesNothingForNoTasks) {
  for (const int64_t tasks : {0, -1, -1000}) {
    EXPECT_TRUE(ParallelFor(
        tasks, 4, [] { return true; }, [](int64_t) { FAIL() << "there is no task"; }));
  }
}

TEST(ParallelForTest, ResultsDoNotDependOnThreads) {
  const auto sums = [](int threads) {
    std::vector<double> out(2000);
    EXPECT_TRUE(ParallelFor(2000, threads, kNeverStop, [&](int64_t i) {
      random::Sequence sequence({7, 11}, static_cast<uint32_t>(i), 0, 0);
      for (int k = 0; k < 10; ++k) out[static_cast<size_t>(i)] += sequence.Normal();
    }));
    return out;
  };
  const std::vector<double> expected = sums(1);
  for (const int threads : {0, 2, 3, 8}) EXPECT_EQ(sums(threads), expected);
}

TEST(ParallelForTest, UsesNoMoreThreadsThanAllowed) {
  for (const int threads : {1, 2, 4}) {
    std::mutex mutex;
    std::set<std::thread::id> seen;
    EXPECT_TRUE(ParallelFor(kManyTasks, threads, kNeverStop, [&](int64_t) {
      const std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    }));
    EXPECT_LE(seen.size(), static_cast<size_t>(threads));
    if (threads == 1) {
      EXPECT_THAT(seen, ::testing::ElementsAre(std::this_thread::get_id()));
    }
  }
}

TEST(ParallelForTest, RunsNothingWhenStoppedFromTheStart) {
  for (const int threads : {1, 4}) {
    std::atomic<int64_t> calls = 0;
    EXPECT_FALSE(ParallelFor(
        kManyTasks, threads, [] { return true; }, [&](int64_t) { ++calls; }));
    EXPECT_EQ(calls, 0);
  }
}

TEST(ParallelForTest, LeavesOutWhatComesAfterTheStop) {
  for (const int threads : {1, 2, 8}) {
    std::atomic<int64_t> calls = 0;
    EXPECT_FALSE(ParallelFor(
        kManyTasks, threads, [&] { return calls >= 500; }, [&](int64_t) { ++calls; }));
    EXPECT_GE(calls, 500);
    // Each thread ends the run that it is in.
    EXPECT_LE(calls, 500 + 64 * threads);
  }
}

TEST(ParallelForTest, SaysYesWhenTheStopComesAfterTheLastTask) {
  for (const int threads : {1, 2, 8}) {
    std::atomic<int64_t> calls = 0;
    EXPECT_TRUE(ParallelFor(
        kManyTasks, threads, [&] { return calls >= kManyTasks; }, [&](int64_t) { ++calls; }));
    EXPECT_EQ(calls, kManyTasks);
  }
}

TEST(ParallelForTest, ThrowsWhatATaskThrows) {
  for (const int threads : {1, 2, 8}) {
    std::atomic<int64_t> calls = 0;
    const auto third = [&](int64_t i) {
      ++calls;
      if (i == 3) throw std::runtime_error("the third");
    };
    EXPECT_THROW(ParallelFor(kManyTasks, threads, kNeverStop, third), std::runtime_error);
    EXPECT_LE(calls, kManyTasks);
  }
  EXPECT_THROW(ParallelFor(
                   10, 2, []() -> bool { throw std::logic_error("stop"); }, [](int64_t) {}),
               std::logic_error);
}

}  // namespace
}  // namespace steelyard::strategy
