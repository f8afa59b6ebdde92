#pragma once

// Who is whose parent. Pure functions.

#include <compare>
#include <map>
#include <set>
#include <string>

#include "services/registry/company.h"

namespace steelyard::registry {

// The parents of companies, by the ids that readers see.
using Parents = std::map<std::string, std::set<std::string>>;

// That one company is the parent of another, as a source says; empty when nobody in particular
// does.
struct Ownership {
  std::string company;
  std::string parent;
  std::string source;

  auto operator<=>(const Ownership&) const = default;
};

// Whether a relation is to a parent and has not ended.
bool IsParent(const Relation& relation);

// The circles in which companies own one another: a company has the number of another one when each
// is reached from the other through parents. Holds every company that has or is a parent. Takes
// time linear in what there is.
std::map<std::string, size_t> CirclesOf(const Parents& parents);

}  // namespace steelyard::registry
