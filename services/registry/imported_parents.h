#pragma once

// Who is whose parent while files are read: what the registry says, and what the import says
// instead or besides.

#include <set>
#include <string>

#include "services/registry/company.h"
#include "services/registry/parents.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// Not thread-safe.
class ImportedParents {
 public:
  explicit ImportedParents(const Directory& directory);

  // A relation that the import gives a record. What its source said of the same parent before
  // counts no more.
  void Add(const std::string& record, const Relation& relation);

  // What the source said of the parent before counts all the same.
  void Keep(const std::string& record, const Relation& relation);

  // The company that an id is part of: itself unless it was merged.
  std::string SurvivorOf(const std::string& id) const { return redirects_.SurvivorOf(id); }
  // A relation as readers see it.
  Ownership Seen(const std::string& record, const Relation& relation) const;
  // The parents of a company as readers see them, but for those of the registry that sources
  // restate: in what was added, or in `restated`, which is to come.
  std::set<std::string> Of(const std::string& company, const std::set<Ownership>& restated) const;
  // Whether the registry has the parent, whoever says so.
  bool Had(const std::string& company, const std::string& parent) const;

  // Whether any parent was added.
  bool any() const { return !added_.empty(); }
  // A company that owns itself by the parents added, in what the registry has once the import is
  // put, and did not before; empty when none does.
  std::string CircleIn(const Directory& put) const;

 private:
  Redirects redirects_;
  std::set<Ownership> stored_;    // as readers see them
  std::set<Ownership> added_;     // of records
  std::set<Ownership> seen_;      // the same, as readers see them
  std::set<Ownership> restated_;  // of the import, also ended ones; as readers see them
  std::set<Ownership> kept_;      // that count all the same; as readers see them
};

}  // namespace steelyard::registry
