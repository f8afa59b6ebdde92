#pragma once

// Rounds on their way from files into a commit: in memory while they are few, on disk when they are
// many, so that the memory of an import does not grow with the import.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Rounds that a batch has unless groups make it larger.
inline constexpr size_t kRoundsAtOnce = 50'000;

// Not thread-safe.
class RoundSpool {
 public:
  // What rounds have in common that must come in one batch: their company, if nothing else is said.
  using Group = std::function<std::string_view(const Round& round)>;
  // Keeps up to `at_once` rounds in memory, and what is more in a file without a name in
  // `directory`: that of the system for temporary files when it is empty.
  explicit RoundSpool(size_t at_once = kRoundsAtOnce, std::string directory = "",
                      Group group = nullptr);
  RoundSpool(RoundSpool&&) noexcept;
  RoundSpool& operator=(RoundSpool&&) noexcept;
  ~RoundSpool();

  // STORE_UNAVAILABLE when the disk does not take it; the spool is of no use then.
  absl::Status Add(Round round);
  size_t size() const { return size_; }

  // Hands out every round once, in batches: all rounds of a group come in one, in the order in
  // which they were added. Each time the same; the batches do not depend on that order. Ends with
  // the first error of `take`; STORE_UNAVAILABLE when the file cannot be read.
  using Take = std::function<absl::Status(const std::vector<Round>& batch)>;
  absl::Status ForEachBatch(const Take& take) const;

 private:
  class Overflow;

  size_t at_once_;
  std::string directory_;
  Group group_;
  size_t size_ = 0;
  std::vector<Round> rounds_;           // all of them, unless there is
  std::unique_ptr<Overflow> overflow_;  // all of them then
};

}  // namespace steelyard::funding
