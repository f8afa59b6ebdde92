#include "services/registry/duplicates.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/registry/identifier.h"

namespace steelyard::registry {
namespace {

// Companies are read by so many at once.
constexpr size_t kAtOnce = 1000;

using Texts = std::set<std::string>;

Texts NamesOf(const Company& company) {
  Texts names;
  for (const CompanyName& name : company.names) {
    if (name.kind != NameKind::kTicker) names.insert(text::Fold(name.text));
  }
  names.erase("");
  return names;
}

Texts DomainsOf(const Company& company) {
  Texts domains;
  for (const Identifier& identifier : company.identifiers) {
    if (identifier.scheme == "domain") domains.insert(identifier.value);
  }
  if (const absl::StatusOr<std::string> domain = DomainOf(company.website); domain.ok()) {
    domains.insert(*domain);
  }
  return domains;
}

void AddShared(const Texts& one, const Texts& another, DuplicateReasonKind kind,
               std::vector<DuplicateReason>& reasons) {
  std::vector<std::string> shared;
  std::set_intersection(one.begin(), one.end(), another.begin(), another.end(),
                        std::back_inserter(shared));
  for (std::string& value : shared) reasons.push_back({.kind = kind, .value = std::move(value)});
}

CompanyPair PairOf(const std::string& one, const std::string& another) {
  return std::minmax(one, another);
}

// Pairs that need no review.
std::set<CompanyPair> Decided(const std::vector<Decision>& decisions) {
  const Redirects redirects(decisions);
  std::set<CompanyPair> pairs;
  for (const Decision& decision : decisions) {
    if (decision.kind != DecisionKind::kDistinct && decision.kind != DecisionKind::kSplit) continue;
    pairs.insert(
        PairOf(redirects.SurvivorOf(decision.company), redirects.SurvivorOf(decision.other)));
  }
  return pairs;
}

absl::StatusOr<std::map<std::string, Company>> ReadAll(const Context& context, const Store& store,
                                                       int64_t revision,
                                                       const std::vector<CompanyPair>& pairs) {
  Texts ids;
  for (const auto& [company, other] : pairs) ids.insert({company, other});
  const std::vector<std::string> list(ids.begin(), ids.end());
  std::map<std::string, Company> companies;
  for (size_t first = 0; first < list.size(); first += kAtOnce) {
    const auto part = std::span(list).subspan(first, std::min(kAtOnce, list.size() - first));
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> read, store.Companies(context, revision, part));
    for (Company& company : read) companies.emplace(company.id, company);
  }
  return companies;
}

}  // namespace

std::vector<DuplicateReason> ReasonsOf(const Company& one, const Company& another) {
  std::vector<DuplicateReason> reasons;
  AddShared(DomainsOf(one), DomainsOf(another), DuplicateReasonKind::kDomain, reasons);
  const bool known = !one.country.empty() && !another.country.empty();
  if (!known || one.country == another.country) {
    AddShared(NamesOf(one), NamesOf(another),
              known ? DuplicateReasonKind::kNameAndCountry : DuplicateReasonKind::kName, reasons);
  }
  return reasons;
}

absl::StatusOr<std::vector<Duplicate>> FindDuplicates(const Context& context, const Store& store,
                                                      int64_t revision) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                             store.Decisions(context, revision));
  const std::set<CompanyPair> decided = Decided(decisions);
  STEELYARD_ASSIGN_OR_RETURN(
      std::vector<CompanyPair> pairs,
      store.LookAlikes(context, revision, kMostDuplicates + static_cast<int>(decided.size())));
  std::erase_if(pairs, [&](const CompanyPair& pair) { return decided.contains(pair); });
  pairs.resize(std::min<size_t>(pairs.size(), kMostDuplicates));
  STEELYARD_ASSIGN_OR_RETURN(const auto companies, ReadAll(context, store, revision, pairs));
  std::vector<Duplicate> duplicates;
  for (const auto& [company, other] : pairs) {
    Duplicate duplicate{.company = companies.at(company), .other = companies.at(other)};
    duplicate.reasons = ReasonsOf(duplicate.company, duplicate.other);
    if (!duplicate.reasons.empty()) duplicates.push_back(std::move(duplicate));
  }
  const auto key = [](const Duplicate& duplicate) {
    return std::make_tuple(duplicate.reasons.front().kind,
                           -static_cast<int64_t>(duplicate.reasons.size()),
                           std::cref(duplicate.company.id), std::cref(duplicate.other.id));
  };
  std::sort(duplicates.begin(), duplicates.end(),
            [&](const Duplicate& a, const Duplicate& b) { return key(a) < key(b); });
  return duplicates;
}

}  // namespace steelyard::registry
