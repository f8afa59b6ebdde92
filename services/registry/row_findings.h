#pragma once

// What is said of one row of an imported file that is not read by columns: findings about its
// values, and what becomes of it.

#include <cstdint>
#include <string_view>

#include "services/common/ingest/ingest.h"

namespace steelyard::registry {

// Of the row on `line`. A place is where in the row a value stands: a column, or members of JSON
// such as "entity.legalName". Each row gets exactly one of Accept, Reject and Duplicate.
class RowFindings {
 public:
  RowFindings(ingest::Reporter& reporter, int64_t line) : reporter_(reporter), line_(line) {}

  int64_t line() const { return line_; }

  void Accept() { reporter_.RowAccepted(); }
  void Reject(std::string_view place, std::string_view value, std::string_view reason) {
    reporter_.Find(line_, place, value, common::v1::IMPORT_ACTION_REJECTED, reason);
  }
  void Duplicate(std::string_view place, std::string_view value, std::string_view reason) {
    reporter_.Find(line_, place, value, common::v1::IMPORT_ACTION_DUPLICATE, reason);
  }
  void Repair(std::string_view place, std::string_view value, std::string_view reason) {
    reporter_.Find(line_, place, value, common::v1::IMPORT_ACTION_REPAIRED, reason);
  }
  void Clear(std::string_view place, std::string_view value, std::string_view reason) {
    reporter_.Find(line_, place, value, common::v1::IMPORT_ACTION_CLEARED, reason);
  }
  // Clears the value unless `fault` is empty; whether the value may be used.
  bool ClearIf(std::string_view place, std::string_view value, std::string_view fault) {
    if (!fault.empty()) Clear(place, value, fault);
    return fault.empty();
  }

 private:
  ingest::Reporter& reporter_;
  const int64_t line_;
};

}  // namespace steelyard::registry
