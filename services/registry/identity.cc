#include "services/registry/identity.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/record.h"

namespace steelyard::registry {
namespace {

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

std::string RetractedContent(const Company& record) {
  return StrCat("=", ledger::ContentDigest(ContentOf(record)));
}

Decision AboutWord(const Company& record, std::string source, std::string comment) {
  std::string content = RetractedContent(record);
  // Comes after what is decided about the id and before its pairs.
  std::string id = StrCat(record.id, "  ", source, " ", content);
  return {.id = std::move(id),
          .kind = DecisionKind::kRetracted,
          .company = record.id,
          .other = std::move(content),
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
