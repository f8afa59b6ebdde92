#include "services/strategy/profile/profile_answer.h"

#include <string>

#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/facts/sources.h"
#include "services/strategy/profile/profile.h"
#include "services/strategy/validate.h"

namespace steelyard::strategy {
namespace {

v1::CompareRegionsRequest ComparisonOf(const v1::ProfileRegionRequest& request) {
  v1::CompareRegionsRequest comparison;
  comparison.add_regions(request.region());
  *comparison.mutable_period() = request.period();
  comparison.set_filter(request.filter());
  comparison.set_top_k(request.top_k());
  *comparison.mutable_definition() = request.definition();
  *comparison.mutable_read() = request.read();
  return comparison;
}

}  // namespace

v1::ProfileRegionResponse MergeProfile(const v1::ProfileRegionRequest& request,
                                       const Facts& facts) {
  const Evidence evidence(facts, request.period().from().year(), request.period().to().year());
  v1::ProfileRegionResponse response;
  for (const funding::v1::ResolvedRegion& region : facts.totals.regions()) {
    if (region.term() == request.region())
      *response.mutable_profile() = MakeProfile(evidence, region);
  }
  *response.mutable_world_total() = WorldTotal(evidence);
  *response.mutable_definition() = facts.totals.definition();
  SetSources(facts, *response.mutable_sources());
  response.set_source_count(facts.source_count);
  *response.mutable_snapshot() = facts.snapshot;
  for (const std::string& service : facts.unreachable) response.add_unreachable(service);
  return response;
}

absl::StatusOr<v1::ProfileRegionResponse> ProfileRegion(const rpc::Call& call,
                                                        const Backends& backends,
                                                        const v1::ProfileRegionRequest& request) {
  STEELYARD_RETURN_IF_ERROR(Validate(request));
  const absl::StatusOr<Facts> facts =
      GatherFacts(call, backends, ComparisonOf(request), CapitalFlows::kAsk);
  if (!facts.ok()) return RenameFields(facts.status(), {{"regions[0]", "region"}});
  return MergeProfile(request, *facts);
}

}  // namespace steelyard::strategy
