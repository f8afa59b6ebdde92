// FundingService.ExportRounds over a real server: files that are whole, exact, and resumable.

#include "services/funding/export.h"

#include <fstream>
#include <iterator>

#include "tests/services/funding/service_fixture.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::EqualsProto;
using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A stream as its messages came.
struct Exported {
  v1::ExportBegin begin;
  std::vector<std::string> chunks;
  v1::ExportEnd end;
  std::vector<std::string> tokens;  // of begin, chunks, end

  std::string Bytes() const { return StrJoin(chunks, ""); }
};

class ExportTest : public ServiceFixture {
 protected:
  absl::StatusOr<Exported> Export(const v1::ExportRoundsRequest& request) {
    grpc::ClientContext context;
    const auto stream = stub_->ExportRounds(&context, request);
    Exported exported;
    v1::ExportRoundsResponse message;
    while (stream->Read(&message)) {
      exported.tokens.push_back(message.resume_token());
      if (message.has_begin()) exported.begin = message.begin();
      if (message.part_case() == v1::ExportRoundsResponse::kChunk) {
        exported.chunks.push_back(message.chunk());
      }
      if (message.has_end()) exported.end = message.end();
    }
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return FromGrpcStatus(status, "services/funding");
    return exported;
  }
  absl::StatusOr<Exported> Export(const std::string& text) {
    return Export(Parse<v1::ExportRoundsRequest>(text));
  }
  // The only row of a query over an exported Parquet file, which stands for "FILE", as text.
  std::vector<std::string> Query(const std::string& bytes, std::string query, int columns) {
    const std::string path = directory_.Write("export.parquet", bytes);
    query.replace(query.find("FILE"), 4, "read_parquet('" + path + "')");
    const auto connection = database_->Connect();
    EXPECT_OK(connection);
    const auto rows = (*connection)->Query(Context::Background(), query);
    EXPECT_OK(rows);
    EXPECT_THAT((*rows)->Next(), testing::IsOkAndHolds(true));
    std::vector<std::string> values;
    for (int i = 0; i < columns; ++i) {
      values.emplace_back((*rows)->IsNull(i) ? "NULL" : (*rows)->Text(i));
    }
    return values;
  }
  // Rates of two days, and rounds with everything that is hard to write.
  void AddHardRounds() {
    ASSERT_OK(Import({{"ecb-rates", "Date,USD,JPY,\n2024-05-06,1.25,160,\n"}}));
    Round hard = SomeRound("hard", "acme", {2024, 5, 6});
    hard.amount = Money{.minor_units = 12345, .currency = "EUR"};
    hard.post_money = Money{.minor_units = INT64_MAX, .currency = "JPY"};
    hard.label = "Series \"A\", 2";
    hard.note = "two\nlines; =1+1";
    hard.closed = PartialDate{2024, 6, 0};
    hard.kind = common::v1::AMOUNT_KIND_UP_TO;
    hard.sources = {"s2", "s1"};
    hard.participations = {{.investor = "Lead \"L\"", .role = v1::PARTICIPATION_ROLE_LEAD},
                           {.investor = "B, b", .role = v1::PARTICIPATION_ROLE_PARTICIPANT},
                           {.investor = "C", .role = v1::PARTICIPATION_ROLE_PARTICIPANT}};
    Round vague = SomeRound("vague", "beta", {2024, 2, 0});
    vague.amount.reset();
    Upsert({hard, vague});
    FollowRegistry({testing::MakeCompany("acme", "FR", "CHIPS")});
  }
};

constexpr char kHeader[] =
    "id,company_id,company_name,country,layer,sector,source_category,announced_on,announced_first,"
    "announced_last,announced_precision,round_label,stage,kind,amount,currency,converted_amount,"
    "converted_currency,fx_rate,fx_rate_date,fx_rate_days,post_money,post_money_currency,"
    "included_in,lead_investors,investors,participations,source_ids,note,closed_on,"
    "closed_first,closed_last,closed_precision,aliases\n";

