#include "services/registry/imported_parents.h"

#include <map>
#include <utility>

namespace steelyard::registry {
namespace {

Ownership Led(const Redirects& redirects, const Ownership& owned) {
  return {.company = redirects.SurvivorOf(owned.company),
          .parent = redirects.SurvivorOf(owned.parent),
          .source = owned.source};
}

}  // namespace

ImportedParents::ImportedParents(const Directory& directory)
    : redirects_(directory.redirects), stored_(directory.owned.begin(), directory.owned.end()) {}

Ownership ImportedParents::Seen(const std::string& record, const Relation& relation) const {
  return Led(redirects_, {.company = record, .parent = relation.object, .source = relation.source});
}

void ImportedParents::Add(const std::string& record, const Relation& relation) {
  if (relation.kind != RelationKind::kParent) return;
  restated_.insert(Seen(record, relation));
  if (!IsParent(relation)) return;
  added_.insert({.company = record, .parent = relation.object, .source = relation.source});
  seen_.insert(Seen(record, relation));
}

void ImportedParents::Keep(const std::string& record, const Relation& relation) {
  if (relation.kind == RelationKind::kParent) kept_.insert(Seen(record, relation));
}

std::set<std::string> ImportedParents::Of(const std::string& company,
                                          const std::set<Ownership>& restated) const {
  std::set<std::string> parents;
  for (const std::set<Ownership>* owned : {&stored_, &seen_}) {
    for (auto at = owned->lower_bound({.company = company, .parent = "", .source = ""});
         at != owned->end() && at->company == company; ++at) {
      const bool gone = owned == &stored_ && !kept_.contains(*at) &&
                        (restated.contains(*at) || restated_.contains(*at));
      if (!gone) parents.insert(at->parent);
    }
  }
  return parents;
}

bool ImportedParents::Had(const std::string& company, const std::string& parent) const {
  const auto at = stored_.lower_bound({.company = company, .parent = parent, .source = ""});
  return at != stored_.end() && at->company == company && at->parent == parent;
}

std::string ImportedParents::CircleIn(const Directory& put) const {
  Parents parents;
  for (const Ownership& owned : put.owned) parents[owned.company].insert(owned.parent);
  const std::map<std::string, size_t> circles = CirclesOf(parents);
  for (const Ownership& added : added_) {
    const Ownership owned = Led(put.redirects, added);
    const auto parents_of = parents.find(owned.company);
    if (owned.company == owned.parent || Had(owned.company, owned.parent)) continue;
    if (parents_of == parents.end() || !parents_of->second.contains(owned.parent)) continue;
    if (circles.at(owned.company) == circles.at(owned.parent)) return owned.company;
  }
  return "";
}

}  // namespace steelyard::registry
