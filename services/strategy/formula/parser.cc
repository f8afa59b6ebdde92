#include "services/strategy/formula/parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/cursor.h"

namespace steelyard::strategy::formula {
namespace {

using Kind = Node::Kind;

// Puts `value` where the variable stands as a region or as the value of an option.
void Substitute(const std::string& variable, const std::string& value, Node& node) {
  const auto replace = [&](std::vector<Option>& options) {
    for (Option& option : options) {
      std::replace(option.values.begin(), option.values.end(), variable, value);
    }
  };
  if (node.figure.region == variable) node.figure.region = value;
  replace(node.figure.options);
  replace(node.options);
  for (Node& child : node.children) Substitute(variable, value, child);
}

class Parser {
 public:
  Parser(std::string_view text, const Limits& limits) : in_(text), text_(text), limits_(limits) {}

  absl::StatusOr<Node> Parse() {
    STEELYARD_ASSIGN_OR_RETURN(Node node, Formula());
    if (in_.AtEnd()) return node;
    return in_.Fail(in_.at(), StrCat("'", text_.substr(in_.at(), 1),
                                     "' is not expected here; an operator (+ - * / ^ < <= > >= == "
                                     "!= ~= and or) or the end is"));
  }

 private:
  using Part = absl::StatusOr<Node> (Parser::*)();

  // A node that begins with the next word.
  Node Open(Kind kind) {
    Node node;
    node.kind = kind;
    node.offset = in_.Next();
    return node;
  }
  // A node that begins where its first child does.
  static Node Around(Kind kind, Node first) {
    Node node;
    node.kind = kind;
    node.offset = first.offset;
    node.children.push_back(std::move(first));
    return node;
  }
  // The finished node, which ends with the last byte read.
  absl::StatusOr<Node> Close(Node node) {
    node.length = in_.at() - node.offset;
    for (const Node& child : node.children) node.height = std::max(node.height, child.height + 1);
    if (node.height > kMostHeight) {
      return in_.Fail(node.offset, StrCat("more than ", kMostHeight,
                                          " operators one upon the other; "
                                          "put parts of a long chain in parentheses"));
    }
    if (++nodes_ <= limits_.nodes) return node;
    return in_.Fail(node.offset, StrCat("more than ", limits_.nodes, " operations and figures"));
  }
  // Reads a part one level deeper.
  absl::StatusOr<Node> Deeper(Part part) {
    if (++depth_ > kMostDepth) {
      return in_.Fail(in_.Next(), StrCat("nested more than ", kMostDepth, " deep"));
    }
    absl::StatusOr<Node> node = (this->*part)();
    --depth_;
    return node;
  }

  absl::StatusOr<Node> Chain(Kind kind, std::string_view word, Part part);
  absl::StatusOr<Node> LeftToRight(std::string_view operators, Part part);
  absl::StatusOr<Node> Formula() { return Chain(Kind::kOr, "or", &Parser::Conjunction); }
  absl::StatusOr<Node> Conjunction() { return Chain(Kind::kAnd, "and", &Parser::Negation); }
  absl::StatusOr<Node> Negation();
  absl::StatusOr<Node> Comparison();
  absl::StatusOr<Node> Sum() { return LeftToRight("+-", &Parser::Term); }
  absl::StatusOr<Node> Term() { return LeftToRight("*/", &Parser::Sign); }
  absl::StatusOr<Node> Sign();
  absl::StatusOr<Node> Power();
  absl::StatusOr<Node> Primary();
  absl::StatusOr<Node> Parenthesis();
  absl::StatusOr<Node> Number();
  absl::StatusOr<Node> Named();
  absl::StatusOr<Node> Call(Node node);
  absl::StatusOr<Node> Quantifier(Node node);
  absl::StatusOr<Node> EachValue(Node node, const Node& body, int body_nodes, int body_figures);
  absl::StatusOr<Node> Figure(Node node);
  absl::Status ReadPeriod(FigureRef& figure);
  absl::Status ReadOption(std::vector<Option>& options);

