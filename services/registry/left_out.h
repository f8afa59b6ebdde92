#pragma once

// Rows that a format leaves out because of what they are, counted by that: there may be millions,
// too many to report each.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "services/common/ingest/ingest.h"

namespace steelyard::registry {

// Of one file, whose report must still be the reporter's current one when this ends. Not
// thread-safe.
class LeftOut {
 public:
  // `field`: what the rows are told by, such as a column.
  LeftOut(ingest::Reporter& reporter, std::string_view field)
      : reporter_(reporter), field_(field) {}
  LeftOut(const LeftOut&) = delete;
  LeftOut& operator=(const LeftOut&) = delete;
  ~LeftOut();  // reports the counts as values that are not translated

  // The current row is left out, for being this.
  void Add(std::string_view what);

 private:
  ingest::Reporter& reporter_;
  const std::string field_;
  std::map<std::string, int64_t, std::less<>> rows_;
  int64_t omitted_ = 0;
};

}  // namespace steelyard::registry
