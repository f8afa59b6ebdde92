#include "tests/support/suite.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace steelyard::testing {
namespace {

// The word after "serving on".
std::string AddressIn(const std::string& line) {
  const std::vector<std::string> parts = absl::StrSplit(line, "serving on ");
  return std::vector<std::string>(absl::StrSplit(parts.at(1), ' ')).at(0);
}

}  // namespace

ServerProcess StartServer(const std::string& name, const std::vector<std::string>& arguments) {
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
  return {.process = *std::move(process), .address = AddressIn(*line)};
}

Suite::Suite() {
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

std::string Suite::Backends() const {
  return absl::StrCat(R"({"backends": {"registry": ")", registry_listen_, R"(", "funding": ")",
                      funding_listen_, R"(", "strategy": ")",
                      strategy ? strategy->address : "127.0.0.1:1", "\"}}");
}

void Suite::StartRegistry() {
  registry = std::make_unique<ServerProcess>(StartServer(
      "steelyard-registry",
      {"--listen", registry_listen_, "--data", absl::StrCat(directory_.path(), "/registry")}));
  // A restarted server is found under its old address.
  registry_listen_ = registry->address;
}

void Suite::StartFunding() {
  funding = std::make_unique<ServerProcess>(StartServer(
      "steelyard-funding",
      {"--listen", funding_listen_, "--data", absl::StrCat(directory_.path(), "/funding"),
       "--config", WriteConfig("funding", Backends())}));
  funding_listen_ = funding->address;
}

void Suite::StartStrategy() {
  strategy = std::make_unique<ServerProcess>(
      StartServer("steelyard-strategy",
                  {"--listen", "127.0.0.1:0", "--config", WriteConfig("strategy", Backends())}));
}

void Suite::StartGateway() {
  gateway = std::make_unique<ServerProcess>(
      StartServer("steelyard-gateway",
                  {"--listen", "127.0.0.1:0", "--config", WriteConfig("gateway", Backends())}));
}

Finished Client(const std::string& target, std::vector<std::string> arguments) {
  std::vector<std::string> command = {Binary("steelyard"), "--target", target};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Run(command);
}

}  // namespace steelyard::testing
