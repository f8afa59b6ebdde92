#include "tests/bench/funding_store.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/common/ingest/ingest.h"
#include "services/common/status/status.h"
#include "services/funding/aggregate_rounds.h"
#include "services/funding/import.h"
#include "services/funding/importers.h"
#include "services/funding/reference/import_reference.h"
#include "services/funding/reference/sql_reference_store.h"
#include "services/funding/schema.h"
#include "services/funding/sql_store.h"
#include "services/funding/validate.h"
#include "tests/bench/machine.h"
#include "tests/support/subprocess.h"

namespace steelyard::bench {
namespace {

constexpr int64_t kCompaniesAtOnce = 100'000;

}  // namespace

absl::StatusOr<std::unique_ptr<FundingStore>> FundingStore::Open(const std::string& directory) {
  std::unique_ptr<FundingStore> store(new FundingStore());
  // As the service opens it by default.
  STEELYARD_ASSIGN_OR_RETURN(store->database_,
                             sql::OpenDuckDb({.path = directory + "/funding.duckdb"}));
  STEELYARD_ASSIGN_OR_RETURN(
      store->ledger_, ledger::Ledger::Open(*store->database_, store->clock_, ledger::Kind::kFunding,
                                           funding::FundingMigrations()));
  store->pool_ = std::make_unique<sql::Pool>(*store->database_, 4);
  store->rounds_ = funding::MakeSqlRoundStore(*store->pool_, *store->ledger_);
  store->reference_ = funding::MakeSqlReferenceStore(*store->pool_, *store->ledger_);
  return store;
}

absl::StatusOr<Imported> FundingStore::ImportFile(const std::string& path, std::string_view format,
                                                  std::string_view source,
                                                  const std::string& import_id) {
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path));
  const ingest::ImportJob job = {
      .source = std::string(source),
      .files = {{.name = path, .format = std::string(format), .path = path, .size = size}},
      .import_id = import_id};
  Imported imported;
  ForgetPeakMemory();
  const Watch watch;
  ingest::Reporter reporter([](const auto&) { return absl::OkStatus(); },
                            [&](const auto&) {
                              imported.reading = watch.Read();
                              return absl::OkStatus();
                            });
  STEELYARD_ASSIGN_OR_RETURN(
      const common::v1::ImportReport report,
      funding::RunImport(Context::Background(), *rounds_, *ledger_, job, reporter));
  imported.spent = watch.Read();
  imported.peak_bytes = PeakMemory();
  imported.changed = report.subjects_changed();
  for (const auto& file : report.files()) {
    imported.rows += file.rows_accepted();
    if (file.rows_rejected() == 0) continue;
    return absl::InternalError(absl::StrCat(path, ": ", file.rows_rejected(), " rows rejected"));
  }
  return imported;
}

absl::Status FundingStore::Prepare(const World& world) {
  STEELYARD_RETURN_IF_ERROR(ImportFile(testing::SourceFile("deploy/dataset/region_sets.csv"),
                                       funding::kRegionSetsFormat, "steelyard", "regions")
                                .status());
  STEELYARD_RETURN_IF_ERROR(ImportFile(testing::SourceFile("deploy/dataset/ecb_rates.csv"),
                                       funding::kEcbRatesFormat, funding::kRatesSource, "rates")
                                .status());
  int64_t registry_revision = 0;
  for (int64_t begin = 0; begin < world.companies(); begin += kCompaniesAtOnce) {
    std::vector<funding::CompanyFacts> companies;
    const int64_t end = std::min(begin + kCompaniesAtOnce, world.companies());
    for (int64_t i = begin; i < end; ++i) companies.push_back(world.Company(i));
    STEELYARD_RETURN_IF_ERROR(
        rounds_->ApplyCompanies(Context::Background(), companies, ++registry_revision).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Imported> FundingStore::Import(const std::string& path,
                                              const std::string& import_id) {
  return ImportFile(path, funding::kRoundsFormat, "generated", import_id);
}

absl::StatusOr<Copied> FundingStore::MakeCopy() {
  // As the service has it by default on this machine.
  const int64_t budget = int64_t{1024} * 1024 * 1024;
  columns_ = std::make_unique<funding::columns::Columns>(
      *pool_, *ledger_, *reference_, metrics_,
      funding::columns::Settings{.room = {.bytes = budget}, .threads = 2});
  Copied copied;
  const absl::Time started = absl::Now();
  STEELYARD_RETURN_IF_ERROR(columns_->CatchUp(Context::Background(), head()));
  const absl::Time made = absl::Now();
  if (columns_->copy() == nullptr) {
    return absl::ResourceExhaustedError("the rounds do not fit the analytic copy");
  }
  STEELYARD_RETURN_IF_ERROR(columns_->MakeDefault());
  copied.made = made - started;
  copied.cube = absl::Now() - made;
  return copied;
}

absl::Status FundingStore::FollowCopy(Copied& copied) {
  const absl::Time started = absl::Now();
  STEELYARD_RETURN_IF_ERROR(columns_->CatchUp(Context::Background(), head()));
  copied.followed = absl::Now() - started;
  if (columns_->copy() == nullptr || columns_->cubes() == 0) {
    return absl::ResourceExhaustedError("the copy and its cube do not fit any more");
  }
  copied.rows = columns_->copy()->rows;
  copied.bytes = columns_->bytes();
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const funding::RateTable>> FundingStore::Rates() const {
  return reference_->Rates(Context::Background(), head());
}

absl::StatusOr<std::vector<funding::v1::ResolvedRegion>> FundingStore::Regions(
    const std::vector<std::string>& terms) const {
  funding::v1::AggregateRoundsRequest request;
  for (const std::string& term : terms) request.add_regions(term);
  request.add_measures(funding::v1::MEASURE_COUNT);
  funding::v1::AggregateRoundsResponse response;
  STEELYARD_RETURN_IF_ERROR(Aggregate(request, head(), response));
  return std::vector<funding::v1::ResolvedRegion>(response.regions().begin(),
                                                  response.regions().end());
}

absl::Status FundingStore::Aggregate(const funding::v1::AggregateRoundsRequest& request,
                                     int64_t revision,
                                     funding::v1::AggregateRoundsResponse& response) const {
  STEELYARD_ASSIGN_OR_RETURN(const auto asked, funding::Validate(request));
  STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_->At(Context::Background(), revision));
  *response.mutable_snapshot() = ledger_->Describe(at);
  return funding::AggregateRounds(Context::Background(), *rounds_, *reference_, at, asked, response,
                                  columns_.get());
}

}  // namespace steelyard::bench