TEST_F(ExportTest, CsvHoldsEveryRoundAsItIs) {
  AddHardRounds();
  ASSERT_OK_AND_ASSIGN(const Exported file, Export("format: EXPORT_FORMAT_CSV convert_to: 'USD'"));
  const std::string company = Get("hard").company_name;
  EXPECT_EQ(file.Bytes(),
            StrCat(kHeader, "hard,acme,", company,
                   ",FR,CHIPS,,,2024-05-06,2024-05-06,2024-05-06,day,\"Series \"\"A\"\", 2\",SEED,"
                   "UP_TO,123.45,EUR,154.31,USD,1.2500000000,2024-05-06,1,9223372036854775807,JPY,"
                   ",\"Lead \"\"L\"\"\",\"B, b;C\",\"[{\"\"investor\"\":\"\"Lead \\\"\"L\\\"\"\"\","
                   "\"\"role\"\":\"\"LEAD\"\",\"\"country\"\":null,\"\"kind\"\":null},"
                   "{\"\"investor\"\":\"\"B, b\"\",\"\"role\"\":\"\"PARTICIPANT\"\","
                   "\"\"country\"\":null,\"\"kind\"\":null},{\"\"investor\"\":\"\"C\"\","
                   "\"\"role\"\":\"\"PARTICIPANT\"\",\"\"country\"\":null,\"\"kind\"\":null}]\","
                   "s2;s1,\"two\nlines; =1+1\",2024-06,2024-06-01,2024-06-30,month,\n",
                   "vague,beta,beta,,,,,2024-02,2024-02-01,2024-02-29,month,,SEED,EQUITY,"
                   ",,,,,,,,,,,,[],press,,,,,,\n"));
  EXPECT_EQ(file.begin.schema(), "rounds/1");
  EXPECT_EQ(file.begin.offset(), 0);
  EXPECT_EQ(file.begin.snapshot().funding_revision(), head());
  EXPECT_EQ(file.end.rows(), 2);
  EXPECT_EQ(file.end.bytes(), static_cast<int64_t>(file.Bytes().size()));
  EXPECT_EQ(file.end.sha256(), text::Sha256Hex(file.Bytes()));
  EXPECT_TRUE(file.end.complete());
  EXPECT_THAT(file.end.definition(), EqualsProto(R"pb(
                currency: "USD"
                fx_policy { method: FX_METHOD_TRANSACTION_DATE max_staleness_days: 7 }
                source_policy: "listed-order/1"
                date_basis: DATE_BASIS_ANNOUNCED
              )pb"));
  ASSERT_OK_AND_ASSIGN(const Exported plain, Export("format: EXPORT_FORMAT_CSV"));
  EXPECT_THAT(plain.end.definition(),
              EqualsProto("source_policy: 'listed-order/1' date_basis: DATE_BASIS_ANNOUNCED"));
}

// Reports of one round, each by a source of its own.
TEST_F(ExportTest, OtherIdsOfARoundAreItsAliases) {
  Upsert(
      {SomeRound("a"), SomeRound("b", "acme", {2020, 1, 1}), SomeRound("c", "acme", {2022, 1, 1})});
  ASSERT_OK(Import({{"steelyard-round-links",
                     "round_id,related_round_id,relation\nb,a,SAME_AS\nc,a,SAME_AS\n"}}));
  ASSERT_OK_AND_ASSIGN(const Exported csv, Export("format: EXPORT_FORMAT_CSV"));
  EXPECT_EQ(csv.end.rows(), 1);
  EXPECT_THAT(csv.Bytes(), HasSubstr(",b;c\n"));
  ASSERT_OK_AND_ASSIGN(const Exported parquet, Export("format: EXPORT_FORMAT_PARQUET"));
  EXPECT_THAT(Query(parquet.Bytes(), "SELECT aliases[1], aliases[2], typeof(aliases) FROM FILE", 3),
              ElementsAre("b", "c", "VARCHAR[]"));
}

TEST_F(ExportTest, ParquetHasTypesExactMoneyAndMetadata) {
  AddHardRounds();
  ASSERT_OK_AND_ASSIGN(const Exported file,
                       Export("format: EXPORT_FORMAT_PARQUET convert_to: 'USD' filter: 'id=hard'"));
  EXPECT_THAT(
      Query(file.Bytes(),
            "SELECT id, CAST(amount AS VARCHAR), CAST(post_money AS VARCHAR), "
            "CAST(converted_amount AS VARCHAR), CAST(fx_rate AS VARCHAR), "
            "CAST(fx_rate_date AS VARCHAR), CAST(announced_last AS VARCHAR), round_label, "
            "note, source_ids[1], investors[1], participations[1].investor, "
            "participations[3].role, typeof(amount), typeof(announced_first), "
            "typeof(source_ids), sector, kind, closed_on, CAST(closed_first AS VARCHAR), "
            "CAST(closed_last AS VARCHAR), closed_precision, typeof(closed_first), "
            "CAST(len(aliases) AS VARCHAR) FROM FILE",
            24),
      ElementsAre("hard", "123.4500", "9223372036854775807.0000", "154.3100", "1.2500000000",
                  "2024-05-06", "2024-05-06", "Series \"A\", 2", "two\nlines; =1+1", "s2", "B, b",
                  "Lead \"L\"", "PARTICIPANT", "DECIMAL(23,4)", "DATE", "VARCHAR[]", "NULL",
                  "UP_TO", "2024-06", "2024-06-01", "2024-06-30", "month", "DATE", "0"));
  const std::string path = directory_.File("export.parquet");
  ASSERT_OK_AND_ASSIGN(const auto connection, database_->Connect());
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       connection->Query(Context::Background(),
                                         StrCat("SELECT decode(key) || '=' || decode(value) FROM "
                                                "parquet_kv_metadata('",
                                                path, "')")));
  std::vector<std::string> metadata;
  while (*rows->Next()) metadata.emplace_back(rows->Text(0));
  EXPECT_THAT(
      metadata,
      ElementsAre("steelyard.schema=rounds/1",
                  "steelyard.snapshot=" + file.begin.snapshot().token(), "steelyard.filter=id=hard",
                  "steelyard.period=..", "steelyard.convert_to=USD",
                  "steelyard.fx_method=FX_METHOD_TRANSACTION_DATE", "steelyard.fx_fixed_date=",
                  "steelyard.fx_max_staleness_days=7", "steelyard.fx_source=sources/ecb_eurofxref",
                  "steelyard.source_policy=listed-order/1", "steelyard.source_priority=",
                  "steelyard.source_rules=", "steelyard.date_basis=DATE_BASIS_ANNOUNCED"));
}

