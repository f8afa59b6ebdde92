// The suite as it is deployed: four processes, one client, the built-in data.

#include <csignal>

#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "steelyard/gateway/v1/gateway.pb.h"
#include "tests/support/suite.h"

namespace steelyard {
namespace {

using testing::Client;
using ::testing::ElementsAre;
using testing::Finished;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::SourceFile;
using testing::Suite;

template <typename Message>
Message FromJson(const Finished& finished) {
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(finished.out, &message);
  EXPECT_TRUE(status.ok()) << status.ToString() << finished.out;
  return message;
}

// One suite for all tests, with the built-in data; each test leaves it as it found it.
class FourProcessesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    const Finished imported =
        Client(suite_->target(), {"import", "dataset", SourceFile("deploy/dataset")});
    ASSERT_EQ(imported.exit_code, 0) << imported.out << imported.err;
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static Finished Ask(std::vector<std::string> arguments) {
    return Client(suite_->target(), std::move(arguments));
  }
  static gateway::v1::CompareResponse Compare(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"--json", "compare", "US",   "EUROPE", "CN",
                                      "--from", "2010",    "--to", "2025"};
    words.insert(words.end(), more.begin(), more.end());
    return FromJson<gateway::v1::CompareResponse>(Ask(words));
  }

  // The gateway finds a restarted service within the pauses between its attempts to connect.
  static void ExpectRecovery() {
    int exit_code = -1;
    for (int attempt = 0; attempt < 200 && exit_code != 0; ++attempt) {
      exit_code = Ask({"compare", "US", "EUROPE", "--from", "2015", "--to", "2025"}).exit_code;
    }
    EXPECT_EQ(exit_code, 0);
  }

  static Suite* suite_;
};
Suite* FourProcessesTest::suite_ = nullptr;

TEST_F(FourProcessesTest, ComparesTheThreeRegionsFromTheBuiltInData) {
  const gateway::v1::CompareResponse answer = Compare();
  const strategy::v1::CompareRegionsResponse& comparison = answer.comparison();
  ASSERT_THAT(comparison.profiles(), SizeIs(3));
  for (const strategy::v1::RegionProfile& profile : comparison.profiles()) {
    const std::string& term = profile.region().term();
    EXPECT_EQ(profile.total().status(), common::v1::VALUE_STATUS_OK) << term;
    EXPECT_THAT(profile.total().money().units(), Gt(1'000'000'000)) << term;
    EXPECT_THAT(profile.total().coverage().units_expected(), Gt(0)) << term;
    EXPECT_THAT(profile.years(), SizeIs(16)) << term;
    EXPECT_THAT(profile.layers(), Not(IsEmpty())) << term;
    EXPECT_THAT(profile.sectors(), Not(IsEmpty())) << term;
    EXPECT_THAT(profile.largest_companies(), SizeIs(5)) << term;
  }
  ASSERT_THAT(comparison.ratios(), SizeIs(2));
  EXPECT_EQ(comparison.ratios(0).denominator(), "EUROPE");
  EXPECT_GT(comparison.ratios(0).ratio().number(), 1.0);
  EXPECT_THAT(comparison.published(), Not(IsEmpty()));
  EXPECT_THAT(comparison.sources(), Not(IsEmpty()));
  EXPECT_THAT(comparison.measures(), Not(IsEmpty()));
  EXPECT_EQ(comparison.definition().currency(), "USD");
  EXPECT_THAT(answer.snapshot().token(), Not(IsEmpty()));
  EXPECT_THAT(answer.codelists(), SizeIs(6));
  EXPECT_THAT(answer.unreachable(), IsEmpty());
}

TEST_F(FourProcessesTest, ATokenReplaysTheSameBytesAfterFurtherImports) {
  const std::string token = Compare().snapshot().token();
  const std::vector<std::string> question = {"--json", "--snapshot", token,  "compare", "US",
                                             "EUROPE", "--from",     "2010", "--to",    "2025"};
  const Finished before = Ask(question);
  ASSERT_EQ(before.exit_code, 0) << before.err;

  const Finished imported = Ask({"import", "crunchbase-2013", "--companies",
                                 SourceFile("tests/fixtures/cb2013/companies.csv"), "--rounds",
                                 SourceFile("tests/fixtures/cb2013/rounds.csv")});
  ASSERT_EQ(imported.exit_code, 0) << imported.out << imported.err;

  EXPECT_NE(Compare().snapshot().token(), token);
  EXPECT_EQ(Ask(question).out, before.out);
}

TEST_F(FourProcessesTest, EveryNameOfTheArticleFindsItsCompany) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"Laboratoires de la Forêt-Noire", "companies/black-forest-labs"},
      {"laboratoires de la foret noire", "companies/black-forest-labs"},
      {"Nébius", "companies/nebius"},
      {"Néchelle", "companies/nscale"},
      {"Domyne", "companies/domyn"},
      {"OnzeLabs", "companies/elevenlabs"},
      {"Profond", "companies/deepl"},
      {"DeepL SE", "companies/deepl"},
  };
  for (const auto& [name, company] : names) {
    const auto profile =
        FromJson<gateway::v1::GetCompanyProfileResponse>(Ask({"--json", "company", name}));
    EXPECT_EQ(profile.company().name(), company) << name;
    EXPECT_THAT(profile.rounds(), Not(IsEmpty())) << name;
  }
}

