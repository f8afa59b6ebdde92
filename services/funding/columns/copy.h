#pragma once

// Making a copy of the store's rounds, and bringing it from one revision to a later one.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/columns/block.h"

namespace steelyard::funding::columns {

// What a copy may take.
struct Room {
  int64_t bytes = 0;
  int64_t rows_a_block = 16 * 1024;
};

// How a copy came to be.
struct Followed {
  std::shared_ptr<const Copy> copy;  // null when it does not fit
  bool anew = false;                 // it has nothing of the one before
  // Ids of companies of which any round counts otherwise than before, sorted.
  std::vector<std::string> touched;
};

// A copy of everything up to a revision, of which no row goes meanwhile; null when it does not
// fit. While it is made it takes about twice the room.
absl::StatusOr<std::shared_ptr<const Copy>> Load(sql::Connection& connection,
                                                 const Context& context, int64_t revision,
                                                 const Room& room);

// The copy at a later revision; of the rows that ended after the copy's none goes meanwhile.
// INTERNAL when the store does not follow on the copy.
absl::StatusOr<Followed> Follow(sql::Connection& connection, const Context& context,
                                const Copy& copy, int64_t revision, const Room& room);

}  // namespace steelyard::funding::columns
