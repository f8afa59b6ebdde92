// `steelyard diff`: what is asked, and what is shown.

#include <string>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "services/common/text/strings.h"
#include "tests/gateway/cli/command_line_fixture.h"

namespace steelyard::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

constexpr char kFigure[] = R"pb(
  figures {
    keys { dimension: DIMENSION_COUNTRY value: "FR" }
    measure: MEASURE_SUM
    before {
      status: VALUE_STATUS_OK
      money { currency_code: "USD" units: 3000000 }
    }
    after {
      status: VALUE_STATUS_OK
      money { currency_code: "USD" units: 1000000 }
    }
    money { currency_code: "USD" units: -2000000 }
  }
  total_figures: 1
  total_rounds: 1
  exchange_rates_changed: true
)pb";

constexpr char kRound[] = R"pb(
  rounds {
    name: "rounds/gone"
    cause: CHANGE_CAUSE_ROUND_REMOVED
    contributed {
      keys { dimension: DIMENSION_COUNTRY value: "FR" }
      amount { currency_code: "USD" units: 2000000 }
    }
  }
)pb";

TEST_F(CommandLineTest, DiffShowsFiguresThenTheRoundsBehindThem) {
  funding_.DiffRoundsAnswer = [](const funding::v1::DiffRoundsRequest& request,
                                 funding::v1::DiffRoundsResponse& reply) {
    const bool first = request.page_token().empty();
    reply = Parse<funding::v1::DiffRoundsResponse>(
        first ? StrCat(kFigure, "next_page_token: 'p'")
              : StrCat(kRound, "total_figures: 1 total_rounds: 1 exchange_rates_changed: true"));
    return absl::OkStatus();
  };
  const Ran ran = Ask({"diff", "--from-snapshot", "t1", "--to-snapshot", "t2", "--by", "country",
                       "--from", "2024", "--filter", "year = 2024"});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("FR     sum     3.000 m  1.000 m  -2.000 m"),
                             HasSubstr("rounds/gone  round removed  FR 2.000 m  -"),
                             HasSubstr("exchange rates were imported"), Not(HasSubstr("--limit"))));
  const auto requests = funding_.DiffRoundsAnswer.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].from(), "t1");
  EXPECT_EQ(requests[0].to(), "t2");
  EXPECT_EQ(requests[0].question().group_by(0), funding::v1::DIMENSION_COUNTRY);
  EXPECT_EQ(requests[0].question().measures_size(), 2);
  EXPECT_EQ(requests[0].question().filter(), "year = 2024");
  EXPECT_FALSE(requests[0].question().has_read());
  EXPECT_EQ(requests[1].page_token(), "p");
}

TEST_F(CommandLineTest, DiffNeedsTwoTokens) {
  EXPECT_EQ(Ask({"diff", "--from-snapshot", "t1"}).code, kWrongUsage);
}

}  // namespace
}  // namespace steelyard::cli
