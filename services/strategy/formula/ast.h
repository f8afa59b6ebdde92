#pragma once

// A formula as a tree. docs/formulas.md has the language.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::strategy::formula {

// "layer=CHIPS;CLOUD" in a figure or a call.
struct Option {
  std::string key;
  std::vector<std::string> values;
  size_t position = 0;  // of the key, in bytes
};

// A figure by name: "funding[EUROPE, 2015..2025, layer=CHIPS;CLOUD]".
struct FigureRef {
  std::string name;
  std::string region;  // "*" for all
  size_t region_position = 0;
  std::string from;  // "2025", "2025-Q1" or "2025-04"
  std::string to;    // as `from` unless a range was given
  std::vector<Option> options;

  bool IsRange() const { return from != to; }
};

// Of a period.
inline bool IsYear(std::string_view period) { return period.size() == 4; }

struct Node {
  enum class Kind {
    kNumber,      // number, unit
    kFigure,      // figure
    kCall,        // name, children, options
    kNegate,      // one child
    kArithmetic,  // name is + - * / or ^; two children
    kCompare,     // name is < <= > >= == != or ~=; two children
    kNot,         // one child
    kAnd,         // two or more children
    kOr,
    kAll,  // one or more children: the body with each value in place of the variable
    kAny,
  };

  Kind kind = Kind::kNumber;
  size_t offset = 0;  // of its text in the formula, in bytes
  size_t length = 0;
  int height = 0;  // levels below it
  std::string name;
  double number = 0;
  std::string unit;  // "", a currency, one in prices of a year (USD@constant_2021), or "percent"
  FigureRef figure;
  std::vector<Option> options;
  std::vector<Node> children;
};

// The option of that key; nullptr when it is not there.
const Option* FindOption(const std::vector<Option>& options, std::string_view key);

// The canonical spelling: parses to an equal tree. Quantifiers are written out.
std::string Spell(const Node& node);
std::string Spell(const FigureRef& figure);
std::string Spell(const Option& option);

// "2015", "2016", ... of a figure of whole years.
std::vector<std::string> YearsOf(const FigureRef& figure);

// Calls `visit` with the node and everything in it, parents first.
template <typename Visit>
void ForEach(const Node& node, const Visit& visit) {
  visit(node);
  for (const Node& child : node.children) ForEach(child, visit);
}

}  // namespace steelyard::strategy::formula
