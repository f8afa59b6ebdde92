#include "services/strategy/validate.h"

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/validate_fields.h"

namespace steelyard::strategy {
namespace {

constexpr int kFewestRegions = 2;
constexpr int kMostRegions = 12;
constexpr int kMostTopK = 100;

void CheckTopK(int top_k, FieldErrors& errors) {
  if (top_k < 0 || top_k > kMostTopK) {
    errors.Add("top_k", StrCat("0 to ", kMostTopK, ", not ", top_k));
  }
}

}  // namespace

absl::Status Validate(const v1::CompareRegionsRequest& request) {
  FieldErrors errors;
  CheckRegions(request.regions(), kFewestRegions, kMostRegions, "compared", errors);
  CheckPeriod("period", request.period(), errors);
  CheckTopK(request.top_k(), errors);
  return errors.ToStatus();
}

absl::Status Validate(const v1::ProfileRegionRequest& request) {
  FieldErrors errors;
  CheckTerm("region", request.region(), errors);
  CheckPeriod("period", request.period(), errors);
  CheckTopK(request.top_k(), errors);
  return errors.ToStatus();
}

}  // namespace steelyard::strategy
