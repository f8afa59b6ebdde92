// A full disk: what was acknowledged stays, nothing is half there, and reading goes on.

#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
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

constexpr int64_t kMib = int64_t{1} << 20;

// While it lives, processes that are started cannot make a file larger: to them the disk is full.
class SmallDisk {
 public:
  explicit SmallDisk(int64_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{.rlim_cur = static_cast<rlim_t>(bytes), .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

// A file of so many rounds, each with a note that does not compress.
std::string WriteRounds(const TempDir& directory, int from, int count, int note_bytes) {
  std::string path = directory.File(absl::StrCat("rounds-", from, ".csv"));
  std::ofstream file(path);
  file << "company,announced,stage,amount,currency,note\n";
  uint32_t noise = 12345;
  for (int i = from; i < from + count; ++i) {
    file << "Made " << i << ",2024-05-06,Seed," << 1000 + i << ",USD,";
    for (int n = 0; n < note_bytes; ++n) {
      noise = noise * 1664525 + 1013904223;
      file << static_cast<char>('a' + (noise >> 24U) % 26);
    }
    file << '\n';
  }
  return path;
}

class DiskFullTest : public ::testing::Test {
 protected:
  ServerProcess StartSuite() const {
    return StartServer("steelyard-allinone",
                       {"--listen", "127.0.0.1:0", "--data", data_.path(), "--no-built-in-data"});
  }
  static Finished Import(const ServerProcess& suite, const std::string& file) {
    return Client(suite.address,
                  {"import", "rounds", file, "--mapping", "rounds", "--source", "made"});
  }
  static std::string Totals(const ServerProcess& suite, const std::string& snapshot = "") {
    std::vector<std::string> arguments = {"--json", "aggregate", "--by", "stage"};
    if (!snapshot.empty()) arguments.insert(arguments.begin(), {"--snapshot", snapshot});
    const Finished finished = Client(suite.address, arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.out;
  }
  // "sy1.…" of an answer.
  static std::string TokenOf(const std::string& json) {
    const size_t start = json.find("sy1.");
    return start == std::string::npos ? "" : json.substr(start, json.find('"', start) - start);
  }

  TempDir data_;
  TempDir files_;
};

TEST_F(DiskFullTest, LosesNothingThatWasAcknowledgedAndReadsOn) {
  const std::string few = WriteRounds(files_, 0, 20, 20);
  const std::string many = WriteRounds(files_, 1000, 3000, 1500);
  std::string before;
  {
    const ServerProcess suite = StartSuite();
    const Finished imported = Import(suite, few);
    ASSERT_EQ(imported.exit_code, 0) << imported.err;
    before = Totals(suite);
    EXPECT_EQ(Totals(suite, TokenOf(before)), before);
  }
  {
    // The file that is sent fits, what the stores make of it does not.
    const SmallDisk disk(static_cast<int64_t>(std::filesystem::file_size(many)) + kMib);
    const ServerProcess suite = StartSuite();
    const Finished refused = Import(suite, many);
    EXPECT_EQ(refused.exit_code, 3) << refused.out;
    EXPECT_THAT(refused.err, HasSubstr("disk is full"));
    EXPECT_EQ(Totals(suite, TokenOf(before)), before);
    EXPECT_THAT(Client(suite.address, {"status"}).out, HasSubstr(" 20  rounds"));
  }
  const ServerProcess suite = StartSuite();
  EXPECT_EQ(Totals(suite, TokenOf(before)), before);
  EXPECT_THAT(Client(suite.address, {"status"}).out, HasSubstr(" 20  rounds"));
  const Finished again = Import(suite, many);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(Client(suite.address, {"status"}).out, HasSubstr("3,020  rounds"));
}

}  // namespace
}  // namespace steelyard
