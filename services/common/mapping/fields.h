#pragma once

// The fields that a mapping can fill, by kind of file.

#include <span>
#include <string_view>

namespace steelyard::mapping {

enum class FieldType { kText, kId, kDate, kMoney, kNumber, kList, kCode };

struct Field {
  std::string_view name;
  FieldType type;
  bool required = false;
};

// The fields of a kind; empty for a text that is no kind.
std::span<const Field> FieldsOf(std::string_view kind);
// The field of that name among them; null when there is none.
const Field* FindField(std::string_view kind, std::string_view name);

}  // namespace steelyard::mapping
