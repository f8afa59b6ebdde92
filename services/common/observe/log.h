#pragma once

// Structured log: one JSON object a line on stderr, with time (RFC 3339), severity, message, and the
// fields given. Values of fields are escaped; nothing a caller sends can forge a line.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace steelyard::observe {

enum class Severity { kDebug, kInfo, kWarning, kError };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

// Thread-safe.
void Log(Severity severity, std::string_view message, LogFields fields = {});
// Least severity written; "debug", "info", "warning" or "error".
absl::Status SetLogLevel(std::string_view level);

}  // namespace steelyard::observe