TEST_F(ExportTest, AmountsWithoutARateAreMissingAndNotZero) {
  Round dram = SomeRound("a");
  dram.amount = Money{.minor_units = 100, .currency = "AMD"};
  Upsert({dram});
  ASSERT_OK_AND_ASSIGN(const Exported file,
                       Export("format: EXPORT_FORMAT_PARQUET convert_to: 'USD'"));
  EXPECT_THAT(Query(file.Bytes(),
                    "SELECT CAST(amount AS VARCHAR), CAST(converted_amount AS VARCHAR), "
                    "converted_currency, CAST(fx_rate AS VARCHAR) FROM FILE",
                    4),
              ElementsAre("1.0000", "NULL", "NULL", "NULL"));
}

// More than one chunk, whatever the format.
void FillMany(RoundStore& rounds) {
  std::vector<Round> many;
  for (int i = 0; i < 6'000; ++i) {
    Round round = SomeRound(StrCat("r", 10'000 + (i * 7'919) % 6'000), StrCat("c", i % 97));
    // Texts that compress badly.
    round.note = text::Sha256Hex(StrCat(i)) + text::Sha256Hex(StrCat(i, "x")) +
                 text::Sha256Hex(StrCat(i, "y")) + text::Sha256Hex(StrCat(i, "z"));
    many.push_back(round);
  }
  ASSERT_OK(rounds.Upsert(Context::Background(), {.rounds = many, .request_id = "", .digest = ""}));
}

class ExportFormatTest : public ExportTest,
                         public ::testing::WithParamInterface<v1::ExportFormat> {};

TEST_P(ExportFormatTest, EveryResumptionGivesExactlyWhatIsMissing) {
  FillMany(*rounds_);
  v1::ExportRoundsRequest request;
  request.set_format(GetParam());
  ASSERT_OK_AND_ASSIGN(const Exported whole, Export(request));
  ASSERT_GE(whole.chunks.size(), 2U);
  for (const std::string& chunk : whole.chunks) EXPECT_LE(chunk.size(), size_t{1} << 20);
  EXPECT_EQ(whole.end.rows(), 6'000);
  EXPECT_EQ(whole.end.sha256(), text::Sha256Hex(whole.Bytes()));
  Upsert({SomeRound("later")});  // the token reads what it read before
  std::string known;
  for (size_t i = 0; i < whole.tokens.size(); ++i) {
    if (i >= 1 && i <= whole.chunks.size()) known += whole.chunks[i - 1];
    request.set_resume_token(whole.tokens[i]);
    ASSERT_OK_AND_ASSIGN(const Exported rest, Export(request));
    EXPECT_EQ(rest.begin.offset(), static_cast<int64_t>(known.size()));
    EXPECT_TRUE(known + rest.Bytes() == whole.Bytes()) << "resumed after message " << i;
    EXPECT_EQ(rest.end.SerializeAsString(), whole.end.SerializeAsString());
  }
}

TEST_P(ExportFormatTest, ATokenGivesTheSameBytesWithOtherThreadsAndAfterARestart) {
  const std::string path = directory_.File("store.duckdb");
  std::string snapshot;
  std::vector<std::string> files;
  for (const auto& [threads, rows_at_once] :
       std::vector<std::pair<int, int>>{{1, 1000}, {2, 500}, {7, 16'384}}) {
    ASSERT_OK_AND_ASSIGN(const auto database, sql::OpenDuckDb({.path = path, .threads = threads}));
    ASSERT_OK_AND_ASSIGN(
        const auto ledger,
        ledger::Ledger::Open(*database, clock_, ledger::Kind::kFunding, FundingMigrations()));
    sql::Pool pool(*database, 4);
    const auto rounds = MakeSqlRoundStore(pool, *ledger);
    const auto reference = MakeSqlReferenceStore(pool, *ledger);
    if (snapshot.empty()) {
      FillMany(*rounds);
      snapshot = ledger->Describe(ledger->head()).token();
    }
    v1::ExportRoundsRequest request;
    request.set_format(GetParam());
    request.mutable_read()->set_snapshot(snapshot);
    ASSERT_OK_AND_ASSIGN(ExportAsked asked, Validate(request, database->Engine()));
    asked.rows_at_once = rows_at_once;
    ASSERT_OK_AND_ASSIGN(const auto at, ledger->Resolve(Context::Background(), asked.read));
    std::string& bytes = files.emplace_back();
    ASSERT_OK(funding::ExportRounds(Context::Background(), *rounds, *reference, at.revision,
                                    ledger->Describe(at), asked,
                                    [&](const v1::ExportRoundsResponse& message) {
                                      bytes += message.SerializeAsString();
                                      return absl::OkStatus();
                                    }));
    ASSERT_OK(rounds->Upsert(
        Context::Background(),
        {.rounds = {SomeRound(StrCat("l", threads))}, .request_id = "", .digest = ""}));
  }
  EXPECT_TRUE(files[0] == files[1]);
  EXPECT_TRUE(files[0] == files[2]);
}

INSTANTIATE_TEST_SUITE_P(Formats, ExportFormatTest,
                         ::testing::Values(v1::EXPORT_FORMAT_CSV, v1::EXPORT_FORMAT_PARQUET));

TEST_F(ExportTest, AnExportComesBackAsItWent) {
  AddHardRounds();
  ASSERT_OK_AND_ASSIGN(const Exported file, Export("format: EXPORT_FORMAT_CSV"));
  const int64_t before = head();
  ASSERT_OK(Import({{"steelyard-rounds", file.Bytes()}}));
  EXPECT_EQ(head(), before) << "the same rounds change nothing";
  EXPECT_EQ(Get("hard").closed, (PartialDate{2024, 6, 0}));
  EXPECT_EQ(Get("hard").kind, common::v1::AMOUNT_KIND_UP_TO);
}

TEST_F(ExportTest, TheSnippetOfTheDocumentationRuns) {
  AddRounds();
  Round part = SomeRound("part", "acme", {2023, 1, 2});
  part.included_in = "a";
  Upsert({part});
  ASSERT_OK_AND_ASSIGN(const Exported file, Export("format: EXPORT_FORMAT_PARQUET"));
  const std::string path = directory_.Write("rounds.parquet", file.Bytes());
  std::ifstream document(STEELYARD_SOURCE_DIR "/docs/export.md");
  const std::string text{std::istreambuf_iterator<char>(document),
                         std::istreambuf_iterator<char>()};
  const std::string fence = "```sql\n";
  const size_t begin = text.find(fence) + fence.size();
  ASSERT_GT(begin, fence.size());
  std::string query = text.substr(begin, text.find(";\n```", begin) - begin);
  const std::string name = "rounds.parquet";
  ASSERT_NE(query.find(name), std::string::npos);
  query.replace(query.find(name), name.size(), path);
  ASSERT_OK_AND_ASSIGN(const auto connection, database_->Connect());
  ASSERT_OK_AND_ASSIGN(const auto rows, connection->Query(Context::Background(),
                                                          "SELECT CONCAT_WS(' ', COALESCE(country, "
                                                          "'?'), COALESCE(currency, '?'), rounds, "
                                                          "disclosed, amount) FROM (" +
                                                              query + ")"));
  std::vector<std::string> lines;
  while (*rows->Next()) lines.emplace_back(rows->Text(0));
  EXPECT_THAT(lines, ElementsAre("FR USD 2 2 2000000.0000", "US EUR 1 1 1.0000", "? ? 1 0"));
}

TEST_F(ExportTest, FiltersAndPeriodsChooseRows) {
  AddRounds();
  ASSERT_OK_AND_ASSIGN(const Exported french,
                       Export("format: EXPORT_FORMAT_CSV filter: 'country = \"FR\"'"));
  EXPECT_EQ(french.end.rows(), 2);
  ASSERT_OK_AND_ASSIGN(const Exported early,
                       Export("format: EXPORT_FORMAT_CSV period { to { year: 2023 } }"));
  EXPECT_EQ(early.end.rows(), 1);
  ASSERT_OK_AND_ASSIGN(const Exported none,
                       Export("format: EXPORT_FORMAT_CSV filter: 'year = 1900'"));
  EXPECT_EQ(none.Bytes(), kHeader);
}

TEST_F(ExportTest, BadRequestsAreRefusedByField) {
  AddRounds();
  EXPECT_THAT(Export(""), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Export("format: EXPORT_FORMAT_CSV convert_to: 'XXQ'"),
              HasReason(common::v1::ERROR_REASON_UNKNOWN_CURRENCY));
  EXPECT_THAT(Export("format: EXPORT_FORMAT_CSV filter: 'nonsense = 1'"),
              HasReason(common::v1::ERROR_REASON_INVALID_FILTER));
  const auto unused = Export("format: EXPORT_FORMAT_CSV fx_policy { max_staleness_days: 3 }");
  EXPECT_THAT(unused, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(unused.status().ToString(absl::StatusToStringMode::kWithEverything),
              HasSubstr("fx_policy"));
  EXPECT_THAT(Export("format: EXPORT_FORMAT_CSV resume_token: 'x'"),
              HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
  ASSERT_OK_AND_ASSIGN(const Exported csv, Export("format: EXPORT_FORMAT_CSV"));
  v1::ExportRoundsRequest other;
  other.set_format(v1::EXPORT_FORMAT_PARQUET);
  other.set_resume_token(csv.tokens.back());
  EXPECT_THAT(Export(other), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
  // A token of another engine: its bytes may differ.
  other.set_format(v1::EXPORT_FORMAT_CSV);
  EXPECT_THAT(Validate(other, "DuckDB v0"), HasReason(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
}

}  // namespace
}  // namespace steelyard::funding
