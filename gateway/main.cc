// steelyard-gateway: one endpoint for clients, over the services that its configuration names.

#include "gateway/app.h"
#include "services/common/observe/metrics.h"
#include "services/common/process/process.h"
#include "services/common/rpc/server.h"
#include "services/common/status/status.h"

namespace steelyard::gateway {
namespace {

absl::Status Serve(const config::v1::ServerConfig& config) {
  observe::Metrics metrics;
  if (!config.metrics_listen().empty()) {
    STEELYARD_RETURN_IF_ERROR(metrics.Serve(config.metrics_listen()).status());
  }
  STEELYARD_ASSIGN_OR_RETURN(const Channels channels, Connect(config.backends()));
  const std::unique_ptr<App> app = App::Create(config, metrics, channels);
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<rpc::Server> server,
      rpc::Server::Start(config, app->runtime(), app->services(), app->proxy()));
  process::ServeUntilTerminated("gateway", *server);
  return absl::OkStatus();
}

}  // namespace
}  // namespace steelyard::gateway

int main(int argc, char** argv) {
  steelyard::rpc::BlockTerminationSignals();
  const auto command = steelyard::process::Parse(argc, argv, "gateway");
  if (command.exit_code) return *command.exit_code;
  const absl::Status status = steelyard::gateway::Serve(command.config);
  return status.ok() ? 0 : steelyard::process::Fail("gateway", status);
}
