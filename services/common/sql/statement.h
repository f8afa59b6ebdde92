#pragma once

// Statements that grow, and reading what they give.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"

namespace steelyard::sql {

// A statement with its parameters in step.
struct Statement {
  std::string sql;
  std::vector<Value> parameters;

  // Appends text and the values of the '?' in it.
  void Add(std::string_view text, std::vector<Value> values = {});
  void Add(const Statement& part) { Add(part.sql, part.parameters); }
  // Appends "(?, ?, ...)" for the texts of a container; there is at least one.
  template <typename Texts>
  void AddList(const Texts& texts) {
    std::string_view separator = "(?";
    for (const std::string& text : texts) {
      Add(separator, {text});
      separator = ", ?";
    }
    Add(")");
  }
};

// Hands every row of a query to `take`. Errors are those of the connection.
template <typename Take>
absl::Status ForEachRow(Connection& connection, const Context& context, const Statement& statement,
                        Take take) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rows,
                             connection.Query(context, statement.sql, statement.parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    take(*rows);
  }
}

// Most texts of one list of parameters.
inline constexpr size_t kMostListed = 1000;

// Runs "`before` (?, ?, ...) `after`" over at most kMostListed of the texts at once, and hands
// every row to `take`.
template <typename Take>
absl::Status ForEachRowIn(Connection& connection, const Context& context, const Statement& before,
                          std::span<const std::string> texts, std::string_view after, Take take) {
  while (!texts.empty()) {
    const size_t count = std::min(kMostListed, texts.size());
    Statement statement = before;
    statement.Add(" ");
    statement.AddList(texts.first(count));
    statement.Add(after);
    STEELYARD_RETURN_IF_ERROR(ForEachRow(connection, context, statement, take));
    texts = texts.subspan(count);
  }
  return absl::OkStatus();
}

// The first column, an integer, of a query's first row; 0 when it has none.
absl::StatusOr<int64_t> ReadInt(Connection& connection, const Context& context,
                                const Statement& statement);
// The first column, of texts, of every row.
absl::StatusOr<std::vector<std::string>> ReadTexts(Connection& connection, const Context& context,
                                                   const Statement& statement);

}  // namespace steelyard::sql
