#pragma once

// The questions of the race, as Steelyard and as the other engines are asked them. All give the
// same rows.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/funding_store.h"
#include "tests/bench/peers.h"

namespace steelyard::bench {

// Which of design's goals a question belongs to.
enum class Goal {
  kStandardGroupBy,  // ten times faster than plain DuckDB
  kOtherAggregate,   // no slower than plain DuckDB
  kConstant,         // does not depend on how many rounds there are
};

struct Question {
  std::string title;
  Goal goal = Goal::kStandardGroupBy;
  std::function<absl::StatusOr<Lines>(const FundingStore&, int64_t revision)> ask;
  // What a peer is asked, by its dialect; `valid` is the condition for the revision's rows.
  std::function<std::string(const Peer& peer, const std::string& valid)> sql;
};

const std::vector<Question>& Questions();
// The regions that they name.
const std::vector<std::string>& RegionTerms();
// The condition for the rows that are valid at a revision.
std::string ValidAt(int64_t revision, int64_t head);

}  // namespace steelyard::bench
