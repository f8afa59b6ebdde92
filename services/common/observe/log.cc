#include "services/common/observe/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <mutex>

#include "absl/time/clock.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::observe {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

std::atomic<Severity>& Level() {
  static std::atomic<Severity> level = Severity::kInfo;
  return level;
}

// Length of the UTF-8 character at the start of `text`; 0 when it is not one (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
size_t CharacterLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                        : lead >= 0xE0 && lead <= 0xEF ? 3
                        : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool bad_second = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) ||
                          (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F);
  return bad_second ? 0 : length;
}

void AppendControl(unsigned char character, std::string& out) {
  switch (character) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default: {
      std::array<char, 7> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", character);
      out += escape.data();
    }
  }
}

void AppendString(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (first == '"' || first == '\\') {
      out += '\\';
      out += text[0];
    } else if (first < 0x20 || first == 0x7F) {
      AppendControl(first, out);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void WriteAll(std::string_view line) {
  // Long lines to a pipe may be written in parts; nobody may come between them.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nowhere left to say so
    line.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

std::string LogValue::NumberText(double value) {
  if (!std::isfinite(value)) return "null";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string FormatLogLine(absl::Time time, Severity severity, std::string_view message,
                          LogFields fields) {
  std::string line = R"({"time":")";
  line += absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
  line += R"(","severity":")";
  line += kLevels.at(static_cast<size_t>(severity));
  line += R"(","message":)";
  AppendString(message, line);
  for (const auto& [name, value] : fields) {
    line += ',';
    AppendString(name, line);
    line += ':';
    if (value.quoted()) {
      AppendString(value.text(), line);
    } else {
      line += value.text();
    }
  }
  line += "}\n";
  return line;
}

bool LogEnabled(Severity severity) { return severity >= Level().load(std::memory_order_relaxed); }

void Log(Severity severity, std::string_view message, LogFields fields) {
  if (LogEnabled(severity)) WriteAll(FormatLogLine(absl::Now(), severity, message, fields));
}

absl::Status SetLogLevel(std::string_view level) {
  for (size_t i = 0; i < kLevels.size(); ++i) {
    if (level == kLevels.at(i)) {
      Level().store(static_cast<Severity>(i), std::memory_order_relaxed);
      return absl::OkStatus();
    }
  }
  FieldErrors errors;
  errors.Add("log_level",
             StrCat("must be one of ", StrJoin(kLevels, ", "), ", not \"", level, "\""));
  return errors.ToStatus();
}

}  // namespace steelyard::observe
