#include "services/common/mapping/number_format.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/common/text/strings.h"

namespace steelyard::mapping {
namespace {

// More digits than any value has that may be stored.
constexpr size_t kMostDigits = 60;
constexpr size_t kMostExponentDigits = 3;
// Fewer digits behind a single separator may be decimals, and it a decimal comma that was not
// declared.
constexpr size_t kLeastIrregularDigits = 7;
constexpr size_t kLeastDigitsOfSeveralGroups = 6;

constexpr std::array<std::string_view, 4> kSpaces = {" ", "\u00A0", "\u202F", "\u2009"};

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

std::vector<size_t> GroupSizes(std::string_view text, char separator) {
  std::vector<size_t> sizes = {0};
  for (const char c : text) {
    if (c == separator) {
      sizes.push_back(0);
    } else {
      ++sizes.back();
    }
  }
  return sizes;
}

// Whether all groups but the first have `middle` digits, the last one three.
bool IsGrouped(const std::vector<size_t>& sizes, size_t middle) {
  if (sizes.front() < 1 || sizes.front() > middle || sizes.back() != 3) return false;
  return std::all_of(sizes.begin() + 1, sizes.end() - 1,
                     [middle](size_t size) { return size == middle; });
}

// Digits with a point, moved by `shift` places, as a plain decimal; empty when it is too long.
std::string Shifted(std::string_view whole, std::string_view fraction, int shift) {
  std::string digits = StrCat(whole, fraction);
  const size_t zeros = digits.find_first_not_of('0');
  if (zeros == std::string::npos) return "0";
  int point = static_cast<int>(whole.size()) + shift;
  digits.erase(0, zeros);
  point -= static_cast<int>(zeros);
  while (digits.back() == '0') digits.pop_back();
  const int size = static_cast<int>(digits.size());
  if (std::max(point, size) - std::min(point, 0) > static_cast<int>(kMostDigits)) return "";
  if (point <= 0) return StrCat("0.", std::string(static_cast<size_t>(-point), '0'), digits);
  if (point >= size) return digits + std::string(static_cast<size_t>(point - size), '0');
  return digits.insert(static_cast<size_t>(point), 1, '.');
}

// Cuts an exponent off; 0 when there is none.
int TakeExponent(std::string_view& text) {
  const size_t at = text.find_last_of("eE");
  if (at == std::string_view::npos || at == 0) return 0;
  std::string_view digits = text.substr(at + 1);
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (!IsDigits(digits) || digits.size() > kMostExponentDigits) return 0;
  int exponent = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  text = text.substr(0, at);
  return negative ? -exponent : exponent;
}

bool TakeEnd(std::string& text, std::string_view end) {
  if (end.empty() || !text.ends_with(end)) return false;
  text.resize(text.size() - end.size());
  return true;
}

bool TakeStart(std::string& text, std::string_view start) {
  if (start.empty() || !text.starts_with(start)) return false;
  text.erase(0, start.size());
  return true;
}

}  // namespace

std::string_view TrimSpaces(std::string_view text) {
  bool trimmed = true;
  while (trimmed) {
    trimmed = false;
    text = ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), trimmed = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), trimmed = true;
    }
  }
  return text;
}

NumberFormat::NumberFormat(const common::v1::NumberFormat& format)
    : decimal_(format.decimal() == "," ? ',' : '.'),
      group_(format.group().empty() ? (decimal_ == ',' ? "." : ",") : format.group()),
      grouping_(format.grouping().empty() ? "any" : format.grouping()) {
  if (group_ == "space") group_ = " ";
  if (group_ == "none") group_.clear();
  for (const std::string& text : format.ignore()) {
    ignore_.push_back(absl::AsciiStrToLower(text));
  }
  for (const auto& [text, power] : format.suffixes()) {
    suffixes_.emplace_back(absl::AsciiStrToLower(text), power);
  }
  std::sort(suffixes_.begin(), suffixes_.end(), [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a < b;
  });
}

