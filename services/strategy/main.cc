// steelyard-strategy: compares regions, over the funding service and the registry.

#include <memory>

#include "services/common/observe/metrics.h"
#include "services/common/process/process.h"
#include "services/common/rpc/client.h"
#include "services/common/rpc/server.h"
#include "services/common/status/status.h"
#include "services/strategy/app.h"

namespace steelyard::strategy {
namespace {

absl::Status Serve(const config::v1::ServerConfig& config) {
  observe::Metrics metrics;
  if (!config.metrics_listen().empty()) {
    STEELYARD_RETURN_IF_ERROR(metrics.Serve(config.metrics_listen()).status());
  }
  const config::v1::Backends& backends = config.backends();
  STEELYARD_ASSIGN_OR_RETURN(const auto funding,
                             rpc::MakeChannel(backends.funding(), backends.tls()));
  STEELYARD_ASSIGN_OR_RETURN(const auto registry,
                             rpc::MakeChannel(backends.registry(), backends.tls()));
  const std::unique_ptr<App> app = App::Create(config, metrics, funding, registry);
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                             rpc::Server::Start(config, app->runtime(), app->services()));
  process::ServeUntilTerminated("strategy", *server);
  return absl::OkStatus();
}

}  // namespace
}  // namespace steelyard::strategy

int main(int argc, char** argv) {
  steelyard::rpc::BlockTerminationSignals();
  const auto command = steelyard::process::Parse(argc, argv, "strategy");
  if (command.exit_code) return *command.exit_code;
  const absl::Status status = steelyard::strategy::Serve(command.config);
  return status.ok() ? 0 : steelyard::process::Fail("strategy", status);
}
