#include "services/common/sql/statement.h"

#include <utility>

namespace steelyard::sql {

void Statement::Add(std::string_view text, std::vector<Value> values) {
  sql += text;
  for (Value& value : values) parameters.push_back(std::move(value));
}

absl::StatusOr<int64_t> ReadInt(Connection& connection, const Context& context,
                                const Statement& statement) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows,
                             connection.Query(context, statement.sql, statement.parameters));
  STEELYARD_ASSIGN_OR_RETURN(const bool found, rows->Next());
  return found ? rows->Int(0) : 0;
}

absl::StatusOr<std::vector<std::string>> ReadTexts(Connection& connection, const Context& context,
                                                   const Statement& statement) {
  std::vector<std::string> texts;
  STEELYARD_RETURN_IF_ERROR(ForEachRow(
      connection, context, statement, [&](const Rows& rows) { texts.emplace_back(rows.Text(0)); }));
  return texts;
}

}  // namespace steelyard::sql
