#pragma once

// A group's keys as one number: digits of a mixed radix, one for each dimension of the question.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/funding/aggregate.h"
#include "services/funding/columns/block.h"

namespace steelyard::funding::columns {

class KeyLayout {
 public:
  // nullopt when the keys do not fit 64 bits.
  static std::optional<KeyLayout> Make(const AggregateQuery& query, const Copy& copy);

  // One more than the largest key.
  uint64_t size() const { return size_; }
  // Whether any dimension is one of companies, or of rows besides their region.
  bool has_region() const { return region_ != 0; }
  bool by_company() const { return company_ != 0; }
  uint64_t OfRegion(int32_t region) const { return region_ * static_cast<uint64_t>(region); }
  // The digits that are the company's; `company` counts all of the copy.
  uint64_t OfCompany(const CompanyVersion* version, uint64_t company) const {
    uint64_t key = company_ * company;
    if (version == nullptr) return key;
    return key + country_ * version->country + layer_ * version->layer + sector_ * version->sector +
           category_ * version->category;
  }
  uint64_t OfStage(uint8_t stage) const { return stage_ * stage; }
  // `month` is 0 for dates that are known to the year.
  uint64_t OfMonth(int32_t year, int32_t month) const {
    const auto years = static_cast<uint64_t>(year - first_year_);
    return year_ * years + quarter_ * (years * 5 + static_cast<uint64_t>((month + 2) / 3)) +
           month_ * (years * 13 + static_cast<uint64_t>(month));
  }
  uint64_t OfDate(int32_t date) const {
    return OfMonth(date >> kYearShift, (date >> kMonthShift) & 15);
  }

  // How many values a dimension of the question has.
  uint64_t ValuesOf(size_t dimension) const { return axes_[dimension].size; }
  // The key's digit in a dimension of the question.
  uint64_t DigitOf(uint64_t key, size_t dimension) const {
    return key / axes_[dimension].stride % axes_[dimension].size;
  }
  // What stands for the digit in an answer; `company` gives the ids of companies.
  template <typename CompanyId>
  std::string TextOf(const AggregateQuery& query, const Codes& codes, size_t dimension,
                     uint64_t digit, CompanyId company) const {
    if (query.group_by[dimension] == v1::DIMENSION_COMPANY) {
      return "companies/" + std::string(company(digit));
    }
    return PlainTextOf(query, codes, dimension, digit);
  }

 private:
  struct Axis {
    uint64_t stride = 0;
    uint64_t size = 1;
  };
  // Where the stride of a dimension is kept, and how many values the dimension has.
  uint64_t& StrideOf(v1::Dimension dimension);
  uint64_t SizeOf(v1::Dimension dimension, const AggregateQuery& query, const Copy& copy) const;
  std::string PlainTextOf(const AggregateQuery& query, const Codes& codes, size_t dimension,
                          uint64_t digit) const;

  uint64_t size_ = 1;
  int32_t first_year_ = 0;
  int32_t years_ = 1;
  // Strides of the dimensions; 0 for those that the question does not have.
  uint64_t region_ = 0, country_ = 0, layer_ = 0, sector_ = 0, category_ = 0, company_ = 0;
  uint64_t stage_ = 0, year_ = 0, quarter_ = 0, month_ = 0;
  std::vector<Axis> axes_;
};

// The order of groups in answers: by their keys in the order of the question, regions as they were
// asked for, all others by their texts, bytewise.
class KeyOrder {
 public:
  // `layout` must outlive it.
  KeyOrder(const AggregateQuery& query, const KeyLayout& layout, const Codes& codes);

  // Smaller for what comes first; another one for each key.
  uint64_t RankOf(uint64_t key) const {
    uint64_t rank = 0;
    for (size_t i = 0; i < ranks_.size(); ++i) {
      const uint64_t digit = layout_.DigitOf(key, i);
      rank = rank * layout_.ValuesOf(i) + (ranks_[i].empty() ? digit : ranks_[i][digit]);
    }
    return rank;
  }

 private:
  const KeyLayout& layout_;
  // Of each dimension: its digits' ranks; empty when digits are in order themselves.
  std::vector<std::vector<uint32_t>> ranks_;
};

}  // namespace steelyard::funding::columns
