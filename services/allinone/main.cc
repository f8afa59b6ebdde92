// steelyard-allinone: the whole suite in one process, for laptops, tests and small users.

#include "CLI/CLI.hpp"
#include "services/allinone/built_in_data.h"
#include "services/allinone/suite.h"
#include "services/common/observe/metrics.h"
#include "services/common/process/process.h"
#include "services/common/rpc/server.h"
#include "services/common/status/status.h"

namespace steelyard::allinone {
namespace {

struct Flags {
  std::string dataset = InstalledDataset();
  bool no_built_in_data = false;
};

absl::Status Serve(const config::v1::ServerConfig& config, const Flags& flags) {
  observe::Metrics metrics;
  if (!config.metrics_listen().empty()) {
    STEELYARD_RETURN_IF_ERROR(metrics.Serve(config.metrics_listen()).status());
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<Suite> suite, Suite::Create(config, metrics));
  gateway::App& gateway = suite->gateway();
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<rpc::Server> server,
      rpc::Server::Start(config, gateway.runtime(), gateway.services(), gateway.proxy()));
  if (!flags.no_built_in_data) {
    STEELYARD_RETURN_IF_ERROR(LoadIntoEmptyStores(server->InProcessChannel(), flags.dataset));
  }
  process::ServeUntilTerminated("allinone", *server, [&suite] { return suite->ready(); });
  return absl::OkStatus();
}

}  // namespace
}  // namespace steelyard::allinone

int main(int argc, char** argv) {
  steelyard::rpc::BlockTerminationSignals();
  steelyard::allinone::Flags flags;
  const auto command = steelyard::process::Parse(argc, argv, "allinone", [&flags](CLI::App& app) {
    app.add_option("--dataset", flags.dataset, "what empty stores are filled with at the start")
        ->capture_default_str();
    app.add_flag("--no-built-in-data", flags.no_built_in_data, "leave empty stores empty");
  });
  if (command.exit_code) return *command.exit_code;
  const absl::Status status = steelyard::allinone::Serve(command.config, flags);
  return status.ok() ? 0 : steelyard::process::Fail("allinone", status);
}
