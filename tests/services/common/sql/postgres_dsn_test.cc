// What a connection string says of TLS: sessions by TCP, encrypted, with a server that has shown
// who it is; and where it comes from.

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/sql/statement.h"
#include "tests/support/postgres_tls.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace steelyard::sql {
namespace {

using ::testing::AllOf;
using testing::Authority;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::Identity;
using ::testing::Not;
using testing::PostgresServer;
using testing::PostgresWithTls;

class PostgresTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresServer::Missing().empty()) GTEST_SKIP() << PostgresServer::Missing();
    postgres_ = std::make_unique<PostgresWithTls>();
  }

  // The server must prove that it is `host`, by a certificate of that authority.
  std::string Verified(const Authority& authority, const std::string& host = "localhost") const {
    return absl::StrCat(postgres_->dsn(host), "sslmode=verify-full sslrootcert=",
                        files_.Write("ca.pem", authority.certificate()));
  }
  static int64_t Number(Connection& connection, const std::string& sql) {
    Statement statement;
    statement.Add(sql);
    const auto number = ReadInt(connection, Context::Background(), statement);
    EXPECT_OK(number);
    return number.value_or(-1);
  }
  // Refused, and the caller is told which database, and nothing of the driver's.
  static void ExpectRefused(const std::string& dsn, const std::string& place) {
    const auto refused = OpenPostgres({.dsn = dsn});
    EXPECT_THAT(refused, HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE)) << dsn;
    EXPECT_THAT(std::string(refused.status().message()),
                AllOf(HasSubstr(place), HasSubstr("the log has the reason"),
                      Not(HasSubstr("certificate")), Not(HasSubstr("SSL"))));
  }

  const testing::TempDir files_;
  std::unique_ptr<PostgresWithTls> postgres_;
};

TEST_F(PostgresTlsTest, AVerifiedSessionIsEncrypted) {
  ASSERT_OK_AND_ASSIGN(const auto database,
                       OpenPostgres({.dsn = Verified(postgres_->authority())}));
  ASSERT_OK_AND_ASSIGN(const auto connection, database->Connect());
  EXPECT_EQ(Number(*connection,
                   "SELECT COUNT(*) FROM pg_stat_ssl WHERE ssl AND version >= 'TLSv1.2' AND pid = "
                   "pg_backend_pid()"),
            1);
  EXPECT_EQ(Number(*connection, "SELECT SUM(i) FROM generate_series(1, 100000) i"), 5'000'050'000);
}

TEST_F(PostgresTlsTest, WhoIsNotKnownOrAnotherIsRefused) {
  const std::string place = absl::StrCat("postgres at localhost:", postgres_->port());
  ExpectRefused(Verified(Authority()), place);
  ExpectRefused(Verified(postgres_->authority(), "db.example"),
                absl::StrCat("postgres at db.example:", postgres_->port()));
  ExpectRefused(
      absl::StrCat(postgres_->dsn(), "sslmode=verify-full sslrootcert=", files_.File("absent")),
      place);
}

TEST_F(PostgresTlsTest, AServerMayRefuseWhatIsNotEncrypted) {
  ExpectRefused(absl::StrCat(postgres_->dsn(), "sslmode=disable"),
                absl::StrCat("postgres at localhost:", postgres_->port()));
}

TEST_F(PostgresTlsTest, AServerMayAskForACertificate) {
  postgres_ = std::make_unique<PostgresWithTls>("clientcert=verify-ca");
  const std::string verified = Verified(postgres_->authority());
  ExpectRefused(verified, "postgres at localhost");
  const Identity own = postgres_->authority().Issue();
  const std::string key = files_.Write("own.key", own.key);
  std::filesystem::permissions(key, std::filesystem::perms::owner_read);
  EXPECT_OK(OpenPostgres(
      {.dsn = absl::StrCat(verified, " sslcert=", files_.Write("own.crt", own.certificate),
                           " sslkey=", key)}));
}

TEST_F(PostgresTlsTest, StatementsAndRowsEndWithTheirContext) {
  ASSERT_OK_AND_ASSIGN(const auto database,
                       OpenPostgres({.dsn = Verified(postgres_->authority())}));
  ASSERT_OK_AND_ASSIGN(const auto connection, database->Connect());
  const int64_t session = Number(*connection, "SELECT pg_backend_pid()");
  for (const std::string_view endless :
       {"SELECT COUNT(*) FROM generate_series(1, 1000000000) a, generate_series(1, 1000000000) b",
        "SELECT repeat('x', 1000) FROM generate_series(1, 1000000000)"}) {
    const Context brief = Context::WithDeadline(absl::Now() + absl::Milliseconds(100));
    const auto rows = connection->Query(brief, endless);
    absl::Status status = rows.status();
    while (status.ok()) status = (*rows)->Next().status();
    EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_DEADLINE_EXCEEDED));
  }
  EXPECT_EQ(Number(*connection, "SELECT pg_backend_pid()"), session) << "it was given up";
}

// A server whose client's machine vanishes ends the session within half a minute: at once when it
// has nothing to say to it, too.
TEST_F(PostgresTlsTest, BothSidesLookForAPeerThatHasGone) {
  ASSERT_OK_AND_ASSIGN(const auto database,
                       OpenPostgres({.dsn = Verified(postgres_->authority())}));
  ASSERT_OK_AND_ASSIGN(const auto connection, database->Connect());
  const auto setting = [&](const std::string& name) {
    return Number(
        *connection,
        absl::StrCat("SELECT CAST(setting AS BIGINT) FROM pg_settings WHERE name = '", name, "'"));
  };
  EXPECT_EQ(setting("tcp_keepalives_idle"), 15);
  EXPECT_EQ(setting("tcp_keepalives_interval"), 5);
  EXPECT_EQ(setting("tcp_keepalives_count"), 3);
  EXPECT_EQ(setting("tcp_user_timeout"), 30'000);
  EXPECT_EQ(setting("client_connection_check_interval"), 1'000);
}

TEST(PostgresDsn, TheExampleVerifiesItsServer) {
  const auto dsn = postgres::DsnOf({.dsn_file = testing::SourceFile("deploy/config/postgres.dsn")});
  EXPECT_THAT(dsn, testing::IsOkAndHolds(
                       AllOf(HasSubstr("sslmode=verify-full"), HasSubstr("sslrootcert="))));
}

}  // namespace
}  // namespace steelyard::sql
