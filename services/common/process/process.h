#pragma once

// What every server's main has in common: its flags, how it says that it is ready, how it fails.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/common/rpc/server.h"
#include "steelyard/config/v1/config.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace steelyard::process {

// The command line, taken apart.
struct CommandLine {
  // Set when the process has nothing left to do: --help, --version, --check, or an error that has
  // been printed. 0 for success, 2 for wrong usage or configuration.
  std::optional<int> exit_code;
  config::v1::ServerConfig config;  // with every default filled in
};

// Flags: --config FILE, --check (checks the configuration and ends), --version, --help, and those
// that a person types: --listen HOST:PORT, --data DIR, which win over the file. `service` is as in
// config_file::ApplyDefaults; the program's name is "steelyard-" and it. `add_flags` may add more.
CommandLine Parse(int argc, char** argv, std::string_view service,
                  const std::function<void(CLI::App&)>& add_flags = nullptr);

// Prints an error that ends the process on stderr and returns its exit code, 1.
int Fail(std::string_view service, const absl::Status& status);

// Prints "steelyard-registry: serving on 127.0.0.1:7101 (admin 127.0.0.1:40123)" on stdout.
void AnnounceReady(std::string_view service, const rpc::Server& server);

// Says that it is ready, waits for SIGTERM or SIGINT and drains; the rest of a server's life.
// `ready`, when given, is asked several times a second, and the server's readiness follows it.
void ServeUntilTerminated(std::string_view service, rpc::Server& server,
                          const std::function<bool()>& ready = nullptr);

}  // namespace steelyard::process
