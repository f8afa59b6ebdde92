// A service on PostgreSQL, and what happens to its database: absent, too old, not to be trusted,
// gone and back, for reading only, of another program, written to by others.

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/common/sql/driver.h"
#include "services/common/sql/statement.h"
#include "services/common/status/payload.h"
#include "services/common/status/status.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"
#include "tests/support/certificates.h"
#include "tests/support/old_postgres.h"
#include "tests/support/postgres_server.h"
#include "tests/support/postgres_tls.h"
#include "tests/support/status_matchers.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using grpc::health::v1::HealthCheckResponse;
using ::testing::AllOf;
using testing::Finished;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::PostgresServer;
using testing::ServerProcess;
using testing::TempDir;

constexpr absl::Duration kPatience = absl::Minutes(1);

class PostgresStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresServer::Missing().empty()) GTEST_SKIP() << PostgresServer::Missing();
    server_ = std::make_unique<PostgresServer>();
    WriteConfig(server_->dsn());
  }

  void WriteConfig(const std::string& dsn) {
    directory_.Write("dsn", dsn);
    config_ =
        directory_.Write("config.json", absl::StrCat(R"({"storage": {"postgres": {"dsn_file": ")",
                                                     directory_.File("dsn"), R"("}}})"));
  }
  ServerProcess Start() const {
    return testing::StartServer("steelyard-registry",
                                {"--listen", "127.0.0.1:0", "--config", config_});
  }
  // Of a process that cannot start.
  Finished Refused() const {
    return testing::Run(
        {testing::Binary("steelyard-registry"), "--listen", "127.0.0.1:0", "--config", config_});
  }
  void Restart(std::vector<std::string> settings) {
    server_->Stop();
    server_->Set(std::move(settings));
    server_->Start();
  }

  static grpc::Status Upsert(const ServerProcess& process, const std::string& id,
                             absl::Duration deadline = kPatience,
                             const std::string& display_name = "Some") {
    const auto stub = registry::v1::RegistryService::NewStub(
        grpc::CreateChannel(process.address, grpc::InsecureChannelCredentials()));
    registry::v1::UpsertCompaniesRequest request;
    request.add_companies()->set_name("companies/" + id);
    request.mutable_companies(0)->set_display_name(display_name);
    registry::v1::UpsertCompaniesResponse response;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    return stub->UpsertCompanies(&context, request, &response);
  }
  static grpc::Status Get(const ServerProcess& process, const std::string& id) {
    const auto stub = registry::v1::RegistryService::NewStub(
        grpc::CreateChannel(process.address, grpc::InsecureChannelCredentials()));
    registry::v1::GetCompanyRequest request;
    request.set_name("companies/" + id);
    registry::v1::GetCompanyResponse response;
    grpc::ClientContext context;
    return stub->GetCompany(&context, request, &response);
  }
  static void ExpectUnavailable(const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    const absl::Status error = FromGrpcStatus(status, "services/registry");
    EXPECT_EQ(ReasonOf(error), common::v1::ERROR_REASON_STORE_UNAVAILABLE);
    EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(PayloadOf(error)).has_value());
  }

  static HealthCheckResponse::ServingStatus Health(const ServerProcess& process,
                                                   const std::string& service) {
    const auto stub = grpc::health::v1::Health::NewStub(
        grpc::CreateChannel(process.admin, grpc::InsecureChannelCredentials()));
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    grpc::ClientContext context;
    const grpc::Status status = stub->Check(&context, request, &response);
    return status.ok() ? response.status() : HealthCheckResponse::UNKNOWN;
  }
  // Whether the readiness becomes that in time.
  static bool Becomes(const ServerProcess& process, HealthCheckResponse::ServingStatus wanted) {
    const absl::Time until = absl::Now() + kPatience;
    while (Health(process, "readiness") != wanted) {
      if (absl::Now() > until) return false;
    }
    return true;
  }

  // A session of somebody else's.
  std::unique_ptr<sql::Connection> Connect() const {
    const auto database = sql::OpenPostgres({.dsn = server_->dsn(), .schema = "registry"});
    EXPECT_OK(database);
    return *(*database)->Connect();
  }
  static void Do(sql::Connection& session, const std::string& sql) {
    EXPECT_OK(session.Execute(Context::Background(), sql)) << sql;
  }
  static int64_t Number(sql::Connection& session, const std::string& sql) {
    sql::Statement statement;
    statement.Add(sql);
    const auto number = sql::ReadInt(session, Context::Background(), statement);
    EXPECT_OK(number);
    return number.value_or(-1);
  }
  // Until so many statements of others wait for a lock.
  static void AwaitWaiting(sql::Connection& session, int64_t count) {
    const absl::Time until = absl::Now() + kPatience;
    while (Number(session, "SELECT COUNT(*) FROM pg_locks WHERE NOT granted") != count) {
      ASSERT_LT(absl::Now(), until) << "not " << count << " waiting";
    }
  }

  TempDir directory_;
  std::string config_;
  std::unique_ptr<PostgresServer> server_;
};

