#include "services/common/rpc/runtime.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/services/common/rpc/rpc_fixture.h"

namespace steelyard::rpc {
namespace {

config::v1::Limits Limits(int workers, int queue) {
  config::v1::Limits limits;
  limits.set_workers(workers);
  limits.set_queue(queue);
  return limits;
}

TEST(RuntimeTest, EndsOnlyAfterWhatItHasTaken) {
  std::atomic<int> done = 0;
  {
    observe::Metrics metrics;
    Runtime runtime("funding", Limits(1, 100), metrics);
    for (int i = 0; i < 100; ++i)
      ASSERT_TRUE(runtime.pool().Submit(CallClass::kCheap, [&done] { ++done; }));
    for (int i = 0; i < 10; ++i)
      ASSERT_TRUE(runtime.StartStream(CallClass::kCheap, [&done] { ++done; }));
  }
  EXPECT_EQ(done, 110);
}

TEST(RuntimeTest, StreamsAreBoundedAndTheirPlacesComeBack) {
  Event release;
  std::vector<std::unique_ptr<Event>> running;
  Event ran;
  observe::Metrics metrics;
  Runtime runtime("funding", Limits(1, 1), metrics);
  for (int i = 0; i < Runtime::kMaxStreams; ++i) {
    Event* const event = running.emplace_back(std::make_unique<Event>()).get();
    ASSERT_TRUE(runtime.StartStream(CallClass::kCheap, [event, &release] {
      event->Set();
      release.Wait();
    }));
  }
  for (const auto& event : running) event->Wait();
  EXPECT_FALSE(runtime.StartStream(CallClass::kCheap, [] {}));
  release.Set();
  // A place is free soon after its stream has ended.
  while (!runtime.StartStream(CallClass::kCheap, [&ran] { ran.Set(); })) std::this_thread::yield();
  ran.Wait();
}

TEST(RuntimeTest, ExportsAndImportsLeavePlacesToWatches) {
  Event release;
  observe::Metrics metrics;
  Runtime runtime("funding", Limits(1, 1), metrics);
  for (int i = 0; i < Runtime::kMaxHeavyStreams; ++i) {
    const auto call_class = i % 2 == 0 ? CallClass::kDear : CallClass::kWrite;
    ASSERT_TRUE(runtime.StartStream(call_class, [&release] { release.Wait(); }));
  }
  EXPECT_FALSE(runtime.StartStream(CallClass::kDear, [] {}));
  EXPECT_FALSE(runtime.StartStream(CallClass::kWrite, [] {}));
  EXPECT_TRUE(runtime.StartStream(CallClass::kCheap, [] {}));
  release.Set();
  // A place is free soon after its stream has ended.
  while (!runtime.StartStream(CallClass::kDear, [] {})) std::this_thread::yield();
}

TEST(RuntimeTest, EndStreamsTellsThoseThatRunAndThoseThatCome) {
  observe::Metrics metrics;
  Runtime runtime("funding", Limits(1, 1), metrics);
  std::atomic<int> told = 0;
  const auto before = runtime.OnEndStreams([&told] { ++told; });
  runtime.EndStreams();
  EXPECT_EQ(told, 1);
  const auto after = runtime.OnEndStreams([&told] { ++told; });
  EXPECT_EQ(told, 2);
}

TEST(RuntimeTest, UnsetLimitsHaveDefaults) {
  observe::Metrics metrics;
  const Runtime runtime("funding", config::v1::Limits(), metrics);
  EXPECT_EQ(runtime.default_deadline(), absl::Seconds(30));
  EXPECT_EQ(runtime.service(), "funding");
}

}  // namespace
}  // namespace steelyard::rpc
