#include "services/common/filter/parser.h"

#include <utility>

#include "services/common/filter/lexer.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::filter {
namespace {

using Kind = Token::Kind;

class Parser {
 public:
  Parser(std::string_view filter, const Refuse& refuse) : lexer_(filter, refuse), refuse_(refuse) {}

  absl::StatusOr<Node> ParseAll() {
    STEELYARD_RETURN_IF_ERROR(Advance());
    STEELYARD_ASSIGN_OR_RETURN(Node node, ParseExpression());
    if (token_.kind != Kind::kEnd) {
      return Unexpected("");
    }
    return node;
  }

 private:
  absl::Status Advance() {
    STEELYARD_ASSIGN_OR_RETURN(token_, lexer_.Next());
    return absl::OkStatus();
  }

  bool IsKeyword(std::string_view keyword) const {
    return token_.kind == Kind::kWord && token_.raw == keyword;
  }

  bool IsAnyKeyword() const { return IsKeyword("AND") || IsKeyword("OR") || IsKeyword("NOT"); }

  absl::Status Unexpected(std::string_view wanted) const {
    const std::string what =
        token_.kind == Kind::kEnd ? "unexpected end" : StrCat("unexpected ", token_.raw);
    return refuse_(token_.position, StrCat(what, wanted.empty() ? "" : "; ", wanted));
  }

  // One level of parentheses.
  absl::Status Open() {
    if (++nesting_ > kMostNesting) {
      return refuse_(token_.position, StrCat("more than ", kMostNesting, " levels of parentheses"));
    }
    return Advance();
  }

  absl::Status Close() {
    if (token_.kind != Kind::kRight) {
      return Unexpected("a closing parenthesis is missing");
    }
    --nesting_;
    return Advance();
  }

  static Node Join(Node::Kind kind, std::vector<Node> children) {
    if (children.size() == 1) {
      return std::move(children.front());
    }
    Node node;
    node.kind = kind;
    node.children = std::move(children);
    return node;
  }

  absl::StatusOr<Node> ParseExpression() {
    std::vector<Node> parts;
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(Node factor, ParseFactor());
      parts.push_back(std::move(factor));
      if (IsKeyword("AND")) {
        STEELYARD_RETURN_IF_ERROR(Advance());
      } else if (token_.kind == Kind::kEnd || token_.kind == Kind::kRight) {
        return Join(Node::Kind::kAnd, std::move(parts));
      }
    }
  }

  absl::StatusOr<Node> ParseFactor() {
    std::vector<Node> parts;
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(Node term, ParseTerm());
      parts.push_back(std::move(term));
      if (!IsKeyword("OR")) {
        return Join(Node::Kind::kOr, std::move(parts));
      }
      STEELYARD_RETURN_IF_ERROR(Advance());
    }
  }

  absl::StatusOr<Node> ParseTerm() {
    if (IsKeyword("NOT") || IsKeyword("-")) {
      STEELYARD_RETURN_IF_ERROR(Advance());
    } else if (token_.kind == Kind::kWord && token_.raw.front() == '-') {
      token_.raw.remove_prefix(1);  // the field that the minus stands before
      ++token_.position;
    } else {
      return ParseSimple();
    }
    STEELYARD_ASSIGN_OR_RETURN(Node child, ParseSimple());
    Node node;
    node.kind = Node::Kind::kNot;
    node.children.push_back(std::move(child));
    return node;
  }

  absl::StatusOr<Node> ParseSimple() {
    if (token_.kind == Kind::kLeft) {
      STEELYARD_RETURN_IF_ERROR(Open());
      STEELYARD_ASSIGN_OR_RETURN(Node node, ParseExpression());
      STEELYARD_RETURN_IF_ERROR(Close());
      return node;
    }
    return ParseComparison();
  }

  absl::StatusOr<Node> ParseComparison() {
    if (token_.kind != Kind::kWord || IsAnyKeyword()) {
      return Unexpected("a comparison such as FIELD = VALUE is expected here");
    }
    if (++terms_ > kMostTerms) {
      return refuse_(token_.position, StrCat("more than ", kMostTerms, " comparisons"));
    }
    Node node;
    node.kind = Node::Kind::kComparison;
    node.position = token_.position;
    node.field = token_.raw;
    const size_t end = token_.end;
    STEELYARD_RETURN_IF_ERROR(Advance());
    if (token_.kind == Kind::kLeft && token_.position == end) {
      return refuse_(node.position, StrCat("there are no functions such as ", node.field,
                                           "(); write FIELD = VALUE"));
    }
    if (token_.kind != Kind::kOperator) {
      return refuse_(node.position,
                     StrCat("\"", node.field,
                            "\" alone is not searched for; write FIELD = VALUE, with one of = != < "
                            "<= > >= : and quotes around a value of several words"));
    }
    node.op = token_.raw;
    node.op_position = token_.position;
    STEELYARD_RETURN_IF_ERROR(Advance());
    STEELYARD_ASSIGN_OR_RETURN(node.value, ParseValue());
    return node;
  }

  absl::StatusOr<Literal> ParseValue() {
    if (token_.kind == Kind::kLeft) {
      STEELYARD_RETURN_IF_ERROR(Open());
      STEELYARD_ASSIGN_OR_RETURN(Literal value, ParseValue());
      STEELYARD_RETURN_IF_ERROR(Close());
      return value;
    }
    const bool is_value = token_.kind == Kind::kString || token_.kind == Kind::kWord;
    if (!is_value || IsAnyKeyword()) {
      return Unexpected("a value is expected here; put it in quotes if it is not one plain word");
    }
    Literal value = std::move(token_.literal);
    const size_t end = token_.end;
    STEELYARD_RETURN_IF_ERROR(Advance());
    if (token_.kind == Kind::kOperator) {
      return Unexpected("put values that hold such characters in quotes");
    }
    if (token_.kind == Kind::kLeft && token_.position == end) {
      return refuse_(value.position, "values are not computed by functions; write them out");
    }
    return value;
  }

  Lexer lexer_;
  const Refuse& refuse_;
  Token token_;
  int nesting_ = 0;
  int terms_ = 0;
};

}  // namespace

std::string Literal::Text() const { return StrJoin(pieces, "*"); }

absl::StatusOr<Node> Parse(std::string_view filter, const Refuse& refuse) {
  return Parser(filter, refuse).ParseAll();
}

bool IsBlank(std::string_view filter) {
  return filter.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace steelyard::filter
