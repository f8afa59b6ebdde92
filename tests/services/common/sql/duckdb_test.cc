// What is DuckDB's alone: its types, its file, its process. What every driver must do is in
// tests/contract/sql_driver_contract.cc.

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::sql {
namespace {

using common::v1::ERROR_REASON_OVERLOADED;
using common::v1::ERROR_REASON_STORE_UNAVAILABLE;
using ::testing::ExitedWithCode;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using ::testing::KilledBySignal;
using testing::StatusIs;
using testing::TempDir;

const Context kNoEnd = Context::Background();

std::unique_ptr<Connection> Connect(Database& database) {
  auto connection = database.Connect();
  EXPECT_OK(connection);
  return *std::move(connection);
}

int64_t Number(Connection& connection, std::string_view sql) {
  auto rows = connection.Query(kNoEnd, sql);
  EXPECT_OK(rows) << sql;
  EXPECT_THAT((*rows)->Next(), IsOkAndHolds(true)) << sql;
  return (*rows)->Int(0);
}

// A file that a death test shares with the process that dies, which runs the test anew up to there.
class SharedFile {
 public:
  SharedFile() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    if (const char* inherited = std::getenv(kVariable); inherited != nullptr) {
      path_ = inherited;
      return;
    }
    directory_.emplace();
    path_ = directory_->File("store.duckdb");
    setenv(kVariable, path_.c_str(), 1);
  }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile() {
    if (directory_) {
      unsetenv(kVariable);
    }
  }
  const std::string& path() const { return path_; }

 private:
  static constexpr const char* kVariable = "STEELYARD_TEST_SHARED_FILE";
  std::optional<TempDir> directory_;
  std::string path_;
};

absl::Status AppendNumbers(Connection& connection, int64_t count) {
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, connection.Append("t"));
  for (int64_t i = 0; i < count; ++i) {
    STEELYARD_RETURN_IF_ERROR(appender->Append(std::vector<Value>{i, std::string("some text")}));
  }
  return appender->Close();
}

TEST(DuckDb, SaysItsVersion) {
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({}));
  EXPECT_EQ(database->Engine(), "DuckDB v1.5.6");
}

TEST(DuckDb, ReadsItsOwnTypes) {
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({}));
  const auto connection = Connect(*database);
  ASSERT_OK(connection->Execute(kNoEnd, "CREATE TYPE layer AS ENUM ('chips', 'clouds', 'models')"));
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      connection->Query(
          kNoEnd,
          "SELECT 'models'::layer, DATE '2021-07-09', (-5)::TINYINT, (-500)::SMALLINT, "
          "(-70000)::INTEGER, 200::UTINYINT, 60000::USMALLINT, 4000000000::UINTEGER, "
          "9223372036854775807::UBIGINT, (-3)::HUGEINT, 0.5::FLOAT, NULL::layer, "
          "DATE '0033-04-03'"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_EQ(rows->Text(0), "models");
  EXPECT_EQ(rows->Text(1), "2021-07-09");
  const int64_t integers[] = {-5, -500, -70000, 200, 60000, 4000000000, INT64_MAX, -3};
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(rows->Int(2 + i), integers[i]);
  }
  EXPECT_EQ(rows->Double(10), 0.5);
  EXPECT_TRUE(rows->IsNull(11));
  EXPECT_EQ(rows->Text(12), "0033-04-03");
}

TEST(DuckDb, AppendsToItsOwnTypes) {
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({}));
  const auto connection = Connect(*database);
  ASSERT_OK(connection->Execute(
      kNoEnd, "CREATE TABLE t(l ENUM('chips', 'models'), d DATE, i TINYINT, h HUGEINT, f FLOAT)"));
  ASSERT_OK(connection->Begin());
  ASSERT_OK_AND_ASSIGN(const auto appender, connection->Append("t"));
  ASSERT_OK(appender->Append(std::vector<Value>{std::string("models"), std::string("2021-07-09"),
                                                int64_t{-5}, int64_t{6}, 0.5}));
  ASSERT_OK(appender->Append(std::vector<Value>(5)));
  ASSERT_OK(appender->Close());
  ASSERT_OK(connection->Commit());
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       connection->Query(kNoEnd, "SELECT * FROM t WHERE l = 'models'"));
  ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
  EXPECT_EQ(rows->Text(0), "models");
  EXPECT_EQ(rows->Text(1), "2021-07-09");
  EXPECT_EQ(rows->Int(2), -5);
  EXPECT_EQ(rows->Int(3), 6);
  EXPECT_EQ(rows->Double(4), 0.5);
}

