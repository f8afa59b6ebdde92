#include "gateway/cli/choice_words.h"
#include "gateway/cli/claim_review.h"
#include "gateway/cli/claim_tables.h"
#include "gateway/cli/show.h"
#include "gateway/cli/strategy_verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

using strategy::v1::CheckClaimsRequest;

// What a claim of the command line is called.
constexpr char kOwnClaim[] = "own-claim";

void AddOwnClaim(const CheckClaimsOptions& options, FieldErrors& errors,
                 CheckClaimsRequest& request) {
  if (options.formula.empty() && options.text.empty()) {
    if (!options.said_by.empty()) {
      errors.Add("--said-by", "needs --formula: it says who made the claim of the command line");
    }
    return;
  }
  if (options.formula.empty()) {
    errors.Add("--text",
               "needs --formula, the condition that is true if the claim is; for example "
               "--formula \"funding[US, 2025] > 10 * funding[EUROPE, 2025]\"");
    return;
  }
  strategy::v1::Claim& claim = *request.add_claims();
  claim.set_id(kOwnClaim);
  claim.set_text(options.text.empty() ? options.formula : options.text);
  claim.set_expression(options.formula);
  if (!options.said_by.empty()) claim.set_source(StrCat("sources/", options.said_by));
}

absl::StatusOr<CheckClaimsRequest> ToRequest(const Session& session,
                                             const CheckClaimsOptions& options) {
  CheckClaimsRequest request;
  FieldErrors errors;
  if (options.json_ld && session.json()) {
    errors.Add("--jsonld", "cannot be given together with --json");
  }
  for (const std::string& id : options.ids) request.add_ids(id);
  AddOwnClaim(options, errors, request);
  const auto axes = ParseAxes(options.axes);
  errors.Add("--axis", axes.status());
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  *request.mutable_axes() = *axes;
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

}  // namespace

int ListClaims(const Session& session) {
  strategy::v1::ListClaimsResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->ListClaims(session.NewContext().get(), {}, &response));
  return Show(session, status, response, RenderClaims);
}

int CheckClaims(const Session& session, const CheckClaimsOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  strategy::v1::CheckClaimsResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->CheckClaims(session.NewContext().get(), *request, &response));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  if (options.json_ld) {
    session.out() << RenderClaimReviews(response);
    return kOk;
  }
  const bool one = request->ids_size() + request->claims_size() == 1;
  session.out() << (one || options.verbose ? RenderEvidence(response) : RenderVerdicts(response));
  return kOk;
}

}  // namespace steelyard::cli
