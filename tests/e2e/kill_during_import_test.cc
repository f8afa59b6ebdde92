// Acknowledged means durable, and an import is all or nothing, when the process, or the server of
// its database, is killed at any stage of an import. kill_at_random_test.cc does so hundreds of
// times.

#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "steelyard/gateway/v1/gateway.pb.h"
#include "tests/e2e/kept_store.h"
#include "tests/support/postgres_server.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using testing::Client;
using testing::Finished;
using testing::KeptStore;
using testing::PostgresServer;
using testing::ServerProcess;
using testing::Subprocess;
using testing::TempDir;

// Sanitizers make the import many times slower; a smaller file then takes as long.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STEELYARD_SLOW 1
#endif
#endif
#ifdef STEELYARD_SLOW
constexpr int kCompanies = 1000;
#else
constexpr int kCompanies = 6000;
#endif
constexpr int kRoundsEach = 3;

// A rounds and a companies file in the form of the export: CR line ends, its columns.
void WriteExport(const std::string& directory) {
  std::ofstream companies(absl::StrCat(directory, "/companies.csv"));
  companies
      << "permalink,name,category_code,funding_total_usd,status,country_code,state_code,region,"
         "city,"
         "funding_rounds,founded_at,founded_month,founded_quarter,founded_year,first_funding_at,"
         "last_funding_at,last_milestone_at\r";
  std::ofstream rounds(absl::StrCat(directory, "/rounds.csv"));
  rounds << "company_permalink,company_name,company_category_code,company_country_code,company_"
            "state_code,"
            "company_region,company_city,funding_round_type,funded_at,funded_month,funded_quarter,"
            "funded_year,raised_amount_usd\r";
  for (int i = 0; i < kCompanies; ++i) {
    companies << "/company/made-" << i << ",Made " << i
              << ",software,3000000,operating,USA,CA,SF Bay,"
              << "Oakland,3,2010-01-01,2010-01,2010-Q1,2010,2011-01-01,2012-03-01,\r";
    for (int j = 0; j < kRoundsEach; ++j) {
      rounds << "/company/made-" << i << ",Made " << i
             << ",software,USA,CA,SF Bay,Oakland,series-a,"
             << "2012-0" << 1 + j << "-15,2012-0" << 1 + j << ",2012-Q1,2012,1000000\r";
    }
  }
}

class KillDuringImportTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    WriteExport(files_.path());
    if (GetParam() == "DuckDb") return;
    if (!PostgresServer::Missing().empty()) GTEST_SKIP() << PostgresServer::Missing();
    server_ = std::make_unique<PostgresServer>();
  }

  // A store that holds nothing yet.
  std::unique_ptr<KeptStore> NewStore() {
    if (server_ == nullptr) return std::make_unique<testing::OwnFile>();
    return std::make_unique<testing::OnServer>(*server_, absl::StrCat("store_", stores_++));
  }
  std::vector<std::string> ImportCommand(const std::string& target) const {
    return {testing::Binary("steelyard"),
            "--target",
            target,
            "import",
            "crunchbase-2013",
            "--companies",
            absl::StrCat(files_.path(), "/companies.csv"),
            "--rounds",
            absl::StrCat(files_.path(), "/rounds.csv")};
  }
  // What a restarted suite holds.
  static gateway::v1::GetStatusResponse Held(const std::string& target) {
    const Finished finished = Client(target, {"--json", "status"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    gateway::v1::GetStatusResponse status;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(finished.out, &status).ok())
        << finished.out;
    return status;
  }

  // How long an import takes that nobody disturbs.
  absl::Duration Whole() {
    const std::unique_ptr<KeptStore> store = NewStore();
    const ServerProcess suite = store->StartSuite();
    const absl::Time start = absl::Now();
    const Finished finished = testing::Run(ImportCommand(suite.address));
    const absl::Duration whole = absl::Now() - start;
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
    EXPECT_EQ(Held(suite.address).funding().rounds(), kCompanies * kRoundsEach);
    return whole;
  }
  // All of each import or nothing, and all when it was acknowledged; a second one completes it.
  void ExpectWholeImports(const std::string& target, bool acknowledged) const {
    const gateway::v1::GetStatusResponse held = Held(target);
    EXPECT_THAT(held.registry().companies(), ::testing::AnyOf(0, kCompanies));
    EXPECT_THAT(held.funding().rounds(), ::testing::AnyOf(0, kCompanies * kRoundsEach));
    if (acknowledged) {
      EXPECT_EQ(held.registry().companies(), kCompanies);
      EXPECT_EQ(held.funding().rounds(), kCompanies * kRoundsEach);
    }
    const Finished again = testing::Run(ImportCommand(target));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(Held(target).funding().rounds(), kCompanies * kRoundsEach);
  }

  TempDir files_;
  std::unique_ptr<PostgresServer> server_;  // none with DuckDB
  int stores_ = 0;
};

