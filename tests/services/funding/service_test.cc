// The FundingService over a real server: every RPC but sums, and its errors.

#include "services/funding/service.h"

#include "tests/services/funding/service_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServiceTest : public ServiceFixture {};

constexpr char kUpsert[] = R"pb(
  rounds {
    name: "rounds/a"
    company: "companies/acme"
    announced_on { year: 2024 month: 5 }
    label: "Series A2"
    stage: STAGE_SERIES_A
    amount { currency_code: "EUR" units: 23 nanos: 500000000 }
    participations { investor: "B" role: PARTICIPATION_ROLE_PARTICIPANT }
    participations { investor: "L" role: PARTICIPATION_ROLE_LEAD }
    sources: "sources/s1"
  }
  request_id: "r1"
)pb";

TEST_F(ServiceTest, ARoundIsWrittenAndRead) {
  ASSERT_OK_AND_ASSIGN(const auto written, UpsertText(kUpsert));
  EXPECT_THAT(written.changed(), ElementsAre("rounds/a"));
  EXPECT_EQ(written.snapshot().funding_revision(), 1);
  ASSERT_OK_AND_ASSIGN(const auto reply, GetRound("rounds/a"));
  EXPECT_EQ(reply.round().company_display_name(), "acme");
  EXPECT_EQ(reply.round().kind(), common::v1::AMOUNT_KIND_EQUITY);
  EXPECT_EQ(reply.round().announced_on().day(), 0);
  EXPECT_EQ(reply.round().amount().units(), 23);
  EXPECT_EQ(reply.round().participations(0).investor(), "L");
  EXPECT_EQ(reply.snapshot().token(), written.snapshot().token());
  // The same request again is the same answer, without a commit.
  ASSERT_OK_AND_ASSIGN(const auto again, UpsertText(kUpsert));
  EXPECT_EQ(again.SerializeAsString(), written.SerializeAsString());
  EXPECT_EQ(head(), 1);
}

TEST_F(ServiceTest, UpsertsThatOnlyValidateWriteNothing) {
  ASSERT_OK_AND_ASSIGN(const auto reply, UpsertText(std::string(kUpsert) + "validate_only: true"));
  EXPECT_THAT(reply.changed(), ElementsAre("rounds/a"));
  EXPECT_FALSE(reply.has_snapshot());
  EXPECT_EQ(head(), 0);
}