  Cursor in_;
  std::string_view text_;
  const Limits& limits_;
  int nodes_ = 0;
  int figures_ = 0;
  int depth_ = 0;
};

absl::StatusOr<Node> Parser::Chain(Kind kind, std::string_view word, Part part) {
  STEELYARD_ASSIGN_OR_RETURN(Node first, (this->*part)());
  if (in_.PeekWord() != word) return first;
  Node node = Around(kind, std::move(first));
  while (in_.TakeWord(word)) {
    STEELYARD_ASSIGN_OR_RETURN(Node next, (this->*part)());
    node.children.push_back(std::move(next));
  }
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::Negation() {
  Node node = Open(Kind::kNot);
  if (!in_.TakeWord("not")) return Comparison();
  STEELYARD_ASSIGN_OR_RETURN(Node child, Deeper(&Parser::Negation));
  node.children.push_back(std::move(child));
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::Comparison() {
  STEELYARD_ASSIGN_OR_RETURN(Node left, Sum());
  for (const std::string_view op : {"<=", ">=", "==", "!=", "~=", "<", ">"}) {
    if (!in_.Take(op)) continue;
    Node node = Around(Kind::kCompare, std::move(left));
    node.name = std::string(op);
    STEELYARD_ASSIGN_OR_RETURN(Node right, Sum());
    node.children.push_back(std::move(right));
    return Close(std::move(node));
  }
  if (in_.Peek() != '=') return left;
  return in_.Fail(in_.at(), "'=' compares nothing; == is equality and ~= within a tenth");
}

absl::StatusOr<Node> Parser::LeftToRight(std::string_view operators, Part part) {
  STEELYARD_ASSIGN_OR_RETURN(Node left, (this->*part)());
  while (!in_.AtEnd() && operators.find(in_.Peek()) != std::string_view::npos) {
    Node node = Around(Kind::kArithmetic, std::move(left));
    node.name = std::string(1, in_.Peek());
    in_.Take(node.name);
    STEELYARD_ASSIGN_OR_RETURN(Node right, (this->*part)());
    node.children.push_back(std::move(right));
    STEELYARD_ASSIGN_OR_RETURN(left, Close(std::move(node)));
  }
  return left;
}

absl::StatusOr<Node> Parser::Sign() {
  Node node = Open(Kind::kNegate);
  if (!in_.Take("-")) return Power();
  STEELYARD_ASSIGN_OR_RETURN(Node child, Deeper(&Parser::Sign));
  node.children.push_back(std::move(child));
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::Power() {
  STEELYARD_ASSIGN_OR_RETURN(Node base, Primary());
  if (!in_.Take("^")) return base;
  Node node = Around(Kind::kArithmetic, std::move(base));
  node.name = "^";
  STEELYARD_ASSIGN_OR_RETURN(Node exponent, Deeper(&Parser::Sign));
  node.children.push_back(std::move(exponent));
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::Primary() {
  const char next = in_.Peek();
  if (next == '(') return Parenthesis();
  if ((next >= '0' && next <= '9') || next == '.') return Number();
  if (!in_.PeekWord().empty()) return Named();
  if (in_.AtEnd()) {
    return in_.Fail(in_.at(),
                    "the formula ends where a number, a figure or a function is expected");
  }
  return in_.Fail(in_.at(),
                  "a number, a figure such as funding[US, 2025], a function or '(' is "
                  "expected here");
}

absl::StatusOr<Node> Parser::Parenthesis() {
  const size_t offset = in_.Next();
  in_.Take("(");
  STEELYARD_ASSIGN_OR_RETURN(Node node, Deeper(&Parser::Formula));
  STEELYARD_RETURN_IF_ERROR(in_.Expect(")", "')'"));
  node.offset = offset;
  node.length = in_.at() - offset;
  return node;
}

absl::StatusOr<Node> Parser::Number() {
  Node node = Open(Kind::kNumber);
  STEELYARD_ASSIGN_OR_RETURN(node.number, in_.Number());
  node.unit = in_.Unit();
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::Named() {
  Node node = Open(Kind::kCall);
  node.name = in_.Word();
  if (in_.Peek() == '[') return Figure(std::move(node));
  if (in_.Peek() == '(') {
    const bool quantifier = node.name == "all" || node.name == "any";
    return quantifier ? Quantifier(std::move(node)) : Call(std::move(node));
  }
  return in_.Fail(node.offset, StrCat("'", node.name, "' is neither a figure, ", node.name,
                                      "[US, 2025], nor a function, ", node.name, "(...)"));
}

absl::StatusOr<Node> Parser::Call(Node node) {
  in_.Take("(");
  do {
    if (in_.AtOption()) {
      STEELYARD_RETURN_IF_ERROR(ReadOption(node.options));
    } else if (!node.options.empty()) {
      return in_.Fail(in_.Next(), "an option such as k=5 is expected here; options stand last");
    } else {
      STEELYARD_ASSIGN_OR_RETURN(Node child, Deeper(&Parser::Formula));
      node.children.push_back(std::move(child));
    }
  } while (in_.Take(","));
  STEELYARD_RETURN_IF_ERROR(in_.Expect(")", "',' or ')'"));
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::Quantifier(Node node) {
  in_.Take("(");
  node.kind = node.name == "all" ? Kind::kAll : Kind::kAny;
  node.name.clear();
  const int nodes_before = nodes_;
  const int figures_before = figures_;
  STEELYARD_ASSIGN_OR_RETURN(Node body, Deeper(&Parser::Formula));
  if (in_.TakeWord("for")) {
    return EachValue(std::move(node), body, nodes_ - nodes_before, figures_ - figures_before);
  }
  node.children.push_back(std::move(body));
  while (in_.Take(",")) {
    STEELYARD_ASSIGN_OR_RETURN(Node next, Deeper(&Parser::Formula));
    node.children.push_back(std::move(next));
  }
  STEELYARD_RETURN_IF_ERROR(in_.Expect(")", "'for', ',' or ')'"));
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::EachValue(Node node, const Node& body, int body_nodes,
                                       int body_figures) {
  const size_t at = in_.Next();
  const std::string variable = in_.Word();
  if (variable.empty()) return in_.Fail(at, "the name of a variable is expected here");
  if (!in_.TakeWord("in")) return in_.Fail(in_.Next(), "'in' is expected here");
  do {
    STEELYARD_ASSIGN_OR_RETURN(const std::string value, in_.Value());
    if (!node.children.empty()) {
      nodes_ += body_nodes;
      figures_ += body_figures;
    }
    if (nodes_ > limits_.nodes || figures_ > limits_.figures) {
      return in_.Fail(node.offset, StrCat("written out, more than ", limits_.nodes,
                                          " operations or ", limits_.figures, " figures"));
    }
    Substitute(variable, value, node.children.emplace_back(body));
  } while (in_.Take(","));
  STEELYARD_RETURN_IF_ERROR(in_.Expect(")", "',' or ')'"));
  return Close(std::move(node));
}

absl::StatusOr<Node> Parser::Figure(Node node) {
  node.kind = Kind::kFigure;
  FigureRef& figure = node.figure;
  figure.name = std::exchange(node.name, {});
  in_.Take("[");
  figure.region_position = in_.Next();
  STEELYARD_ASSIGN_OR_RETURN(figure.region, in_.Value());
  STEELYARD_RETURN_IF_ERROR(in_.Expect(",", "',' and a year"));
  STEELYARD_RETURN_IF_ERROR(ReadPeriod(figure));
  while (in_.Take(",")) {
    if (!in_.AtOption()) {
      return in_.Fail(in_.Next(), "an option such as layer=CHIPS is expected here");
    }
    STEELYARD_RETURN_IF_ERROR(ReadOption(figure.options));
  }
  STEELYARD_RETURN_IF_ERROR(in_.Expect("]", "',' or ']'"));
  if (++figures_ > limits_.figures) {
    return in_.Fail(node.offset, StrCat("more than ", limits_.figures, " figures"));
  }
  return Close(std::move(node));
}

absl::Status Parser::ReadPeriod(FigureRef& figure) {
  const size_t start = in_.Next();
  STEELYARD_ASSIGN_OR_RETURN(figure.from, in_.Moment());
  figure.to = figure.from;
  if (!in_.Take("..")) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(figure.to, in_.Moment());
  if (!IsYear(figure.from) || !IsYear(figure.to)) {
    return in_.Fail(start, "a range is of whole years: 2015..2025");
  }
  if (figure.to < figure.from) {
    return in_.Fail(start,
                    StrCat("the range ends in ", figure.to, ", before it starts in ", figure.from));
  }
  return absl::OkStatus();
}

absl::Status Parser::ReadOption(std::vector<Option>& options) {
  Option option;
  option.position = in_.Next();
  option.key = in_.Word();
  if (FindOption(options, option.key) != nullptr) {
    return in_.Fail(option.position, StrCat("'", option.key, "' stands there twice"));
  }
  STEELYARD_RETURN_IF_ERROR(in_.Expect("=", "'='"));
  do {
    STEELYARD_ASSIGN_OR_RETURN(std::string value, in_.Value());
    option.values.push_back(std::move(value));
  } while (in_.Take(";"));
  options.push_back(std::move(option));
  return absl::OkStatus();
}

}  // namespace

absl::Status Refuse(std::string_view expression, size_t position, std::string_view problem) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FORMULA,
                   StrCat("formula, byte ", position, ": ", problem),
                   {{"position", StrCat(position)}, {"expression", std::string(expression)}});
}

absl::StatusOr<Node> Parse(std::string_view expression, const Limits& limits) {
  if (expression.size() > limits.bytes) {
    return Refuse(
        "", limits.bytes,
        StrCat("a formula has at most ", limits.bytes, " bytes, not ", expression.size()));
  }
  return Parser(expression, limits).Parse();
}

}  // namespace steelyard::strategy::formula
