// Two replicas of everything on one PostgreSQL answer as one suite on its own file does, byte for
// byte, and take writes side by side.

#include <algorithm>
#include <numeric>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/import_client.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "steelyard/gateway/v1/gateway.pb.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/suite.h"

namespace steelyard {
namespace {

using testing::Client;
using testing::Finished;
using testing::PostgresServer;
using testing::SourceFile;
using testing::Suite;

constexpr absl::Duration kPatience = absl::Minutes(2);

std::shared_ptr<grpc::Channel> ChannelTo(const Suite& suite) {
  return grpc::CreateChannel(suite.target(), grpc::InsecureChannelCredentials());
}

// Asks again while there is no answer (exit code 3): with some ten processes at once, a machine may
// be too slow for the patience that one of them has with another.
Finished AskPatiently(const Suite& suite, const std::vector<std::string>& arguments) {
  const absl::Time until = absl::Now() + kPatience;
  Finished finished;
  do {
    finished = Client(suite.target(), arguments);
  } while (finished.exit_code == 3 && absl::Now() < until);
  return finished;
}

gateway::v1::GetStatusResponse Held(const Suite& suite) {
  const Finished finished = AskPatiently(suite, {"--json", "status"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  gateway::v1::GetStatusResponse status;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(finished.out, &status).ok());
  return status;
}

// The built-in data, the registry's commit applied by funding before the rounds come, so that every
// suite has the same revisions.
void Fill(const Suite& suite) {
  const auto channel = ChannelTo(suite);
  const absl::Time until = absl::Now() + kPatience;
  for (const gateway::ImportPlan& plan : gateway::PlanDataset(SourceFile("deploy/dataset"))) {
    ASSERT_OK_AND_ASSIGN(const auto report, gateway::RunImport(channel, plan, {}, until));
    if (plan.into == gateway::ImportPlan::Into::kFunding) continue;
    ASSERT_OK(gateway::WaitForProjection(channel, report.snapshot().registry_revision(), until));
  }
}

class Database {
 public:
  explicit Database(const std::string& dsn) {
    auto database = sql::OpenPostgres({.dsn = dsn});
    EXPECT_OK(database);
    database_ = *std::move(database);
  }
  int64_t Number(const std::string& sql) {
    auto connection = *database_->Connect();
    sql::Statement statement;
    statement.Add(sql);
    const auto number = sql::ReadInt(*connection, Context::Background(), statement);
    EXPECT_OK(number);
    return number.value_or(-1);
  }
  void Execute(const std::string& sql) {
    EXPECT_OK((*database_->Connect())->Execute(Context::Background(), sql));
  }

 private:
  std::unique_ptr<sql::Database> database_;
};

std::string StoreIn(const std::string& token) {
  const auto id = DecodeToken(token);
  EXPECT_OK(id);
  return id.ok() ? id->store : "";
}

// When something was committed is not the same in two suites.
std::string WithoutTimes(const std::string& answer) {
  static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
  return std::regex_replace(answer, time, "TIME");
}

const std::vector<std::vector<std::string>>& Questions() {
  static const auto& questions = *new std::vector<std::vector<std::string>>{
      {"compare", "US", "EUROPE", "CN", "--from", "2010", "--to", "2025"},
      {"compare", "US", "EUROPE", "--from", "2019", "--to", "2024", "--currency", "EUR"},
      {"aggregate", "--by", "country", "--from", "2015", "--to", "2025"},
      {"aggregate", "--by", "region,layer", "--regions", "US,EUROPE", "--from", "2023", "--to",
       "2025", "--measures", "sum,count,median,imputed-sum,hhi", "--top", "2"},
      {"aggregate", "--by", "stage,year", "--from", "2015", "--to", "2025", "--policy", "median"},
      {"rounds", "--limit", "100"},
      {"rounds", "--company", "mistral-ai"},
      {"company", "Laboratoires de la Forêt-Noire"},
      {"company", "Mistral AI"},
      {"search", "mi"},
      {"match", "--name", "OnzeLabs"},
      {"match", "--name", "Blackforest Labs", "--country", "DE"},
      {"review"},
      {"availability"},
      {"series", "ai_investment", "US", "EUROPE", "--from", "2023", "--prefer",
       "oecd,owid_cset_2026", "--losers"},
      {"explain", "sum/US/2015..2025", "--by", "region", "--regions", "US", "--from", "2015",
       "--to", "2025"},
      {"export", "rounds", "--format", "csv"},
      {"aggregate", "--by", "country,investor-country", "--from", "2015", "--to", "2025"},
      {"aggregate", "--by", "layer", "--from", "2015", "--to", "2025", "--attribution",
       "investor-origin", "--layer-attribution", "equal-split", "--policy", "median"},
      {"profile", "EUROPE", "--from", "2018", "--to", "2025"},
      {"gap", "US", "EUROPE", "--from", "2018", "--to", "2025", "--paths", "500"},
      {"scenario", "US", "EUROPE", "--from", "2018", "--to", "2025", "--until", "2030", "--paths",
       "500"},
      {"rank", "US", "GB", "FR", "DE", "--from", "2018", "--to", "2025", "--draws", "200"},
      {"sweep", "share(funding[EUROPE, 2025], layer=APPLIED)"},
      {"claim", "check", "seed-c02"},
  };
  return questions;
}

Finished Ask(const Suite& suite, const std::string& token, std::vector<std::string> question) {
  question.insert(question.begin(), {"--json", "--snapshot", token});
  return AskPatiently(suite, question);
}

class TwoReplicasTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresServer::Missing().empty()) GTEST_SKIP() << PostgresServer::Missing();
    server_ = std::make_unique<PostgresServer>();
    one_ = std::make_unique<Suite>(server_->dsn());
  }

