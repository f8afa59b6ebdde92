#include "tests/support/suite.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/common/rpc/keep_grpc.h"

namespace steelyard::testing {
namespace {

// The word after another.
std::string WordAfter(const std::string& line, const std::string& before) {
  const std::vector<std::string> parts = absl::StrSplit(line, before);
  return std::vector<std::string>(absl::StrSplit(parts.at(1), absl::ByAnyChar(" )"))).at(0);
}

}  // namespace

ServerProcess StartServer(const std::string& name, const std::vector<std::string>& arguments) {
  rpc::KeepGrpc();  // of the test, which calls it
  std::vector<std::string> command = {Binary(name)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  absl::StatusOr<Subprocess> process = Subprocess::Start(command);
  if (!process.ok()) {
    std::cerr << process.status() << '\n';
    std::abort();
  }
  const absl::StatusOr<std::string> line = process->ReadUntil("serving on ", absl::Minutes(2));
  if (!line.ok()) {
    std::cerr << name << " does not serve: " << line.status() << '\n';
    std::abort();
  }
  return {.process = *std::move(process),
          .address = WordAfter(*line, "serving on "),
          .admin = WordAfter(*line, "(admin ")};
}

Suite::Suite(const std::string& dsn) : dsn_file_(dsn.empty() ? "" : directory_.Write("dsn", dsn)) {
  StartRegistry();
  StartFunding();
  StartStrategy();
  StartGateway();
}

std::string Suite::WriteConfig(const std::string& name, const std::string& json) const {
  std::string path = absl::StrCat(directory_.path(), "/", name, ".json");
  std::ofstream(path) << json;
  return path;
}

std::string Suite::Json() const {
  std::string storage;
  if (!dsn_file_.empty()) {
    storage = absl::StrCat(R"(, "storage": {"postgres": {"dsn_file": ")", dsn_file_, R"("}})");
  }
  std::string strategies = strategy ? strategy->address : "127.0.0.1:1";
  // A name that has several addresses, as that of a headless service in a cluster.
  if (strategy_replica) {
    strategies = absl::StrCat("ipv4:", strategies, ",", strategy_replica->address);
  }
  return absl::StrCat(R"({"backends": {"registry": ")", registry_listen_, R"(", "funding": ")",
                      funding_listen_, R"(", "strategy": ")", strategies, "\"}", storage, "}");
}

// The flags that say where a service's store is.
std::vector<std::string> Suite::Store(const std::string& service) const {
  std::vector<std::string> flags = {"--config", WriteConfig(service, Json())};
  if (dsn_file_.empty()) {
    flags.emplace_back("--data");
    flags.push_back(absl::StrCat(directory_.path(), "/", service));
  }
  return flags;
}

void Suite::StartRegistry() {
  std::vector<std::string> flags = Store("registry");
  flags.insert(flags.end(), {"--listen", registry_listen_});
  registry = std::make_unique<ServerProcess>(StartServer("steelyard-registry", flags));
  // A restarted server is found under its old address.
  registry_listen_ = registry->address;
}

void Suite::StartFunding() {
  std::vector<std::string> flags = Store("funding");
  flags.insert(flags.end(), {"--listen", funding_listen_});
  funding = std::make_unique<ServerProcess>(StartServer("steelyard-funding", flags));
  funding_listen_ = funding->address;
}

void Suite::StartStrategy() {
  strategy = std::make_unique<ServerProcess>(
      StartServer("steelyard-strategy",
                  {"--listen", "127.0.0.1:0", "--config", WriteConfig("strategy", Json())}));
}

void Suite::StartStrategyReplica() {
  strategy_replica = std::make_unique<ServerProcess>(
      StartServer("steelyard-strategy",
                  {"--listen", "127.0.0.1:0", "--config", WriteConfig("replica", Json())}));
}

void Suite::StartGateway() {
  gateway = std::make_unique<ServerProcess>(
      StartServer("steelyard-gateway",
                  {"--listen", "127.0.0.1:0", "--config", WriteConfig("gateway", Json())}));
}

Finished Client(const std::string& target, std::vector<std::string> arguments) {
  std::vector<std::string> command = {Binary("steelyard"), "--target", target};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Run(command);
}

}  // namespace steelyard::testing
