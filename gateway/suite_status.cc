#include "gateway/suite_status.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/common/rpc/client.h"

namespace steelyard::gateway {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);

void Describe(std::string_view name, const absl::Status& outcome, v1::GetStatusResponse& response) {
  v1::ServiceStatus& service = *response.add_services();
  service.set_name(std::string(name));
  service.set_reachable(outcome.ok());
  if (!outcome.ok()) service.set_reason(std::string(outcome.message()));
}

}  // namespace

absl::Status GetSuiteStatus(const rpc::Call& call, const Backends& backends,
                            v1::GetStatusResponse& response) {
  rpc::Call bounded = call;
  bounded.context =
      Context::WithDeadline(std::min(call.context.deadline(), absl::Now() + kPatience));
  const Context::Registration forward =
      call.context.OnCancel([&bounded] { bounded.context.Cancel(); });

  const registry::v1::GetStatusRequest ask_registry;
  const funding::v1::GetStatusRequest ask_funding;
  const strategy::v1::ListMeasuresRequest ask_strategy;
  registry::v1::GetStatusResponse registry;
  funding::v1::GetStatusResponse funding;
  strategy::v1::ListMeasuresResponse measures;

  rpc::FanOut calls(bounded);
  calls.Optional();
  calls.Add(kFunding, [&](grpc::ClientContext* context, auto done) {
    backends.funding->async()->GetStatus(context, &ask_funding, &funding, std::move(done));
  });
  calls.Add(kRegistry, [&](grpc::ClientContext* context, auto done) {
    backends.registry->async()->GetStatus(context, &ask_registry, &registry, std::move(done));
  });
  calls.Add(kStrategy, [&](grpc::ClientContext* context, auto done) {
    backends.strategy->async()->ListMeasures(context, &ask_strategy, &measures, std::move(done));
  });
  const std::vector<absl::Status> outcomes = calls.Wait();

  Describe(kFunding, outcomes[0], response);
  Describe(kRegistry, outcomes[1], response);
  Describe(kStrategy, outcomes[2], response);
  if (outcomes[0].ok()) *response.mutable_funding() = std::move(funding);
  if (outcomes[1].ok()) *response.mutable_registry() = std::move(registry);
  response.set_version(kVersion);
  return absl::OkStatus();
}

}  // namespace steelyard::gateway
