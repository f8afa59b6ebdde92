// The all-in-one process as a person starts it.

#include <csignal>

#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "steelyard/gateway/v1/gateway.pb.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using testing::Client;
using testing::Finished;
using ::testing::HasSubstr;
using testing::ServerProcess;
using testing::StartServer;
using testing::TempDir;

ServerProcess StartIn(const std::string& data) {
  return StartServer("steelyard-allinone", {"--listen", "127.0.0.1:0", "--data", data});
}

TEST(AllInOneTest, FirstStartLoadsTheBuiltInDataAndASecondKeepsItsTokens) {
  const TempDir data;
  std::string before;
  std::string token;
  {
    ServerProcess suite = StartIn(data.path());
    const Finished answer = Client(suite.address, {"--json", "compare", "US", "EUROPE", "CN",
                                                   "--from", "2015", "--to", "2025"});
    ASSERT_EQ(answer.exit_code, 0) << answer.err;
    before = answer.out;
    gateway::v1::CompareResponse parsed;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(before, &parsed).ok());
    token = parsed.snapshot().token();
    suite.process.Signal(SIGTERM);
    EXPECT_EQ(suite.process.Wait(), 0);
  }
  const ServerProcess again = StartIn(data.path());
  const Finished answer =
      Client(again.address, {"--json", "compare", "US", "EUROPE", "CN", "--from", "2015", "--to",
                             "2025", "--snapshot", token});
  EXPECT_EQ(answer.out, before);
}

TEST(AllInOneTest, ASecondProcessOnTheSameDataSaysWhyItEnds) {
  const TempDir data;
  const ServerProcess suite = StartIn(data.path());
  const Finished second = testing::Run(
      {testing::Binary("steelyard-allinone"), "--listen", "127.0.0.1:0", "--data", data.path()});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("another process"));
}

struct WrongStart {
  std::vector<std::string> arguments;
  int exit_code;
  std::string names;
};

TEST(AllInOneTest, AWrongCommandLineNamesTheFlag) {
  const std::vector<WrongStart> cases = {
      {{"--listen", "nowhere"}, 2, "nowhere"},
      {{"--listne", "127.0.0.1:0"}, 2, "--listne"},
      {{"--config", "/nonexistent.json"}, 2, "/nonexistent.json"},
      {{"--listen", "127.0.0.1:0", "--data", "/proc/nonexistent"}, 1, "/proc/nonexistent"},
      {{"--version"}, 0, ""},
      {{"--check"}, 0, ""},
  };
  for (const WrongStart& wrong : cases) {
    std::vector<std::string> command = {testing::Binary("steelyard-allinone")};
    command.insert(command.end(), wrong.arguments.begin(), wrong.arguments.end());
    const Finished finished = testing::Run(command);
    EXPECT_EQ(finished.exit_code, wrong.exit_code) << wrong.names << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(wrong.names));
  }
}

}  // namespace
}  // namespace steelyard
