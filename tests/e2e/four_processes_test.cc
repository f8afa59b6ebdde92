// The suite as it is deployed: four processes, one client, the built-in data.

#include <csignal>
#include <map>

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

// What the article says, as docs/claims.md argues for it.
TEST_F(FourProcessesTest, TheArticlesClaimsGetTheirVerdicts) {
  const auto answer =
      FromJson<strategy::v1::CheckClaimsResponse>(Ask({"--json", "claim", "check"}));
  std::map<std::string, const strategy::v1::ClaimCheck*> checks;
  for (const strategy::v1::ClaimCheck& check : answer.checks()) {
    checks[check.claim().id()] = &check;
    EXPECT_NE(check.verdict(), strategy::v1::VERDICT_UNSPECIFIED) << check.claim().id();
    EXPECT_THAT(check.explanation(), Not(IsEmpty())) << check.claim().id();
  }
  ASSERT_THAT(checks, SizeIs(22));
  EXPECT_EQ(checks["seed-c01"]->verdict(), strategy::v1::VERDICT_SCOPE_CONFLICT);
  EXPECT_EQ(checks["seed-c02"]->verdict(), strategy::v1::VERDICT_DEPENDS_ON_DEFINITION);
  EXPECT_EQ(checks["seed-c03"]->verdict(), strategy::v1::VERDICT_SUPPORTED);
  EXPECT_EQ(checks["seed-c04"]->verdict(), strategy::v1::VERDICT_CONTRADICTED);
  EXPECT_EQ(checks["seed-c08"]->verdict(), strategy::v1::VERDICT_NOT_CHECKABLE);
  EXPECT_EQ(checks["seed-c15"]->verdict(), strategy::v1::VERDICT_INSUFFICIENT_DATA);
  // 12.3 with EU27, 6.6 with the United Kingdom, of ten.
  EXPECT_NEAR(checks["seed-c02"]->greatest_margin().number(), 1.228, 1e-3);
  ASSERT_GT(checks["seed-c02"]->flips_size(), 0);
  EXPECT_EQ(checks["seed-c02"]->flips(0).word(), "EUROPE");
  EXPECT_THAT(checks["seed-c02"]->flips(0).supporting(), ElementsAre("EUROPE=EU27@2020-02-01"));
}

// What only strategy answers, at a token.
std::vector<std::vector<std::string>> StrategyQuestions(const std::string& token) {
  std::vector<std::vector<std::string>> questions = {
      {"profile", "EUROPE", "--from", "2018", "--to", "2025"},
      {"gap", "US", "EUROPE", "--from", "2018", "--to", "2025", "--paths", "500"},
      {"scenario", "US", "EUROPE", "--from", "2018", "--to", "2025", "--until", "2030", "--paths",
       "500"},
      {"rank", "US", "GB", "FR", "DE", "--from", "2018", "--to", "2025", "--draws", "200"},
      {"formula", "funding[US, 2025] / funding[EUROPE, 2025]"},
      {"sweep", "share(funding[EUROPE, 2025], layer=APPLIED)"},
      {"claim", "check"},
      {"explain", "world_share/EUROPE/2018..2025"}};
  const std::vector<std::string> flags = {"--json", "--snapshot", token};
  for (auto& question : questions) question.insert(question.begin(), flags.begin(), flags.end());
  return questions;
}

// The same bytes at a token, from another process than the first time.
TEST_F(FourProcessesTest, StrategyAnswersAreReplayed) {
  const auto questions = StrategyQuestions(Compare().snapshot().token());
  const auto ask = [](const std::vector<std::string>& question) {
    const Finished finished = Ask(question);
    EXPECT_EQ(finished.exit_code, 0) << question[3] << ": " << finished.err;
    return finished.out;
  };
  std::vector<std::string> first;
  for (const auto& question : questions) first.push_back(ask(question));
  suite_->StartStrategy();
  suite_->StartGateway();
  for (size_t i = 0; i < questions.size(); ++i) EXPECT_EQ(ask(questions[i]), first[i]);
}

// It keeps nothing, so that any number of it may stand side by side, and come and go.
TEST_F(FourProcessesTest, ReplicasOfStrategyGiveTheSameAnswers) {
  const auto questions = StrategyQuestions(Compare().snapshot().token());
  // Asks again while the gateway finds out who is there.
  const auto ask = [](const std::vector<std::string>& question) {
    Finished finished;
    for (int attempt = 0; attempt < 200 && finished.exit_code != 0; ++attempt) {
      finished = Ask(question);
    }
    EXPECT_EQ(finished.exit_code, 0) << question[3] << ": " << finished.err;
    return finished.out;
  };
  std::vector<std::string> alone;
  for (const auto& question : questions) alone.push_back(ask(question));
  suite_->StartStrategyReplica();
  suite_->StartGateway();
  for (size_t i = 0; i < questions.size(); ++i) EXPECT_EQ(ask(questions[i]), alone[i]);
  // A gateway that has kept no answer, and only the other replica to ask.
  suite_->StartGateway();
  suite_->strategy->process.Signal(SIGKILL);
  suite_->strategy->process.Wait();
  for (size_t i = 0; i < questions.size(); ++i) EXPECT_EQ(ask(questions[i]), alone[i]);

  suite_->strategy_replica.reset();
  suite_->StartStrategy();
  suite_->StartGateway();
  ExpectRecovery();
}

TEST_F(FourProcessesTest, SendingTheBuiltInDataAgainChangesNothing) {
  const std::string token = Compare().snapshot().token();
  const Finished again = Ask({"import", "dataset", SourceFile("deploy/dataset")});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("already"));
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
