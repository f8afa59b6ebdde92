#include "services/registry/pending_relations.h"

#include <map>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

// How often the context is looked at.
constexpr size_t kRowsBetweenChecks = 1024;

std::string NoRoom() { return StrCat("a company has at most ", kMostRelations, " relations"); }

}  // namespace

void PendingRelations::Add(int64_t line, std::string company, Relation relation,
                           std::string value) {
  Pending pending{.line = line,
                  .company = std::move(company),
                  .relation = std::move(relation),
                  .value = std::move(value)};
  const Ownership seen = draft_.parents().Seen(pending.company, pending.relation);
  if (seen.company == seen.parent) {
    return Reject(pending, "another company than this one is needed");
  }
  if (!IsParent(pending.relation)) return Take(pending);
  if (++counts_[pending.company] > kMostRelations) return Reject(pending, NoRoom());
  parents_.push_back(std::move(pending));
}

Parents PendingRelations::Ancestry() const {
  Parents ancestry;
  std::vector<std::string> asked;
  std::set<std::string> seen;
  const auto add = [&](const std::string& company, const std::string& parent) {
    ancestry[company].insert(parent);
    for (const std::string* id : {&company, &parent}) {
      if (seen.insert(*id).second) asked.push_back(*id);
    }
  };
  std::set<Ownership> restated;
  for (const Pending& pending : parents_) {
    restated.insert(draft_.parents().Seen(pending.company, pending.relation));
  }
  for (const Ownership& owned : restated) add(owned.company, owned.parent);
  while (!asked.empty()) {
    const std::string company = std::move(asked.back());
    asked.pop_back();
    for (const std::string& parent : draft_.parents().Of(company, restated)) add(company, parent);
  }
  return ancestry;
}

absl::Status PendingRelations::Settle(const Context& context) {
  const std::map<std::string, size_t> circles = CirclesOf(Ancestry());
  size_t rows = 0;
  for (const Pending& pending : std::exchange(parents_, {})) {
    if (++rows % kRowsBetweenChecks == 0) STEELYARD_RETURN_IF_ERROR(context.Check());
    const Ownership seen = draft_.parents().Seen(pending.company, pending.relation);
    const bool in_a_circle = circles.at(seen.company) == circles.at(seen.parent);
    if (in_a_circle && !draft_.parents().Had(seen.company, seen.parent)) {
      Reject(pending,
             StrCat("companies/", pending.company,
                    " would be its own parent; the parents that close a circle are left out"));
    } else {
      Take(pending);
    }
  }
  return absl::OkStatus();
}

void PendingRelations::Reject(const Pending& pending, std::string_view reason) {
  draft_.Keep(pending.company, pending.relation);
  RowFindings(reporter_, pending.line).Reject(place_, pending.value, reason);
}

void PendingRelations::Take(const Pending& pending) {
  switch (draft_.AddRelation(pending.company, pending.relation)) {
    case Draft::Added::kNew:
      return RowFindings(reporter_, pending.line).Accept();
    case Draft::Added::kGiven:
      return RowFindings(reporter_, pending.line)
          .Duplicate(place_, pending.value,
                     "the import has given the company this relation before");
    case Draft::Added::kFull:
      return Reject(pending, NoRoom());
  }
}

}  // namespace steelyard::registry
