#pragma once

// Structured log: one JSON object a line on stderr, with time (RFC 3339), severity, message, and
// the fields given. Values of fields are escaped; nothing a caller sends can forge a line.

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace steelyard::observe {

enum class Severity { kDebug, kInfo, kWarning, kError };

// Text, a number or a truth value; numbers stand in the line without quotes.
class LogValue {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a field is written {"rows", 12}.
  LogValue(std::string text) : text_(std::move(text)) {}
  LogValue(std::string_view text) : text_(text) {}
  LogValue(const char* text) : text_(text) {}
  template <typename Number>
  requires std::is_arithmetic_v<Number> LogValue(Number number)
      : text_(NumberText(number)), quoted_(false) {}
  // NOLINTEND(google-explicit-constructor)

  const std::string& text() const { return text_; }
  bool quoted() const { return quoted_; }

 private:
  static std::string NumberText(bool value) { return value ? "true" : "false"; }
  static std::string NumberText(std::integral auto value) { return std::to_string(value); }
  static std::string NumberText(double value);  // "null" for what JSON has no number for

  std::string text_;
  bool quoted_ = true;
};

using LogFields = std::initializer_list<std::pair<std::string_view, LogValue>>;

// Writes a line, whole, if `severity` is at least the level set. Thread-safe.
void Log(Severity severity, std::string_view message, LogFields fields = {});
// Whether Log would write.
bool LogEnabled(Severity severity);
// Least severity written; "debug", "info" (until set), "warning" or "error". INVALID_FIELD for
// others.
absl::Status SetLogLevel(std::string_view level);

// The line that Log writes, with its newline. Bytes that are not UTF-8 become U+FFFD.
std::string FormatLogLine(absl::Time time, Severity severity, std::string_view message,
                          LogFields fields);

}  // namespace steelyard::observe
