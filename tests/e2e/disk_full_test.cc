// A full disk: what was acknowledged stays, nothing is half there, and reading goes on.

#include <sys/mount.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "tests/e2e/kept_store.h"
#include "tests/support/postgres_server.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using testing::Client;
using testing::Finished;
using ::testing::HasSubstr;
using testing::PostgresServer;
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

// A file system of so many MiB, in memory, on an empty directory.
class SmallFileSystem {
 public:
  SmallFileSystem(std::string path, int mib) : path_(std::move(path)) { Mount(mib, 0); }
  SmallFileSystem(const SmallFileSystem&) = delete;
  SmallFileSystem& operator=(const SmallFileSystem&) = delete;
  ~SmallFileSystem() {
    if (Missing().empty()) umount2(path_.c_str(), MNT_DETACH);
  }

  // Why there is none; empty: there is.
  const std::string& Missing() const { return missing_; }
  void Grow(int mib) { Mount(mib, MS_REMOUNT); }

 private:
  void Mount(int mib, uint64_t flags) {
    const std::string size = absl::StrCat("size=", mib, "m");
    if (mount("tmpfs", path_.c_str(), "tmpfs", flags, size.c_str()) == 0) return;
    missing_ = absl::StrCat("no file system can be mounted, which takes root: ", strerror(errno));
  }

  const std::string path_;
  std::string missing_;
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

// The disk of the server's tables; its log of writes is elsewhere, as it should be.
TEST_F(DiskFullTest, OfAPostgresServerLosesNothingEither) {
  if (!PostgresServer::Missing().empty()) GTEST_SKIP() << PostgresServer::Missing();
  PostgresServer server;
  const std::string path = server.File("small");
  std::filesystem::create_directory(path);
  SmallFileSystem disk(path, 48);
  if (!disk.Missing().empty()) GTEST_SKIP() << "not tested: " << disk.Missing();
  PostgresServer::Own(path);
  const auto administration = sql::OpenPostgres({.dsn = server.dsn()});
  ASSERT_OK(administration);
  ASSERT_OK((*(*administration)->Connect())
                ->Execute(Context::Background(),
                          absl::StrCat("CREATE TABLESPACE small LOCATION '", path, "'")));
  const testing::OnServer store(server, "store", "TABLESPACE small");
  const ServerProcess suite = store.StartSuite();
  ASSERT_EQ(Import(suite, WriteRounds(files_, 0, 20, 20)).exit_code, 0);
  const std::string before = Totals(suite);

  const std::string many = WriteRounds(files_, 1000, 12'000, 1500);
  const Finished refused = Import(suite, many);
  EXPECT_EQ(refused.exit_code, 3) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("disk is full"));
  EXPECT_EQ(Totals(suite, TokenOf(before)), before);
  EXPECT_THAT(Client(suite.address, {"status"}).out, HasSubstr(" 20  rounds"));

  disk.Grow(400);
  const Finished again = Import(suite, many);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Totals(suite, TokenOf(before)), before);
  EXPECT_THAT(Client(suite.address, {"status"}).out, HasSubstr("12,020  rounds"));
}

}  // namespace
}  // namespace steelyard