TEST(DuckDb, TwoWritersOfOneRowConflict) {
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({}));
  const auto one = Connect(*database);
  const auto two = Connect(*database);
  ASSERT_OK(one->Execute(kNoEnd, "CREATE TABLE t AS SELECT 1 AS i"));
  ASSERT_OK(one->Begin());
  ASSERT_OK(two->Begin());
  ASSERT_OK(one->Execute(kNoEnd, "UPDATE t SET i = 2"));
  EXPECT_THAT(two->Execute(kNoEnd, "UPDATE t SET i = 3"), StatusIs(absl::StatusCode::kAborted));
  two->Rollback();
  ASSERT_OK(one->Commit());
  EXPECT_EQ(Number(*two, "SELECT i FROM t"), 2);
}

TEST(DuckDb, RowsThatWereDroppedDoNotBlockCheckpoints) {
  const TempDir directory;
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({.path = directory.File("x.duckdb")}));
  const auto reader = Connect(*database);
  const auto writer = Connect(*database);
  ASSERT_OK(writer->Execute(kNoEnd, "CREATE TABLE t AS SELECT range AS i FROM range(1000000)"));
  for (const std::string_view sql : {"SELECT i FROM t", "SELECT i FROM t WHERE i = 7"}) {
    {
      ASSERT_OK_AND_ASSIGN(const auto rows, reader->Query(kNoEnd, sql));
      ASSERT_THAT(rows->Next(), IsOkAndHolds(true));
    }
    ASSERT_OK(writer->Execute(kNoEnd, "UPDATE t SET i = i WHERE i < 10"));
    EXPECT_OK(writer->Execute(kNoEnd, "CHECKPOINT")) << sql;
  }
}

TEST(DuckDb, TooLittleMemoryIsOverload) {
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({.memory_limit_mib = 24, .threads = 1}));
  const auto connection = Connect(*database);
  EXPECT_THAT(
      connection->Execute(kNoEnd, "SELECT count(DISTINCT range::VARCHAR) FROM range(10000000)"),
      HasReason(ERROR_REASON_OVERLOADED));
  EXPECT_EQ(Number(*connection, "SELECT 1"), 1);
}

TEST(DuckDb, CreatesTheDirectoryAndKeepsItsRows) {
  const TempDir directory;
  const std::string path = directory.File("a/b/x.duckdb");
  {
    ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({.path = path}));
    ASSERT_OK(Connect(*database)->Execute(kNoEnd, "CREATE TABLE t AS SELECT 7 AS i"));
  }
  EXPECT_FALSE(std::filesystem::exists(path + ".wal")) << "closing checkpoints";
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({.path = path}));
  EXPECT_EQ(Number(*Connect(*database), "SELECT i FROM t"), 7);
}

TEST(DuckDb, AFileIsOpenedOnceInAProcess) {
  const TempDir directory;
  const std::string path = directory.File("x.duckdb");
  ASSERT_OK_AND_ASSIGN(auto database, OpenDuckDb({.path = path}));
  const auto second = OpenDuckDb({.path = directory.path() + "/./x.duckdb"});
  EXPECT_THAT(second, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("already open"));
  auto session = Connect(*database);
  database.reset();
  EXPECT_THAT(OpenDuckDb({.path = path}), HasReason(ERROR_REASON_STORE_UNAVAILABLE))
      << "a session keeps it open";
  session.reset();
  EXPECT_OK(OpenDuckDb({.path = path}));
}

// Says on stderr what became of an attempt to open a file.
[[noreturn]] void OpenAndReport(const std::string& path) {
  const auto database = OpenDuckDb({.path = path});
  std::fprintf(stderr, "opening: %s\n", std::string(database.status().message()).c_str());
  std::_Exit(ReasonOf(database.status()) == ERROR_REASON_STORE_UNAVAILABLE ? 0 : 1);
}

TEST(DuckDbDeathTest, AFileIsOpenedByOneProcess) {
  const SharedFile file;
  const auto database = OpenDuckDb({.path = file.path()});
  EXPECT_EXIT(OpenAndReport(file.path()), ExitedWithCode(0),
              "opening: .*store.duckdb is held by another process");
  EXPECT_OK(database);
}

