#include "services/registry/pending_relations.h"

#include <map>
#include <set>
#include <utility>

#include "services/common/text/strings.h"
#include "services/registry/rules.h"

namespace steelyard::registry {

void PendingRelations::Add(int64_t line, std::string company, Relation relation,
                           std::string_view place, std::string value) {
  pending_.push_back({.line = line,
                      .company = std::move(company),
                      .relation = std::move(relation),
                      .place = std::string(place),
                      .value = std::move(value)});
}

Parents PendingRelations::Ancestry() const {
  Parents ancestry;
  std::vector<std::string> asked;
  std::set<std::string> seen;
  const auto add = [&](const std::string& company, const std::string& parent) {
    ancestry[company].insert(parent);
    for (const std::string& id : {company, parent}) {
      if (seen.insert(id).second) asked.push_back(id);
    }
  };
  for (const Pending& pending : pending_) {
    const std::string company = draft_.SurvivorOf(pending.company);
    const std::string object = draft_.SurvivorOf(pending.relation.object);
    if (IsParent(pending.relation) && company != object) add(company, object);
  }
  while (!asked.empty()) {
    const std::string company = std::move(asked.back());
    asked.pop_back();
    const auto parents = draft_.parents().find(company);
    if (parents == draft_.parents().end()) continue;
    for (const std::string& parent : parents->second) add(company, parent);
  }
  return ancestry;
}

void PendingRelations::Settle() {
  const std::map<std::string, size_t> circles = CirclesOf(Ancestry());
  for (Pending& pending : std::exchange(pending_, {})) {
    const std::string company = draft_.SurvivorOf(pending.company);
    const std::string object = draft_.SurvivorOf(pending.relation.object);
    const bool in_a_circle = IsParent(pending.relation) && company != object &&
                             circles.at(company) == circles.at(object);
    Settle(std::move(pending), in_a_circle);
  }
}

void PendingRelations::Settle(Pending pending, bool in_a_circle) {
  RowFindings row(reporter_, pending.line);
  if (pending.company == pending.relation.object) {
    return row.Reject(pending.place, pending.value, "another company than this one is needed");
  }
  if (in_a_circle) {
    return row.Reject(
        pending.place, pending.value,
        StrCat("companies/", pending.company,
               " would be its own parent; the parents that close a circle are left out"));
  }
  switch (draft_.AddRelation(pending.company, std::move(pending.relation))) {
    case Draft::Added::kNew:
      return row.Accept();
    case Draft::Added::kGiven:
      return row.Duplicate(pending.place, pending.value,
                           "the import has given the company this relation before");
    case Draft::Added::kFull:
      return row.Reject(pending.place, pending.value,
                        StrCat("a company has at most ", kMostRelations, " relations"));
  }
}

}  // namespace steelyard::registry
