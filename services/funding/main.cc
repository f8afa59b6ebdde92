// steelyard-funding: who raised what, and what others have published. Serves
// steelyard.funding.v1 from a store of its own, and follows the registry.

#include "services/common/observe/metrics.h"
#include "services/common/process/process.h"
#include "services/common/rpc/client.h"
#include "services/common/rpc/server.h"
#include "services/common/status/status.h"
#include "services/funding/app.h"

namespace steelyard::funding {
namespace {

absl::Status Serve(const config::v1::ServerConfig& config) {
  observe::Metrics metrics;
  if (!config.metrics_listen().empty()) {
    STEELYARD_RETURN_IF_ERROR(metrics.Serve(config.metrics_listen()).status());
  }
  STEELYARD_ASSIGN_OR_RETURN(
      const auto registry, rpc::MakeChannel(config.backends().registry(), config.backends().tls()));
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<App> app,
                             App::Create(config, metrics, registry));
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                             rpc::Server::Start(config, app->runtime(), app->services()));
  process::ServeUntilTerminated("funding", *server, [&app] { return app->ready(); });
  return absl::OkStatus();
}

}  // namespace
}  // namespace steelyard::funding

int main(int argc, char** argv) {
  steelyard::rpc::BlockTerminationSignals();
  const auto command = steelyard::process::Parse(argc, argv, "funding");
  if (command.exit_code) return *command.exit_code;
  const absl::Status status = steelyard::funding::Serve(command.config);
  return status.ok() ? 0 : steelyard::process::Fail("funding", status);
}
