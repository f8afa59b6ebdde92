// `steelyard compact`: nothing is deleted by accident.

#include <string>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CompactVerbTest : public CommandLineTest {
 protected:
  CompactVerbTest() {
    funding_.CompactHistoryAnswer = [](const funding::v1::CompactHistoryRequest&,
                                       funding::v1::CompactHistoryResponse& reply) {
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
          "tables { table: 'rounds' rows: 1234 } rows: 1234 oldest { token: 'sy1.x' }", &reply));
      return absl::OkStatus();
    };
  }
  funding::v1::CompactHistoryRequest Last() const {
    return funding_.CompactHistoryAnswer.requests().back();
  }
};

TEST_F(CompactVerbTest, DeletesOnlyWithYes) {
  const Ran asked = Ask({"compact", "--before", "7"});
  EXPECT_EQ(asked.code, kWrongUsage);
  EXPECT_THAT(asked.err, HasSubstr("nothing was deleted"));
  EXPECT_THAT(asked.out, AllOf(HasSubstr("rows that would go"), HasSubstr("1,234")));
  EXPECT_TRUE(Last().validate_only());
  EXPECT_EQ(Last().before_revision(), 7);
  const Ran dry = Ask({"compact", "--before", "7", "--dry-run", "--yes"});
  EXPECT_EQ(dry.code, kOk);
  EXPECT_TRUE(Last().validate_only());
  const Ran done = Ask({"compact", "--before", "7", "--yes"});
  EXPECT_EQ(done.code, kOk) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("rows deleted"), HasSubstr("sy1.x")));
  EXPECT_FALSE(Last().validate_only());
}

TEST_F(CompactVerbTest, TakesADayOrATime) {
  Ask({"compact", "--keep-since", "1970-01-03", "--dry-run"});
  EXPECT_EQ(Last().since().seconds(), 2 * 86400);
  Ask({"compact", "--keep-since", "1970-01-01T00:01:00.25Z", "--dry-run"});
  EXPECT_EQ(Last().since().seconds(), 60);
  EXPECT_EQ(Last().since().nanos(), 250'000'000);
  EXPECT_THAT(Ask({"compact", "--keep-since", "yesterday"}).err, HasSubstr("2026-01-01"));
  EXPECT_EQ(Ask({"compact", "--before", "0"}).code, kWrongUsage);
  EXPECT_EQ(Ask({"compact", "--yes"}).code, kWrongUsage);
  EXPECT_EQ(Ask({"compact", "--before", "1", "--keep-since", "2026"}).code, kWrongUsage);
}

}  // namespace
}  // namespace steelyard::cli
