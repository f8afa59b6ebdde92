#include "services/funding/reference/facet_policy.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

constexpr std::pair<FacetPolicy, std::string_view> kPolicies[] = {
    {FacetPolicy::kListedOrder, "listed-order/1"},   {FacetPolicy::kPriority, "priority/1"},
    {FacetPolicy::kFreshest, "freshest/1"},          {FacetPolicy::kMedian, "median/1"},
    {FacetPolicy::kMostComplete, "most-complete/1"},
};

constexpr std::string_view kOnly = "only candidate";
constexpr std::string_view kDefaultOrder = "first in the default order";

// Whether the first of two candidates is better; false both ways where the policy cannot tell.
using Better = std::function<bool(const FacetCandidate& a, const FacetCandidate& b)>;

// The best candidate, and by which rule: `named` when the policy's own preference was enough.
FacetChoice Best(std::span<const FacetCandidate> candidates, const Better& better,
                 std::string_view named) {
  size_t best = 0;
  for (size_t i = 1; i < candidates.size(); ++i) {
    const FacetCandidate& a = candidates[i];
    const FacetCandidate& b = candidates[best];
    if (better(a, b) || (!better(b, a) && CandidateLess(a, b))) {
      best = i;
    }
  }
  bool alone = true;       // nothing else is as good
  bool preferred = false;  // something else is worse
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i != best) {
      alone = alone && better(candidates[best], candidates[i]);
      preferred = preferred || better(candidates[best], candidates[i]);
    }
  }
  if (alone) {
    return {std::string(named), {best}};
  }
  return {preferred ? StrCat(named, ", then ", kDefaultOrder) : std::string(kDefaultOrder), {best}};
}

FacetChoice ByPriority(const std::vector<std::string>& priority,
                       std::span<const FacetCandidate> candidates) {
  const auto rank = [&](const FacetCandidate& candidate) {
    return std::find(priority.begin(), priority.end(), candidate.facet.source) - priority.begin();
  };
  return Best(
      candidates,
      [&](const FacetCandidate& a, const FacetCandidate& b) { return rank(a) < rank(b); },
      "first listed source");
}

FacetChoice Median(std::span<const FacetCandidate> candidates) {
  std::vector<size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return candidates[a].exact != candidates[b].exact ? candidates[a].exact < candidates[b].exact
                                                      : CandidateLess(candidates[a], candidates[b]);
  });
  const size_t middle = order.size() / 2;
  if (order.size() % 2 == 1) {
    return {"middle value", {order[middle]}};
  }
  return {"mean of the middle two", {order[middle - 1], order[middle]}};
}

FacetChoice Choose(const FacetRule& rule, std::span<const FacetCandidate> candidates) {
  switch (rule.policy) {
    case FacetPolicy::kPriority:
      return ByPriority(rule.priority, candidates);
    case FacetPolicy::kFreshest:
      return Best(
          candidates,
          [](const FacetCandidate& a, const FacetCandidate& b) {
            return VintageLess(b.vintage, a.vintage);
          },
          "latest vintage");
    case FacetPolicy::kMedian:
      return Median(candidates);
    case FacetPolicy::kMostComplete:
      return Best(
          candidates,
          [](const FacetCandidate& a, const FacetCandidate& b) { return a.covered > b.covered; },
          "covers most");
    case FacetPolicy::kListedOrder:
      break;
  }
  return Best(candidates, CandidateLess, kDefaultOrder);
}

}  // namespace

std::string_view IdOf(FacetPolicy policy) {
  const auto* const found = std::find_if(std::begin(kPolicies), std::end(kPolicies),
                                         [&](const auto& entry) { return entry.first == policy; });
  return found->second;
}

std::optional<FacetPolicy> FacetPolicyOf(std::string_view id) {
  for (const auto& [policy, known] : kPolicies) {
    if (known == id) {
      return policy;
    }
  }
  return std::nullopt;
}

absl::Status UnknownPolicy(std::string_view id) {
  std::vector<std::string> ids;
  for (const auto& [policy, known] : kPolicies) {
    ids.emplace_back(known);
  }
  const std::string allowed = StrJoin(ids, ", ");
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   StrCat("must be one of ", allowed, ", not \"", id, "\""),
                   {{"value", std::string(id)}, {"allowed", allowed}});
}

bool CandidateLess(const FacetCandidate& a, const FacetCandidate& b) {
  if (FacetLess(a.facet, b.facet) != FacetLess(b.facet, a.facet)) {
    return FacetLess(a.facet, b.facet);
  }
  return a.region < b.region;
}

FacetChoice ChooseFacet(const FacetRule& rule, std::span<const FacetCandidate> candidates) {
  FacetChoice choice =
      candidates.size() == 1 ? FacetChoice{std::string(kOnly), {0}} : Choose(rule, candidates);
  choice.rule = StrCat(IdOf(rule.policy), ": ", choice.rule);
  return choice;
}

}  // namespace steelyard::funding
