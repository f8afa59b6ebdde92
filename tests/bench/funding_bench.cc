// Funding's aggregates beside the same question as one statement of plain DuckDB over the same
// tables.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"
#include "services/common/time/clock.h"
#include "services/funding/aggregate_rounds.h"
#include "services/funding/reference/sql_reference_store.h"
#include "services/funding/schema.h"
#include "services/funding/sql_store.h"
#include "services/funding/validate.h"
#include "tests/bench/generated_rounds.h"
#include "tests/bench/race.h"

namespace steelyard::bench {
namespace {

using funding::v1::AggregateRoundsRequest;

// Funding's stores with a drawn world in them, in memory.
struct Stores {
  static absl::StatusOr<std::unique_ptr<Stores>> Fill(int64_t rounds) {
    auto stores = std::make_unique<Stores>();
    STEELYARD_ASSIGN_OR_RETURN(stores->database, sql::OpenDuckDb({.path = ""}));
    STEELYARD_ASSIGN_OR_RETURN(
        stores->ledger, ledger::Ledger::Open(*stores->database, stores->clock,
                                             ledger::Kind::kFunding, funding::FundingMigrations()));
    stores->pool = std::make_unique<sql::Pool>(*stores->database, 4);
    stores->rounds = funding::MakeSqlRoundStore(*stores->pool, *stores->ledger);
    stores->reference = funding::MakeSqlReferenceStore(*stores->pool, *stores->ledger);

    World world = DrawWorld(rounds);
    STEELYARD_RETURN_IF_ERROR(
        stores->rounds->ApplyCompanies(Context::Background(), world.companies, 1).status());
    funding::StagedImport staged;
    for (funding::Round& round : world.rounds) {
      STEELYARD_RETURN_IF_ERROR(staged.rounds.Add(std::move(round)));
    }
    STEELYARD_RETURN_IF_ERROR(
        stores->rounds
            ->Import(Context::Background(), staged, "generated", /*dry_run=*/false,
                     [](const funding::ImportOutcome&) { return std::string(); })
            .status());
    return stores;
  }

  SystemClock clock;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<sql::Pool> pool;
  std::unique_ptr<funding::RoundStore> rounds;
  std::unique_ptr<funding::ReferenceStore> reference;
};

// A statement, read to its end.
absl::Status RunSql(sql::Connection& session, const std::string& statement) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows, session.Query(Context::Background(), statement));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
  }
}

absl::Status Ask(const Stores& stores, const AggregateRoundsRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const auto asked, funding::Validate(request));
  const ledger::Revision at = stores.ledger->head();
  funding::v1::AggregateRoundsResponse response;
  *response.mutable_snapshot() = stores.ledger->Describe(at);
  return funding::AggregateRounds(Context::Background(), *stores.rounds, *stores.reference, at,
                                  asked, response);
}

struct Question {
  std::string title;
  std::vector<funding::v1::Dimension> group_by;
  std::vector<funding::v1::Measure> measures;
  std::string sql;
};

constexpr char kFrom[] =
    " FROM rounds r JOIN company_projection c ON c.company_id = r.company_id"
    " WHERE r.to_revision > 1000000 AND c.to_revision > 1000000 ";

std::vector<Question> Questions() {
  return {
      {.title = "Sum, count and median by country, year and layer",
       .group_by = {funding::v1::DIMENSION_COUNTRY, funding::v1::DIMENSION_YEAR,
                    funding::v1::DIMENSION_LAYER},
       .measures = {funding::v1::MEASURE_SUM, funding::v1::MEASURE_COUNT,
                    funding::v1::MEASURE_MEDIAN},
       .sql = std::string("SELECT c.country, r.announced_year, c.layer, SUM(r.amount_minor), "
                          "COUNT(*), COUNT(r.amount_minor), MEDIAN(r.amount_minor)") +
              kFrom + "GROUP BY ALL ORDER BY ALL"},
      {.title = "Sum and count by year",
       .group_by = {funding::v1::DIMENSION_YEAR},
       .measures = {funding::v1::MEASURE_SUM, funding::v1::MEASURE_COUNT},
       .sql = std::string("SELECT r.announced_year, SUM(r.amount_minor), COUNT(*)") + kFrom +
              "GROUP BY ALL ORDER BY ALL"},
  };
}

absl::Status Run(const Options& options) {
  for (const int64_t rounds : {10'000, 100'000}) {
    STEELYARD_ASSIGN_OR_RETURN(const auto stores, Stores::Fill(rounds));
    STEELYARD_ASSIGN_OR_RETURN(const auto session, stores->database->Connect());
    for (const Question& question : Questions()) {
      AggregateRoundsRequest request;
      for (const auto dimension : question.group_by) request.add_group_by(dimension);
      for (const auto measure : question.measures) request.add_measures(measure);
      request.mutable_definition()->set_currency("USD");
      request.set_page_size(1000);
      Race race(question.title + ", " + std::to_string(rounds) + " rounds");
      race.Add("plain DuckDB", [&] { return RunSql(*session, question.sql); });
      race.Add("Steelyard", [&] { return Ask(*stores, request); });
      STEELYARD_RETURN_IF_ERROR(race.Run(options.time));
    }
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace steelyard::bench

int main(int argc, char** argv) {
  return steelyard::bench::Main(argc, argv, steelyard::bench::Run);
}
