#include "services/strategy/formula/ast.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "services/common/text/strings.h"
#include "services/strategy/measures/digits.h"

namespace steelyard::strategy::formula {
namespace {

bool IsPlain(std::string_view value) {
  if (value.empty()) return false;
  for (const char c : value) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.' || c == '@' || c == '/' || c == ':' ||
                       c == '+' || c == '*';
    if (!plain) return false;
  }
  return true;
}

std::string Quoted(const std::string& value) {
  if (IsPlain(value)) return value;
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// How tightly an operator binds; a child that binds less is put in parentheses.
int Binding(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kOr:
      return 1;
    case Node::Kind::kAnd:
      return 2;
    case Node::Kind::kNot:
      return 3;
    case Node::Kind::kCompare:
      return 4;
    case Node::Kind::kArithmetic:
      if (node.name == "+" || node.name == "-") return 5;
      return node.name == "^" ? 8 : 6;
    case Node::Kind::kNegate:
      return 7;
    default:
      return 9;
  }
}

std::string Within(const Node& child, int least) {
  const std::string text = Spell(child);
  return Binding(child) < least ? StrCat("(", text, ")") : text;
}

std::string SpellCall(const Node& node) {
  std::vector<std::string> parts;
  for (const Node& child : node.children) parts.push_back(Spell(child));
  for (const Option& option : node.options) parts.push_back(Spell(option));
  return StrCat(node.name, "(", StrJoin(parts, ", "), ")");
}

std::string SpellChain(const Node& node, std::string_view word) {
  std::vector<std::string> parts;
  for (const Node& child : node.children) parts.push_back(Within(child, Binding(node) + 1));
  return StrJoin(parts, StrCat(" ", word, " "));
}

}  // namespace

const Option* FindOption(const std::vector<Option>& options, std::string_view key) {
  for (const Option& option : options) {
    if (option.key == key) return &option;
  }
  return nullptr;
}

std::vector<std::string> YearsOf(const FigureRef& figure) {
  int from = 0;
  int to = 0;
  // The parser has seen to four digits.
  static_cast<void>(absl::SimpleAtoi(figure.from, &from));
  static_cast<void>(absl::SimpleAtoi(figure.to, &to));
  std::vector<std::string> years;
  for (int year = from; year <= to; ++year) years.push_back(absl::StrFormat("%04d", year));
  return years;
}

std::string Spell(const Option& option) {
  std::vector<std::string> values;
  for (const std::string& value : option.values) values.push_back(Quoted(value));
  return StrCat(option.key, "=", StrJoin(values, ";"));
}

std::string Spell(const FigureRef& figure) {
  std::vector<std::string> parts = {Quoted(figure.region)};
  parts.push_back(figure.IsRange() ? StrCat(figure.from, "..", figure.to) : figure.from);
  for (const Option& option : figure.options) parts.push_back(Spell(option));
  return StrCat(figure.name, "[", StrJoin(parts, ", "), "]");
}

std::string Spell(const Node& node) {
  const int own = Binding(node);
  switch (node.kind) {
    case Node::Kind::kNumber:
      return node.unit.empty() ? Digits(node.number) : StrCat(Digits(node.number), " ", node.unit);
    case Node::Kind::kFigure:
      return Spell(node.figure);
    case Node::Kind::kCall:
      return SpellCall(node);
    case Node::Kind::kNegate:
      return StrCat("-", Within(node.children[0], own));
    case Node::Kind::kNot:
      return StrCat("not ", Within(node.children[0], own));
    case Node::Kind::kArithmetic: {
      // a - (b - c) keeps its parentheses, and so does (a ^ b) ^ c.
      const bool right = node.name == "^";
      return StrCat(Within(node.children[0], right ? own + 1 : own), " ", node.name, " ",
                    Within(node.children[1], right ? own - 1 : own + 1));
    }
    case Node::Kind::kCompare:
      return StrCat(Within(node.children[0], own + 1), " ", node.name, " ",
                    Within(node.children[1], own + 1));
    case Node::Kind::kAnd:
      return SpellChain(node, "and");
    case Node::Kind::kOr:
      return SpellChain(node, "or");
    case Node::Kind::kAll:
    case Node::Kind::kAny: {
      std::vector<std::string> parts;
      for (const Node& child : node.children) parts.push_back(Spell(child));
      return StrCat(node.kind == Node::Kind::kAll ? "all" : "any", "(", StrJoin(parts, ", "), ")");
    }
  }
  return "";
}

}  // namespace steelyard::strategy::formula
