#include "services/strategy/scenario/gap_answer.h"

#include <optional>
#include <utility>

#include "services/common/rpc/call.h"
#include "services/common/status/status.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/scenario/gap.h"

namespace steelyard::strategy {
namespace {

// As many threads as the machine gives.
constexpr int kAllThreads = 0;

}  // namespace

absl::StatusOr<Facts> GapFacts(const rpc::Call& call, const Backends& backends,
                               const v1::DecomposeGapRequest& request) {
  v1::CompareRegionsRequest question;
  question.add_regions(request.leader());
  question.add_regions(request.follower());
  *question.mutable_period() = request.period();
  question.set_filter(request.filter());
  *question.mutable_definition() = request.definition();
  *question.mutable_read() = request.read();
  absl::StatusOr<Facts> facts = GatherFacts(call, backends, question, CapitalFlows::kSkip);
  if (facts.ok()) return facts;
  return RenameFields(facts.status(), {{"regions[0]", "leader"}, {"regions[1]", "follower"}});
}

absl::StatusOr<v1::DecomposeGapResponse> GapFrom(const rpc::Call& call, const Facts& facts,
                                                 const v1::DecomposeGapRequest& request) {
  std::optional<v1::DecomposeGapResponse> response =
      MakeGap(request, facts, kAllThreads, [&] { return !call.context.Check().ok(); });
  if (response) return *std::move(response);
  STEELYARD_RETURN_IF_ERROR(call.context.Check());
  return MakeError(common::v1::ERROR_REASON_CANCELLED, "the call was given up");
}

absl::StatusOr<v1::DecomposeGapResponse> DecomposeGap(const rpc::Call& call,
                                                      const Backends& backends,
                                                      const v1::DecomposeGapRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const Facts facts, GapFacts(call, backends, request));
  return GapFrom(call, facts, request);
}

}  // namespace steelyard::strategy
