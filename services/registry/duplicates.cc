#include "services/registry/duplicates.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/registry/find.h"
#include "services/registry/identifier.h"
#include "services/registry/match/alike.h"

namespace steelyard::registry {
namespace {

// Companies are read by so many at once.
constexpr size_t kAtOnce = 1000;
// What is like a company's name beyond that is not like it.
constexpr size_t kMostAlike = 50;

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

// Pairs to look at, with the name that the matcher found similar.
using Likely = std::map<CompanyPair, std::optional<match::Alike>>;

void AddAlike(std::vector<match::Alike> alike, Likely& likely) {
  for (match::Alike& one : alike) {
    const CompanyPair pair = PairOf(one.company, one.other);
    likely[pair] = std::move(one);
  }
}

// What shares a domain or a name, or the words of a name.
absl::StatusOr<Likely> LikelyPairs(const Context& context, const Store& store,
                                   const match::Index& names, int64_t revision, size_t decided) {
  const int most = kMostDuplicates + static_cast<int>(decided);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<CompanyPair> pairs,
                             store.LookAlikes(context, revision, most));
  Likely likely;
  for (const CompanyPair& pair : pairs) likely[pair];
  STEELYARD_ASSIGN_OR_RETURN(
      std::vector<match::Alike> alike,
      match::FindAlike(context, names, revision, match::NewestMethod(), static_cast<size_t>(most)));
  AddAlike(std::move(alike), likely);
  return likely;
}

// What is like a company in any way.
absl::StatusOr<Likely> LikelyPairsWith(const Context& context, const match::Index& names,
                                       int64_t revision, const std::string& company) {
  STEELYARD_ASSIGN_OR_RETURN(
      std::vector<match::Alike> alike,
      match::FindAlikeTo(context, names, revision, match::NewestMethod(), company, kMostAlike));
  Likely likely;
  AddAlike(std::move(alike), likely);
  return likely;
}

// Names that are equal are a reason of their own, or, in different countries, one only for who asks
// for all that is like a company.
void AddSimilar(const std::optional<match::Alike>& similar, bool namesakes, Duplicate& duplicate) {
  if (!similar.has_value() || similar->other_name.empty()) return;
  for (const DuplicateReason& reason : duplicate.reasons) {
    if (reason.kind != DuplicateReasonKind::kDomain) return;
  }
  if (!namesakes && text::Fold(similar->name) == text::Fold(similar->other_name)) return;
  const bool in_order = similar->company == duplicate.company.id;
  duplicate.reasons.push_back({.kind = DuplicateReasonKind::kSimilarName,
                               .value = in_order ? similar->other_name : similar->name,
                               .score = similar->score});
}

absl::StatusOr<std::map<std::string, Company>> ReadAll(const Context& context, const Store& store,
                                                       int64_t revision, const Likely& pairs) {
  Texts ids;
  for (const auto& [pair, similar] : pairs) ids.insert({pair.first, pair.second});
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
                                                      const match::Index& names, int64_t revision,
                                                      const std::string& company) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                             store.Decisions(context, revision));
  const std::set<CompanyPair> decided = Decided(decisions);
  STEELYARD_ASSIGN_OR_RETURN(
      Likely likely, company.empty() ? LikelyPairs(context, store, names, revision, decided.size())
                                     : LikelyPairsWith(context, names, revision,
                                                       Redirects(decisions).SurvivorOf(company)));
  std::erase_if(likely, [&](const auto& pair) { return decided.contains(pair.first); });
  STEELYARD_ASSIGN_OR_RETURN(const auto companies, ReadAll(context, store, revision, likely));
  if (!company.empty() && likely.empty()) {
    STEELYARD_RETURN_IF_ERROR(FindCompanies(context, store, revision, {company}).status());
  }
  std::vector<Duplicate> duplicates;
  for (const auto& [pair, similar] : likely) {
    Duplicate duplicate{.company = companies.at(pair.first), .other = companies.at(pair.second)};
    duplicate.reasons = ReasonsOf(duplicate.company, duplicate.other);
    AddSimilar(similar, !company.empty(), duplicate);
    if (!duplicate.reasons.empty()) duplicates.push_back(std::move(duplicate));
  }
  const auto key = [](const Duplicate& duplicate) {
    return std::make_tuple(duplicate.reasons.front().kind,
                           -static_cast<int64_t>(duplicate.reasons.size()),
                           -duplicate.reasons.back().score, std::cref(duplicate.company.id),
                           std::cref(duplicate.other.id));
  };
  std::sort(duplicates.begin(), duplicates.end(),
            [&](const Duplicate& a, const Duplicate& b) { return key(a) < key(b); });
  return duplicates;
}

}  // namespace steelyard::registry
