// steelyard-registry: who is who. Serves steelyard.registry.v1 from a store of its own.

#include "services/common/observe/metrics.h"
#include "services/common/process/process.h"
#include "services/common/rpc/server.h"
#include "services/common/status/status.h"
#include "services/registry/app.h"

namespace steelyard::registry {
namespace {

absl::Status Serve(const config::v1::ServerConfig& config) {
  observe::Metrics metrics;
  if (!config.metrics_listen().empty()) {
    STEELYARD_RETURN_IF_ERROR(metrics.Serve(config.metrics_listen()).status());
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<App> app, App::Create(config, metrics));
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                             rpc::Server::Start(config, app->runtime(), app->services()));
  process::ServeUntilTerminated("registry", *server, [&app] { return app->ready(); });
  return absl::OkStatus();
}

}  // namespace
}  // namespace steelyard::registry

int main(int argc, char** argv) {
  steelyard::rpc::BlockTerminationSignals();
  const auto command = steelyard::process::Parse(argc, argv, "registry");
  if (command.exit_code) return *command.exit_code;
  const absl::Status status = steelyard::registry::Serve(command.config);
  return status.ok() ? 0 : steelyard::process::Fail("registry", status);
}
