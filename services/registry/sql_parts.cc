#include "services/registry/sql_parts.h"

#include "services/common/text/strings.h"

namespace steelyard::registry {

std::string AndIn(std::string_view column, std::span<const std::string> keys,
                  std::vector<sql::Value>& parameters) {
  if (keys.size() > kMostListed) return "";
  parameters.insert(parameters.end(), keys.begin(), keys.end());
  std::string list;
  for (size_t i = 0; i < keys.size(); ++i) list += i == 0 ? "?" : ",?";
  return StrCat(" AND ", column, " IN (", list, ")");
}

std::string TextAt(const sql::Rows& rows, int column) { return std::string(rows.Text(column)); }

std::optional<PartialDate> DateAt(const sql::Rows& rows, int column) {
  if (rows.IsNull(column)) return std::nullopt;
  absl::StatusOr<PartialDate> date = ParseDate(rows.Text(column));
  return date.ok() ? std::optional<PartialDate>(*date) : std::nullopt;
}

sql::Value DateValue(const std::optional<PartialDate>& date) {
  return date.has_value() ? sql::Value(date->ToString()) : sql::Value();
}

}  // namespace steelyard::registry
