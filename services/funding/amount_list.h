#pragma once

// The amounts of a group, for its exact median.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace steelyard::funding {

// Grows without moving what it holds, and takes over another list as it is; of many amounts the
// median copies only those near it. Not thread-safe.
class AmountList {
 public:
  AmountList() = default;
  AmountList(const AmountList&) = delete;
  AmountList& operator=(const AmountList&) = delete;

  void Add(int64_t amount) {
    if (next_ == end_) Grow();
    *next_++ = amount;
  }
  // Takes over all of another list, which is empty then.
  void Append(AmountList& more);
  // The exact median; of an even number the mean of the middle two, half to even. At least one
  // amount.
  int64_t Median();

 private:
  // Begins another chunk.
  void Grow();
  // Ends the last chunk behind the last amount.
  void Close();
  // Of all amounts those that the one of `rank` and the one before it are among, and the rank
  // there.
  std::vector<int64_t> Nearby(size_t size, size_t& rank) const;

  std::vector<std::vector<int64_t>> chunks_;
  // Of the last chunk: where the next amount goes, and where its room ends.
  int64_t* next_ = nullptr;
  int64_t* end_ = nullptr;
};

}  // namespace steelyard::funding
