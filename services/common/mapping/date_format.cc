#include "services/common/mapping/date_format.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "services/common/mapping/number_format.h"
#include "services/common/text/strings.h"

namespace steelyard::mapping {
namespace {

constexpr int kDefaultEarliestYear = 1900;
constexpr size_t kShortName = 3;
constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

// Takes `least` to `most` digits off the front; nullopt when there are fewer.
std::optional<int> TakeDigits(std::string_view& text, size_t least, size_t most) {
  size_t count = 0;
  int value = 0;
  while (count < most && count < text.size() && absl::ascii_isdigit(text[count])) {
    value = value * 10 + (text[count++] - '0');
  }
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

// Takes a month's name off the front, short or long.
std::optional<int> TakeMonthName(std::string_view& text, bool is_short) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(text.substr(0, 9)));
  for (size_t i = 0; i < kMonths.size(); ++i) {
    const std::string_view name = is_short ? kMonths[i].substr(0, kShortName) : kMonths[i];
    if (!std::string_view(lower).starts_with(name)) continue;
    text.remove_prefix(name.size());
    return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

}  // namespace

std::vector<DatePattern::Token> DatePattern::Split(std::string_view pattern) {
  std::vector<Token> tokens;
  while (!pattern.empty()) {
    const char c = pattern.front();
    size_t run = std::min(pattern.find_first_not_of(c), pattern.size());
    if (c == 'Y') {
      tokens.push_back({.kind = Token::Kind::kYear, .least = run, .most = run});
    } else if (c == 'M' && run > 2) {
      tokens.push_back({.kind = Token::Kind::kMonthName, .least = run, .most = run});
    } else if (c == 'M' || c == 'D') {
      tokens.push_back({.kind = c == 'M' ? Token::Kind::kMonth : Token::Kind::kDay,
                        .least = run,
                        .most = std::max<size_t>(run, 2)});
    } else if (c == '*') {
      tokens.push_back({.kind = Token::Kind::kRest, .least = run});
    } else {
      run = 1;
      tokens.push_back({.kind = Token::Kind::kLiteral, .literal = c});
    }
    pattern.remove_prefix(run);
  }
  return tokens;
}

std::string DatePattern::Fault(std::string_view pattern) {
  constexpr std::string_view kAllowed =
      "must be made of YYYY, MM, M, DD, D, MMM, MMMM and what stands between them, such as "
      "\"DD/MM/YYYY\", with '*' at most at its end";
  const std::vector<Token> tokens = Split(pattern);
  const auto count = [&](Token::Kind kind) {
    return std::count_if(tokens.begin(), tokens.end(),
                         [kind](const Token& token) { return token.kind == kind; });
  };
  const auto months = count(Token::Kind::kMonth) + count(Token::Kind::kMonthName);
  const auto days = count(Token::Kind::kDay);
  if (pattern.size() > 50 || count(Token::Kind::kYear) != 1 || months > 1 || days > 1) {
    return std::string(kAllowed);
  }
  if (days > months) return "a day needs a month beside it";
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    const bool last = i + 1 == tokens.size();
    const bool wrong = (token.kind == Token::Kind::kYear && token.least != 4) || token.least > 4 ||
                       (token.kind == Token::Kind::kDay && token.least > 2) ||
                       (token.kind == Token::Kind::kRest && (!last || token.least != 1)) ||
                       (token.kind == Token::Kind::kLiteral && absl::ascii_isalnum(token.literal) &&
                        token.literal != 'T');
    if (wrong) return std::string(kAllowed);
  }
  return "";
}

DatePattern::DatePattern(std::string_view pattern) : text_(pattern), tokens_(Split(pattern)) {}

std::optional<PartialDate> DatePattern::Match(std::string_view text) const {
  PartialDate date;
  for (const Token& token : tokens_) {
    std::optional<int> number = 0;
    switch (token.kind) {
      case Token::Kind::kYear:
        number = TakeDigits(text, token.least, token.most);
        date.year = number.value_or(0);
        break;
      case Token::Kind::kMonth:
        number = TakeDigits(text, token.least, token.most);
        date.month = number.value_or(0);
        break;
      case Token::Kind::kMonthName:
        number = TakeMonthName(text, token.least == kShortName);
        date.month = number.value_or(0);
        break;
      case Token::Kind::kDay:
        number = TakeDigits(text, token.least, token.most);
        date.day = number.value_or(0);
        break;
      case Token::Kind::kRest:
        text = {};
        break;
      case Token::Kind::kLiteral:
        if (!text.starts_with(token.literal)) return std::nullopt;
        text.remove_prefix(1);
        break;
    }
    const bool zero = number == 0 && token.kind != Token::Kind::kRest &&
                      token.kind != Token::Kind::kLiteral && token.kind != Token::Kind::kYear;
    // 00 is no month or day, and must not become one that is not known.
    if (!number || zero) return std::nullopt;
  }
  return text.empty() ? std::optional(date) : std::nullopt;
}

DateFormat::DateFormat(const common::v1::DateFormat& format)
    : earliest_year_(format.earliest_year() == 0 ? kDefaultEarliestYear : format.earliest_year()),
      january_first_is_year_(format.january_first_is_year()) {
  for (const std::string& pattern : format.formats()) patterns_.emplace_back(pattern);
  if (!patterns_.empty()) return;
  for (const char* pattern : {"YYYY-MM-DD", "YYYY-MM", "YYYY"}) patterns_.emplace_back(pattern);
}

ReadDate DateFormat::Read(std::string_view text) const {
  text = TrimSpaces(text);
  std::string fault;
  for (const DatePattern& pattern : patterns_) {
    std::optional<PartialDate> date = pattern.Match(text);
    if (!date) continue;
    // Checks the calendar.
    google::type::Date message;
    message.set_year(date->year);
    message.set_month(date->month);
    message.set_day(date->day);
    if (const auto checked = FromProto(message); !checked.ok()) {
      fault = ToStd(checked.status().message());
    } else if (date->year < earliest_year_) {
      fault = StrCat("the year ", date->year, " is impossible; dates start with ", earliest_year_);
    } else {
      if (january_first_is_year_ && date->month == 1 && date->day == 1) {
        date = PartialDate{.year = date->year};
      }
      return {.date = date, .fault = ""};
    }
  }
  if (!fault.empty()) return {.date = std::nullopt, .fault = fault};
  std::string allowed;
  for (const DatePattern& pattern : patterns_) {
    StrAppend(&allowed, allowed.empty() ? "" : " or ", pattern.text());
  }
  return {.date = std::nullopt, .fault = StrCat("must be written as ", allowed)};
}

}  // namespace steelyard::mapping
