#include "gateway/backends.h"

namespace steelyard::gateway {

Backends::Backends(const Channels& channels)
    : registry(registry::v1::RegistryService::NewStub(channels.registry)),
      funding(funding::v1::FundingService::NewStub(channels.funding)),
      statistics(funding::v1::StatisticsService::NewStub(channels.funding)),
      strategy(strategy::v1::StrategyService::NewStub(channels.strategy)) {}

bool IsUnreachable(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

absl::Status Unreachable::Note(std::string_view service, const absl::Status& outcome) {
  if (outcome.ok()) return outcome;
  if (!IsUnreachable(outcome)) return outcome;
  names_.emplace(service);
  return absl::OkStatus();
}

}  // namespace steelyard::gateway
