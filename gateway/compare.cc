#include "gateway/compare.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/snapshot_pin.h"
#include "services/common/rpc/client.h"
#include "services/common/status/status.h"

namespace steelyard::gateway {
namespace {

// The codelists that explain the two strategies. LAYER and SECTOR are left out: the comparison's
// slices are already in their order.
constexpr std::array<std::string_view, 6> kExplanatory = {
    "codelists/EU_AMBITION",       "codelists/EU_FOCUS",
    "codelists/EU_INDUSTRY",       "codelists/STRATEGY_EU_EFFICIENCY",
    "codelists/STRATEGY_US_SCALE", "codelists/US_PILLAR",
};

strategy::v1::CompareRegionsRequest ToStrategy(const v1::CompareRequest& request, const Pin& pin) {
  strategy::v1::CompareRegionsRequest out;
  *out.mutable_regions() = request.regions();
  if (request.has_period()) *out.mutable_period() = request.period();
  out.set_filter(request.filter());
  out.set_top_k(request.top_k());
  if (request.has_definition()) *out.mutable_definition() = request.definition();
  *out.mutable_read() = pin.read;
  return out;
}

// The answer at a pin.
absl::Status CompareAt(const rpc::Call& call, const Backends& backends, const Pin& pin,
                       const v1::CompareRequest& request, v1::CompareResponse& response) {
  const strategy::v1::CompareRegionsRequest comparison = ToStrategy(request, pin);
  registry::v1::ListCodelistsRequest codelists;
  *codelists.mutable_read() = pin.read;
  registry::v1::ListCodelistsResponse lists;

  rpc::FanOut calls(call);
  calls.Add(kStrategy, [&](grpc::ClientContext* context, auto done) {
    backends.strategy->async()->CompareRegions(context, &comparison, response.mutable_comparison(),
                                               std::move(done));
  });
  calls.Optional();
  calls.Add(kRegistry, [&](grpc::ClientContext* context, auto done) {
    backends.registry->async()->ListCodelists(context, &codelists, &lists, std::move(done));
  });
  const std::vector<absl::Status> outcomes = calls.Wait();

  STEELYARD_RETURN_IF_ERROR(outcomes[0]);
  Unreachable unreachable;
  STEELYARD_RETURN_IF_ERROR(unreachable.Note(kRegistry, outcomes[1]));
  unreachable.Merge(response.comparison().unreachable());
  for (registry::v1::Codelist& list : *lists.mutable_codelists()) {
    for (const std::string_view wanted : kExplanatory) {
      if (list.name() == wanted) {
        *response.add_codelists() = std::move(list);
        break;
      }
    }
  }
  *response.mutable_snapshot() = pin.snapshot;
  unreachable.CopyTo(response.mutable_unreachable());
  return absl::OkStatus();
}

}  // namespace

absl::Status Compare(const rpc::Call& call, const Backends& backends, cache::Answers& answers,
                     const v1::CompareRequest& request, v1::CompareResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const Pin pin, PinSnapshot(call, backends, request.read()));
  return cache::Answer(
      answers, call.context, call.method, pin.snapshot.token(), request, response,
      [&] { return CompareAt(call, backends, pin, request, response); },
      [&] { return response.unreachable().empty(); });
}

}  // namespace steelyard::gateway
