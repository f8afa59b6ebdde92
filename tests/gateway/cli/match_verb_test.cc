// The verb `match`: of one name, and of the rows of a file.

#include <fstream>
#include <iterator>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "services/common/status/status.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/temp_dir.h"

namespace steelyard::cli {
namespace {

using registry::v1::MatchCompaniesRequest;
using registry::v1::MatchCompaniesResponse;
using ::testing::HasSubstr;

class MatchVerbTest : public CommandLineTest {
 protected:
  // Answers each query with a match of its own name; names without letters are refused.
  MatchVerbTest() {
    registry_.MatchCompaniesAnswer = [](const MatchCompaniesRequest& asked,
                                        MatchCompaniesResponse& reply) {
      FieldErrors errors;
      for (int i = 0; i < asked.queries_size(); ++i) {
        if (asked.queries(i).name() == "--") {
          errors.Add("queries[" + std::to_string(i) + "].name", "has no letter");
        }
      }
      if (!errors.empty()) return errors.ToStatus();
      for (const registry::v1::MatchQuery& query : asked.queries()) {
        registry::v1::MatchResult& result = *reply.add_results();
        result.set_decision(registry::v1::MATCH_DECISION_MATCH);
        registry::v1::MatchCandidate& first = *result.add_candidates();
        first.set_company("companies/id-of-" + query.name());
        first.set_display_name(query.name() + ", the");
        first.set_score(0.95);
        first.mutable_matched()->set_text(query.name());
      }
      reply.mutable_snapshot()->set_token("t1");
      return absl::OkStatus();
    };
  }
  std::string Read(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TempDir directory_;
};

TEST_F(MatchVerbTest, WritesTheRowsBackWithWhatWasFound) {
  const std::string file = directory_.Write("f.csv",
                                            "id,Company,country\n"
                                            ",a,Germany\n"
                                            "2,--,\n"
                                            "3,\"b \"\"x\"\"\"\n"
                                            "4,c,XXX,beyond\n");
  const Ran ran = Ask({"match", file});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(ran.out,
            "id,Company,country,match_decision,match_id,match_name,match_score,match_found_as,"
            "match_notes\n"
            ",a,Germany,MATCH,id-of-a,\"a, the\",0.950,a,\n"
            "2,--,,REFUSED,,,,,name: has no letter\n"
            "3,\"b \"\"x\"\"\",,MATCH,\"id-of-b \"\"x\"\"\",\"b \"\"x\"\", the\",0.950,"
            "\"b \"\"x\"\"\",\n"
            "4,c,XXX,MATCH,id-of-c,\"c, the\",0.950,c,\"\"\"XXX\"\" is no country\",beyond\n");
  EXPECT_THAT(ran.err, HasSubstr("4 rows: 3 matched, 0 to review, 0 not matched, 1 refused"));
  EXPECT_EQ(registry_.MatchCompaniesAnswer.requests().at(0).queries(0).country(), "DE");
}

TEST_F(MatchVerbTest, AllBatchesReadOneState) {
  std::string rows = "name\n";
  for (int i = 0; i < 250; ++i) rows += "c" + std::to_string(i) + "\n";
  const Ran ran = Ask({"--snapshot", "t0", "match", directory_.Write("f.csv", rows)});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  const auto& requests = registry_.MatchCompaniesAnswer.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests.at(0).queries_size(), 100);
  EXPECT_EQ(requests.at(0).read().snapshot(), "t0");
  EXPECT_EQ(requests.at(1).read().snapshot(), "t1");
  EXPECT_EQ(requests.at(2).queries_size(), 50);
}

TEST_F(MatchVerbTest, AFileHasItsNameOnceItIsWhole) {
  const std::string output = directory_.File("out.csv");
  const Ran ran = Ask({"match", directory_.Write("f.csv", "name\na\n"), "--output", output});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(Read(output), HasSubstr("\na,MATCH,id-of-a,"));
  registry_.MatchCompaniesAnswer = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE, "not now");
  };
  const std::string before = Read(output);
  EXPECT_EQ(Ask({"match", directory_.Write("g.csv", "name\nb\n"), "--output", output}).code,
            kUnavailable);
  EXPECT_EQ(Read(output), before);
}

TEST_F(MatchVerbTest, WhatIsWrongIsSaid) {
  const std::string file = directory_.Write("f.csv", "a,b\n1,2\n");
  for (const auto& [arguments, problem] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"match"}, "needs a file"},
           {{"match", file, "--name", "x"}, "not both"},
           {{"match", file}, "no column looks like a name"},
           {{"match", file, "--column", "name=c"}, "no column \"c\""},
           {{"match", file, "--column", "Name"}, "is not field=column"},
           {{"match", "--name", "x", "--id", "lei"}, "not scheme:value"},
           {{"match", directory_.File("none.csv")}, "none.csv"}}) {
    const Ran ran = Ask(arguments);
    EXPECT_EQ(ran.code, kWrongUsage) << problem;
    EXPECT_THAT(ran.err, HasSubstr(problem));
  }
}

}  // namespace
}  // namespace steelyard::cli
