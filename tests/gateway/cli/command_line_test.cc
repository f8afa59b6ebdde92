#include "gateway/cli/command_line.h"

#include <functional>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gateway/cli/session.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"
#include "tests/gateway/cli/command_line_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::cli {
namespace {

using ::steelyard::testing::EqualsProto;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct WrongCase {
  std::string name;
  std::vector<std::string> arguments;
  std::vector<std::string> says;
};

void PrintTo(const WrongCase& c, std::ostream* os) { *os << c.name; }

class WrongUsageTest : public ::testing::TestWithParam<WrongCase> {};

TEST_P(WrongUsageTest, EndsWithTwoAndSaysWhatIsAllowed) {
  // Nothing is asked: the target does not exist.
  std::vector<std::string> arguments = {"--target", "unix:/nonexistent"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Ran ran = RunClient(arguments);
  EXPECT_EQ(ran.code, kWrongUsage) << ran.out << ran.err;
  EXPECT_THAT(ran.out, IsEmpty());
  for (const std::string& text : GetParam().says) EXPECT_THAT(ran.err, HasSubstr(text));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLines, WrongUsageTest,
    ::testing::Values(
        WrongCase{"NoVerb", {}, {"compare", "import", "--help"}},
        WrongCase{"MistypedVerb", {"compre", "US"}, {"'compre'", "did you mean 'compare'"}},
        WrongCase{"MistypedAfterFlag", {"--timeout", "3", "--json", "statsu"}, {"'status'"}},
        WrongCase{"UnknownFlag", {"status", "--verbos"}, {"--verbos"}},
        WrongCase{"NoRegions", {"compare", "--from", "2015", "--to", "2025"}, {"regions"}},
        WrongCase{"NoPeriod", {"compare", "US", "CN"}, {"--from"}},
        WrongCase{"BadDate",
                  {"compare", "US", "CN", "--from", "2015-13", "--to", "x"},
                  {"--from", "--to", "month 13"}},
        WrongCase{"BadScope",
                  {"compare", "US", "CN", "--from", "2015", "--to", "2025", "--scope", "cash"},
                  {"--scope", "'cash'", "equity, debt"}},
        WrongCase{
            "BadBinding", {"company", "x", "--region", "EUROPE"}, {"--region", "ALIAS=REGION_SET"}},
        WrongCase{"BadDimension", {"aggregate", "--by", "planet"}, {"--by", "'planet'", "country"}},
        WrongCase{"BadMeasure",
                  {"aggregate", "--measures", "sum,mode"},
                  {"--measures", "'mode'", "median"}},
        WrongCase{"BadRule", {"rounds", "--rule", "amount"}, {"--rule", "FIELD=POLICY"}},
        WrongCase{"BadDates",
                  {"aggregate", "--dates", "paid"},
                  {"--dates", "'paid'", "announced nor closed"}},
        WrongCase{"BadLimit", {"rounds", "--limit", "0"}, {"--limit"}},
        WrongCase{"LimitNoNumber", {"rounds", "--limit", "many"}, {"--limit"}},
        WrongCase{"BadTimeout", {"--timeout", "-1", "status"}, {"--timeout"}},
        WrongCase{"BadTime", {"--as-of", "yesterday", "search", "x"}, {"--as-of", "'yesterday'"}},
        WrongCase{"TokenAndTime",
                  {"--as-of", "2026-01-01T00:00:00Z", "--snapshot", "t", "search", "x"},
                  {"--as-of", "--snapshot"}},
        WrongCase{"NoCompany", {"company"}, {"name"}},
        WrongCase{"NoVariable", {"series"}, {"variable"}},
        WrongCase{"ImportOfNothing", {"import"}, {"say what to import", "crunchbase-2013"}},
        WrongCase{"MistypedImport", {"import", "datset", "x"}, {"dataset", "crunchbase-2013"}},
        WrongCase{"NoRoundsFile", {"import", "crunchbase-2013", "--companies", "c"}, {"--rounds"}},
        WrongCase{"MissingFiles",
                  {"import", "crunchbase-2013", "--companies", "/no/c.csv", "--rounds", "/no/r"},
                  {"/no/c.csv"}},
        WrongCase{"MissingDirectory", {"import", "dataset", "/no/such"}, {"/no/such"}}),
    [](const auto& info) { return info.param.name; });

TEST(HelpTest, EveryVerbExplainsItselfWithAnExample) {
  const Ran top = RunClient({"--help"});
  EXPECT_EQ(top.code, kOk);
  EXPECT_THAT(top.out, AllOf(HasSubstr("Exit codes"), HasSubstr("STEELYARD_TARGET"),
                             HasSubstr("127.0.0.1:7100")));
  for (const std::string verb :
       {"compare", "company", "search", "rounds", "round", "duplicates", "link", "unlink",
        "retract", "aggregate", "series", "availability", "status"}) {
    const Ran help = RunClient({verb, "--help"});
    EXPECT_EQ(help.code, kOk) << verb;
    EXPECT_THAT(help.out, HasSubstr("steelyard " + verb)) << verb;
  }
  for (const std::string what : {"dataset", "crunchbase-2013"}) {
    const Ran help = RunClient({"import", what, "--help"});
    EXPECT_EQ(help.code, kOk) << what;
    EXPECT_THAT(help.out, HasSubstr("steelyard import " + what)) << what;
  }
}

TEST(HelpTest, VersionIsOneLine) {
  const Ran ran = RunClient({"--version"});
  EXPECT_EQ(ran.code, kOk);
  EXPECT_THAT(ran.out, StartsWith("steelyard "));
}

TEST(UnreachableTest, EndsWithThreeAndSaysHowToStartAServer) {
  const Ran ran = RunClient({"--target", "unix:/nonexistent/steelyard.sock", "status"});
  EXPECT_EQ(ran.code, kUnavailable);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, AllOf(HasSubstr("unix:/nonexistent/steelyard.sock"), HasSubstr("./dev run"),
                             HasSubstr("--target")));
}

TEST_F(CommandLineTest, TheTargetMayComeFromTheEnvironment) {
  gateway_.status = [](const auto&, auto& reply) {
    reply.set_version("1.2.3");
    return absl::OkStatus();
  };
  ASSERT_EQ(setenv("STEELYARD_TARGET", target_.c_str(), 1), 0);
  const Ran ran = RunClient({"status"});
  ASSERT_EQ(unsetenv("STEELYARD_TARGET"), 0);
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("1.2.3"));
}

