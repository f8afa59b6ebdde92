#pragma once

// Numbers as sources write them, exactly: everything is done on the digits.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "steelyard/common/v1/mapping.pb.h"

namespace steelyard::mapping {

// A number that was read, or why it is none.
struct ReadNumber {
  std::string decimal;     // plain: "-1234.5"; empty when it is none
  std::string fault;       // what is wrong; empty when nothing is
  bool irregular = false;  // its digits are grouped in no known way
};

// Thread-safe.
class NumberFormat {
 public:
  // Of a checked mapping.
  explicit NumberFormat(const common::v1::NumberFormat& format);

  // Reads a text, and multiplies it by ten to `scale`.
  ReadNumber Read(std::string_view text, int scale) const;

 private:
  // Takes what means nothing and what multiplies off both ends; the power of ten of the latter.
  int Unwrap(std::string& text) const;
  // The digits of an integer part without its groups; false when they are not allowed.
  bool Ungroup(std::string_view text, std::string& digits, bool& irregular) const;

  char decimal_;
  std::string group_;  // what separates groups, in UTF-8; spaces of all kinds have become " "
  std::string grouping_;
  std::vector<std::string> ignore_;                    // in lower case
  std::vector<std::pair<std::string, int>> suffixes_;  // in lower case, longest first
};

// The decimal with at most so many digits behind the point, rounded half to even; `rounded` says
// whether that changed it. Of a plain decimal.
std::string RoundDecimal(std::string_view decimal, int digits, bool& rounded);

// Without spaces around it, the no-break ones included.
std::string_view TrimSpaces(std::string_view text);

}  // namespace steelyard::mapping
