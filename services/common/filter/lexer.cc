#include "services/common/filter/lexer.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::filter {
namespace {

constexpr std::string_view kWhite = " \t\r\n";
constexpr std::string_view kSpecial = "()\"',=!<>:";

bool IsIn(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool IsWordByte(char c) { return !IsIn(c, kWhite) && !IsIn(c, kSpecial) && !IsControl(c); }

// False for what is no character: surrogates, and numbers beyond Unicode.
bool AppendUtf8(uint32_t c, std::string& out) {
  const auto byte = [&out](uint32_t value) { out += static_cast<char>(value); };
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
    return false;
  }
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6));
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
  return true;
}

// How the number after `letter` is written: digits and base; no digits when it is no such letter.
std::pair<size_t, int> NumberForm(char letter) {
  switch (letter) {
    case 'x':
    case 'X':
      return {2, 16};
    case 'u':
      return {4, 16};
    case 'U':
      return {8, 16};
    default:
      return letter >= '0' && letter <= '3' ? std::pair<size_t, int>{3, 8}
                                            : std::pair<size_t, int>{0, 0};
  }
}

}  // namespace

absl::StatusOr<Token> Lexer::Next() {
  while (at_ < filter_.size() && IsIn(filter_[at_], kWhite)) {
    ++at_;
  }
  if (at_ == filter_.size()) {
    return Take(Token::Kind::kEnd, 0);
  }
  const char c = filter_[at_];
  const bool equals_follows = at_ + 1 < filter_.size() && filter_[at_ + 1] == '=';
  switch (c) {
    case '(':
      return Take(Token::Kind::kLeft, 1);
    case ')':
      return Take(Token::Kind::kRight, 1);
    case '"':
    case '\'':
      return ReadString();
    case '<':
    case '>':
      return Take(Token::Kind::kOperator, equals_follows ? 2 : 1);
    case '=':
    case ':':
      return Take(Token::Kind::kOperator, 1);
    case '!':
      if (equals_follows) {
        return Take(Token::Kind::kOperator, 2);
      }
      return refuse_(at_, "unexpected \"!\"; \"!=\" compares, \"NOT\" and \"-\" negate");
    case ',':
      return refuse_(at_, "unexpected \",\"; join comparisons with AND and OR");
    default:
      if (IsControl(c)) {
        return refuse_(at_, "unexpected control character");
      }
      return ReadWord();
  }
}

Token Lexer::Take(Token::Kind kind, size_t length) {
  Token token;
  token.kind = kind;
  token.position = at_;
  token.raw = filter_.substr(at_, length);
  at_ += length;
  token.end = at_;
  return token;
}

Token Lexer::ReadWord() {
  size_t end = at_;
  while (end < filter_.size() && IsWordByte(filter_[end])) {
    ++end;
  }
  Token token = Take(Token::Kind::kWord, end - at_);
  token.literal = {token.position, {""}};
  for (const char c : token.raw) {
    if (c == '*') {
      token.literal.pieces.emplace_back();
    } else {
      token.literal.pieces.back() += c;
    }
  }
  return token;
}

absl::StatusOr<Token> Lexer::ReadString() {
  Token token;
  token.kind = Token::Kind::kString;
  token.position = at_;
  token.literal = {at_, {""}};
  const char quote = filter_[at_++];
  while (at_ < filter_.size() && filter_[at_] != quote) {
    const char c = filter_[at_++];
    if (c == '*') {
      token.literal.pieces.emplace_back();
    } else if (c == '\\') {
      STEELYARD_RETURN_IF_ERROR(ReadEscape(token.literal.pieces.back()));
    } else {
      token.literal.pieces.back() += c;
    }
  }
  if (at_ == filter_.size()) {
    return refuse_(token.position, "unterminated string: its closing quote is missing");
  }
  ++at_;
  token.end = at_;
  token.raw = filter_.substr(token.position, token.end - token.position);
  return token;
}

absl::Status Lexer::ReadEscape(std::string& out) {
  constexpr std::string_view kLetters = "abfnrtv\\'\"?`*";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"?`*";
  const size_t start = at_ - 1;
  if (at_ == filter_.size()) {
    return refuse_(start, "unterminated string: it ends with a backslash");
  }
  const char letter = filter_[at_];
  if (const size_t found = kLetters.find(letter); found != std::string_view::npos) {
    out += kMeanings[found];
    ++at_;
    return absl::OkStatus();
  }
  const auto [length, base] = NumberForm(letter);
  const size_t first = base == 8 ? at_ : at_ + 1;
  uint32_t code = 0;
  if (length > 0 && first + length <= filter_.size()) {
    const char* begin = filter_.data() + first;
    const auto [end, error] = std::from_chars(begin, begin + length, code, base);
    if (error == std::errc() && end == begin + length && code != 0 && AppendUtf8(code, out)) {
      at_ = first + length;
      return absl::OkStatus();
    }
  }
  return refuse_(
      start,
      "unknown escape; allowed are \\a \\b \\f \\n \\r \\t \\v \\\\ \\' \\\" \\? \\` \\*, "
      "and the code points \\ooo, \\xHH, \\uHHHH and \\UHHHHHHHH");
}

}  // namespace steelyard::filter
