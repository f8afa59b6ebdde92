// Acknowledged means durable, and an import is all or nothing, whenever the process is killed.

#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
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
using testing::ServerProcess;
using testing::StartServer;
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

// How many times the suite is killed; STEELYARD_TEST_KILLS asks for more than a quick run has.
int Moments() {
  const char* asked = std::getenv("STEELYARD_TEST_KILLS");
  int moments = 0;
  return asked != nullptr && absl::SimpleAtoi(asked, &moments) && moments > 0 ? moments : 12;
}

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

class KillDuringImportTest : public ::testing::Test {
 protected:
  KillDuringImportTest() { WriteExport(files_.path()); }

  ServerProcess StartSuite(const TempDir& data) const {
    return StartServer("steelyard-allinone",
                       {"--listen", "127.0.0.1:0", "--data", data.path(), "--no-built-in-data"});
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

  TempDir files_;
};

TEST_F(KillDuringImportTest, LeavesAllOfAFileOrNothingAndAnswersAfterARestart) {
  absl::Duration whole;
  {
    const TempDir data;
    const ServerProcess suite = StartSuite(data);
    const absl::Time start = absl::Now();
    const Finished finished = testing::Run(ImportCommand(suite.address));
    whole = absl::Now() - start;
    ASSERT_EQ(finished.exit_code, 0) << finished.out << finished.err;
    EXPECT_EQ(Held(suite.address).funding().rounds(), kCompanies * kRoundsEach);
  }
  const int moments = Moments();
  for (int moment = 0; moment < moments; ++moment) {
    SCOPED_TRACE(moment);
    const TempDir data;
    {
      ServerProcess suite = StartSuite(data);
      absl::StatusOr<Subprocess> client = Subprocess::Start(ImportCommand(suite.address));
      ASSERT_TRUE(client.ok());
      // The moment is the subject of the test: reading waits no longer than that.
      while (client->ReadLine(whole * moment / moments).ok()) {
      }
      suite.process.Signal(SIGKILL);
      suite.process.Wait();
      client->Wait();
    }
    const ServerProcess suite = StartSuite(data);
    const gateway::v1::GetStatusResponse held = Held(suite.address);
    EXPECT_THAT(held.registry().companies(), ::testing::AnyOf(0, kCompanies));
    EXPECT_THAT(held.funding().rounds(), ::testing::AnyOf(0, kCompanies * kRoundsEach));

    const Finished again = testing::Run(ImportCommand(suite.address));
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(Held(suite.address).funding().rounds(), kCompanies * kRoundsEach);
  }
}

TEST_F(KillDuringImportTest, AClientThatDiesLeavesNothing) {
  const TempDir data;
  const ServerProcess suite = StartSuite(data);
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
