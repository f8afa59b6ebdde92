#include "services/strategy/claims/claims_answer.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/claims/claims.h"
#include "services/strategy/claims/verdict.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/formula/formula_answer.h"

namespace steelyard::strategy {
namespace {

using formula::Formula;

constexpr int kMostClaims = 50;

// The claims asked for: shipped ones as named, then one's own.
absl::StatusOr<std::vector<v1::Claim>> ClaimsOf(const v1::CheckClaimsRequest& request) {
  const std::vector<v1::Claim>& shipped = ShippedClaims();
  std::vector<v1::Claim> claims;
  if (request.ids().empty() && request.claims().empty()) claims = shipped;
  for (const std::string& id : request.ids()) {
    const auto found = std::find_if(shipped.begin(), shipped.end(),
                                    [&](const v1::Claim& claim) { return claim.id() == id; });
    if (found == shipped.end()) {
      return MakeError(common::v1::ERROR_REASON_CLAIM_NOT_FOUND,
                       StrCat("there is no claim '", id, "'; ListClaims lists them"),
                       {{"claim", id}});
    }
    claims.push_back(*found);
  }
  claims.insert(claims.end(), request.claims().begin(), request.claims().end());
  return claims;
}

// Checks claims one after the other at one snapshot.
class Checker {
 public:
  Checker(const rpc::Call& call, const Backends& backends, const v1::CheckClaimsRequest& request,
          std::string snapshot)
      : call_(call), backends_(backends), request_(request), snapshot_(std::move(snapshot)) {}

  absl::StatusOr<v1::ClaimCheck> Check(
      const v1::Claim& claim, google::protobuf::RepeatedPtrField<std::string>& unreachable) const {
    v1::ClaimCheck check;
    *check.mutable_claim() = claim;
    if (claim.expression().empty()) {
      check.set_verdict(v1::VERDICT_NOT_CHECKABLE);
      check.set_explanation(claim.reason().empty() ? "numbers cannot decide it" : claim.reason());
      return check;
    }
    STEELYARD_ASSIGN_OR_RETURN(const Formula formula, formula::MakeFormula(claim.expression()));
    check.mutable_claim()->set_expression(formula::Spell(formula.tree));
    formula::Axes axes = formula::AxesOfFormula(request_.axes(), formula.tree);
    if (request_.axes().empty()) {
      STEELYARD_ASSIGN_OR_RETURN(
          axes, AskDefaultAxes(call_, backends_, snapshot_, request_.definition(), formula, true));
    }
    const std::vector<formula::Variant> variants =
        formula::MakeVariants(request_.definition(), axes);
    STEELYARD_ASSIGN_OR_RETURN(formula::Readings readings,
                               formula::Read(call_, backends_, snapshot_,
                                             {.formula = formula,
                                              .definition = request_.definition(),
                                              .variants = variants,
                                              .without_source = claim.source()}));
    Judge(formula, std::move(readings.all), check);
    STEELYARD_RETURN_IF_ERROR(AskSources(call_, backends_, snapshot_, readings.sources,
                                         *check.mutable_sources(), unreachable));
    return check;
  }

 private:
  const rpc::Call& call_;
  const Backends& backends_;
  const v1::CheckClaimsRequest& request_;
  std::string snapshot_;
};

}  // namespace

absl::Status Validate(const v1::CheckClaimsRequest& request) {
  FieldErrors errors;
  if (request.claims_size() > kMostClaims) {
    errors.Add("claims", StrCat("at most ", kMostClaims, " claims, not ", request.claims_size()));
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < request.ids_size(); ++i) {
    if (!seen.insert(request.ids(i)).second) {
      errors.Add(StrCat("ids[", i, "]"), StrCat("'", request.ids(i), "' stands there twice"));
    }
  }
  for (int i = 0; i < request.claims_size(); ++i) {
    const std::string field = StrCat("claims[", i, "]");
    const absl::Status status = CheckClaim(request.claims(i), field);
    for (const auto& [place, allowed] : FieldsOf(status)) {
      errors.Add(place, allowed, ReasonOf(status));
    }
    if (!seen.insert(request.claims(i).id()).second) {
      errors.Add(StrCat(field, ".id"), StrCat("'", request.claims(i).id(), "' stands there twice"));
    }
  }
  formula::CheckAxes(request.axes(), "axes", errors);
  return errors.ToStatus();
}

absl::StatusOr<v1::CheckClaimsResponse> CheckClaims(const rpc::Call& call, const Backends& backends,
                                                    const v1::CheckClaimsRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<v1::Claim> claims, ClaimsOf(request));
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Snapshot snapshot,
                             PinSnapshot(call, backends, request.read()));
  v1::CheckClaimsResponse response;
  const Checker checker(call, backends, request, snapshot.token());
  std::set<std::string> unreachable;
  for (const v1::Claim& claim : claims) {
    google::protobuf::RepeatedPtrField<std::string> silent;
    absl::StatusOr<v1::ClaimCheck> check = checker.Check(claim, silent);
    if (!check.ok()) return Annotate(check.status(), StrCat("claim '", claim.id(), "'"));
    *response.add_checks() = *std::move(check);
    unreachable.insert(silent.begin(), silent.end());
  }
  for (const std::string& service : unreachable) response.add_unreachable(service);
  *response.mutable_snapshot() = snapshot;
  return response;
}

}  // namespace steelyard::strategy
