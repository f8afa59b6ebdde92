#include "services/strategy/measures/measure_catalog.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "services/common/text/strings.h"
#include "services/strategy/measures/measure_rows.h"

namespace steelyard::strategy {
namespace {

// "(20, 50, 20, 10)"; a number alone without brackets.
std::string TextOf(const std::vector<double>& list) {
  std::vector<std::string> numbers;
  numbers.reserve(list.size());
  for (const double number : list) numbers.push_back(absl::StrFormat("%.15g", number));
  if (numbers.size() == 1) return numbers[0];
  return StrCat("(", StrJoin(numbers, ", "), ")");
}

// "(20, 50, 20, 10) = 0.34", to six significant digits; "" for a measure that other code computes.
std::string TextOf(const Example& example) {
  if (example.compute == nullptr) return "";
  std::vector<std::string> lists;
  lists.reserve(example.inputs.size());
  for (const std::vector<double>& list : example.inputs) lists.push_back(TextOf(list));
  const Value value = example.compute(example.inputs);
  return StrCat(StrJoin(lists, ", "), " = ",
                value ? absl::StrFormat("%.6g", *value) : std::string("UNDEFINED"));
}

std::vector<v1::MeasureInfo> Build() {
  std::vector<v1::MeasureInfo> catalog;
  for (auto* const rows :
       {&AmountRows, &StructureRows, &DistanceRows, &DynamicsRows, &CompositeRows}) {
    for (const MeasureRow& row : rows()) {
      v1::MeasureInfo& info = catalog.emplace_back();
      info.set_id(std::string(row.id));
      info.set_title(std::string(row.title));
      info.set_expression(std::string(row.expression));
      info.set_unit(std::string(row.unit));
      info.set_range(std::string(row.range));
      info.set_edges(std::string(row.edges));
      info.set_reference(std::string(row.reference));
      info.set_example(TextOf(row.example));
    }
  }
  std::sort(catalog.begin(), catalog.end(),
            [](const v1::MeasureInfo& a, const v1::MeasureInfo& b) { return a.id() < b.id(); });
  return catalog;
}

}  // namespace

const std::vector<v1::MeasureInfo>& MeasureCatalog() {
  static const auto* const catalog = new std::vector(Build());
  return *catalog;
}

}  // namespace steelyard::strategy
