#include "services/common/rpc/keep_grpc.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "tests/services/common/rpc/rpc_fixture.h"

namespace steelyard::rpc {
namespace {

// The ids of the threads that gRPC's event engine has.
std::set<std::string> EngineThreads() {
  std::set<std::string> threads;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name == "event_engine") threads.insert(task.path().filename());
  }
  return threads;
}

// Stopping it is what may hang.
TEST(KeepGrpcTest, TheEngineOutlivesAllChannelsAndServers) {
  { const Host first; }
  const std::set<std::string> before = EngineThreads();
  EXPECT_THAT(before, ::testing::Not(::testing::IsEmpty()));
  {
    Host host;
    EXPECT_TRUE(CallGetRound(TestCall(), host.Connect()).ok());
  }
  const std::set<std::string> after = EngineThreads();
  for (const std::string& thread : before) EXPECT_TRUE(after.contains(thread));
}

}  // namespace
}  // namespace steelyard::rpc
