#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "tests/support/status_matchers.h"

namespace steelyard::sql {
namespace {

using common::v1::ERROR_REASON_CANCELLED;
using common::v1::ERROR_REASON_DEADLINE_EXCEEDED;
using testing::HasReason;
using testing::IsOk;

class PoolTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(database_, OpenDuckDb({})); }

  Context context_ = Context::Background();
  std::unique_ptr<Database> database_;
};

TEST_F(PoolTest, LendsTheSameSessionAgain) {
  Pool pool(*database_, 2);
  const Connection* first = nullptr;
  {
    ASSERT_OK_AND_ASSIGN(const Pool::Lease lease, pool.Borrow(context_));
    first = &*lease;
  }
  ASSERT_OK_AND_ASSIGN(const Pool::Lease lease, pool.Borrow(context_));
  EXPECT_EQ(&*lease, first);
}

TEST_F(PoolTest, ATransactionDoesNotOutliveItsLease) {
  Pool pool(*database_, 1);
  {
    ASSERT_OK_AND_ASSIGN(const Pool::Lease lease, pool.Borrow(context_));
    ASSERT_OK(lease->Begin());
    ASSERT_OK(lease->Execute(context_, "CREATE TABLE t(i BIGINT)"));
  }
  ASSERT_OK_AND_ASSIGN(const Pool::Lease lease, pool.Borrow(context_));
  EXPECT_FALSE(lease->Query(context_, "SELECT i FROM t").ok());
  EXPECT_OK(lease->Begin());
}

TEST_F(PoolTest, WaitsNoLongerThanTheContext) {
  Pool pool(*database_, 1);
  ASSERT_OK_AND_ASSIGN(const Pool::Lease lease, pool.Borrow(context_));
  EXPECT_THAT(pool.Borrow(Context::WithDeadline(absl::Now() + absl::Milliseconds(5))),
              HasReason(ERROR_REASON_DEADLINE_EXCEEDED));
  Context cancelled = Context::Background();
  std::thread canceller([&cancelled] { cancelled.Cancel(); });
  EXPECT_THAT(pool.Borrow(cancelled), HasReason(ERROR_REASON_CANCELLED));
  canceller.join();
}

TEST_F(PoolTest, ServesManyCallersWithFewSessions) {
  constexpr int kLimit = 3;
  Pool pool(*database_, kLimit);
  std::atomic<int> lent = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        auto lease = pool.Borrow(context_);
        ASSERT_THAT(lease, IsOk());
        const int now = ++lent;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        EXPECT_OK((*lease)->Query(context_, "SELECT 1"));
        --lent;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_LE(most, kLimit);
}

}  // namespace
}  // namespace steelyard::sql
