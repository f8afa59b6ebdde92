#include "services/common/store/open_store.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/config/config.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::store {
namespace {

using common::v1::ERROR_REASON_STORE_UNAVAILABLE;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;
using ::steelyard::testing::PostgresServer;
using ::steelyard::testing::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

config::v1::Storage WithDefaults(const std::string& service, config::v1::Storage storage) {
  config::v1::ServerConfig config;
  *config.mutable_storage() = std::move(storage);
  EXPECT_OK(config_file::ApplyDefaults(service, config));
  return config.storage();
}

config::v1::Storage OnPostgres(const std::string& dsn_file, const std::string& service) {
  config::v1::Storage storage;
  storage.mutable_postgres()->set_dsn_file(dsn_file);
  return WithDefaults(service, std::move(storage));
}

absl::Status Execute(sql::Database& database, const std::string& sql) {
  STEELYARD_ASSIGN_OR_RETURN(const auto connection, database.Connect());
  return connection->Execute(Context::Background(), sql).status();
}

absl::StatusOr<int64_t> Read(sql::Database& database, const std::string& sql) {
  STEELYARD_ASSIGN_OR_RETURN(const auto connection, database.Connect());
  sql::Statement statement;
  statement.Add(sql);
  return sql::ReadInt(*connection, Context::Background(), statement);
}

std::string MessageOf(const absl::StatusOr<std::unique_ptr<sql::Database>>& opened) {
  return std::string(opened.status().message());
}

TEST(OpenDatabase, MakesTheFileOfAService) {
  const TempDir directory;
  config::v1::Storage storage;
  storage.mutable_duckdb()->set_directory(directory.File("a/b"));
  storage = WithDefaults("funding", std::move(storage));
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(storage, "funding"));
  EXPECT_THAT(database->Engine(), StartsWith("DuckDB"));
  EXPECT_TRUE(std::ifstream(directory.File("a/b/funding.duckdb")).good());
  EXPECT_EQ(SessionsOf(storage, 16), 16);

  storage.mutable_duckdb()->set_directory(directory.Write("file", "x"));
  const auto refused = OpenDatabase(storage, "funding");
  EXPECT_THAT(refused, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(MessageOf(refused), HasSubstr(directory.File("file")));
}

TEST(OpenDatabase, GivesEachServiceOfOneProcessASchemaOfItsOwn) {
  if (!PostgresServer::Missing().empty()) GTEST_SKIP() << PostgresServer::Missing();
  const PostgresServer server;
  const TempDir directory;
  const auto storage = OnPostgres(directory.Write("dsn", server.dsn() + "\n"), "allinone");
  ASSERT_OK_AND_ASSIGN(const auto registry, OpenDatabase(storage, "registry"));
  ASSERT_OK_AND_ASSIGN(const auto funding, OpenDatabase(storage, "funding"));
  EXPECT_THAT(registry->Engine(), StartsWith("PostgreSQL"));
  EXPECT_OK(Execute(*registry, "CREATE TABLE t(a BIGINT)"));
  EXPECT_OK(Execute(*funding, "CREATE TABLE t(a BIGINT)"));
  EXPECT_THAT(Read(*funding,
                   "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = "
                   "'t' AND table_schema IN ('registry', 'funding')"),
              IsOkAndHolds(2));

  auto named = OnPostgres(storage.postgres().dsn_file(), "funding");
  named.mutable_postgres()->set_schema("own");
  named.mutable_postgres()->set_sessions(3);
  EXPECT_EQ(SessionsOf(named, 16), 3);
  ASSERT_OK_AND_ASSIGN(const auto own, OpenDatabase(named, "funding"));
  EXPECT_OK(Execute(*own, "CREATE TABLE own.t(a BIGINT)"));
}

TEST(OpenDatabase, NamesTheFileOfAConnectionStringAndNeverItsText) {
  const TempDir directory;
  const auto message = [](const std::string& file) {
    const auto refused = OpenDatabase(OnPostgres(file, "funding"), "funding");
    EXPECT_THAT(refused, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
    return MessageOf(refused);
  };
  const std::string absent = directory.File("absent");
  EXPECT_THAT(message(absent), AllOf(HasSubstr(absent), HasSubstr("cannot be opened")));
  EXPECT_THAT(message(directory.path()), HasSubstr("cannot be read"));
  EXPECT_THAT(message(directory.Write("empty", " \n")), HasSubstr("is empty"));
  for (const std::string wrong : {"hunter2", "password=hunter2 x", "postgresql://a:hunter2@[b"}) {
    EXPECT_THAT(message(directory.Write("wrong", wrong)),
                AllOf(HasSubstr("holds no connection string"), Not(HasSubstr("hunter2"))));
  }
}

TEST(OpenDatabase, NamesTheServerThatCannotBeReachedAndNeverThePassword) {
  const TempDir directory;
  const auto refused = OpenDatabase(
      OnPostgres(directory.Write("dsn", "host=127.0.0.1 port=1 dbname=d user=u password=hunter2"),
                 "funding"),
      "funding");
  EXPECT_THAT(refused, HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(MessageOf(refused), AllOf(HasSubstr("d at 127.0.0.1:1"), Not(HasSubstr("hunter2"))));
}

TEST(OpenDatabase, ReadsTheConnectionStringAgainForEverySession) {
  if (!PostgresServer::Missing().empty()) GTEST_SKIP() << PostgresServer::Missing();
  const PostgresServer server;
  const TempDir directory;
  const std::string file = directory.Write("dsn", server.dsn());
  ASSERT_OK_AND_ASSIGN(const auto database, OpenDatabase(OnPostgres(file, "funding"), "funding"));
  directory.Write("dsn", server.dsn("absent"));
  EXPECT_THAT(database->Connect(), HasReason(ERROR_REASON_STORE_UNAVAILABLE));
  directory.Write("dsn", absl::StrCat(server.dsn(), " application_name=again"));
  EXPECT_THAT(Read(*database,
                   "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = "
                   "'again'"),
              IsOkAndHolds(1));
}

}  // namespace
}  // namespace steelyard::store
