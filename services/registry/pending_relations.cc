#include "services/registry/pending_relations.h"

#include <map>
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

void PendingRelations::Settle() {
  Parents parents = draft_.parents();
  for (const Pending& pending : pending_) {
    const std::string company = draft_.SurvivorOf(pending.company);
    const std::string object = draft_.SurvivorOf(pending.relation.object);
    if (IsParent(pending.relation) && company != object) parents[company].insert(object);
  }
  const std::map<std::string, size_t> circles = CirclesOf(parents);
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
