#pragma once

// Relations that the rows of a file give. Parents wait until all of it is read: only then is it
// known which of them go round in a circle.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/registry/draft.h"
#include "services/registry/row_findings.h"

namespace steelyard::registry {

// Keeps at most kMostRelations of a company. Not thread-safe.
class PendingRelations {
 public:
  // `place` names the relations' objects in findings.
  PendingRelations(Draft& draft, ingest::Reporter& reporter, std::string_view place)
      : draft_(draft), reporter_(reporter), place_(place) {}

  // A row's relation of a company that exists to another that exists; `value` names the other one
  // in findings. The row is accepted, rejected or a duplicate, now or when it is settled.
  void Add(int64_t line, std::string company, Relation relation, std::string value);
  // A row about the relation was rejected: what its source said of it before is kept.
  void Keep(const std::string& company, const Relation& relation) {
    draft_.Keep(company, relation);
  }

  // Takes all parents into the draft. Rejected are those by which a company would own itself,
  // unless the registry has them already: all of a circle's that the file gives, as nothing tells
  // which of them is wrong. CANCELLED and DEADLINE_EXCEEDED.
  absl::Status Settle(const Context& context);

 private:
  struct Pending {
    int64_t line = 0;
    std::string company;
    Relation relation;
    std::string value;
  };
  void Take(const Pending& pending);
  void Reject(const Pending& pending, std::string_view reason);
  // The pending parents and all that is above them: a circle that they close lies in it.
  Parents Ancestry() const;

  Draft& draft_;
  ingest::Reporter& reporter_;
  const std::string_view place_;
  std::vector<Pending> parents_;
  std::unordered_map<std::string, size_t> counts_;  // of parents_, by company
};

}  // namespace steelyard::registry
