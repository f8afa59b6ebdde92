#pragma once

// Addresses as configuration writes them: HOST:PORT.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace steelyard::config_file {

struct Address {
  std::string host;  // without the brackets of an IPv6 address
  int port = 0;

  // "127.0.0.1:7100", "[::1]:7100".
  std::string ToString() const;
  // Whether only this machine can reach it: "localhost", 127.0.0.0/8, "::1".
  bool IsLoopback() const;
};

// Reads "127.0.0.1:7100", "[::1]:0", "registry.internal:7101"; port in 0 to 65535. INVALID_FIELD.
absl::StatusOr<Address> ParseAddress(std::string_view text);

}  // namespace steelyard::config_file