  std::unique_ptr<PostgresServer> server_;
  std::unique_ptr<Suite> one_;
  std::unique_ptr<Suite> two_;
};

TEST_F(TwoReplicasTest, GiveTheAnswersOfOneSuiteOnItsOwnFile) {
  const Suite embedded;
  // As a suite that was moved here: its tokens are those of the other.
  const gateway::v1::GetStatusResponse own = Held(embedded);
  Database database(server_->dsn());
  for (const auto& [schema, token] : {std::pair("registry", own.registry().snapshot().token()),
                                      std::pair("funding", own.funding().snapshot().token())}) {
    database.Execute(absl::StrCat("UPDATE ", schema, ".store_meta SET value = '", StoreIn(token),
                                  "' WHERE key = 'store_id'"));
  }
  one_.reset();
  one_ = std::make_unique<Suite>(server_->dsn());
  two_ = std::make_unique<Suite>(server_->dsn());
  Fill(embedded);
  Fill(*one_);

  const std::string token = Held(embedded).funding().snapshot().token();
  EXPECT_EQ(Held(*one_).funding().snapshot().token(), token);
  EXPECT_EQ(Held(*two_).funding().snapshot().token(), token);
  for (const std::vector<std::string>& question : Questions()) {
    SCOPED_TRACE(absl::StrCat(question[0], " ", question.size() > 1 ? question[1] : ""));
    const Finished expected = Ask(embedded, token, question);
    EXPECT_EQ(expected.exit_code, 0) << expected.err;
    const Finished first = Ask(*one_, token, question);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(WithoutTimes(first.out), WithoutTimes(expected.out));
    EXPECT_EQ(Ask(*two_, token, question).out, first.out);
  }
}

