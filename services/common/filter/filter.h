#pragma once

// AIP-160 filters, AIP-132 orderings and page tokens, from text to SQL with bound parameters.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/sql/driver.h"

namespace steelyard::filter {

enum class FieldType {
  kText,     // = != < <= > >= ; bytewise; '*' in the value of = and != stands for any text, \* for
             // itself
  kInteger,  // = != < <= > >=
  kDate,     // the same; values "2024", "2024-07", "2024-07-09"; SQL column holds days since 1970;
             // a value known to the year or month stands for all of its days
  kDecimal,  // the same; SQL expression is given scaled by 1e6 as HUGEINT/BIGINT
  kHas,      // ':' ; the SQL expression has one '?' for the text
};

struct Field {
  std::string name;  // as users write it
  FieldType type = FieldType::kText;
  std::string sql;  // expression; for kHas a predicate with one '?'
  bool equality_only = false;
  // When not empty, the only values allowed, as users write them, with what SQL compares with.
  // NULL there is found by IS NULL.
  std::vector<std::pair<std::string, sql::Value>> values;
};

struct Node;

// A predicate with its parameters; "TRUE" for an empty filter.
struct Predicate {
  std::string sql;
  std::vector<sql::Value> parameters;
  // The same, parsed and checked, for who has the values at hand; null for an empty filter.
  std::shared_ptr<const Node> tree = nullptr;
};

// Parses and translates; the grammar is in parser.h. Precedence as in AIP-160: NOT, then OR, then
// AND; a sequence is AND. A row whose field is NULL fulfils `!=` and NOT, and no other comparison.
// At most 4,000 bytes, 100 terms and a nesting of 20. INVALID_FILTER names the position and what is
// allowed there.
absl::StatusOr<Predicate> Compile(std::string_view filter, const std::vector<Field>& fields);

// The texts without wildcards that `field` is compared with by = or !=.
std::vector<std::string> TextsOf(const Predicate& predicate, std::string_view field);
// Whether `field` is compared with anything.
bool Compares(const Predicate& predicate, std::string_view field);
// A predicate over these fields, in which each of those texts stands for the ones that `rename`
// gives, one or more: equal is what equals any of them.
Predicate Renamed(const Predicate& predicate, const std::vector<Field>& fields,
                  std::string_view field,
                  const std::function<std::vector<std::string>(const std::string& text)>& rename);

// A key of an ordering.
struct OrderKey {
  std::string name;
  bool descending = false;
};
// Parses "a desc, b" ("asc" may be written, too); each key once. INVALID_ORDER_BY lists what is
// allowed.
absl::StatusOr<std::vector<OrderKey>> ParseOrderBy(std::string_view order_by,
                                                   const std::vector<std::string>& allowed);

// Page tokens: opaque, bound to the query (a digest of all its other fields) and the snapshot,
// holding the place to go on from. INVALID_PAGE_TOKEN for a damaged one, or one of another query.
struct Page {
  std::string snapshot;  // token that every page of the listing reads
  int64_t offset = 0;    // rows already given, in the total order of the query
};
std::string EncodePage(const Page& page, std::string_view query_digest);
absl::StatusOr<Page> DecodePage(std::string_view token, std::string_view query_digest);

// Checks a page_size: negative is INVALID_FIELD; 0 gives `otherwise`; more than `most` gives
// `most`.
absl::StatusOr<int> PageSize(int32_t asked, int otherwise, int most);

}  // namespace steelyard::filter
