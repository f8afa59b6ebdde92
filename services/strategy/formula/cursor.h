#pragma once

// Reads the words of formulas: where the parser is, and what stands there.

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace steelyard::strategy::formula {

// A place in a formula, which must outlive it. White space between words is skipped.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  // Bytes read so far, white space before the next word not included.
  size_t at() const { return at_; }
  // Where the next word begins.
  size_t Next();
  bool AtEnd() { return Next() == text_.size(); }
  // The next byte; 0 at the end.
  char Peek();
  // The letters, digits and underscores that come next; empty unless they begin with a letter.
  std::string_view PeekWord();
  // Whether "name=" comes next.
  bool AtOption();

  // Reads the symbol, or the whole word, if it comes next.
  bool Take(std::string_view symbol);
  bool TakeWord(std::string_view word);
  // Reads the next word; empty when there is none.
  std::string Word();
  // INVALID_FORMULA unless the symbol comes next; `what` names it for people.
  absl::Status Expect(std::string_view symbol, std::string_view what);
  // A finite number without sign.
  absl::StatusOr<double> Number();
  // A currency, which may be in prices of a year ("USD@constant_2021"), or "percent", if one comes
  // next; else "".
  std::string Unit();
  // The value of an option or a region, plain or in quotes.
  absl::StatusOr<std::string> Value();
  // A year, quarter or month.
  absl::StatusOr<std::string> Moment();

  // INVALID_FORMULA at a byte.
  absl::Status Fail(size_t position, std::string_view problem) const;

 private:
  absl::StatusOr<std::string> QuotedValue();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace steelyard::strategy::formula