TEST_F(CommandLineTest, CompareAsksWhatTheFlagsSay) {
  gateway_.compare = [](const auto&, auto&) { return absl::OkStatus(); };
  const Ran ran =
      Ask({"compare",    "US",          "EUROPE",   "CN",          "--from",     "2015",
           "--to",       "2025",        "--top",    "7",           "--currency", "EUR",
           "--scope",    "equity,debt", "--region", "EUROPE=EU27", "--filter",   "stage = SEED",
           "--snapshot", "sy1.token",   "--json"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  const auto requests = gateway_.compare.requests();
  ASSERT_EQ(requests.size(), 1);
  EXPECT_THAT(requests[0], EqualsProto(R"pb(
                regions: "US"
                regions: "EUROPE"
                regions: "CN"
                period {
                  from { year: 2015 }
                  to { year: 2025 }
                }
                filter: "stage = SEED"
                top_k: 7
                definition {
                  regions { alias: "EUROPE" region_set: "EU27" }
                  scope: AMOUNT_KIND_EQUITY
                  scope: AMOUNT_KIND_DEBT
                  currency: "EUR"
                }
                read { snapshot: "sy1.token" })pb"));
}

TEST_F(CommandLineTest, AnInstantIsReadExactly) {
  gateway_.search = [](const auto&, auto&) { return absl::OkStatus(); };
  const Ran ran = Ask({"--as-of", "2026-03-01T12:00:00.25+01:00", "search", "deep", "l"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  const auto requests = gateway_.search.requests();
  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].query(), "deep l");
  EXPECT_THAT(requests[0].read().as_of(), EqualsProto("seconds: 1772362800 nanos: 250000000"));
}

TEST_F(CommandLineTest, JsonIsTheAnswerItselfAndEndsALine) {
  gateway_.status = [](const auto&, auto& reply) {
    reply.set_version("1.2.3");
    reply.mutable_registry()->set_companies(191);
    return absl::OkStatus();
  };
  const Ran ran = Ask({"--json", "status"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(ran.out.back(), '\n');
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"version\": \"1.2.3\""),
                             HasSubstr("\"companies\": \"191\""), Not(HasSubstr("funding"))));
  EXPECT_EQ(ran.out, Ask({"--json", "status"}).out);
}

TEST_F(CommandLineTest, StatusWithASilentServiceEndsWithThree) {
  gateway_.status = [](const auto&, auto& reply) {
    auto& service = *reply.add_services();
    service.set_name("services/funding");
    service.set_reason("connection refused");
    return absl::OkStatus();
  };
  const Ran ran = Ask({"status"});
  EXPECT_EQ(ran.code, kUnavailable);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("funding"), HasSubstr("connection refused")));
}

