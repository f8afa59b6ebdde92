// The FundingService over a real server: every RPC, its errors, and that answers can be replayed.

#include "services/funding/service.h"

#include "google/protobuf/text_format.h"
#include "grpcpp/grpcpp.h"
#include "services/common/rpc/runtime.h"
#include "services/common/status/status.h"
#include "tests/services/funding/funding_fixture.h"
#include "tests/support/watched_registry.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::MakeCompany;
using ::steelyard::testing::StatusIs;
using ::steelyard::testing::WatchedRegistry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class ServiceTest : public FundingFixture {
 protected:
  void SetUp() override {
    FundingFixture::SetUp();
    projection_ = std::make_unique<Projection>(*rounds_, *ledger_, registry_.Channel(), metrics_);
    runtime_ = std::make_unique<rpc::Runtime>("funding", config::v1::Limits(), metrics_);
    service_ = std::make_unique<Service>(ServiceParts{.runtime = *runtime_,
                                                      .ledger = *ledger_,
                                                      .rounds = *rounds_,
                                                      .reference = *reference_,
                                                      .projection = *projection_,
                                                      .engine = database_->Engine(),
                                                      .max_import_bytes = 1 << 20});
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::FundingService::NewStub(server_->InProcessChannel({}));
  }
  void TearDown() override {
    server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
    service_.reset();
    runtime_.reset();
    projection_.reset();
  }

  // Calls a method of the stub with a request in text form.
  template <typename Request, typename Reply>
  absl::StatusOr<Reply> Call(grpc::Status (v1::FundingService::Stub::*method)(grpc::ClientContext*,
                                                                              const Request&,
                                                                              Reply*),
                             const Request& request) {
    grpc::ClientContext context;
    Reply reply;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &reply);
    if (!status.ok()) return FromGrpcStatus(status, "services/funding");
    return reply;
  }
  absl::StatusOr<v1::GetRoundResponse> GetRound(const std::string& name) {
    v1::GetRoundRequest request;
    request.set_name(name);
    return Call(&v1::FundingService::Stub::GetRound, request);
  }
  absl::StatusOr<v1::ListRoundsResponse> List(const v1::ListRoundsRequest& request) {
    return Call(&v1::FundingService::Stub::ListRounds, request);
  }
  absl::StatusOr<v1::ListRoundsResponse> List(const std::string& text) {
    return List(Parse<v1::ListRoundsRequest>(text));
  }
  absl::StatusOr<v1::AggregateRoundsResponse> Aggregate(const v1::AggregateRoundsRequest& request) {
    return Call(&v1::FundingService::Stub::AggregateRounds, request);
  }
  absl::StatusOr<v1::AggregateRoundsResponse> Aggregate(const std::string& text) {
    return Aggregate(Parse<v1::AggregateRoundsRequest>(text));
  }
  absl::StatusOr<v1::UpsertRoundsResponse> UpsertText(const std::string& text) {
    return Call(&v1::FundingService::Stub::UpsertRounds, Parse<v1::UpsertRoundsRequest>(text));
  }
  // Sends the messages of an import and returns its report.
  absl::StatusOr<common::v1::ImportReport> Send(const std::vector<v1::ImportRequest>& requests) {
    grpc::ClientContext context;
    const auto stream = stub_->Import(&context);
    for (const v1::ImportRequest& request : requests) stream->Write(request);
    stream->WritesDone();
    v1::ImportResponse response;
    common::v1::ImportReport report;
    while (stream->Read(&response)) {
      if (response.has_report()) report = response.report();
    }
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return FromGrpcStatus(status, "services/funding");
    return report;
  }
  static std::vector<v1::ImportRequest> ImportOf(const std::string& format,
                                                 const std::string& bytes) {
    return {Parse<v1::ImportRequest>("begin { source: 'own' }"),
            Parse<v1::ImportRequest>("file { name: 'f.csv' format: '" + format + "' }"), [&] {
              v1::ImportRequest chunk;
              chunk.set_chunk(bytes);
              return chunk;
            }()};
  }
  void FollowRegistry(const std::vector<registry::v1::Company>& companies) {
    const int64_t revision = registry_.Commit(companies);
    while (ledger_->head().registry_revision < revision) {
      ASSERT_OK(ledger_->WaitPast(Context::Background(), head(), absl::Seconds(30)));
    }
  }
  // Four rounds of three companies in two countries, one of unknown country.
  void AddRounds() {
    Round undisclosed = SomeRound("d", "zeta", {2025, 0, 0});
    undisclosed.amount.reset();
    Round euros = SomeRound("c", "beta", {2024, 2, 0});
    euros.amount = Money{.minor_units = 100, .currency = "EUR"};
    Upsert({SomeRound("a", "acme", {2023, 1, 2}), SomeRound("b"), euros, undisclosed});
    FollowRegistry({MakeCompany("acme", "FR", "CHIPS"), MakeCompany("beta", "US", "CLOUD")});
  }

  WatchedRegistry registry_;
  observe::Metrics metrics_;
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<rpc::Runtime> runtime_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::FundingService::Stub> stub_;
};

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

