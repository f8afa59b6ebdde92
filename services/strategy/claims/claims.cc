#include "services/strategy/claims/claims.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "google/protobuf/util/json_util.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/readings.h"

namespace steelyard::strategy {
namespace {

constexpr size_t kMostIdBytes = 100;
constexpr size_t kMostTextBytes = 2000;
constexpr std::string_view kSourcePrefix = "sources/";

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= kMostIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

absl::Status CheckExpression(const std::string& expression) {
  STEELYARD_ASSIGN_OR_RETURN(const formula::Formula formula, formula::MakeFormula(expression));
  if (formula.IsCondition()) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   "a claim is a condition, such as a > b, not a number");
}

}  // namespace

absl::Status CheckClaim(const v1::Claim& claim, std::string_view field) {
  FieldErrors errors;
  if (!IsId(claim.id())) {
    errors.Add(StrCat(field, ".id"),
               StrCat("1 to ", kMostIdBytes, " lower-case letters, digits and '-'"));
  }
  if (claim.text().size() > kMostTextBytes) {
    errors.Add(StrCat(field, ".text"), StrCat("at most ", kMostTextBytes, " bytes"));
  }
  if (!claim.source().empty() && !claim.source().starts_with(kSourcePrefix)) {
    errors.Add(StrCat(field, ".source"), "a source is \"sources/{source}\"");
  }
  if (!claim.expression().empty()) {
    errors.Add(StrCat(field, ".expression"), CheckExpression(claim.expression()));
  }
  return errors.ToStatus();
}

absl::StatusOr<std::vector<v1::Claim>> ParseClaims(std::span<const std::string_view> files) {
  std::vector<v1::Claim> claims;
  FieldErrors errors;
  for (const std::string_view file : files) {
    v1::ListClaimsResponse list;
    const auto parsed = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(file.data(), file.size()), &list);
    if (!parsed.ok()) {
      errors.Add("claims", StrCat("no list of claims in JSON: ", parsed.ToString()));
    }
    claims.insert(claims.end(), list.claims().begin(), list.claims().end());
  }
  std::sort(claims.begin(), claims.end(),
            [](const v1::Claim& a, const v1::Claim& b) { return a.id() < b.id(); });
  for (size_t i = 0; i < claims.size(); ++i) {
    const v1::Claim& claim = claims[i];
    errors.Add("claims", CheckClaim(claim, StrCat("claims '", claim.id(), "'")));
    if (claim.expression().empty() == claim.reason().empty()) {
      errors.Add(StrCat("claims '", claim.id(), "'"), "either an expression or a reason");
    }
    if (i > 0 && claims[i - 1].id() == claim.id()) {
      errors.Add(StrCat("claims '", claim.id(), "'.id"), "stands there twice");
    }
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return claims;
}

const std::vector<v1::Claim>& ShippedClaims() {
  static const auto* const claims = new std::vector<v1::Claim>(
      ParseClaims(ShippedClaimFiles()).value_or(std::vector<v1::Claim>()));
  return *claims;
}

}  // namespace steelyard::strategy