TEST_F(CommandLineTest, ARefusalEndsWithOneAndKeepsItsWords) {
  gateway_.company = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND,
                     "no company is called 'Deepmist'; near: Mistral AI");
  };
  const Ran ran = Ask({"company", "Deepmist"});
  EXPECT_EQ(ran.code, kRefused);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr("near: Mistral AI"));
}

TEST_F(CommandLineTest, AnOverloadedServerIsNoAnswer) {
  gateway_.search = [](const auto&, auto&) {
    return MakeRetryableError(common::v1::ERROR_REASON_OVERLOADED, "the queue is full",
                              absl::Seconds(1));
  };
  EXPECT_EQ(Ask({"search", "x"}).code, kUnavailable);
}

TEST_F(CommandLineTest, ACompanyHasHistories) {
  gateway_.company = [](const gateway::v1::GetCompanyProfileRequest& /*request*/,
                        gateway::v1::GetCompanyProfileResponse& reply) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"pb(company {
               name: 'companies/acme'
               display_name: 'Acme'
               city: 'Austin'
               country: 'US'
               names {
                 text: 'Old Acme'
                 language: 'und'
                 kind: NAME_KIND_FORMER
                 valid_from { year: 2001 }
                 valid_to { year: 2009 month: 3 }
               }
               headquarters {
                 city: 'Paris'
                 country: 'FR'
                 valid_to { year: 2015 }
               }
               headquarters {
                 country: 'US'
                 valid_from { year: 2016 }
               }
               status_history {
                 status: COMPANY_STATUS_PRIVATE
                 valid_from { year: 2010 }
                 valid_to { year: 2019 }
               }
               relations {
                 kind: RELATION_KIND_PARENT
                 object: 'companies/holding'
                 valid_from { year: 2020 }
               }
               relations { kind: RELATION_KIND_BRAND_OF object: 'companies/maker' }
               merged: 'companies/cb-acme'
             })pb",
        &reply));
    return absl::OkStatus();
  };
  const Ran ran = Ask({"company", "Acme"});
  EXPECT_THAT(ran.out, HasSubstr("based in    Austin, US\n"
                                 "also        Old Acme (former, 2001 to 2009-03)\n"
                                 "was in      Paris, FR until 2015; US since 2016\n"
                                 "was         private 2010 to 2019\n"
                                 "relations   parent companies/holding since 2020; brand of "
                                 "companies/maker\n"
                                 "joins       companies/cb-acme\n"));
}

TEST_F(CommandLineTest, ACompanyShowsItsNamesAndRounds) {
  gateway_.company = [](const auto&, auto& reply) {
    auto& company = *reply.mutable_company();
    company.set_name("companies/black-forest-labs");
    company.set_display_name("Black Forest Labs");
    company.set_country("DE");
    company.add_layers("FOUNDATION_MODEL");
    reply.mutable_matched()->set_text("Laboratoires de la Forêt-Noire");
    reply.mutable_matched()->set_kind(registry::v1::NAME_KIND_MACHINE_TRANSLATION);
    auto& round = *reply.add_rounds();
    round.mutable_announced_on()->set_year(2024);
    round.mutable_announced_on()->set_month(8);
    round.set_label("Seed");
    round.mutable_amount()->set_currency_code("USD");
    round.mutable_amount()->set_units(31'000'000);
    reply.add_rounds()->set_label("Series A");
    reply.mutable_snapshot()->set_token("sy1.token");
    return absl::OkStatus();
  };
  const Ran ran = Ask({"company", "Laboratoires", "de", "la", "Forêt-Noire"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(gateway_.company.requests()[0].query(), "Laboratoires de la Forêt-Noire");
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Black Forest Labs"), HasSubstr("machine translation"),
                             HasSubstr("2024-08"), HasSubstr("31.00 m"), HasSubstr("undisclosed"),
                             HasSubstr("sy1.token")));
}