// Writes `count` rounds and as many companies through one suite, one by one; the revisions of the
// rounds.
std::vector<int64_t> WriteThrough(const Suite& suite, const std::string& prefix, int count) {
  const auto channel = ChannelTo(suite);
  const auto funding = funding::v1::FundingService::NewStub(channel);
  const auto registry = registry::v1::RegistryService::NewStub(channel);
  std::vector<int64_t> revisions;
  for (int i = 0; i < count; ++i) {
    const std::string id = absl::StrCat(prefix, i);
    registry::v1::UpsertCompaniesRequest company;
    company.add_companies()->set_name("companies/" + id);
    company.mutable_companies(0)->set_display_name("Company " + id);
    registry::v1::UpsertCompaniesResponse written;
    grpc::ClientContext first;
    const grpc::Status kept = registry->UpsertCompanies(&first, company, &written);
    EXPECT_TRUE(kept.ok()) << kept.error_message();

    funding::v1::UpsertRoundsRequest request;
    funding::v1::Round& round = *request.add_rounds();
    round.set_name("rounds/" + id);
    round.set_company("companies/" + id);
    round.mutable_announced_on()->set_year(2024);
    round.set_stage(funding::v1::STAGE_SEED);
    round.add_sources("sources/s");
    funding::v1::UpsertRoundsResponse response;
    grpc::ClientContext second;
    const grpc::Status status = funding->UpsertRounds(&second, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    revisions.push_back(response.snapshot().funding_revision());
  }
  return revisions;
}

TEST_F(TwoReplicasTest, TakeWritesSideBySide) {
  constexpr int kEach = 25;
  two_ = std::make_unique<Suite>(server_->dsn());
  std::vector<int64_t> others;
  std::thread other([&] { others = WriteThrough(*two_, "b", kEach); });
  std::vector<int64_t> revisions = WriteThrough(*one_, "a", kEach);
  other.join();
  revisions.insert(revisions.end(), others.begin(), others.end());
  std::sort(revisions.begin(), revisions.end());
  EXPECT_EQ(std::unique(revisions.begin(), revisions.end()), revisions.end());

  // Both replicas of funding have followed both of the registry: each commit was applied once, in
  // order, and is a commit of its own.
  constexpr int64_t kAll = 2 * kEach;
  for (const Suite* suite : {one_.get(), two_.get()}) {
    ASSERT_OK(gateway::WaitForProjection(ChannelTo(*suite), kAll, absl::Now() + kPatience));
  }
  Database database(server_->dsn());
  EXPECT_EQ(database.Number("SELECT COUNT(*) FROM registry.revisions"), kAll);
  EXPECT_EQ(database.Number("SELECT MAX(revision) FROM registry.revisions"), kAll);
  EXPECT_EQ(database.Number("SELECT COUNT(*) FROM funding.revisions"), 2 * kAll);
  EXPECT_EQ(database.Number("SELECT MAX(revision) FROM funding.revisions"), 2 * kAll);
  EXPECT_EQ(database.Number("SELECT COUNT(*) FROM (SELECT registry_revision - LAG("
                            "registry_revision, 1, CAST(0 AS BIGINT)) OVER (ORDER BY revision) AS "
                            "step FROM funding.revisions) AS steps WHERE step NOT IN (0, 1)"),
            0);
  EXPECT_EQ(database.Number("SELECT COUNT(*) FROM funding.company_projection"), kAll);

  const gateway::v1::GetStatusResponse first = Held(*one_);
  const gateway::v1::GetStatusResponse second = Held(*two_);
  EXPECT_EQ(first.funding().rounds(), kAll);
  EXPECT_EQ(first.registry().companies(), kAll);
  EXPECT_EQ(first.funding().snapshot().token(), second.funding().snapshot().token());
  EXPECT_EQ(first.registry().snapshot().token(), second.registry().snapshot().token());
  const std::string token = first.funding().snapshot().token();
  const std::vector<std::string> all = {"rounds", "--limit", "100"};
  EXPECT_EQ(Ask(*one_, token, all).out, Ask(*two_, token, all).out);
}

// What one replica is told, the other knows: names that are matched, ids that lead elsewhere, and
// rounds that moved.
TEST_F(TwoReplicasTest, FollowEachOthersDecisions) {
  two_ = std::make_unique<Suite>(server_->dsn());
  WriteThrough(*one_, "a", 1);
  WriteThrough(*two_, "b", 1);
  const auto registry = registry::v1::RegistryService::NewStub(ChannelTo(*one_));
  registry::v1::MergeCompaniesRequest request;
  request.set_into("companies/a0");
  request.add_from("companies/b0");
  registry::v1::MergeCompaniesResponse merged;
  grpc::ClientContext context;
  const grpc::Status status = registry->MergeCompanies(&context, request, &merged);
  ASSERT_TRUE(status.ok()) << status.error_message();
  constexpr int64_t kCommits = 3;
  for (const Suite* suite : {one_.get(), two_.get()}) {
    ASSERT_OK(gateway::WaitForProjection(ChannelTo(*suite), kCommits, absl::Now() + kPatience));
  }
  const std::string token = Held(*one_).funding().snapshot().token();
  for (const std::vector<std::string>& question :
       std::vector<std::vector<std::string>>{{"match", "--name", "Company b0"},
                                             {"aggregate", "--by", "company", "--measures", "count",
                                              "--from", "2024", "--to", "2024"},
                                             {"rounds", "--company", "a0"}}) {
    const Finished first = Ask(*one_, token, question);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_THAT(first.out, ::testing::HasSubstr("companies/a0"));
    EXPECT_EQ(Ask(*two_, token, question).out, first.out);
  }
  const Finished rounds = Ask(*two_, token, {"rounds", "--company", "a0"});
  EXPECT_THAT(rounds.out, ::testing::AllOf(::testing::HasSubstr("rounds/a0"),
                                           ::testing::HasSubstr("rounds/b0")));
}

}  // namespace
}  // namespace steelyard