TEST_F(PostgresStoreTest, AnAbsentDatabaseEndsTheStartAndIsNamed) {
  server_->Stop();
  const Finished finished = Refused();
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("the store's database postgres at"));
  server_->Start();

  WriteConfig("host=127.0.0.1 port=1 dbname=steel user=steel password=hunter2");
  EXPECT_THAT(Refused().err, AllOf(HasSubstr("steel at 127.0.0.1:1"), Not(HasSubstr("hunter2"))));
  WriteConfig(server_->dsn("absent"));
  EXPECT_THAT(Refused().err, HasSubstr("absent"));
  WriteConfig("");
  EXPECT_THAT(Refused().err, AllOf(HasSubstr(directory_.File("dsn")), HasSubstr("is empty")));
}

TEST_F(PostgresStoreTest, AServerThatIsTooOldEndsTheStartAndIsNamed) {
  const testing::OldPostgres old("13.14");
  WriteConfig(old.dsn());
  const Finished finished = Refused();
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(
      finished.err,
      AllOf(HasSubstr(absl::StrCat("steel at 127.0.0.1:", old.port())), HasSubstr("PostgreSQL 13"),
            HasSubstr("the oldest that serves is 14"), Not(HasSubstr("hunter2"))));
}

TEST_F(PostgresStoreTest, SpeaksTlsWithAServerThatItTrustsAndNoOther) {
  testing::PostgresWithTls postgres;
  const auto trusting = [&](const testing::Authority& authority) {
    WriteConfig(absl::StrCat(postgres.dsn(), "password=hunter2 sslmode=verify-full sslrootcert=",
                             directory_.Write("ca.pem", authority.certificate())));
  };
  trusting(testing::Authority());
  const Finished finished = Refused();
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr(absl::StrCat("postgres at localhost:", postgres.port())),
                    HasSubstr("SSL error"), Not(HasSubstr("hunter2"))));

  trusting(postgres.authority());
  const ServerProcess process = Start();
  EXPECT_TRUE(Upsert(process, "a").ok());
  const auto database = sql::OpenPostgres({.dsn = postgres.server().dsn()});
  ASSERT_OK(database);
  const auto session = *(*database)->Connect();
  constexpr const char* kSessions =
      "SELECT COUNT(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = "
      "'steelyard' AND client_addr IS NOT NULL";
  EXPECT_GT(Number(*session, kSessions), 0);
  EXPECT_EQ(Number(*session, absl::StrCat(kSessions, " AND NOT ssl")), 0);

  // Sessions that there are go on; new ones are opened with what the file says then.
  trusting(testing::Authority());
  Do(*session,
     "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE client_addr IS NOT NULL");
  ExpectUnavailable(Get(process, "a"));
  trusting(postgres.authority());
  EXPECT_TRUE(Becomes(process, HealthCheckResponse::SERVING));
  EXPECT_TRUE(Get(process, "a").ok());
}

TEST_F(PostgresStoreTest, ReadinessFollowsTheDatabase) {
  const ServerProcess process = Start();
  EXPECT_TRUE(Upsert(process, "a").ok());
  EXPECT_TRUE(Becomes(process, HealthCheckResponse::SERVING));

  server_->Kill();
  EXPECT_TRUE(Becomes(process, HealthCheckResponse::NOT_SERVING));
  EXPECT_EQ(Health(process, ""), HealthCheckResponse::SERVING);
  ExpectUnavailable(Get(process, "a"));
  ExpectUnavailable(Upsert(process, "b"));

  server_->Start();
  EXPECT_TRUE(Becomes(process, HealthCheckResponse::SERVING));
  EXPECT_TRUE(Get(process, "a").ok());
  EXPECT_TRUE(Upsert(process, "b").ok());
}

TEST_F(PostgresStoreTest, OneForReadingOnlyCanBeRead) {
  const ServerProcess process = Start();
  EXPECT_TRUE(Upsert(process, "a").ok());
  Restart({"default_transaction_read_only=on"});
  EXPECT_TRUE(Becomes(process, HealthCheckResponse::SERVING));
  ExpectUnavailable(Upsert(process, "b"));
  EXPECT_TRUE(Get(process, "a").ok());
  EXPECT_THAT(Refused().err, HasSubstr("for reading only"));
  Restart({});
  EXPECT_TRUE(Becomes(process, HealthCheckResponse::SERVING));
  EXPECT_TRUE(Upsert(process, "b").ok());
}

