#include "services/common/filter/operand.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/common/time/date.h"

namespace steelyard::filter {
namespace {

constexpr int kScaleDigits = 6;
constexpr size_t kMostDigits = 36;  // scaled; engines' DECIMAL holds 38

absl::Status Refused(std::string_view problem) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FILTER, problem);
}

// The whole text as an integer.
template <typename Integer>
std::optional<Integer> ParseInteger(std::string_view text) {
  Integer value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

bool AllDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string Binary(const Field& field, std::string_view op, std::string_view operand = "?") {
  return StrCat("(", field.sql, " ", op == "!=" ? "IS DISTINCT FROM" : op, " ", operand, ")");
}

std::string Negated(std::string_view predicate) {
  return StrCat("(NOT COALESCE(", predicate, ", FALSE))");
}

absl::StatusOr<std::string> CompareListed(const Field& field, std::string_view op,
                                          const std::string& text,
                                          std::vector<sql::Value>& parameters) {
  const auto found = std::find_if(field.values.begin(), field.values.end(),
                                  [&text](const auto& value) { return value.first == text; });
  if (found == field.values.end()) {
    std::vector<std::string> allowed;
    for (const auto& value : field.values) {
      allowed.push_back(value.first);
    }
    return Refused(StrCat("\"", text, "\" is not a value of \"", field.name, "\"; allowed are ",
                          StrJoin(allowed, ", ")));
  }
  if (std::holds_alternative<std::monostate>(found->second)) {
    if (op != "=" && op != "!=") {
      return Refused(StrCat("\"", text, "\" has no order"));
    }
    return StrCat("(", field.sql, op == "=" ? " IS NULL)" : " IS NOT NULL)");
  }
  parameters.push_back(found->second);
  return field.type == FieldType::kHas ? StrCat("(", field.sql, ")") : Binary(field, op);
}

// Text with a wildcard, as a pattern of LIKE.
absl::StatusOr<std::string> CompareWild(const Field& field, std::string_view op,
                                        const Literal& value, std::vector<sql::Value>& parameters) {
  if (op != "=" && op != "!=") {
    return Refused(StrCat("\"", op, "\" takes no wildcard; write \\* in quotes for a plain *"));
  }
  std::string pattern;
  for (size_t i = 0; i < value.pieces.size(); ++i) {
    pattern += i > 0 ? "%" : "";
    for (const char c : value.pieces[i]) {
      if (c == '%' || c == '_' || c == '\\') {
        pattern += '\\';
      }
      pattern += c;
    }
  }
  parameters.emplace_back(std::move(pattern));
  const std::string like = StrCat("(", field.sql, " LIKE ? ESCAPE '\\')");
  return op == "=" ? like : Negated(like);
}

absl::StatusOr<std::string> CompareInteger(const Field& field, std::string_view op,
                                           const std::string& text,
                                           std::vector<sql::Value>& parameters) {
  const auto number = ParseInteger<int64_t>(text);
  if (!number.has_value()) {
    return Refused(StrCat("\"", text, "\" is not a whole number of 64 bits, which \"", field.name,
                          "\" is compared with"));
  }
  parameters.emplace_back(*number);
  return Binary(field, op);
}

absl::StatusOr<std::string> CompareDecimal(const Field& field, std::string_view op,
                                           const std::string& text,
                                           std::vector<sql::Value>& parameters) {
  STEELYARD_ASSIGN_OR_RETURN(const std::string digits, ScaledDecimal(text));
  if (const auto number = ParseInteger<int64_t>(digits); number.has_value()) {
    parameters.emplace_back(*number);
    return Binary(field, op);
  }
  return Binary(field, op, digits);  // wider than a parameter; nothing but digits and a sign
}

// A date that is known to the month or year stands for all of its days.
absl::StatusOr<std::string> CompareDate(const Field& field, std::string_view op,
                                        const std::string& text,
                                        std::vector<sql::Value>& parameters) {
  const auto date = ParseDate(text);
  if (!date.ok()) {
    return Refused(ToStd(date.status().message()));
  }
  const int64_t first = date->FirstDay().ToDays();
  const int64_t last = date->LastDay().ToDays();
  if (op == "=" || op == "!=") {
    parameters.emplace_back(first);
    parameters.emplace_back(last);
    const std::string within = StrCat("(", field.sql, " BETWEEN ? AND ?)");
    return op == "=" ? within : Negated(within);
  }
  parameters.emplace_back(op == "<" || op == ">=" ? first : last);
  return Binary(field, op);
}

}  // namespace

absl::StatusOr<std::string> Compare(const Field& field, std::string_view op, const Literal& value,
                                    std::vector<sql::Value>& parameters) {
  const std::string text = value.Text();
  if (!field.values.empty()) {
    return CompareListed(field, op, text, parameters);
  }
  switch (field.type) {
    case FieldType::kText:
      if (value.HasWildcard()) {
        return CompareWild(field, op, value, parameters);
      }
      parameters.emplace_back(text);
      return Binary(field, op);
    case FieldType::kInteger:
      return CompareInteger(field, op, text, parameters);
    case FieldType::kDate:
      return CompareDate(field, op, text, parameters);
    case FieldType::kDecimal:
      return CompareDecimal(field, op, text, parameters);
    case FieldType::kHas:
      break;
  }
  if (value.HasWildcard()) {
    return Refused("\":\" takes no wildcard; write \\* in quotes for a plain *");
  }
  parameters.emplace_back(text);
  return StrCat("(", field.sql, ")");
}

absl::StatusOr<std::string> ScaledDecimal(std::string_view text) {
  const auto no_number = [text] {
    return Refused(StrCat("\"", text, "\" is not a number such as 1500000, -2.5 or 1.5e9"));
  };
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  rest.remove_prefix(negative ? 1 : 0);
  int exponent = 0;
  if (const size_t e = rest.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view power = rest.substr(e + 1);
    power.remove_prefix(!power.empty() && power.front() == '+' ? 1 : 0);
    const auto number = ParseInteger<int>(power);
    if (!number.has_value() || *number > 1000 || *number < -1000) {
      return no_number();
    }
    exponent = *number;
    rest = rest.substr(0, e);
  }
  const size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  const std::string_view decimals =
      point == std::string_view::npos ? std::string_view() : rest.substr(point + 1);
  if (whole.empty() || !AllDigits(whole) || !AllDigits(decimals) ||
      (point != std::string_view::npos && decimals.empty())) {
    return no_number();
  }
  std::string digits = StrCat(whole, decimals);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) {
    return "0";
  }
  int shift = exponent + kScaleDigits - static_cast<int>(decimals.size());
  for (; shift < 0 && !digits.empty(); ++shift) {
    if (digits.back() != '0') {
      return Refused(StrCat("\"", text, "\" has more than six decimals"));
    }
    digits.pop_back();
  }
  digits.append(static_cast<size_t>(std::max(shift, 0)), '0');
  if (digits.size() > kMostDigits) {
    return Refused(StrCat("\"", text, "\" is 10^30 or more"));
  }
  return StrCat(negative ? "-" : "", digits);
}

}  // namespace steelyard::filter
