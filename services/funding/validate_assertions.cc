// Requests about what sources say of rounds.

#include <set>

#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/page_asked.h"
#include "services/funding/reference/convert.h"
#include "services/funding/round_rules.h"
#include "services/funding/validate.h"

namespace steelyard::funding {
namespace {

constexpr int kPage = 50;
constexpr int kMostPage = 1000;
constexpr int kLongestReason = 500;
constexpr size_t kLongestSourceId = 64;

std::string TakeName(const std::string& name, std::string_view prefix, std::string_view field,
                     std::string_view rule, FieldErrors& errors) {
  std::string id = WithoutPrefix(name, prefix);
  if (!IsId(id)) errors.Add(std::string(field), std::string(rule));
  return id;
}

std::string TakeReason(const std::string& reason, FieldErrors& errors) {
  if (text::Truncate(reason, kLongestReason).size() < reason.size()) {
    errors.Add("reason", StrCat("must be at most ", kLongestReason, " characters"));
  }
  return reason;
}

template <typename Request>
absl::StatusOr<RoundLink> TakeDecision(const Request& request, bool holds) {
  FieldErrors errors;
  RoundLink link;
  link.round = TakeName(request.name(), kRoundPrefix, "name", kRoundNameRule, errors);
  link.related = TakeName(request.related(), kRoundPrefix, "related", kRoundNameRule, errors);
  if (link.related == link.round) errors.Add("related", "must be another round");
  if (!v1::RoundRelation_IsValid(request.relation()) ||
      request.relation() == v1::ROUND_RELATION_UNSPECIFIED) {
    errors.Add("relation", "must be ROUND_RELATION_SAME_AS or ROUND_RELATION_INCLUDED_IN");
  }
  link.relation = request.relation();
  link.holds = holds;
  link.origin = v1::LINK_ORIGIN_DECIDED;
  link.reason = TakeReason(request.reason(), errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return link;
}

template <typename Request>
absl::StatusOr<PairListing> TakeListing(const Request& request, std::string_view kind,
                                        const std::string& only, std::string_view prefix,
                                        std::string_view field, std::string_view rule) {
  FieldErrors errors;
  PairListing listing;
  if (!only.empty()) listing.only = TakeName(only, prefix, field, rule, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  listing.digest = DigestOf(kind, request);
  STEELYARD_ASSIGN_OR_RETURN(PageAsked page, TakePage(request, listing.digest, kPage, kMostPage));
  listing.limit = page.limit;
  listing.offset = page.offset;
  listing.read = std::move(page.read);
  return listing;
}

}  // namespace

absl::StatusOr<RoundAsked> Validate(const v1::GetRoundRequest& request) {
  FieldErrors errors;
  RoundAsked asked;
  asked.id = TakeName(request.name(), kRoundPrefix, "name", kRoundNameRule, errors);
  asked.policy = TakeSourcePolicy(request.definition(), "definition", RoundRuleFields(), errors);
  if (!v1::RoundView_IsValid(request.view())) errors.Add("view", "must be a value of RoundView");
  asked.with_resolution = request.view() == v1::ROUND_VIEW_RESOLUTION;
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return asked;
}

absl::StatusOr<std::string> Validate(const v1::ListAssertionsRequest& request) {
  FieldErrors errors;
  std::string id = TakeName(request.parent(), kRoundPrefix, "parent", kRoundNameRule, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return id;
}

absl::StatusOr<Retraction> Validate(const v1::RetractRoundRequest& request) {
  FieldErrors errors;
  Retraction retraction;
  retraction.round = TakeName(request.name(), kRoundPrefix, "name", kRoundNameRule, errors);
  for (int i = 0; i < request.sources_size(); ++i) {
    std::string id = WithoutPrefix(request.sources(i), kSourcePrefix);
    if (!IsId(id, kLongestSourceId)) {
      errors.Add(StrCat("sources[", i, "]"), "must be \"sources/{source}\"");
    }
    retraction.sources.push_back(std::move(id));
  }
  retraction.reason = TakeReason(request.reason(), errors);
  if (request.reason().empty()) errors.Add("reason", "is required");
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return retraction;
}

absl::StatusOr<RoundLink> Validate(const v1::LinkRoundsRequest& request) {
  return TakeDecision(request, true);
}

absl::StatusOr<RoundLink> Validate(const v1::UnlinkRoundsRequest& request) {
  return TakeDecision(request, false);
}

absl::StatusOr<PairListing> Validate(const v1::ListRoundLinksRequest& request) {
  return TakeListing(request, "links", request.round(), kRoundPrefix, "round", kRoundNameRule);
}

absl::StatusOr<PairListing> Validate(const v1::ListDuplicateRoundsRequest& request) {
  return TakeListing(request, "duplicates", request.company(), kCompanyPrefix, "company",
                     "must be \"companies/{company}\"");
}

}  // namespace steelyard::funding