TEST_F(FourProcessesTest, SendingTheBuiltInDataAgainChangesNothing) {
  const std::string token = Compare().snapshot().token();
  const Finished again = Ask({"import", "dataset", SourceFile("deploy/dataset")});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("already"));
  EXPECT_THAT(again.out, HasSubstr("not read: claims.csv\n"));
  EXPECT_EQ(Compare().snapshot().token(), token);
}

TEST_F(FourProcessesTest, AnAnswerGoesWithoutASilentServiceAndSaysSo) {
  suite_->funding->process.Signal(SIGKILL);
  suite_->funding->process.Wait();
  const auto profile =
      FromJson<gateway::v1::GetCompanyProfileResponse>(Ask({"--json", "company", "Mistral AI"}));
  EXPECT_EQ(profile.company().name(), "companies/mistral-ai");
  EXPECT_THAT(profile.unreachable(), ElementsAre("services/funding"));
  const Finished comparison = Ask({"compare", "US", "EUROPE", "--from", "2015", "--to", "2025"});
  EXPECT_EQ(comparison.exit_code, 3);
  EXPECT_THAT(comparison.err, HasSubstr("services/funding"));

  suite_->StartFunding();
  ExpectRecovery();
}

TEST_F(FourProcessesTest, StatusNamesEveryService) {
  const Finished status = Ask({"status"});
  EXPECT_EQ(status.exit_code, 0) << status.err;
  for (const char* word : {"registry", "funding", "strategy", "10  region sets"}) {
    EXPECT_THAT(status.out, HasSubstr(word));
  }
  const auto held = FromJson<gateway::v1::GetStatusResponse>(Ask({"--json", "status"}));
  EXPECT_GE(held.registry().companies(), 191);
  EXPECT_GE(held.funding().rounds(), 474 + 12);
  EXPECT_EQ(held.funding().snapshot().registry_revision(),
            held.registry().snapshot().registry_revision());
}

TEST_F(FourProcessesTest, ATerminatedProcessEndsWithZero) {
  suite_->strategy->process.Signal(SIGTERM);
  EXPECT_EQ(suite_->strategy->process.Wait(), 0);
  suite_->StartStrategy();
  suite_->StartGateway();
  ExpectRecovery();
}

// What a person may get wrong, with the exit code and a word that the error must name.
TEST_F(FourProcessesTest, WrongQuestionsGetErrorsThatNameThePlace) {
  struct Case {
    std::vector<std::string> words;
    int exit_code;
    std::string names;
  };
  const std::vector<Case> cases = {
      {{"compare", "US", "EUROP", "--from", "2015", "--to", "2025"}, 1, "EUROP"},
      {{"compare", "US", "EUROPE", "--from", "2025", "--to", "2015"}, 1, "period"},
      {{"compare", "US", "EUROPE", "--from", "2015", "--to", "2025", "--currency", "XQX"},
       1,
       "XQX"},
      {{"compare", "US", "EUROPE", "--from", "2015", "--to", "2025", "--filter", "colour = 1"},
       1,
       "colour"},
      {{"--snapshot", "sy1.garbage", "compare", "US", "EUROPE", "--from", "2015", "--to", "2025"},
       1,
       "snapshot"},
      {{"company", "Nobody Knows This One"}, 1, "Nobody Knows This One"},
      {{"series", "no_such_variable", "US"}, 1, "no_such_variable"},
      {{"compare", "US", "CN", "--from", "2015", "--to", "2025", "--sideways"}, 2, "--sideways"},
      {{"comprae", "US", "EUROPE"}, 2, "compare"},
      {{"import", "crunchbase-2013", "--companies", "/nonexistent.csv", "--rounds",
        "/nonexistent.csv"},
       2,
       "/nonexistent.csv"},
  };
  for (const Case& wrong : cases) {
    const Finished finished = Ask(wrong.words);
    EXPECT_EQ(finished.exit_code, wrong.exit_code) << wrong.names << "\n" << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(wrong.names));
    EXPECT_THAT(finished.out, IsEmpty()) << wrong.names;
  }
}

TEST(ClientTest, SaysHowToStartAServerThatIsNotThere) {
  const Finished finished = Client("127.0.0.1:1", {"status"});
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace steelyard