int NumberFormat::Unwrap(std::string& text) const {
  int power = 0;
  bool has_suffix = false;
  bool taken = true;
  while (taken) {
    taken = false;
    text = TrimSpaces(text);
    for (const std::string& nothing : ignore_) {
      taken = TakeStart(text, nothing) || TakeEnd(text, nothing) || taken;
    }
    for (const auto& [suffix, exponent] : suffixes_) {
      if (taken || has_suffix || !TakeEnd(text, suffix)) continue;
      power = exponent;
      has_suffix = true;
      taken = true;
    }
  }
  return power;
}

bool NumberFormat::Ungroup(std::string_view text, std::string& digits, bool& irregular) const {
  if (IsDigits(text)) {
    digits = text;
    return true;
  }
  if (group_.empty() || text.empty()) return false;
  const char separator = group_.front();
  for (const char c : text) {
    if (c == separator) continue;
    if (!absl::ascii_isdigit(c)) return false;
    digits += c;
  }
  if (text.front() == separator || digits.empty()) return false;
  const std::vector<size_t> sizes = GroupSizes(text, separator);
  if (grouping_ != "indian" && IsGrouped(sizes, 3)) return true;
  if (grouping_ != "thousands" && IsGrouped(sizes, 2)) return true;
  irregular = true;
  return grouping_ == "any" &&
         digits.size() >= (sizes.size() > 2 ? kLeastDigitsOfSeveralGroups : kLeastIrregularDigits);
}

ReadNumber NumberFormat::Read(std::string_view text, int scale) const {
  ReadNumber number;
  std::string lower = absl::AsciiStrToLower(ToAbsl(text));
  for (const std::string_view space : kSpaces) {
    absl::StrReplaceAll({{ToAbsl(space), " "}}, &lower);
  }
  const bool sign_first = TakeStart(lower, "-");
  const int power = Unwrap(lower);
  const bool negative = sign_first || TakeStart(lower, "-");
  if (!negative) TakeStart(lower, "+");
  std::string_view rest = TrimSpaces(lower);
  const int exponent = TakeExponent(rest);
  const size_t point = rest.find(decimal_);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : rest.substr(point + 1);
  std::string digits;
  const bool right = Ungroup(rest.substr(0, point), digits, number.irregular) &&
                     (point == std::string_view::npos || IsDigits(fraction));
  if (!right) {
    number.fault = number.irregular && fraction.find(decimal_) == std::string_view::npos
                       ? StrCat(
                             "its digits are grouped in no way that is allowed; the decimal "
                             "separator is declared as \"",
                             std::string(1, decimal_), "\"")
                       : std::string("is no number as the mapping describes them");
    return number;
  }
  const std::string plain = digits.size() + fraction.size() > kMostDigits
                                ? std::string()
                                : Shifted(digits, fraction, exponent + power + scale);
  if (plain.empty()) {
    number.fault = "is beyond the range of numbers";
  } else {
    number.decimal = negative && plain != "0" ? StrCat("-", plain) : plain;
  }
  return number;
}

std::string RoundDecimal(std::string_view decimal, int digits, bool& rounded) {
  rounded = false;
  const size_t point = decimal.find('.');
  if (point == std::string_view::npos) return std::string(decimal);
  const size_t kept = point + 1 + static_cast<size_t>(digits);
  if (decimal.size() <= kept) return std::string(decimal);
  const std::string_view rest = decimal.substr(kept);
  std::string result(decimal.substr(0, digits == 0 ? point : kept));
  rounded = rest.find_first_not_of('0') != std::string_view::npos;
  const bool half = rest.front() == '5' && rest.find_first_not_of('0', 1) == std::string_view::npos;
  const bool odd = (result.back() - '0') % 2 != 0;
  if (half ? !odd : rest.front() < '5') return result;
  // Adds one to the last digit.
  size_t at = result.size();
  while (at-- > 0) {
    char& c = result[at];
    if (!absl::ascii_isdigit(c)) {
      if (c == '-') return result.insert(1, 1, '1');
      continue;
    }
    if (c != '9') {
      ++c;
      return result;
    }
    c = '0';
  }
  return result.insert(0, 1, '1');
}

}  // namespace steelyard::mapping