TEST_F(ServiceTest, AggregatesUnderAnEffectiveDefinition) {
  AddRounds();
  ASSERT_OK_AND_ASSIGN(const auto reply, Aggregate(R"pb(
                         regions: "WORLD"
                         regions: "FR"
                         group_by: DIMENSION_REGION
                         measures: MEASURE_SUM
                         measures: MEASURE_COUNT
                         top_k: 1
                       )pb"));
  ASSERT_EQ(reply.rows_size(), 2);
  const common::v1::Figure& world = reply.rows(0).figures(0).figure();
  EXPECT_EQ(world.id(), "sum/WORLD/..");
  EXPECT_EQ(world.money().units(), 2'000'000);
  EXPECT_EQ(world.coverage().units_expected(), 4);
  EXPECT_EQ(world.coverage().units_present(), 2);
  EXPECT_EQ(world.coverage().undisclosed(), 1);
  EXPECT_EQ(world.coverage().unconverted(), 1);
  EXPECT_EQ(reply.rows(0).figures(1).figure().count(), 4);
  EXPECT_EQ(reply.rows(1).keys(0).value(), "FR");
  EXPECT_EQ(reply.rows(1).top(0).company(), "companies/acme");
  EXPECT_EQ(reply.rows(1).top(0).display_name(), "The acme");
  EXPECT_EQ(reply.rows(1).top(0).rounds(), 2);
  EXPECT_THAT(reply.sources(), ElementsAre("sources/press"));
  EXPECT_EQ(reply.source_count(), 1);
  const common::v1::Definition& definition = reply.definition();
  EXPECT_EQ(definition.currency(), "USD");
  EXPECT_EQ(definition.attribution(), common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  EXPECT_THAT(definition.scope(), ElementsAre(common::v1::AMOUNT_KIND_EQUITY));
  EXPECT_EQ(definition.fx_policy().max_staleness_days(), 7);
  EXPECT_TRUE(definition.has_price_basis());
  EXPECT_EQ(definition.source_policy(), "listed-order/1");
  EXPECT_THAT(reply.regions(1).members(), ElementsAre("FR"));
  EXPECT_EQ(reply.snapshot().registry_revision(), 1);
}

TEST_F(ServiceTest, AnEmptyGroupHasOneRowAndNoSum) {
  ASSERT_OK_AND_ASSIGN(const auto reply,
                       Aggregate("measures: MEASURE_SUM measures: MEASURE_COUNT"));
  ASSERT_EQ(reply.rows_size(), 1);
  EXPECT_EQ(reply.rows(0).figures(0).figure().status(), common::v1::VALUE_STATUS_UNDEFINED);
  EXPECT_EQ(reply.rows(0).figures(0).figure().reason(), "no rounds");
  EXPECT_EQ(reply.rows(0).figures(1).figure().count(), 0);
}

TEST_F(ServiceTest, AggregatesPageByPage) {
  AddRounds();
  auto request = Parse<v1::AggregateRoundsRequest>(
      "group_by: DIMENSION_COMPANY measures: MEASURE_COUNT page_size: 2");
  ASSERT_OK_AND_ASSIGN(const auto first, Aggregate(request));
  ASSERT_EQ(first.rows_size(), 2);
  Upsert({SomeRound("0", "aaa")});
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Aggregate(request));
  ASSERT_EQ(second.rows_size(), 1);
  EXPECT_EQ(second.rows(0).keys(0).value(), "companies/zeta");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(ServiceTest, AggregateErrorsHaveTheirReasons) {
  struct Case {
    std::string request;
    ErrorReason reason;
    std::string says;
  };
  const std::string sum = "measures: MEASURE_SUM ";
  const std::vector<Case> cases = {
      {"", common::v1::ERROR_REASON_INVALID_FIELD, "measures"},
      {"measures: MEASURE_SUM measures: MEASURE_SUM", common::v1::ERROR_REASON_INVALID_FIELD,
       "measures[1]"},
      {sum + "group_by: DIMENSION_REGION", common::v1::ERROR_REASON_INVALID_FIELD, "regions"},
      {sum + "group_by: DIMENSION_UNSPECIFIED", common::v1::ERROR_REASON_INVALID_FIELD,
       "group_by[0]"},
      {sum + "top_k: 101", common::v1::ERROR_REASON_INVALID_FIELD, "top_k"},
      {sum + "regions: 'ATLANTIS'", common::v1::ERROR_REASON_UNKNOWN_REGION, "ATLANTIS"},
      {sum + "filter: 'x'", common::v1::ERROR_REASON_INVALID_FILTER, ""},
      {sum + "definition { currency: 'QQQ' }", common::v1::ERROR_REASON_UNKNOWN_CURRENCY, "QQQ"},
      {sum + "definition { scope: AMOUNT_KIND_UNSPECIFIED }",
       common::v1::ERROR_REASON_INVALID_FIELD, "definition.scope[0]"},
      {sum + "definition { attribution: ATTRIBUTION_INVESTOR_ORIGIN }",
       common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED, "definition.attribution"},
      {sum + "definition { layer_attribution: LAYER_ATTRIBUTION_FULL }",
       common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED, "definition.layer_attribution"},
      {sum + "definition { price_basis { base_year: 2021 } }",
       common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED, "definition.price_basis"},
      {sum + "definition { source_policy: 'mine/1' }",
       common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED, "definition.source_policy"},
      {sum + "definition { fx_policy { max_staleness_days: 367 } }",
       common::v1::ERROR_REASON_INVALID_FIELD, "max_staleness_days"},
      {sum + "page_token: 'x'", common::v1::ERROR_REASON_INVALID_PAGE_TOKEN, ""},
  };
  for (const Case& test : cases) {
    const auto reply = Aggregate(test.request);
    EXPECT_THAT(reply, HasReason(test.reason)) << test.request;
    EXPECT_THAT(reply.status().ToString(absl::StatusToStringMode::kWithEverything),
                HasSubstr(test.says));
  }
  const auto unsupported = Aggregate(sum + "definition { source_policy: 'mine/1' }");
  EXPECT_EQ(MetadataOf(unsupported.status(), "field"), "definition.source_policy");
  EXPECT_EQ(MetadataOf(unsupported.status(), "allowed"), "listed-order/1");
}

// The promise that everything else rests on.
TEST_F(ServiceTest, TheSameTokenGetsTheSameBytes) {
  AddRounds();
  const std::string token = [&] {
    const auto now = Call(&v1::FundingService::Stub::ResolveSnapshot, v1::ResolveSnapshotRequest());
    EXPECT_OK(now);
    return now.ok() ? now->snapshot().token() : "";
  }();
  auto aggregate = Parse<v1::AggregateRoundsRequest>(R"pb(
    regions: "WORLD"
    regions: "US"
    group_by: DIMENSION_REGION
    group_by: DIMENSION_YEAR
    measures: MEASURE_SUM
    measures: MEASURE_MEDIAN
    measures: MEASURE_HHI
    top_k: 10
  )pb");
  aggregate.mutable_read()->set_snapshot(token);
  auto list = Parse<v1::ListRoundsRequest>("order_by: 'amount desc'");
  list.mutable_read()->set_snapshot(token);
  ASSERT_OK_AND_ASSIGN(const auto sums, Aggregate(aggregate));
  ASSERT_OK_AND_ASSIGN(const auto rounds, List(list));

  // Rounds change, companies move, investors and exchange rates come.
  ASSERT_OK(Import({{"steelyard-rounds",
                     "id,company_id,announced_on,stage,amount,currency\n"
                     "a,acme,2024,SEED,7,USD\nnew,acme,2024,SEED,9,USD\n"},
                    {"steelyard-investors", "name,country,kind\nFund,DE,VC\n"},
                    {"ecb-rates", "Date,USD,\n2024-02-29,1.1,\n2024-02-28,1.2,\n"}}));
  FollowRegistry({MakeCompany("acme", "US", "CLOUD"), MakeCompany("zeta", "US")});

  ASSERT_OK_AND_ASSIGN(const auto sums_again, Aggregate(aggregate));
  ASSERT_OK_AND_ASSIGN(const auto rounds_again, List(list));
  EXPECT_EQ(sums_again.SerializeAsString(), sums.SerializeAsString());
  EXPECT_EQ(rounds_again.SerializeAsString(), rounds.SerializeAsString());
  aggregate.clear_read();
  ASSERT_OK_AND_ASSIGN(const auto newest, Aggregate(aggregate));
  EXPECT_NE(newest.SerializeAsString(), sums.SerializeAsString());
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