INSTANTIATE_TEST_SUITE_P(On, KillDuringImportTest, ::testing::Values("DuckDb", "Postgres"),
                         [](const auto& info) { return info.param; });

TEST_P(KillDuringImportTest, LeavesAllOfAFileOrNothingAndAnswersAfterARestart) {
  const absl::Duration whole = Whole();
  const int moments = server_ == nullptr ? 12 : 6;
  for (int moment = 0; moment < moments; ++moment) {
    SCOPED_TRACE(moment);
    const std::unique_ptr<KeptStore> store = NewStore();
    bool acknowledged = false;
    {
      ServerProcess suite = store->StartSuite();
      absl::StatusOr<Subprocess> client = Subprocess::Start(ImportCommand(suite.address));
      ASSERT_TRUE(client.ok());
      // The moment is the subject of the test: reading waits no longer than that.
      while (client->ReadLine(whole * moment / moments).ok()) {
      }
      suite.process.Signal(SIGKILL);
      suite.process.Wait();
      acknowledged = client->Wait() == 0;
    }
    const ServerProcess suite = store->StartSuite();
    ExpectWholeImports(suite.address, acknowledged);
  }
}

// The suite goes on, and needs no restart.
TEST_P(KillDuringImportTest, TheServerOfTheDatabaseMayDie) {
  if (server_ == nullptr) GTEST_SKIP() << "DuckDB has no server";
  const absl::Duration whole = Whole();
  const int moments = 6;
  for (int moment = 0; moment < moments; ++moment) {
    SCOPED_TRACE(moment);
    const std::unique_ptr<KeptStore> store = NewStore();
    const ServerProcess suite = store->StartSuite();
    absl::StatusOr<Subprocess> client = Subprocess::Start(ImportCommand(suite.address));
    ASSERT_TRUE(client.ok());
    while (client->ReadLine(whole * moment / moments).ok()) {
    }
    server_->Kill();
    server_->Start();
    const bool acknowledged = client->Wait() == 0;
    // What was begun when the server died may still be refused for a moment.
    Finished status;
    for (int attempt = 0; attempt < 200; ++attempt) {
      status = Client(suite.address, {"--json", "status"});
      if (status.exit_code == 0 && !absl::StrContains(status.out, "unreachable")) break;
    }
    ExpectWholeImports(suite.address, acknowledged);
  }
}

TEST_P(KillDuringImportTest, AClientThatDiesLeavesNothing) {
  const std::unique_ptr<KeptStore> store = NewStore();
  const ServerProcess suite = store->StartSuite();
  // A pipe that nobody ends: the client has sent a part of the file when it is killed.
  const std::string pipe = absl::StrCat(files_.path(), "/endless");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  absl::StatusOr<Subprocess> client = Subprocess::Start(
      {testing::Binary("steelyard"), "--target", suite.address, "import", "crunchbase-2013",
       "--companies", pipe, "--rounds", absl::StrCat(files_.path(), "/rounds.csv")});
  ASSERT_TRUE(client.ok());
  {
    std::ofstream writer(pipe);
    std::ifstream whole(absl::StrCat(files_.path(), "/companies.csv"));
    std::string part(50'000, '\0');
    whole.read(part.data(), static_cast<std::streamsize>(part.size()));
    writer << part << std::flush;
    client->Signal(SIGKILL);
    client->Wait();
  }
  EXPECT_EQ(Held(suite.address).registry().companies(), 0);
  EXPECT_EQ(Held(suite.address).funding().rounds(), 0);
}

}  // namespace
}  // namespace steelyard
