#pragma once

// Reads formulas. The grammar, where [ ] is optional and { } is repeated:
//
//   formula     = conjunction { "or" conjunction }
//   conjunction = negation { "and" negation }
//   negation    = "not" negation | comparison
//   comparison  = sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" | "~=" ) sum ]
//   sum         = term { ( "+" | "-" ) term }
//   term        = sign { ( "*" | "/" ) sign }
//   sign        = "-" sign | power
//   power       = primary [ "^" sign ]
//   primary     = number [ unit ] | "(" formula ")" | quantifier | call | figure
//   quantifier  = ( "all" | "any" ) "(" formula "for" name "in" value { "," value } ")"
//               | ( "all" | "any" ) "(" formula { "," formula } ")"
//   call        = name "(" formula { "," ( formula | option ) } ")"
//   figure      = name "[" value "," period { "," option } "]"
//   period      = year | year "-Q" digit | year "-" month | year ".." year
//   option      = name "=" value { ";" value }
//   value       = letters, digits and _ - . @ / : + * | text in single or double quotes
//   unit        = three capital letters [ "@" price basis ] | "percent"
//
// Nothing is known here of which names there are; functions.h checks that.

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/strategy/formula/ast.h"

namespace steelyard::strategy::formula {

// How long a formula may be.
struct Limits {
  size_t bytes = 4000;
  int nodes = 200;
  int figures = 40;
};
// Of formulas that the service writes itself, which have a figure with its filter for each year of
// a period.
inline constexpr Limits kOwnLimits = {.bytes = size_t{1} << 20, .nodes = 800, .figures = 400};
inline constexpr int kMostDepth = 32;
// Levels of the tree: a chain such as 1 + 1 + 1 has one for each operator.
inline constexpr int kMostHeight = 50;

// An error at a byte of a formula: INVALID_FORMULA with metadata "position" and "expression".
absl::Status Refuse(std::string_view expression, size_t position, std::string_view problem);

// The tree of a formula. INVALID_FORMULA names the byte where it is wrong and what is allowed
// there, or which limit it exceeds. Takes time and memory proportional to the formula, times the
// values of its quantifiers, whose copies count against the limits.
absl::StatusOr<Node> Parse(std::string_view expression, const Limits& limits = {});

}  // namespace steelyard::strategy::formula
