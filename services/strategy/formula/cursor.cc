#include "services/strategy/formula/cursor.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

constexpr size_t kCurrencyLength = 3;
constexpr size_t kYearLength = 4;
constexpr size_t kMonthLength = 7;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || IsCapital(c) || c == '_'; }
bool IsInWord(char c) { return IsLetter(c) || IsDigit(c); }
bool IsInValue(char c) {
  return IsInWord(c) || std::string_view("-.@/:+*").find(c) != std::string_view::npos;
}

// Past an exponent that begins at `at`; `at` when there is none.
size_t AfterExponent(std::string_view text, size_t at) {
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  size_t end = at + 1;
  if (end < text.size() && (text[end] == '-' || text[end] == '+')) ++end;
  if (end >= text.size() || !IsDigit(text[end])) return at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end;
}

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

bool IsMoment(std::string_view text) {
  if (text.size() < kYearLength || !AllDigits(text.substr(0, kYearLength))) return false;
  if (text.size() == kYearLength) return true;
  if (text.size() != kMonthLength || text[kYearLength] != '-') return false;
  const std::string_view part = text.substr(kYearLength + 1);
  if (part[0] == 'Q') return part[1] >= '1' && part[1] <= '4';
  return AllDigits(part) && part >= "01" && part <= "12";
}

}  // namespace

size_t Cursor::Next() {
  while (at_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  return at_;
}

char Cursor::Peek() { return AtEnd() ? '\0' : text_[at_]; }

std::string_view Cursor::PeekWord() {
  size_t end = Next();
  if (end < text_.size() && IsLetter(text_[end])) {
    while (end < text_.size() && IsInWord(text_[end])) ++end;
  }
  return text_.substr(at_, end - at_);
}

bool Cursor::AtOption() {
  const size_t before = at_;
  const std::string_view word = PeekWord();
  at_ += word.size();
  const bool option = !word.empty() && Peek() == '=' && !text_.substr(at_).starts_with("==");
  at_ = before;
  return option;
}

bool Cursor::Take(std::string_view symbol) {
  if (!text_.substr(Next()).starts_with(symbol)) return false;
  at_ += symbol.size();
  return true;
}

bool Cursor::TakeWord(std::string_view word) {
  if (PeekWord() != word) return false;
  at_ += word.size();
  return true;
}

std::string Cursor::Word() {
  std::string word(PeekWord());
  at_ += word.size();
  return word;
}

absl::Status Cursor::Expect(std::string_view symbol, std::string_view what) {
  if (Take(symbol)) return absl::OkStatus();
  if (AtEnd()) return Fail(at_, StrCat("the formula ends where ", what, " is expected"));
  return Fail(at_, StrCat(what, " is expected here"));
}

absl::StatusOr<double> Cursor::Number() {
  size_t end = Next();
  while (end < text_.size() && (IsDigit(text_[end]) || text_[end] == '.')) ++end;
  end = AfterExponent(text_, end);
  const std::string_view digits = text_.substr(at_, end - at_);
  double number = 0;
  if (!absl::SimpleAtod(ToAbsl(digits), &number) || !std::isfinite(number)) {
    return Fail(at_, StrCat("'", digits, "' is no number; a number is like 119e9 or 0.25"));
  }
  if (end < text_.size() && IsLetter(text_[end])) {
    return Fail(end, "a letter follows a number; put a space before a unit such as USD");
  }
  at_ = end;
  return number;
}

std::string Cursor::Unit() {
  const size_t before = at_;
  const std::string_view word = PeekWord();
  const bool currency =
      word.size() == kCurrencyLength && std::all_of(word.begin(), word.end(), IsCapital);
  if (word == "percent") return Word();
  if (!currency) {
    at_ = before;
    return "";
  }
  std::string unit = Word();
  // In the prices of a year.
  if (at_ < text_.size() && text_[at_] == '@') {
    size_t end = at_ + 1;
    while (end < text_.size() && IsInWord(text_[end])) ++end;
    unit += text_.substr(at_, end - at_);
    at_ = end;
  }
  return unit;
}

absl::StatusOr<std::string> Cursor::Value() {
  const char next = Peek();
  if (next == '\'' || next == '"') return QuotedValue();
  size_t end = at_;
  while (end < text_.size() && IsInValue(text_[end])) ++end;
  if (end == at_) return Fail(at_, "a value is expected here, such as US, * or 'a text'");
  std::string value(text_.substr(at_, end - at_));
  at_ = end;
  return value;
}

absl::StatusOr<std::string> Cursor::QuotedValue() {
  const size_t start = at_;
  const char quote = text_[at_++];
  std::string value;
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    value += text_[at_++];
  }
  if (at_ == text_.size()) return Fail(start, "the text that begins here does not end");
  ++at_;
  return value;
}

absl::StatusOr<std::string> Cursor::Moment() {
  size_t end = Next();
  while (end < text_.size() && (IsInWord(text_[end]) || text_[end] == '-')) ++end;
  const std::string_view moment = text_.substr(at_, end - at_);
  if (!IsMoment(moment)) {
    return Fail(at_, "a period is expected here: 2025, 2015..2025, 2025-Q1 or 2025-04");
  }
  at_ = end;
  return std::string(moment);
}

absl::Status Cursor::Fail(size_t position, std::string_view problem) const {
  return Refuse(text_, position, problem);
}

}  // namespace steelyard::strategy::formula
