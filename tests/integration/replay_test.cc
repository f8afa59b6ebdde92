// A token gives the same bytes whatever the number of the engine's threads, after the store was
// closed and opened again, and after more was written.

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/funding/aggregate_rounds.h"
#include "services/funding/import.h"
#include "services/funding/reference/sql_reference_store.h"
#include "services/funding/schema.h"
#include "services/funding/sql_store.h"
#include "services/funding/validate.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::funding {
namespace {

// Funding's stores over a file, with so many threads.
struct Opened {
  Opened(const std::string& path, int threads, const Clock& clock) {
    auto opened = sql::OpenDuckDb({.path = path, .threads = threads});
    EXPECT_OK(opened);
    database = *std::move(opened);
    auto of = ledger::Ledger::Open(*database, clock, ledger::Kind::kFunding, FundingMigrations());
    EXPECT_OK(of);
    ledger = *std::move(of);
    pool = std::make_unique<sql::Pool>(*database, 2);
    rounds = MakeSqlRoundStore(*pool, *ledger);
    reference = MakeSqlReferenceStore(*pool, *ledger);
  }

  std::unique_ptr<sql::Database> database;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<sql::Pool> pool;
  std::unique_ptr<RoundStore> rounds;
  std::unique_ptr<ReferenceStore> reference;
};

void ImportDataset(Opened& store) {
  ingest::ImportJob job{
      .source = "editorial", .dry_run = false, .files = {}, .import_id = "built-in"};
  for (const auto& [name, format] : std::vector<std::pair<std::string, std::string>>{
           {"sources", "steelyard-sources"},
           {"region_sets", "steelyard-region-sets"},
           {"ecb_rates", "ecb-rates"},
           {"investors", "steelyard-investors"},
           {"rounds", "steelyard-rounds"},
           {"round_conflicts", "steelyard-round-conflicts"},
           {"round_links", "steelyard-round-links"}}) {
    const std::string path = std::string(STEELYARD_SOURCE_DIR) + "/deploy/dataset/" + name + ".csv";
    const std::ifstream file(path, std::ios::ate | std::ios::binary);
    ASSERT_TRUE(file.good()) << path;
    job.files.push_back({.name = name, .format = format, .path = path, .size = 0});
  }
  ingest::Reporter reporter([](const auto&) { return absl::OkStatus(); },
                            [](const auto&) { return absl::OkStatus(); });
  ASSERT_OK(RunImport(Context::Background(), *store.rounds, *store.ledger, job, reporter));
}

const std::vector<std::string>& Questions() {
  static const auto& questions = *new std::vector<std::string>{
      "measures: [MEASURE_SUM, MEASURE_MEDIAN, MEASURE_HHI, MEASURE_IMPUTED_SUM, "
      "MEASURE_DISAGREEMENT, MEASURE_MEGA_ROUND_SUM] group_by: [DIMENSION_YEAR, DIMENSION_STAGE] "
      "top_k: 5",
      "measures: [MEASURE_SUM, MEASURE_IMPUTED_SUM] group_by: DIMENSION_COMPANY "
      "definition { currency: 'EUR' source_policy: 'freshest/1' }",
      "measures: [MEASURE_SUM, MEASURE_COUNT] group_by: DIMENSION_QUARTER definition { "
      "currency: 'JPY' source_rules { field: 'amount' policy: 'median/1' } }",
      "measures: MEASURE_CONCENTRATION_RATIO definition { source_policy: 'most-complete/1' "
      "date_basis: DATE_BASIS_CLOSED }"};
  return questions;
}

std::vector<std::string> Answers(Opened& store, const ledger::Revision& at) {
  std::vector<std::string> answers;
  for (const std::string& text : Questions()) {
    v1::AggregateRoundsRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    const absl::StatusOr<AggregateAsked> asked = Validate(request);
    EXPECT_OK(asked);
    v1::AggregateRoundsResponse response;
    *response.mutable_snapshot() = store.ledger->Describe(at);
    EXPECT_OK(AggregateRounds(Context::Background(), *store.rounds, *store.reference, at, *asked,
                              response));
    answers.push_back(response.SerializeAsString());
  }
  return answers;
}

TEST(ReplayTest, ATokenGivesTheSameBytesAcrossRestartsAndThreadCounts) {
  const testing::TempDir directory;
  const std::string path = directory.path() + "/funding.duckdb";
  testing::FakeClock clock;
  std::string token;
  std::vector<std::string> before;
  {
    Opened store(path, 1, clock);
    ASSERT_NO_FATAL_FAILURE(ImportDataset(store));
    const ledger::Revision head = store.ledger->head();
    token = store.ledger->Describe(head).token();
    before = Answers(store, head);
    for (const std::string& answer : before) EXPECT_GT(answer.size(), 100U);
  }
  for (const int threads : {1, 2, 7}) {
    SCOPED_TRACE(threads);
    Opened store(path, threads, clock);
    // Something is written between any two of them.
    std::vector<std::string> ignored;
    const std::string round = threads == 1   ? "xai-b"
                              : threads == 2 ? "openai-2025-03"
                                             : "mistral-ai_20240611_series-b";
    ASSERT_OK(store.rounds->Retract(Context::Background(),
                                    {.round = round, .sources = {}, .reason = "test"}, ignored));
    common::v1::ReadOptions read;
    read.set_snapshot(token);
    ASSERT_OK_AND_ASSIGN(const ledger::Revision at,
                         store.ledger->Resolve(Context::Background(), read));
    EXPECT_EQ(Answers(store, at), before);
    EXPECT_NE(Answers(store, store.ledger->head()), before);
  }
}

}  // namespace
}  // namespace steelyard::funding
