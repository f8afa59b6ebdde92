#include "services/registry/identity.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::registry {
namespace {

bool IsOfMerge(const Decision& decision) {
  return decision.kind == DecisionKind::kMerged || decision.kind == DecisionKind::kSplit;
}

// The survivors whose companies a write touches.
std::set<std::string> Touched(const Redirects& after, std::span<const Company> written,
                              std::span<const Decision> made) {
  std::set<std::string> survivors;
  for (const Company& company : written) survivors.insert(after.SurvivorOf(company.id));
  for (const Decision& decision : made) {
    if (!IsOfMerge(decision)) continue;
    survivors.insert(after.SurvivorOf(decision.company));
    survivors.insert(after.SurvivorOf(decision.other));
  }
  return survivors;
}

template <typename T>
void TakeIfEmpty(T& field, const T& other) {
  if (field == T()) field = other;
}

absl::Status Merged(const std::string& company, const std::string& into) {
  return MakeError(common::v1::ERROR_REASON_COMPANY_MERGED,
                   StrCat("companies/", company, " is part of companies/", into,
                          "; name that one, or split companies/", company, " first"),
                   {{"company", company}, {"into", into}});
}

}  // namespace

Decision AboutMerge(DecisionKind kind, std::string company, std::string other, std::string source,
                    std::string comment) {
  std::string id = company;
  return {.id = std::move(id),
          .kind = kind,
          .company = std::move(company),
          .other = std::move(other),
          .source = std::move(source),
          .comment = std::move(comment)};
}

Decision AboutPair(DecisionKind kind, std::string one, std::string another, std::string source,
                   std::string comment) {
  if (another < one) std::swap(one, another);
  // No id has a space, so that no pair reads like an id or another pair.
  std::string id = StrCat(one, " ", another);
  return {.id = std::move(id),
          .kind = kind,
          .company = std::move(one),
          .other = std::move(another),
          .source = std::move(source),
          .comment = std::move(comment)};
}

std::string Canonical(const Decision& decision) {
  std::string bytes = StrCat(static_cast<int>(decision.kind), ";");
  for (const std::string* text :
       {&decision.company, &decision.other, &decision.source, &decision.comment}) {
    StrAppend(&bytes, text->size(), ":", *text);
  }
  return bytes;
}

Redirects::Redirects(std::span<const Decision> decisions) {
  for (const Decision& decision : decisions) {
    if (decision.kind == DecisionKind::kMerged) into_[decision.company] = decision.other;
  }
  // In order of id, so that the lists come sorted.
  for (const auto& [company, into] : into_) members_[SurvivorOf(company)].push_back(company);
}

std::string Redirects::SurvivorOf(const std::string& id) const {
  const std::string* survivor = &id;
  while (const std::string* into = IntoOf(*survivor)) survivor = into;
  return *survivor;
}

const std::string* Redirects::IntoOf(const std::string& id) const {
  const auto into = into_.find(id);
  return into == into_.end() ? nullptr : &into->second;
}

std::vector<std::string> Redirects::MembersOf(const std::string& survivor) const {
  std::vector<std::string> ids = {survivor};
  if (const auto members = members_.find(survivor); members != members_.end()) {
    ids.insert(ids.end(), members->second.begin(), members->second.end());
  }
  return ids;
}

bool Redirects::Concerns(const std::string& id) const {
  return into_.contains(id) || members_.contains(id);
}

std::vector<Decision> After(std::vector<Decision> before, std::span<const Decision> made) {
  std::erase_if(before, [&](const Decision& old) {
    return std::any_of(made.begin(), made.end(),
                       [&](const Decision& decision) { return decision.id == old.id; });
  });
  before.insert(before.end(), made.begin(), made.end());
  return before;
}

