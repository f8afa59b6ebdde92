#include "services/registry/left_out.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/common/text/fold.h"

namespace steelyard::registry {
namespace {

constexpr size_t kMostValues = 1000;
constexpr int kLongestValue = 200;

}  // namespace

void LeftOut::Add(std::string_view what) {
  reporter_.RowLeftOut();
  const std::string value = text::Truncate(what, kLongestValue);
  const auto known = rows_.find(value);
  if (known != rows_.end()) {
    ++known->second;
  } else if (rows_.size() < kMostValues) {
    rows_.emplace(value, 1);
  } else {
    ++omitted_;
  }
}

LeftOut::~LeftOut() {
  std::vector<common::v1::UnmappedValue> values;
  for (const auto& [value, rows] : rows_) {
    common::v1::UnmappedValue& one = values.emplace_back();
    one.set_field(field_);
    one.set_column(field_);
    one.set_value(value);
    one.set_rows(rows);
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const auto& a, const auto& b) { return a.rows() > b.rows(); });
  reporter_.Unmapped(std::move(values), omitted_);
}

}  // namespace steelyard::registry
