#pragma once

// The services behind the gateway, and the rule for what an answer can do without.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/channel.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "steelyard/funding/v1/statistics.grpc.pb.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::gateway {

inline constexpr std::string_view kRegistry = "services/registry";
inline constexpr std::string_view kFunding = "services/funding";
inline constexpr std::string_view kStrategy = "services/strategy";

// One channel to each service; see rpc::MakeChannel.
struct Channels {
  std::shared_ptr<grpc::Channel> registry;
  std::shared_ptr<grpc::Channel> funding;
  std::shared_ptr<grpc::Channel> strategy;
};

// Stubs over the channels. Thread-safe, as stubs are.
struct Backends {
  explicit Backends(const Channels& channels);

  std::unique_ptr<registry::v1::RegistryService::Stub> registry;
  std::unique_ptr<funding::v1::FundingService::Stub> funding;
  std::unique_ptr<funding::v1::StatisticsService::Stub> statistics;
  std::unique_ptr<strategy::v1::StrategyService::Stub> strategy;
};

// Whether an error says that a service did not answer, rather than that it refused: UNAVAILABLE,
// DEADLINE_EXCEEDED and RESOURCE_EXHAUSTED. Only then may an answer go without its part; a refusal
// is the caller's to know.
bool IsUnreachable(const absl::Status& status);

// The services that an answer went without, each once, sorted.
class Unreachable {
 public:
  // Takes the outcome of an optional part. OK for an answer and for silence, which is noted; a
  // refusal is returned.
  absl::Status Note(std::string_view service, const absl::Status& outcome);
  // Takes over names from a part of the answer.
  template <typename Names>
  void Merge(const Names& names) {
    names_.insert(names.begin(), names.end());
  }
  bool Has(std::string_view service) const { return names_.contains(std::string(service)); }
  // Appends the names to a repeated field.
  template <typename Repeated>
  void CopyTo(Repeated* field) const {
    for (const std::string& name : names_) *field->Add() = name;
  }

 private:
  std::set<std::string> names_;
};

}  // namespace steelyard::gateway