TEST_F(ServiceTest, UpsertNamesEveryBadField) {
  const auto reply = UpsertText(R"pb(
    rounds {
      name: "a"
      company: "companies/A"
      announced_on { year: 2024 month: 13 }
      stage: 99
      amount { currency_code: "USD" units: -1 }
      post_money { currency_code: "ZZZ" units: 1 }
      participations { role: PARTICIPATION_ROLE_LEAD }
      sources: "s1"
      included_in: "b"
    }
    rounds { name: "a" company: "companies/acme" stage: STAGE_SEED }
  )pb");
  EXPECT_THAT(reply, StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string text = reply.status().ToString(absl::StatusToStringMode::kWithEverything);
  for (const char* field :
       {"rounds[0].name", "rounds[0].company", "rounds[0].announced_on", "rounds[0].stage",
        "rounds[0].amount", "rounds[0].post_money", "rounds[0].participations[0].investor",
        "rounds[0].sources[0]", "rounds[0].included_in", "rounds[1].name", "rounds[1].announced_on",
        "rounds[1].sources"}) {
    EXPECT_THAT(text, HasSubstr(field));
  }
  EXPECT_EQ(head(), 0);
}

TEST_F(ServiceTest, UpsertErrorsHaveTheirReasons) {
  ASSERT_OK(UpsertText(kUpsert));
  EXPECT_THAT(UpsertText(R"pb(
                rounds {
                  name: "rounds/other"
                  company: "companies/acme"
                  announced_on { year: 2024 }
                  stage: STAGE_SEED
                  sources: "sources/s"
                }
                request_id: "r1"
              )pb"),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  const std::string start =
      "rounds { name: 'rounds/x' company: 'companies/c' stage: STAGE_SEED sources: 'sources/s' ";
  EXPECT_THAT(UpsertText(start + "announced_on { year: 2024 month: 2 day: 30 } }"),
              HasReason(common::v1::ERROR_REASON_INVALID_DATE));
  for (const std::string year : {"1201", "1899", "2101", "9999"}) {
    const std::string date = "{ year: " + year + " month: 2 } ";
    const auto announced = UpsertText(start + "announced_on " + date + "}");
    EXPECT_THAT(announced, HasReason(common::v1::ERROR_REASON_INVALID_DATE));
    EXPECT_EQ(MetadataOf(announced.status(), "field"), "rounds[0].announced_on");
    EXPECT_THAT(std::string(announced.status().message()),
                HasSubstr("must be a date from 1900 to 2100"));
    const auto closed = UpsertText(start + "announced_on { year: 2024 } closed_on " + date + "}");
    EXPECT_THAT(closed, HasReason(common::v1::ERROR_REASON_INVALID_DATE));
    EXPECT_EQ(MetadataOf(closed.status(), "field"), "rounds[0].closed_on");
  }
  EXPECT_OK(UpsertText(start + "announced_on { year: 1900 } closed_on { year: 2100 } }"));
  EXPECT_THAT(UpsertText(start + "announced_on { year: 2024 } "
                                 "amount { currency_code: 'USD' nanos: 1 } }"),
              HasReason(common::v1::ERROR_REASON_INVALID_AMOUNT));
  EXPECT_THAT(UpsertText(start + "announced_on { year: 2024 } "
                                 "amount { currency_code: 'QQQ' units: 1 } }"),
              HasReason(common::v1::ERROR_REASON_UNKNOWN_CURRENCY));
  EXPECT_THAT(UpsertText(""), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(ServiceTest, RoundsThatAreNotThere) {
  EXPECT_THAT(GetRound("rounds/none"), HasReason(common::v1::ERROR_REASON_ROUND_NOT_FOUND));
  EXPECT_THAT(GetRound("none"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(ServiceTest, ListsPageByPageOfOneSnapshot) {
  AddRounds();
  ASSERT_OK_AND_ASSIGN(const auto first, List("page_size: 2 order_by: 'id'"));
  EXPECT_EQ(first.total_size(), 4);
  ASSERT_EQ(first.rounds_size(), 2);
  EXPECT_EQ(first.rounds(0).name(), "rounds/a");
  EXPECT_EQ(first.rounds(0).company_display_name(), "The acme");
  Upsert({SomeRound("0")});  // does not move the pages
  auto request = Parse<v1::ListRoundsRequest>("page_size: 2 order_by: 'id'");
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, List(request));
  EXPECT_EQ(second.snapshot().token(), first.snapshot().token());
  ASSERT_EQ(second.rounds_size(), 2);
  EXPECT_EQ(second.rounds(0).name(), "rounds/c");
  EXPECT_EQ(second.next_page_token(), "");
  request.set_order_by("amount");
  EXPECT_THAT(List(request), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST_F(ServiceTest, ListErrorsHaveTheirReasons) {
  EXPECT_THAT(List("filter: 'colour = 1'"), HasReason(common::v1::ERROR_REASON_INVALID_FILTER));
  EXPECT_THAT(List("order_by: 'colour'"), HasReason(common::v1::ERROR_REASON_INVALID_ORDER_BY));
  EXPECT_THAT(List("page_token: 'x'"), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
  EXPECT_THAT(List("page_size: -1"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(List("read { snapshot: 'x' }"), HasReason(common::v1::ERROR_REASON_INVALID_SNAPSHOT));
  EXPECT_THAT(List("period { from { year: 2025 } to { year: 2024 } }"),
              HasReason(common::v1::ERROR_REASON_INVALID_DATE));
  EXPECT_THAT(List("read { as_of { seconds: 1 } }"),
              HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
}

TEST_F(ServiceTest, FiltersByEveryField) {
  AddRounds();
  Round full = SomeRound("f", "acme", {2022, 3, 4});
  full.stage = v1::STAGE_DEBT;
  full.kind = common::v1::AMOUNT_KIND_DEBT;
  full.amount = Money{.minor_units = 5, .currency = "JPY"};
  full.sources = {"x", "y_z"};
  full.participations = {{.investor = "Fund \"One\""}};
  Upsert({full});
  struct Case {
    std::string filter;
    std::vector<std::string> ids;
  };
  const std::vector<Case> cases = {
      {"id = \"f\"", {"f"}},
      {"company = \"acme\" AND year >= 2024", {"b"}},
      {"company != \"acme\"", {"c", "d"}},
      {"country = \"FR\"", {"a", "b", "f"}},
      {"country = \"\"", {"d"}},
      {"stage = DEBT OR stage = SERIES_A", {"f"}},
      {"NOT kind = EQUITY", {"f"}},
      {"currency = \"EUR\"", {"c"}},
      {"layer = \"CLOUD\"", {"c"}},
      {"layer != \"CLOUD\"", {"a", "b", "d", "f"}},
      {"sector = \"\"", {"a", "b", "c", "d", "f"}},
      {"source_category = \"web\"", {}},
      {"year < 2023", {"f"}},
      {"announced_on > \"2024-02\"", {"b", "d"}},
      {"announced_on = \"2024\"", {"b", "c"}},
      {"sources:\"y_z\"", {"f"}},
      {"sources:y", {}},
      {"investors:\"Fund \\\"One\\\"\"", {"f"}},
      {"amount = 5", {"f"}},
      {"amount >= 1000000", {"a", "b"}},
      {"amount < 1.5", {"c"}},
  };
  for (const Case& test : cases) {
    auto request = Parse<v1::ListRoundsRequest>("order_by: 'id'");
    request.set_filter(test.filter);
    ASSERT_OK_AND_ASSIGN(const auto reply, List(request));
    std::vector<std::string> ids;
    for (const v1::Round& round : reply.rounds()) ids.push_back(round.name().substr(7));
    EXPECT_EQ(ids, test.ids) << test.filter;
  }
}

// The promise that everything else rests on.
// Ids are in other people's tables: one that was merged asks for the company that it is part of.
TEST_F(ServiceTest, EveryQuestionTakesAMergedIdForTheCompanyThatItIsPartOf) {
  Upsert({SomeRound("a", "acme"), SomeRound("b", "survivor", {2001, 1, 1})});
  const std::string before = ledger_->Describe(ledger_->head()).token();
  registry::v1::Company survivor = testing::MakeCompany("survivor", "DE");
  survivor.add_merged("companies/acme");
  registry_.Commit({survivor});
  ASSERT_OK(ledger_->WaitPast(Context::Background(), head(), absl::Seconds(30)));
  const std::string filter = "filter: 'company = \"acme\"'";

  ASSERT_OK_AND_ASSIGN(const auto listed, List(filter));
  EXPECT_EQ(listed.rounds_size(), 2);
  EXPECT_EQ(listed.rounds(0).company(), "companies/survivor");
  ASSERT_OK_AND_ASSIGN(const auto history, List(filter + " include_history: true"));
  EXPECT_EQ(history.history_size(), 3) << "one of them was another company's first";
  const std::string question = "measures: MEASURE_COUNT " + filter;
  ASSERT_OK_AND_ASSIGN(const auto counted, Aggregate(question));
  EXPECT_EQ(counted.rows(0).figures(0).figure().count(), 2);
  ASSERT_OK_AND_ASSIGN(
      const auto explained,
      Call(&v1::FundingService::Stub::ExplainFigure,
           Parse<v1::ExplainFigureRequest>("figure: '" + counted.rows(0).figures(0).figure().id() +
                                           "' aggregate { " + question + " }")));
  EXPECT_EQ(explained.figure().count(), 2);
  const std::string now = ledger_->Describe(ledger_->head()).token();
  ASSERT_OK_AND_ASSIGN(const auto differs,
                       Call(&v1::FundingService::Stub::DiffRounds,
                            Parse<v1::DiffRoundsRequest>("from: '" + before + "' to: '" + now +
                                                         "' question { " + question + " }")));
  ASSERT_EQ(differs.figures_size(), 1);
  EXPECT_EQ(differs.figures(0).before().count(), 1) << "one was another company's";
  EXPECT_EQ(differs.figures(0).after().count(), 2);
}

TEST_F(ServiceTest, ImportsOverTheStream) {
  const std::string csv =
      "id,company_id,announced_on,stage,amount,currency\na,acme,2024,SEED,7,USD\n";
  ASSERT_OK_AND_ASSIGN(const auto report, Send(ImportOf("steelyard-rounds", csv)));
  EXPECT_EQ(report.files(0).rows_accepted(), 1);
  EXPECT_EQ(report.snapshot().funding_revision(), 1);
  ASSERT_OK(GetRound("rounds/a"));
  ASSERT_OK_AND_ASSIGN(const auto again, Send(ImportOf("steelyard-rounds", csv)));
  EXPECT_TRUE(again.already_imported());
  EXPECT_THAT(Send(ImportOf("pdf", "x")),
              HasReason(common::v1::ERROR_REASON_IMPORT_FORMAT_UNKNOWN));
  EXPECT_THAT(Send(ImportOf("steelyard-rounds", "id\n")),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(Send({}), HasReason(common::v1::ERROR_REASON_IMPORT_PROTOCOL));
  EXPECT_EQ(head(), 1);
}

TEST_F(ServiceTest, WatchersGetEveryCommitOfRounds) {
  AddRounds();  // revision 1: rounds; 2: companies
  grpc::ClientContext context;
  const auto stream = stub_->WatchRounds(&context, v1::WatchRoundsRequest());
  v1::WatchRoundsResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.revision(), 1);
  EXPECT_EQ(message.rounds_size(), 4);
  EXPECT_TRUE(message.has_committed_at());
  EXPECT_FALSE(message.more());
  Upsert({SomeRound("e")});
  do {
    ASSERT_TRUE(stream->Read(&message));
  } while (!message.has_committed_at());  // beats may come in between
  EXPECT_EQ(message.revision(), 3);
  ASSERT_EQ(message.rounds_size(), 1);
  EXPECT_EQ(message.rounds(0).name(), "rounds/e");
  context.TryCancel();
  while (stream->Read(&message)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ServiceTest, LargeCommitsComeInSeveralMessages) {
  std::vector<Round> rounds;
  for (int i = 0; i < 1500; ++i) rounds.push_back(SomeRound(StrCat("r", 10000 + i)));
  Upsert(rounds);
  grpc::ClientContext context;
  const auto stream = stub_->WatchRounds(&context, v1::WatchRoundsRequest());
  v1::WatchRoundsResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.rounds_size(), 1000);
  EXPECT_TRUE(message.more());
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.revision(), 1);
  EXPECT_EQ(message.rounds_size(), 500);
  EXPECT_FALSE(message.more());
  context.TryCancel();
}

TEST_F(ServiceTest, WatchErrorsHaveTheirReasons) {
  const auto watch = [&](int64_t after) {
    grpc::ClientContext context;
    v1::WatchRoundsRequest request;
    request.set_after_revision(after);
    const auto stream = stub_->WatchRounds(&context, request);
    v1::WatchRoundsResponse message;
    EXPECT_FALSE(stream->Read(&message));
    return FromGrpcStatus(stream->Finish(), "services/funding");
  };
  EXPECT_THAT(watch(1), HasReason(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE));
  EXPECT_THAT(watch(-1), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(ServiceTest, StatusCountsWhatIsThere) {
  AddRounds();
  ASSERT_OK_AND_ASSIGN(const auto status,
                       Call(&v1::FundingService::Stub::GetStatus, v1::GetStatusRequest()));
  EXPECT_EQ(status.rounds(), 4);
  EXPECT_EQ(status.participations(), 0);
  EXPECT_EQ(status.registry_head(), 1);
  EXPECT_FALSE(status.registry_unreachable());
  EXPECT_THAT(status.engine(), HasSubstr("DuckDB"));
  EXPECT_EQ(status.snapshot().funding_revision(), 2);
}

}  // namespace
}  // namespace steelyard::funding
