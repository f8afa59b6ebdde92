#include <functional>

#include "gateway/cli/compare_tables.h"
#include "gateway/cli/explanation.h"
#include "gateway/cli/show.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"

namespace steelyard::cli {
namespace {

absl::StatusOr<gateway::v1::CompareRequest> ToRequest(const Session& session,
                                                      const CompareOptions& options) {
  gateway::v1::CompareRequest request;
  for (const std::string& region : options.regions) request.add_regions(region);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  request.set_filter(options.filter);
  request.set_top_k(options.top);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

// Of the strategy service, whose question has the same parts.
strategy::v1::CompareRegionsRequest ComparisonOf(const gateway::v1::CompareRequest& request) {
  strategy::v1::CompareRegionsRequest comparison;
  *comparison.mutable_regions() = request.regions();
  *comparison.mutable_period() = request.period();
  comparison.set_filter(request.filter());
  comparison.set_top_k(request.top_k());
  *comparison.mutable_definition() = request.definition();
  *comparison.mutable_read() = request.read();
  return comparison;
}

}  // namespace

int Compare(const Session& session, const CompareOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  if (!options.explain.empty()) {
    return ShowDerivation(session,
                          AskWithin(options.explain, ComparisonOf(*request),
                                    &strategy::v1::ExplainFigureRequest::mutable_comparison));
  }
  gateway::v1::CompareResponse response;
  const auto stub = gateway::v1::GatewayService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->Compare(session.NewContext().get(), *request, &response));
  return Show(session, status, response, RenderComparison);
}

}  // namespace steelyard::cli