Company Join(std::span<const Company> records) {
  Company joined = records.front();
  for (const Company& record : records.subspan(1)) {
    if (joined.country.empty() && !record.country.empty()) joined.city.clear();
    TakeIfEmpty(joined.country, record.country);
    if (joined.country == record.country) TakeIfEmpty(joined.city, record.city);
    TakeIfEmpty(joined.founded_on, record.founded_on);
    TakeIfEmpty(joined.status, record.status);
    TakeIfEmpty(joined.website, record.website);
    TakeIfEmpty(joined.layers, record.layers);
    TakeIfEmpty(joined.sectors, record.sectors);
    TakeIfEmpty(joined.source_category, record.source_category);
    joined.merged.push_back(record.id);
    joined.sources.insert(joined.sources.end(), record.sources.begin(), record.sources.end());
    joined.identifiers.insert(joined.identifiers.end(), record.identifiers.begin(),
                              record.identifiers.end());
    joined.relations.insert(joined.relations.end(), record.relations.begin(),
                            record.relations.end());
    joined.headquarters.insert(joined.headquarters.end(), record.headquarters.begin(),
                               record.headquarters.end());
    joined.status_history.insert(joined.status_history.end(), record.status_history.begin(),
                                 record.status_history.end());
    for (CompanyName name : record.names) {
      if (name.kind == NameKind::kPreferred) {
        const bool agreed =
            std::any_of(joined.names.begin(), joined.names.end(), [&](const CompanyName& other) {
              return other.kind == NameKind::kPreferred && other.text == name.text;
            });
        if (agreed) continue;
        name.kind = NameKind::kAlias;
      }
      joined.names.push_back(std::move(name));
    }
  }
  std::sort(joined.merged.begin(), joined.merged.end());
  Normalize(joined);
  return joined;
}

std::vector<std::string> NeededRecords(const Redirects& after, std::span<const Company> written,
                                       std::span<const Decision> made) {
  std::set<std::string> needed;
  for (const std::string& survivor : Touched(after, written, made)) {
    const std::vector<std::string> members = after.MembersOf(survivor);
    needed.insert(members.begin(), members.end());
  }
  for (const Company& company : written) needed.erase(company.id);
  return {needed.begin(), needed.end()};
}

Plan MakePlan(const Redirects& before, const Redirects& after, std::span<const Company> written,
              std::span<const Decision> made, std::span<const Company> stored) {
  std::map<std::string_view, const Company*> records;
  for (const Company& record : stored) records.emplace(record.id, &record);
  for (const Company& record : written) records[record.id] = &record;
  Plan plan;
  for (const std::string& survivor : Touched(after, written, made)) {
    std::vector<Company> members;
    for (const std::string& id : after.MembersOf(survivor)) {
      const auto record = records.find(id);
      if (record == records.end()) continue;
      members.push_back(*record->second);
      if (id != survivor && before.IntoOf(id) == nullptr) plan.gone.push_back(id);
    }
    if (members.empty()) continue;
    if (members.size() == 1) {
      if (before.Concerns(survivor)) plan.whole.push_back(survivor);
      plan.companies.push_back(std::move(members.front()));
      continue;
    }
    plan.companies.push_back(Join(members));
    plan.records.insert(plan.records.end(), std::make_move_iterator(members.begin()),
                        std::make_move_iterator(members.end()));
  }
  return plan;
}

absl::Status CheckMerge(std::span<const Decision> decisions, const std::string& into,
                        std::span<const std::string> from) {
  const Redirects redirects(decisions);
  if (redirects.IntoOf(into) != nullptr) return Merged(into, redirects.SurvivorOf(into));
  std::set<std::string> one = {into};
  for (const std::string& company : from) {
    const std::string* already = redirects.IntoOf(company);
    if (already != nullptr && *already != into) return Merged(company, *already);
    one.insert(company);
  }
  for (const Decision& decision : decisions) {
    if (decision.kind != DecisionKind::kDistinct) continue;
    if (!one.contains(redirects.SurvivorOf(decision.company)) ||
        !one.contains(redirects.SurvivorOf(decision.other))) {
      continue;
    }
    return MakeError(common::v1::ERROR_REASON_COMPANIES_DISTINCT,
                     StrCat("it was decided that companies/", decision.company, " and companies/",
                            decision.other, " are different", decision.comment.empty() ? "" : ": ",
                            decision.comment, "; withdraw that first"),
                     {{"company", decision.company},
                      {"other", decision.other},
                      {"source", decision.source},
                      {"comment", decision.comment}});
  }
  return absl::OkStatus();
}

}  // namespace steelyard::registry
