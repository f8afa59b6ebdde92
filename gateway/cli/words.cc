#include "gateway/cli/words.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {

std::vector<std::string> SplitWords(std::string_view text) {
  return absl::StrSplit(ToAbsl(text), absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
}

std::vector<std::string> SplitList(std::string_view text, char separator) {
  std::vector<std::string> parts = absl::StrSplit(ToAbsl(text), separator);
  for (std::string& part : parts) absl::StripAsciiWhitespace(&part);
  return parts;
}

std::optional<double> ToNumber(std::string_view word) {
  const bool percent = word.ends_with('%');
  if (percent) word.remove_suffix(1);
  if (word.starts_with('+')) word.remove_prefix(1);
  // What the library reads beside decimals: "inf", "nan", "0x1p3", and a second sign.
  const bool plain = !word.empty() &&
                     word.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
                     !word.starts_with('+');
  double number = 0;
  if (!plain || !absl::SimpleAtod(ToAbsl(word), &number) || !std::isfinite(number)) {
    return std::nullopt;
  }
  return percent ? number / 100 : number;
}

std::optional<int> ToYear(std::string_view word) {
  constexpr int kLastYear = 9999;
  int year = 0;
  if (!absl::SimpleAtoi(ToAbsl(word), &year) || year < 1 || year > kLastYear) return std::nullopt;
  return year;
}

absl::Status WrongWords(std::string_view text, std::string_view what, std::string_view example) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   StrCat("'", text, "' ", what, "; for example ", example),
                   {{"value", std::string(text)}});
}

}  // namespace steelyard::cli
