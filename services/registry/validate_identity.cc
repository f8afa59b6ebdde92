// Checks of the requests that are about who is who.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/rules.h"
#include "services/registry/validate.h"
#include "services/registry/validate_parts.h"

namespace steelyard::registry {
namespace {

constexpr int kMostMerged = 100;
constexpr int kMostRetracted = 100;
constexpr int kLongestComment = 500;

// Source, comment and request_id of a decision; gives the source's id.
template <typename Request>
std::string TakeOrigin(const Request& request, FieldErrors& errors) {
  if (const std::string fault = CheckText(request.comment(), kLongestComment); !fault.empty()) {
    errors.Add("comment", fault);
  }
  CheckRequestId(request.request_id(), errors);
  if (request.source().empty()) return "";
  return TakeId(request.source(), kSources, "source", CheckSourceId, errors);
}

std::string TakeCompany(const std::string& name, const std::string& field, FieldErrors& errors) {
  return TakeId(name, kCompanies, field, CheckCompanyId, errors);
}

}  // namespace

absl::StatusOr<MergeAsked> Validate(const v1::MergeCompaniesRequest& request) {
  FieldErrors errors;
  MergeAsked asked{.into = TakeCompany(request.into(), "into", errors), .from = {}, .source = {}};
  if (request.from().empty() || request.from_size() > kMostMerged) {
    errors.Add("from", StrCat("1 to ", kMostMerged, " companies are allowed"));
    return errors.ToStatus();
  }
  std::set<std::string> from;
  for (int i = 0; i < request.from_size(); ++i) {
    const std::string field = StrCat("from[", i, "]");
    const std::string id = TakeCompany(request.from(i), field, errors);
    if (id == asked.into)
      errors.Add(field, "is `into` itself; a company is not merged into itself");
    if (!from.insert(id).second) errors.Add(field, "repeats an earlier company; each occurs once");
  }
  asked.from.assign(from.begin(), from.end());
  asked.source = TakeOrigin(request, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return asked;
}

absl::StatusOr<DecisionAsked> Validate(const v1::SplitCompanyRequest& request) {
  FieldErrors errors;
  DecisionAsked asked{.company = TakeCompany(request.name(), "name", errors),
                      .other = {},
                      .source = TakeOrigin(request, errors)};
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return asked;
}

absl::StatusOr<DecisionAsked> Validate(const v1::DistinguishCompaniesRequest& request) {
  FieldErrors errors;
  DecisionAsked asked{.company = TakeCompany(request.company(), "company", errors),
                      .other = TakeCompany(request.other(), "other", errors),
                      .source = TakeOrigin(request, errors)};
  if (asked.company == asked.other) errors.Add("other", "another company than `company` is needed");
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return asked;
}

absl::StatusOr<RetractionAsked> Validate(const v1::RetractCompanyRequest& request) {
  FieldErrors errors;
  RetractionAsked asked{.company = TakeCompany(request.name(), "name", errors), .sources = {}};
  if (request.sources().empty() || request.sources_size() > kMostRetracted) {
    errors.Add("sources", StrCat("1 to ", kMostRetracted, " sources are allowed"));
    return errors.ToStatus();
  }
  std::set<std::string> sources;
  for (int i = 0; i < request.sources_size(); ++i) {
    const std::string field = StrCat("sources[", i, "]");
    const std::string id = TakeId(request.sources(i), kSources, field, CheckSourceId, errors);
    if (!sources.insert(id).second)
      errors.Add(field, "repeats an earlier source; each occurs once");
  }
  asked.sources.assign(sources.begin(), sources.end());
  const std::string fault =
      request.reason().empty() ? "must say why" : CheckText(request.reason(), kLongestComment);
  if (!fault.empty()) errors.Add("reason", fault);
  CheckRequestId(request.request_id(), errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return asked;
}

absl::StatusOr<std::vector<std::string>> Validate(const v1::ListCompanyAssertionsRequest& request) {
  FieldErrors errors;
  std::vector<std::string> ids = {TakeCompany(request.parent(), "parent", errors)};
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return ids;
}

absl::StatusOr<Listing> Validate(const v1::GetCompanyHistoryRequest& request) {
  Listing listing;
  FieldErrors errors;
  listing.ids = {TakeCompany(request.name(), "name", errors)};
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  listing.digest = Framed({"history", request.name(), request.read().SerializeAsString()});
  STEELYARD_RETURN_IF_ERROR(
      TakePage(request.page_size(), request.page_token(), request.read(), listing));
  return listing;
}

absl::StatusOr<Listing> Validate(const v1::ListIdentityDecisionsRequest& request) {
  Listing listing;
  FieldErrors errors;
  if (!request.company().empty()) {
    listing.ids = {TakeCompany(request.company(), "company", errors)};
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  listing.digest = Framed({"decisions", request.company(), request.read().SerializeAsString()});
  STEELYARD_RETURN_IF_ERROR(
      TakePage(request.page_size(), request.page_token(), request.read(), listing));
  return listing;
}

absl::StatusOr<Listing> Validate(const v1::ListDuplicateCompaniesRequest& request) {
  Listing listing;
  FieldErrors errors;
  if (!request.company().empty()) {
    listing.ids = {TakeCompany(request.company(), "company", errors)};
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  listing.digest = Framed({"duplicates", request.company(), request.read().SerializeAsString()});
  STEELYARD_RETURN_IF_ERROR(
      TakePage(request.page_size(), request.page_token(), request.read(), listing));
  return listing;
}

}  // namespace steelyard::registry