TEST_F(PostgresStoreTest, WithoutRoomForSessionsCallsAreRefused) {
  const ServerProcess process = Start();
  EXPECT_TRUE(Upsert(process, "a").ok());
  Restart({"max_connections=4", "superuser_reserved_connections=0", "max_wal_senders=0"});
  std::vector<std::unique_ptr<sql::Connection>> all;
  // Those that the process holds by now are for reading: it has written nothing since.
  const auto other = sql::OpenPostgres({.dsn = server_->dsn()});
  while (other.ok()) {
    auto session = (*other)->Connect();
    if (!session.ok()) break;
    all.push_back(*std::move(session));
  }
  const grpc::Status refused = Upsert(process, "b");
  ExpectUnavailable(refused);
  all.clear();
  EXPECT_TRUE(Becomes(process, HealthCheckResponse::SERVING));
  EXPECT_TRUE(Get(process, "a").ok());
}

// One that dies is noticed by its connection, one that hangs by the deadline of its call.
TEST_F(PostgresStoreTest, AProcessThatVanishesHoldsUpNobody) {
  for (const int signal : {SIGKILL, SIGSTOP}) {
    ServerProcess process = Start();
    const auto other = Connect();
    ASSERT_OK(other->Begin());
    ASSERT_OK(other->Lock(Context::Background(), "revisions"));
    std::thread caller([&] { EXPECT_FALSE(Upsert(process, "a", absl::Seconds(2)).ok()); });
    AwaitWaiting(*other, 1);
    process.process.Signal(signal);
    AwaitWaiting(*other, 0);
    other->Rollback();
    caller.join();
  }
  const ServerProcess process = Start();
  EXPECT_TRUE(Upsert(process, "a").ok());
}

// Of a program that does not take turns.
TEST_F(PostgresStoreTest, AWriteThatConflictsIsRefusedAndCanBeTriedAgain) {
  const ServerProcess process = Start();
  EXPECT_TRUE(Upsert(process, "a").ok());
  const auto other = Connect();
  ASSERT_OK(other->Begin());
  Do(*other,
     "CREATE TEMPORARY TABLE foreign_row AS SELECT * FROM companies WHERE company = "
     "'a'");
  Do(*other, "UPDATE foreign_row SET company = 'b'");
  Do(*other, "INSERT INTO companies SELECT * FROM foreign_row");
  grpc::Status refused;
  std::thread caller([&] { refused = Upsert(process, "b"); });
  AwaitWaiting(*other, 1);
  ASSERT_OK(other->Commit());
  caller.join();
  ExpectUnavailable(refused);
  EXPECT_EQ(Number(*other, "SELECT MAX(revision) FROM revisions"), 1);
  EXPECT_TRUE(Upsert(process, "c").ok());
}

// They take turns: each is acknowledged, and has a revision of its own.
TEST_F(PostgresStoreTest, TwoReplicasMayWriteTheSameCompanyAtOnce) {
  constexpr int kEach = 20;
  const ServerProcess one = Start();
  const ServerProcess two = Start();
  const auto write = [](const ServerProcess& process) {
    for (int i = 0; i < kEach; ++i) {
      const grpc::Status status = Upsert(process, "a", kPatience, absl::StrCat(process.address, i));
      EXPECT_TRUE(status.ok()) << status.error_message();
    }
  };
  std::thread other([&] { write(two); });
  write(one);
  other.join();
  const auto session = Connect();
  EXPECT_EQ(Number(*session, "SELECT COUNT(*) FROM revisions"), 2 * kEach);
  EXPECT_EQ(Number(*session, "SELECT MAX(revision) FROM revisions"), 2 * kEach);
  EXPECT_EQ(Number(*session, "SELECT COUNT(*) FROM companies WHERE company = 'a'"), 2 * kEach);
}

TEST_F(PostgresStoreTest, ASchemaOfANewerProgramIsLeftAlone) {
  { const ServerProcess process = Start(); }
  const auto database = sql::OpenPostgres({.dsn = server_->dsn(), .schema = "registry"});
  ASSERT_OK(database);
  EXPECT_OK(
      (*(*database)->Connect())
          ->Execute(Context::Background(),
                    "INSERT INTO schema_migrations VALUES ('registry 99: of the future', 99)"));
  const Finished finished = Refused();
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("newer"), HasSubstr("registry 99: of the future")));
}

}  // namespace
}  // namespace steelyard
