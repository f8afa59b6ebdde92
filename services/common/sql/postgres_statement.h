#pragma once

// SQL text with the driver's `?` parameters, as PostgreSQL wants it.

#include <cstddef>
#include <string>
#include <string_view>

namespace steelyard::sql::postgres {

struct Statement {
  std::string sql;  // with $1, $2, ...
  size_t parameters = 0;
};

// Numbers the parameters. A `?` inside a literal (also E'...' and $tag$...$tag$), a quoted name or
// a comment is none.
Statement NumberParameters(std::string_view sql);

// A name as it stands, in quotes.
std::string QuoteName(std::string_view name);

}  // namespace steelyard::sql::postgres
