#pragma once

// The suite as real processes on real ports, for end-to-end tests.

#include <memory>
#include <string>
#include <vector>

#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

// A server process that has said that it serves.
struct ServerProcess {
  Subprocess process;
  std::string address;  // "127.0.0.1:40123"
  std::string admin;    // likewise, of health and reflection
};
// Starts an executable of the suite and waits for its "serving on" line; a failure ends the test's
// process, since nothing can be tested without it.
ServerProcess StartServer(const std::string& name, const std::vector<std::string>& arguments);

// Registry, funding, strategy and gateway as four processes whose stores live in a directory of
// their own, or on a server that other suites may share, so that each can be killed and started
// again.
class Suite {
 public:
  // `dsn` is a connection string of PostgreSQL; without one the stores are DuckDB's.
  explicit Suite(const std::string& dsn = "");

  void StartRegistry();
  void StartFunding();
  void StartStrategy();
  void StartGateway();

  // A second strategy, of which the gateway learns when it is started anew.
  void StartStrategyReplica();

  const std::string& target() const { return gateway->address; }

  std::unique_ptr<ServerProcess> registry;
  std::unique_ptr<ServerProcess> funding;
  std::unique_ptr<ServerProcess> strategy;
  std::unique_ptr<ServerProcess> strategy_replica;  // null unless it was started
  std::unique_ptr<ServerProcess> gateway;

 private:
  std::string WriteConfig(const std::string& name, const std::string& json) const;
  std::string Json() const;
  std::vector<std::string> Store(const std::string& service) const;

  TempDir directory_;
  std::string dsn_file_;  // empty with DuckDB
  std::string registry_listen_ = "127.0.0.1:0";
  std::string funding_listen_ = "127.0.0.1:0";
};

// Runs the client against a server; its flags come before the verb.
Finished Client(const std::string& target, std::vector<std::string> arguments);

}  // namespace steelyard::testing
