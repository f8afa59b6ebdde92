#pragma once

// Reads a process's configuration: a steelyard.config.v1.ServerConfig as JSON.

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::config_file {

// Reads a file; an empty path gives the defaults. INVALID_FIELD with file and position for JSON
// that does not parse, unknown fields, and values out of range.
absl::StatusOr<config::v1::ServerConfig> Load(const std::string& path, std::string_view service);
// Fills every unset field with the default that config.proto documents for `service` ("registry",
// "funding", "strategy", "gateway", "allinone") and checks all values.
absl::Status ApplyDefaults(std::string_view service, config::v1::ServerConfig& config);

}  // namespace steelyard::config_file