TEST(DuckDb, RefusesFilesThatAreNotItsOwn) {
  const TempDir directory;
  const std::string path = directory.File("good.duckdb");
  {
    ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({.path = path}));
    ASSERT_OK(Connect(*database)->Execute(kNoEnd, "CREATE TABLE t AS SELECT * FROM range(10000)"));
  }
  std::ifstream input(path, std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
  std::string flipped = good;
  for (size_t i = 0; i < 3 * 4096; i += 64) {
    flipped[i] = static_cast<char>(~flipped[i]);
  }
  directory.Write("plain", "");
  const struct {
    std::string file;
    std::string message;
  } cases[] = {
      {directory.Write("text.duckdb", std::string(20'000, 'x')),
       "damaged, or not a file of DuckDB"},
      {directory.Write("short.duckdb", good.substr(0, 5'000)), "damaged"},
      {directory.Write("flipped.duckdb", flipped), "damaged"},
      {directory.File("plain/x.duckdb"), "no directory that can be written"},
      {directory.path(), "cannot be opened"},
  };
  for (const auto& test : cases) {
    const auto database = OpenDuckDb({.path = test.file});
    EXPECT_THAT(database, HasReason(ERROR_REASON_STORE_UNAVAILABLE)) << test.file;
    const std::string message(database.status().message());
    EXPECT_THAT(message, HasSubstr(test.file));
    EXPECT_THAT(message, ::testing::ContainsRegex(test.message)) << test.file;
    EXPECT_EQ(MetadataOf(database.status(), "file"), test.file);
  }
}

// Commits one row, leaves many more uncommitted, and is killed the moment it has said so.
[[noreturn]] void CommitAndDie(const std::string& path) {
  const auto database = OpenDuckDb({.path = path}).value();
  const auto connection = Connect(*database);
  bool ok = connection->Execute(kNoEnd, "CREATE TABLE t(i BIGINT, s VARCHAR)").ok();
  ok = ok && connection->Begin().ok() && AppendNumbers(*connection, 50'000).ok() &&
       connection->Commit().ok();
  std::fputs(ok ? "committed\n" : "failed\n", stderr);
  ok = connection->Begin().ok() && AppendNumbers(*connection, 500'000).ok();
  std::fputs(ok ? "appended\n" : "failed\n", stderr);
  std::raise(SIGKILL);
  std::abort();
}

TEST(DuckDbDeathTest, WhatWasCommittedSurvivesKillAndNothingElseDoes) {
  const SharedFile file;
  EXPECT_EXIT(CommitAndDie(file.path()), KilledBySignal(SIGKILL), "committed\nappended");
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({.path = file.path()}));
  EXPECT_EQ(Number(*Connect(*database), "SELECT count(*) FROM t"), 50'000);
}

// Writes until files may not grow any more, as on a full disk.
[[noreturn]] void FillTheDisk(const std::string& path) {
  const auto database = OpenDuckDb({.path = path}).value();
  const auto connection = Connect(*database);
  std::signal(SIGXFSZ, SIG_IGN);
  bool ok = connection->Execute(kNoEnd, "CREATE TABLE t(i BIGINT, s VARCHAR)").ok();
  const rlimit limit = {4 << 20, 4 << 20};
  ok = ok && setrlimit(RLIMIT_FSIZE, &limit) == 0;
  absl::Status status;
  for (int i = 0; ok && status.ok() && i < 100; ++i) {
    status = connection->Begin();
    if (status.ok()) {
      status = AppendNumbers(*connection, 100'000);
    }
    if (status.ok()) {
      status = connection->Commit();
    }
  }
  std::fprintf(stderr, "writing: %s\n", std::string(status.message()).c_str());
  std::_Exit(ReasonOf(status) == ERROR_REASON_STORE_UNAVAILABLE ? 0 : 1);
}

TEST(DuckDbDeathTest, AFullDiskMakesTheStoreUnavailable) {
  const SharedFile file;
  EXPECT_EXIT(FillTheDisk(file.path()), ExitedWithCode(0), "writing: the store's disk is full");
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDuckDb({.path = file.path()}));
  EXPECT_EQ(Number(*Connect(*database), "SELECT count(*) % 100000 FROM t"), 0) << "whole commits";
}

}  // namespace
}  // namespace steelyard::sql
