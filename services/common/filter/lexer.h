#pragma once

// The tokens of filters.

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/filter/parser.h"

namespace steelyard::filter {

struct Token {
  enum class Kind { kWord, kString, kOperator, kLeft, kRight, kEnd };

  Kind kind = Kind::kEnd;
  size_t position = 0;
  size_t end = 0;        // position after it
  std::string_view raw;  // as it stands in the filter
  Literal literal;       // of words and strings
};

// Gives one token after the other. The filter must outlive it.
class Lexer {
 public:
  Lexer(std::string_view filter, const Refuse& refuse) : filter_(filter), refuse_(refuse) {}
  absl::StatusOr<Token> Next();

 private:
  absl::StatusOr<Token> ReadString();
  // Reads what follows a backslash and adds it to `out`.
  absl::Status ReadEscape(std::string& out);
  Token ReadWord();
  Token Take(Token::Kind kind, size_t length);

  std::string_view filter_;
  const Refuse& refuse_;
  size_t at_ = 0;
};

}  // namespace steelyard::filter
