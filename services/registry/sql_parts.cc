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

}  // namespace steelyard::registry
