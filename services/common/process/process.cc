#include "services/common/process/process.h"

#include <cstdio>
#include <iostream>
#include <optional>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "services/common/config/config.h"
#include "services/common/observe/log.h"
#include "services/common/text/strings.h"

namespace steelyard::process {
namespace {

constexpr int kWrongUsage = 2;
constexpr absl::Duration kAskEvery = absl::Milliseconds(250);
constexpr std::string_view kVersion = "0.1.0";

void Override(const std::string& listen, const std::string& data,
              config::v1::ServerConfig& config) {
  if (!listen.empty()) config.set_listen(listen);
  if (!data.empty()) config.mutable_storage()->mutable_duckdb()->set_directory(data);
}

int PrintError(std::string_view program, const absl::Status& status) {
  std::cerr << program << ": " << status.message() << '\n';
  return kWrongUsage;
}

}  // namespace

CommandLine Parse(int argc, char** argv, std::string_view service,
                  const std::function<void(CLI::App&)>& add_flags) {
  const std::string program = StrCat("steelyard-", service);
  CLI::App app(StrCat("Serves Steelyard's ", service, "."), program);
  std::string file;
  std::string listen;
  std::string data;
  bool check = false;
  app.add_option("--config", file, "JSON file, see protos/steelyard/config/v1/config.proto");
  app.add_option("--listen", listen, "HOST:PORT to serve on; port 0 picks a free one");
  app.add_option("--data", data, "directory of the store");
  app.add_flag("--check", check, "check the configuration and end");
  app.set_version_flag("--version", StrCat(program, " ", kVersion));
  if (add_flags) add_flags(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return {.exit_code = app.exit(error) == 0 ? 0 : kWrongUsage, .config = {}};
  }

  absl::StatusOr<config::v1::ServerConfig> config = config_file::Load(file, service);
  if (!config.ok()) return {.exit_code = PrintError(program, config.status()), .config = {}};
  Override(listen, data, *config);
  // Flags are checked like the file's values, and what depends on them is filled in after them.
  absl::Status valid = config_file::ApplyDefaults(service, *config);
  if (valid.ok()) valid = observe::SetLogLevel(config->log_level());
  if (!valid.ok()) return {.exit_code = PrintError(program, valid), .config = {}};
  if (check) {
    std::cout << program << ": the configuration is valid\n";
    return {.exit_code = 0, .config = {}};
  }
  return {.exit_code = std::nullopt, .config = *std::move(config)};
}

int Fail(std::string_view service, const absl::Status& status) {
  std::cerr << "steelyard-" << service << ": " << status.message() << '\n';
  return 1;
}

void AnnounceReady(std::string_view service, const rpc::Server& server) {
  std::cout << "steelyard-" << service << ": serving on " << server.address() << " (admin "
            << server.admin_address() << ")" << std::endl;
}

void ServeUntilTerminated(std::string_view service, rpc::Server& server,
                          const std::function<bool()>& ready) {
  server.SetReady(true);
  AnnounceReady(service, server);
  const absl::Duration patience = ready ? kAskEvery : absl::InfiniteDuration();
  std::optional<int> signal;
  for (bool was_ready = true; !(signal = rpc::WaitForTermination(patience));) {
    const bool is_ready = !ready || ready();
    if (is_ready == was_ready) continue;
    was_ready = is_ready;
    server.SetReady(is_ready);
    observe::Log(observe::Severity::kWarning,
                 is_ready ? "ready again" : "not ready: the store does not answer");
  }
  observe::Log(observe::Severity::kInfo, "draining", {{"signal", StrCat(*signal)}});
  server.Drain();
}

}  // namespace steelyard::process