TEST_F(CommandLineTest, RoundsArePagedThroughToTheLimit) {
  funding_.ListRoundsAnswer = [](const funding::v1::ListRoundsRequest& request,
                                 funding::v1::ListRoundsResponse& reply) {
    const int start = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    const int end = std::min(2500, start + std::min(request.page_size(), 700));
    for (int i = start; i < end; ++i) reply.add_rounds()->set_name("rounds/" + std::to_string(i));
    if (end < 2500) reply.set_next_page_token(std::to_string(end));
    reply.set_total_size(2500);
    return absl::OkStatus();
  };
  const Ran ran = Ask({"rounds", "--company", "acme", "--filter", "year > 2020 OR stage = SEED",
                       "--order-by", "amount desc", "--limit", "1500"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  const auto requests = funding_.ListRoundsAnswer.requests();
  ASSERT_EQ(requests.size(), 3);
  EXPECT_EQ(requests[0].filter(), "company = \"acme\" AND (year > 2020 OR stage = SEED)");
  EXPECT_EQ(requests[0].order_by(), "amount desc");
  EXPECT_EQ(requests[0].page_size(), 1000);
  EXPECT_EQ(requests[2].page_token(), "1400");
  EXPECT_EQ(requests[2].page_size(), 100);
  EXPECT_THAT(ran.out, HasSubstr("1,500 of 2,500 rounds"));
}

TEST_F(CommandLineTest, AggregatesShowMissingValuesAsMissing) {
  funding_.AggregateRoundsAnswer = [](const auto& request, auto& reply) {
    auto& row = *reply.add_rows();
    for (const int dimension : request.group_by()) {
      row.add_keys()->set_dimension(static_cast<funding::v1::Dimension>(dimension));
    }
    row.mutable_keys(1)->set_value("2021");
    auto& sum = *row.add_figures()->mutable_figure();
    sum.set_status(common::v1::VALUE_STATUS_UNDEFINED);
    sum.set_reason("nothing is disclosed");
    row.add_figures()->mutable_figure()->set_count(1234);
    return absl::OkStatus();
  };
  const Ran ran = Ask({"aggregate", "--by", "source-category,year", "--measures", "sum,count",
                       "--regions", "US,EUROPE", "--from", "2020"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  const auto requests = funding_.AggregateRoundsAnswer.requests();
  ASSERT_EQ(requests.size(), 1);
  EXPECT_THAT(requests[0].group_by(),
              ElementsAre(funding::v1::DIMENSION_SOURCE_CATEGORY, funding::v1::DIMENSION_YEAR));
  EXPECT_THAT(requests[0].measures(),
              ElementsAre(funding::v1::MEASURE_SUM, funding::v1::MEASURE_COUNT));
  EXPECT_THAT(requests[0].regions(), ElementsAre("US", "EUROPE"));
  EXPECT_THAT(ran.out, HasSubstr("unknown          2021    -  1,234\n"));
}

TEST_F(CommandLineTest, SeriesShowQualifiersAndSums) {
  statistics_.GetSeriesAnswer = [](const auto&, auto& reply) {
    auto& series = *reply.add_series();
    series.set_region("US");
    series.mutable_facet()->set_source("sources/oecd");
    series.mutable_facet()->set_unit("USD");
    auto& point = *series.add_points();
    point.set_period("2025");
    point.mutable_figure()->set_qualifier(common::v1::QUALIFIER_APPROX);
    point.mutable_figure()->mutable_money()->set_units(194'000'000'000);
    auto& sum = *reply.add_series();
    sum = series;
    sum.set_region("EUROPE_BROAD@1");
    sum.set_derivation(funding::v1::DERIVATION_SUM_OF_MEMBERS);
    sum.mutable_points(0)->mutable_figure()->mutable_coverage()->set_units_expected(41);
    sum.mutable_points(0)->mutable_figure()->mutable_coverage()->set_units_present(30);
    return absl::OkStatus();
  };
  const Ran ran = Ask({"series", "ai_investment", "US", "EUROPE", "--source", "oecd",
                       "--sum-members", "--region", "EUROPE=EU27"});
  ASSERT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("~194.0 bn"), HasSubstr("sum of 30 of 41 members")));
  const auto requests = statistics_.GetSeriesAnswer.requests();
  ASSERT_EQ(requests.size(), 1);
  EXPECT_THAT(requests[0], EqualsProto(R"pb(
                variable: "ai_investment"
                regions: "US"
                regions: "EUROPE"
                facet { source: "sources/oecd" }
                sum_members: true
                region_bindings { alias: "EUROPE" region_set: "EU27" }
                period {}
                read {})pb"));
}

TEST_F(CommandLineTest, ACallThatTakesTooLongSaysHowToWaitLonger) {
  gateway_.search = [](const auto&, auto&) {
    return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "the deadline has passed");
  };
  const Ran ran = Ask({"--timeout", "7", "search", "x"});
  EXPECT_EQ(ran.code, kUnavailable);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("7 s"), HasSubstr("--timeout")));
}

}  // namespace
}  // namespace steelyard::cli
