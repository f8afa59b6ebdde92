#include "services/funding/app.h"

#include <utility>

#include "absl/memory/memory.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"
#include "services/common/store/open_store.h"
#include "services/common/time/clock.h"
#include "services/funding/projection.h"
#include "services/funding/reference/sql_reference_store.h"
#include "services/funding/reference/statistics_service.h"
#include "services/funding/schema.h"
#include "services/funding/service.h"
#include "services/funding/sql_store.h"

namespace steelyard::funding {
namespace {

constexpr int64_t kBytesPerMib = int64_t{1024} * 1024;

}  // namespace

// In the order of their dependencies: the last one goes first.
struct App::Parts {
  std::unique_ptr<sql::Database> database;
  SystemClock clock;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<sql::Pool> pool;
  std::unique_ptr<RoundStore> rounds;
  std::unique_ptr<ReferenceStore> reference;
  std::unique_ptr<columns::Columns> columns;  // null when there is to be no copy
  std::unique_ptr<Projection> projection;
  std::unique_ptr<rpc::Runtime> runtime;
  std::unique_ptr<Service> service;
  std::unique_ptr<StatisticsService> statistics;
};

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() {
  // What still runs uses everything else.
  parts_->runtime.reset();
}

absl::StatusOr<std::unique_ptr<App>> App::Create(const config::v1::ServerConfig& config,
                                                 observe::Metrics& metrics,
                                                 std::shared_ptr<grpc::Channel> registry) {
  auto parts = std::make_unique<Parts>();
  STEELYARD_ASSIGN_OR_RETURN(parts->database, store::OpenDatabase(config.storage(), "funding"));
  STEELYARD_ASSIGN_OR_RETURN(
      parts->ledger, ledger::Ledger::Open(*parts->database, parts->clock, ledger::Kind::kFunding,
                                          FundingMigrations()));
  parts->runtime = std::make_unique<rpc::Runtime>("funding", config.limits(), metrics);
  // And one for the follower of the registry: nobody waits for a session that a dear call has.
  parts->pool = std::make_unique<sql::Pool>(
      *parts->database, store::SessionsOf(config.storage(), parts->runtime->max_running() + 1));
  parts->rounds = MakeSqlRoundStore(*parts->pool, *parts->ledger);
  parts->reference = MakeSqlReferenceStore(*parts->pool, *parts->ledger);
  const config::v1::AnalyticCopy& copy = config.storage().analytic_copy();
  if (copy.memory_mib() > 0) {
    parts->columns = std::make_unique<columns::Columns>(
        *parts->pool, *parts->ledger, *parts->reference, metrics,
        columns::Settings{.room = {.bytes = copy.memory_mib() * kBytesPerMib},
                          .threads = static_cast<size_t>(copy.threads())});
    parts->columns->Start();
  }
  parts->projection =
      std::make_unique<Projection>(*parts->rounds, *parts->ledger, std::move(registry), metrics);
  parts->service = std::make_unique<Service>(
      ServiceParts{.runtime = *parts->runtime,
                   .ledger = *parts->ledger,
                   .rounds = *parts->rounds,
                   .reference = *parts->reference,
                   .projection = *parts->projection,
                   .engine = parts->database->Engine(),
                   .max_import_bytes = int64_t{config.limits().max_import_mib()} * kBytesPerMib,
                   .columns = parts->columns.get()});
  parts->statistics =
      std::make_unique<StatisticsService>(*parts->runtime, *parts->ledger, *parts->reference);
  metrics.StoreRevision("funding", parts->ledger->head().revision);
  return absl::WrapUnique(new App(std::move(parts)));
}

bool App::ready() const { return parts_->ledger->answers(); }

rpc::Runtime& App::runtime() { return *parts_->runtime; }

std::vector<grpc::Service*> App::services() {
  return {parts_->service.get(), parts_->statistics.get()};
}

}  // namespace steelyard::funding
