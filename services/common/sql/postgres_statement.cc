#include "services/common/sql/postgres_statement.h"

#include <algorithm>

#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

// Of a name that is not quoted.
bool IsNamePart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Behind the next `part` from `from` on, or at the end of the text.
size_t Behind(std::string_view sql, std::string_view part, size_t from) {
  const size_t found = sql.find(part, from);
  return found == std::string_view::npos ? sql.size() : found + part.size();
}

// `at` is an apostrophe.
size_t EndOfLiteral(std::string_view sql, size_t at) {
  const bool escapes =
      at > 0 && (sql[at - 1] == 'E' || sql[at - 1] == 'e') && (at == 1 || !IsNamePart(sql[at - 2]));
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (escapes && sql[i] == '\\') {
      ++i;
    } else if (sql[i] == '\'') {
      if (i + 1 == sql.size() || sql[i + 1] != '\'') return i + 1;
      ++i;
    }
  }
  return sql.size();
}

// `at` is the slash of "/*"; comments nest.
size_t EndOfComment(std::string_view sql, size_t at) {
  int depth = 0;
  for (size_t i = at; i + 1 < sql.size(); ++i) {
    const std::string_view two = sql.substr(i, 2);
    if (two == "/*") ++depth;
    if (two == "*/") --depth;
    if (two == "/*" || two == "*/") ++i;
    if (depth == 0) return i + 1;
  }
  return sql.size();
}

// `at` is a dollar sign; `at` + 1 when it does not start a literal.
size_t EndOfDollarLiteral(std::string_view sql, size_t at) {
  if (at > 0 && IsNamePart(sql[at - 1])) return at + 1;
  size_t end = at + 1;
  while (end < sql.size() && sql[end] != '$' && IsNamePart(sql[end])) ++end;
  const bool number = end > at + 1 && sql[at + 1] >= '0' && sql[at + 1] <= '9';
  if (number || end == sql.size() || sql[end] != '$') return at + 1;
  return Behind(sql, sql.substr(at, end + 1 - at), end + 1);
}

// The end of what starts at `at`: a literal, a quoted name, a comment, or one character.
size_t EndOfToken(std::string_view sql, size_t at) {
  switch (sql[at]) {
    case '\'':
      return EndOfLiteral(sql, at);
    case '"':
      return Behind(sql, "\"", at + 1);
    case '$':
      return EndOfDollarLiteral(sql, at);
    case '-':
      return sql.substr(at, 2) == "--" ? Behind(sql, "\n", at) : at + 1;
    case '/':
      return sql.substr(at, 2) == "/*" ? EndOfComment(sql, at) : at + 1;
    default:
      return at + 1;
  }
}

}  // namespace

Statement NumberParameters(std::string_view sql) {
  Statement statement;
  statement.sql.reserve(sql.size() + 16);
  for (size_t at = 0; at < sql.size();) {
    const size_t end = EndOfToken(sql, at);
    if (sql[at] == '?') {
      StrAppend(&statement.sql, "$", ++statement.parameters);
    } else {
      statement.sql += sql.substr(at, end - at);
    }
    at = end;
  }
  return statement;
}

std::string QuoteName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

}  // namespace steelyard::sql::postgres
