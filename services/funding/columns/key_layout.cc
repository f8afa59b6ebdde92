#include "services/funding/columns/key_layout.h"

#include <algorithm>
#include <numeric>

#include "services/common/text/strings.h"

namespace steelyard::funding::columns {
namespace {

constexpr uint64_t kStages = 256;

// Whether digits are in the order of their texts: companies are numbered by id, and a year comes
// before its parts.
bool InOrder(v1::Dimension dimension) {
  switch (dimension) {
    case v1::DIMENSION_COUNTRY:
    case v1::DIMENSION_LAYER:
    case v1::DIMENSION_SECTOR:
    case v1::DIMENSION_SOURCE_CATEGORY:
    case v1::DIMENSION_STAGE:
      return false;
    default:
      return true;
  }
}

std::vector<uint32_t> RanksOf(const std::vector<std::string>& texts) {
  std::vector<uint32_t> digits(texts.size());
  std::iota(digits.begin(), digits.end(), 0);
  std::sort(digits.begin(), digits.end(),
            [&](uint32_t a, uint32_t b) { return texts[a] < texts[b]; });
  std::vector<uint32_t> ranks(texts.size());
  for (size_t i = 0; i < digits.size(); ++i) ranks[digits[i]] = static_cast<uint32_t>(i);
  return ranks;
}

}  // namespace

std::optional<KeyLayout> KeyLayout::Make(const AggregateQuery& query, const Copy& copy) {
  KeyLayout layout;
  int32_t first = INT32_MAX;
  int32_t last = 0;
  for (const auto& block : copy.blocks) {
    first = std::min(first, block->first_year);
    last = std::max(last, block->last_year);
  }
  if (first <= last) {
    layout.first_year_ = first;
    layout.years_ = last - first + 1;
  }
  for (const v1::Dimension dimension : query.group_by) {
    const uint64_t size = std::max<uint64_t>(layout.SizeOf(dimension, query, copy), 1);
    layout.axes_.push_back({.stride = layout.size_, .size = size});
    layout.StrideOf(dimension) = layout.size_;
    if (__builtin_mul_overflow(layout.size_, size, &layout.size_)) return std::nullopt;
  }
  return layout;
}

uint64_t& KeyLayout::StrideOf(v1::Dimension dimension) {
  switch (dimension) {
    case v1::DIMENSION_COUNTRY:
      return country_;
    case v1::DIMENSION_YEAR:
      return year_;
    case v1::DIMENSION_QUARTER:
      return quarter_;
    case v1::DIMENSION_MONTH:
      return month_;
    case v1::DIMENSION_LAYER:
      return layer_;
    case v1::DIMENSION_SECTOR:
      return sector_;
    case v1::DIMENSION_SOURCE_CATEGORY:
      return category_;
    case v1::DIMENSION_STAGE:
      return stage_;
    case v1::DIMENSION_COMPANY:
      return company_;
    default:
      return region_;
  }
}

uint64_t KeyLayout::SizeOf(v1::Dimension dimension, const AggregateQuery& query,
                           const Copy& copy) const {
  const auto years = static_cast<uint64_t>(years_);
  switch (dimension) {
    case v1::DIMENSION_COUNTRY:
      return copy.codes->countries.size();
    case v1::DIMENSION_YEAR:
      return years;
    case v1::DIMENSION_QUARTER:
      return years * 5;
    case v1::DIMENSION_MONTH:
      return years * 13;
    case v1::DIMENSION_LAYER:
      return copy.codes->layers.size();
    case v1::DIMENSION_SECTOR:
      return copy.codes->sectors.size();
    case v1::DIMENSION_SOURCE_CATEGORY:
      return copy.codes->categories.size();
    case v1::DIMENSION_STAGE:
      return kStages;
    case v1::DIMENSION_COMPANY: {
      uint64_t companies = 0;
      for (const auto& block : copy.blocks) companies += block->companies();
      return companies;
    }
    default:
      return query.regions.size();
  }
}

std::string KeyLayout::PlainTextOf(const AggregateQuery& query, const Codes& codes,
                                   size_t dimension, uint64_t digit) const {
  const auto number = static_cast<int32_t>(digit);
  const v1::Dimension asked = query.group_by[dimension];
  switch (asked) {
    case v1::DIMENSION_REGION:
      return query.regions[digit].term;
    case v1::DIMENSION_COUNTRY:
      return codes.countries.Text(number);
    case v1::DIMENSION_LAYER:
      return codes.layers.Text(number);
    case v1::DIMENSION_SECTOR:
      return codes.sectors.Text(number);
    case v1::DIMENSION_SOURCE_CATEGORY:
      return codes.categories.Text(number);
    case v1::DIMENSION_STAGE:
      return v1::Stage_IsValid(number) ? StageName(static_cast<Stage>(number)) : "";
    case v1::DIMENSION_YEAR:
      return KeyOfDate(asked, {.year = first_year_ + number});
    case v1::DIMENSION_QUARTER:
      return KeyOfDate(asked, {.year = first_year_ + number / 5, .month = number % 5 * 3});
    default:
      return KeyOfDate(asked, {.year = first_year_ + number / 13, .month = number % 13});
  }
}

KeyOrder::KeyOrder(const AggregateQuery& query, const KeyLayout& layout, const Codes& codes)
    : layout_(layout), ranks_(query.group_by.size()) {
  for (size_t i = 0; i < ranks_.size(); ++i) {
    if (InOrder(query.group_by[i])) continue;
    std::vector<std::string> texts;
    for (uint64_t digit = 0; digit < layout.ValuesOf(i); ++digit) {
      texts.push_back(
          layout.TextOf(query, codes, i, digit, [](uint64_t) { return std::string_view(); }));
    }
    ranks_[i] = RanksOf(texts);
  }
}

}  // namespace steelyard::funding::columns
