#pragma once

// Which rows of a copy count in a question, and going over them.

#include <array>
#include <cstdint>
#include <vector>

#include "services/funding/columns/block.h"
#include "services/funding/store.h"

namespace steelyard::funding::columns {

// The date by which a row counts, packed.
inline int32_t DateOf(const Block& block, uint32_t row, bool by_closing) {
  if (by_closing && !block.closed.empty() && block.closed[row] != 0) return block.closed[row];
  return block.announced[row];
}

// The conditions of a selection on rows, but its filter and policy.
class CountedRows {
 public:
  CountedRows(const Copy& copy, const SelectionQuery& query, int64_t revision);

  int32_t revision() const { return revision_; }

  // Hands the companies of a block in [begin, end) to `on_company(company, version)`, where version
  // is null when nothing is known of the company; and of those it says true of, each row that
  // counts to `on_row(row, date)`.
  template <typename OnCompany, typename OnRow>
  void ForEach(const Block& block, size_t begin, size_t end, OnCompany on_company,
               OnRow on_row) const {
    for (size_t company = begin; company < end; ++company) {
      const uint32_t last = block.places[company + 1].row;
      uint32_t row = block.places[company].row;
      if (row == last) continue;
      const CompanyVersion* version = block.VersionAt(company, revision_);
      if (!countries_.empty() && (version == nullptr || !countries_[version->country])) continue;
      if (!on_company(company, version)) continue;
      for (; row < last; ++row) {
        if (revision_ < block.from[row] || block.to[row] <= revision_) continue;
        if (!kinds_[block.kind[row]]) continue;
        const int32_t date = DateOf(block, row, by_closing_);
        if (!LiesInPeriod(date)) continue;
        if ((block.flags[row] & Block::kIsPart) != 0 && IsPart(block, row)) continue;
        on_row(row, date);
      }
    }
  }
  template <typename OnCompany, typename OnRow>
  void ForEach(const Block& block, OnCompany on_company, OnRow on_row) const {
    ForEach(block, 0, block.companies(), on_company, on_row);
  }

 private:
  static constexpr int32_t kDays = (1 << kMonthShift) - 1;
  static constexpr int32_t kMonths = 15 << kMonthShift;

  // Whether every day that the date can mean lies in the period.
  bool LiesInPeriod(int32_t date) const {
    int32_t first = date;
    int32_t last = date;
    if ((date & kDays) == 0) {
      first |= 1;
      last |= kDays;
      if ((date & kMonths) == 0) {
        first |= 1 << kMonthShift;
        last |= 12 << kMonthShift;
      }
    }
    return first_ <= first && last <= last_;
  }
  bool IsPart(const Block& block, uint32_t row) const {
    return !with_parts_ && wholes_->ExistsAt(block.WholeOf(row), revision_);
  }

  int32_t revision_;
  const Wholes* wholes_;
  bool by_closing_;
  bool with_parts_;
  std::array<bool, 256> kinds_{};
  int32_t first_ = INT32_MIN;  // packed
  int32_t last_ = INT32_MAX;   // packed; the last day of every month is the 31st
  std::vector<bool> countries_;
};

}  // namespace steelyard::funding::columns
