#include "services/registry/app.h"

#include <thread>
#include <utility>

#include "absl/memory/memory.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"
#include "services/common/store/open_store.h"
#include "services/common/time/clock.h"
#include "services/registry/match/names.h"
#include "services/registry/service.h"
#include "services/registry/sql_schema.h"
#include "services/registry/sql_store.h"

namespace steelyard::registry {
namespace {

constexpr int64_t kBytesPerMib = int64_t{1024} * 1024;

}  // namespace

// In the order of their dependencies: the last one goes first.
struct App::Parts {
  std::unique_ptr<sql::Database> database;
  SystemClock clock;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<sql::Pool> pool;
  std::unique_ptr<Store> store;
  std::unique_ptr<match::Names> names;
  std::unique_ptr<rpc::Runtime> runtime;
  std::unique_ptr<Service> service;
};

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() {
  // What still runs uses everything else.
  parts_->runtime.reset();
}

absl::StatusOr<std::unique_ptr<App>> App::Create(const config::v1::ServerConfig& config,
                                                 observe::Metrics& metrics) {
  auto parts = std::make_unique<Parts>();
  STEELYARD_ASSIGN_OR_RETURN(parts->database, store::OpenDatabase(config.storage(), "registry"));
  STEELYARD_ASSIGN_OR_RETURN(
      parts->ledger,
      ledger::Ledger::Open(*parts->database, parts->clock, ledger::Kind::kRegistry, Migrations()));
  parts->runtime = std::make_unique<rpc::Runtime>("registry", config.limits(), metrics);
  parts->pool = std::make_unique<sql::Pool>(
      *parts->database, store::SessionsOf(config.storage(), parts->runtime->max_running()));
  parts->store = MakeSqlStore(*parts->pool, *parts->ledger);
  parts->names = std::make_unique<match::Names>(*parts->store, *parts->ledger,
                                                std::thread::hardware_concurrency());
  parts->names->Start();
  parts->service = std::make_unique<Service>(
      *parts->runtime, *parts->ledger, *parts->store, *parts->names, parts->database->Engine(),
      int64_t{config.limits().max_import_mib()} * kBytesPerMib);
  metrics.StoreRevision("registry", parts->ledger->head().revision);
  return absl::WrapUnique(new App(std::move(parts)));
}

bool App::ready() const { return parts_->ledger->answers(); }

rpc::Runtime& App::runtime() { return *parts_->runtime; }

std::vector<grpc::Service*> App::services() { return {parts_->service.get()}; }

}  // namespace steelyard::registry
