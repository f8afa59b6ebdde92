#pragma once

// The grammar of filters: the subset of AIP-160 that compares fields with values. Knows no fields.
//
//   expression  = sequence { "AND" sequence }
//   sequence    = factor { factor }                         all must hold
//   factor      = term { "OR" term }
//   term        = [ "NOT" | "-" ] ( "(" expression ")" | comparison )
//   comparison  = word operator value
//   operator    = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":"
//   value       = word | string | "(" value ")"
//
// A word is a run of bytes other than white space, quotes and ( ) , = ! < > : and a string stands
// in single or double quotes, with the escapes of C and \uXXXX, \UXXXXXXXX (code points) and \*.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace steelyard::filter {

inline constexpr size_t kMostBytes = 4000;
inline constexpr int kMostTerms = 100;
inline constexpr int kMostNesting = 20;

struct Literal {
  size_t position = 0;
  // The text between its wildcards: one piece more than there are. \* in a string is no wildcard.
  std::vector<std::string> pieces;

  bool HasWildcard() const { return pieces.size() > 1; }
  // As written, wildcards as '*'.
  std::string Text() const;
};

struct Node {
  enum class Kind { kAnd, kOr, kNot, kComparison };

  Kind kind = Kind::kAnd;
  std::vector<Node> children;  // two or more of AND and OR, one of NOT

  // Of a comparison.
  size_t position = 0;
  std::string field;
  std::string op;
  size_t op_position = 0;
  Literal value;
};

// Makes the error for a position.
using Refuse = std::function<absl::Status(size_t position, std::string_view problem)>;

// Parses a filter that is not blank.
absl::StatusOr<Node> Parse(std::string_view filter, const Refuse& refuse);
// Whether there is nothing in it but white space.
bool IsBlank(std::string_view filter);

}  // namespace steelyard::filter
