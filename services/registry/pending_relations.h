#pragma once

// Relations that the rows of a file give, until all of it is read: only then is it known which
// parents go round in a circle.

#include <cstdint>
#include <string>
#include <vector>

#include "services/registry/draft.h"
#include "services/registry/row_findings.h"

namespace steelyard::registry {

// Not thread-safe.
class PendingRelations {
 public:
  PendingRelations(Draft& draft, ingest::Reporter& reporter) : draft_(draft), reporter_(reporter) {}

  // A row's relation of a company that exists to another that exists. `place` and `value` name the
  // row in findings.
  void Add(int64_t line, std::string company, Relation relation, std::string_view place,
           std::string value);

  // Takes the relations into the draft; each row is accepted, rejected or a duplicate now. Rejected
  // are relations of a company to itself, those that a company has no room for, and parents by
  // which a company would own itself: all of a circle's that the file gives, as nothing tells which
  // of them is wrong.
  void Settle();

 private:
  struct Pending {
    int64_t line = 0;
    std::string company;
    Relation relation;
    std::string place;
    std::string value;
  };
  void Settle(Pending pending, bool in_a_circle);
  // The pending parents and all that is above them: a circle that they close lies in it.
  Parents Ancestry() const;

  Draft& draft_;
  ingest::Reporter& reporter_;
  std::vector<Pending> pending_;
};

}  // namespace steelyard::registry
