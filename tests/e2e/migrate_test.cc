// `steelyard migrate`, by real processes: from the embedded files to PostgreSQL and back, with
// history; tokens from before get the same bytes from every one of the three.

#include <csignal>
#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "tests/support/postgres_server.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using testing::Client;
using testing::Finished;
using ::testing::HasSubstr;
using testing::ServerProcess;
using testing::SourceFile;
using testing::TempDir;

Finished Migrate(std::vector<std::string> arguments) {
  std::vector<std::string> command = {testing::Binary("steelyard"), "migrate"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return testing::Run(command);
}

std::string TokenIn(const std::string& out) {
  const size_t begin = out.find("sy1.");
  return begin == std::string::npos ? ""
                                    : out.substr(begin, out.find_first_of(" ,\n\"", begin) - begin);
}

class MigrateE2eTest : public ::testing::Test {
 protected:
  std::string Directory(const std::string& name) const { return StrCat(files_.path(), "/", name); }
  ServerProcess Start(const std::vector<std::string>& place) const {
    std::vector<std::string> arguments = {"--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), place.begin(), place.end());
    return testing::StartServer("steelyard-allinone", arguments);
  }
  static void Stop(ServerProcess& suite) {
    suite.process.Signal(SIGTERM);
    EXPECT_EQ(suite.process.Wait(), 0);
  }
  // What is asked at each of the tokens; the questions reach every kind of table.
  static std::string Answers(const ServerProcess& suite, const std::vector<std::string>& tokens) {
    const std::vector<std::vector<std::string>> questions = {
        {"compare", "US", "EUROPE", "CN", "--from", "2015", "--to", "2025"},
        {"aggregate", "--by", "country,layer", "--top", "3"},
        {"rounds", "--limit", "500"},
        {"round", "mistral-ai_20231210_series-a", "--history"},
        {"company", "Mistral"},
        {"availability"}};
    std::string answers;
    for (const std::string& token : tokens) {
      for (const std::vector<std::string>& question : questions) {
        std::vector<std::string> arguments = {"--json", "--snapshot", token};
        arguments.insert(arguments.end(), question.begin(), question.end());
        const Finished asked = Client(suite.address, arguments);
        StrAppend(&answers, question[0], " ", asked.exit_code, "\n", asked.out, asked.err);
      }
    }
    return answers;
  }
  // A store with built-in data and a later import; tokens of both states.
  std::vector<std::string> Fill(const ServerProcess& suite) const {
    const std::vector<std::string> any_round = {"rounds", "--limit", "1"};
    std::vector<std::string> tokens = {TokenIn(Client(suite.address, any_round).out)};
    const Finished imported =
        Client(suite.address, {"import", "crunchbase-2013", "--companies",
                               SourceFile("tests/fixtures/cb2013/companies.csv"), "--rounds",
                               SourceFile("tests/fixtures/cb2013/rounds.csv")});
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    tokens.push_back(TokenIn(Client(suite.address, any_round).out));
    EXPECT_NE(tokens[0], tokens[1]);
    return tokens;
  }

  TempDir files_;
};

TEST_F(MigrateE2eTest, TokensGetTheSameBytesAfterwardsThereAndBack) {
  if (!testing::PostgresServer::Missing().empty()) {
    GTEST_SKIP() << testing::PostgresServer::Missing();
  }
  const testing::PostgresServer server;
  const std::string dsn = files_.Write("dsn", server.dsn());
  const std::string config = files_.Write(
      "postgres.json", StrCat(R"({"storage": {"postgres": {"dsnFile": ")", dsn, R"("}}})"));

  ServerProcess before = Start({"--data", Directory("before")});
  const std::vector<std::string> tokens = Fill(before);
  const std::string expected = Answers(before, tokens);
  // Whole answers are too long to be shown where they differ.
  EXPECT_TRUE(expected.find("compare 0\n") != std::string::npos);
  for (const char* failed : {" 1\nsteelyard", " 2\nsteelyard", " 3\nsteelyard"}) {
    EXPECT_TRUE(expected.find(failed) == std::string::npos) << failed;
  }
  const Finished in_use = Migrate({"--from", Directory("before"), "--to", config});
  EXPECT_EQ(in_use.exit_code, 1);
  EXPECT_THAT(in_use.err, HasSubstr("registry.duckdb"));
  Stop(before);

  const Finished there = Migrate({"--from", Directory("before"), "--to", config});
  ASSERT_EQ(there.exit_code, 0) << there.err;
  EXPECT_THAT(there.out, HasSubstr("registry: DuckDB"));
  EXPECT_THAT(there.out, HasSubstr("funding: moved "));
  ServerProcess served = Start({"--config", config, "--no-built-in-data"});
  EXPECT_TRUE(Answers(served, tokens) == expected);
  Stop(served);

  const Finished again = Migrate({"--from", Directory("before"), "--to", config});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("the database to move to holds a store already"));

  const Finished back = Migrate({"--from", config, "--to", Directory("after")});
  ASSERT_EQ(back.exit_code, 0) << back.err;
  ServerProcess after = Start({"--data", Directory("after"), "--no-built-in-data"});
  EXPECT_TRUE(Answers(after, tokens) == expected);
  // It goes on from there: the next commit is the next revision.
  const Finished next =
      Client(after.address, {"retract", "mistral-ai_20231210_series-a", "--reason", "x"});
  EXPECT_EQ(next.exit_code, 0) << next.err;
  EXPECT_TRUE(Answers(after, tokens) == expected);
}

TEST_F(MigrateE2eTest, SaysWhatItNeeds) {
  const Finished nothing = Migrate({"--from", Directory("nowhere"), "--to", Directory("to")});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("steelyard-migrate: nothing to move: the directory"));
  EXPECT_FALSE(std::filesystem::exists(Directory("nowhere")));
  EXPECT_FALSE(std::filesystem::exists(Directory("to")));

  EXPECT_EQ(Migrate({"--from", "x"}).exit_code, 2);
  EXPECT_EQ(Migrate({"--from", "x", "--to", "y", "--only", "gateway"}).exit_code, 2);
  const Finished no_file = Migrate({"--from", Directory("none.json"), "--to", "y"});
  EXPECT_EQ(no_file.exit_code, 1);
  EXPECT_THAT(no_file.err, HasSubstr("none.json"));
  const Finished help = Migrate({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("steelyard migrate --from data --to postgres.json"));
  const Finished late = Client("127.0.0.1:1", {"migrate"});
  EXPECT_EQ(late.exit_code, 2);
  EXPECT_THAT(late.err, HasSubstr("it comes first"));
}

}  // namespace
}  // namespace steelyard
