#include "services/common/config/address.h"

#include <arpa/inet.h>

#include <charconv>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::config_file {
namespace {

bool IsIpv4(const std::string& host) {
  in_addr ignored = {};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1;
}

bool IsIpv6(const std::string& host) {
  in6_addr ignored = {};
  return inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

// A DNS name, or a number in dots that was meant as an address but is none.
bool IsName(std::string_view host) {
  constexpr std::string_view kDigitsAndDots = "0123456789.";
  if (host.empty() || host.size() > 253 || host.front() == '-' || host.front() == '.' ||
      host.find_first_not_of(kDigitsAndDots) == std::string_view::npos) {
    return false;
  }
  for (const char c : host) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    if (!allowed) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string Address::ToString() const {
  return host.find(':') == std::string::npos ? StrCat(host, ":", port)
                                             : StrCat("[", host, "]:", port);
}

bool Address::IsLoopback() const {
  return host == "localhost" || host == "::1" || (host.rfind("127.", 0) == 0 && IsIpv4(host));
}

absl::StatusOr<Address> ParseAddress(std::string_view text) {
  const auto refuse = [text](std::string_view problem) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     StrCat("\"", text, "\" ", problem,
                            "; HOST:PORT is expected, such as 127.0.0.1:7100, [::1]:0 or "
                            "registry.internal:7101"),
                     {{"value", std::string(text)}});
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return refuse("has no port");
  }
  const std::string_view port = text.substr(colon + 1);
  Address address;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || address.port < 0 ||
      address.port > 65535 || port.front() == '-') {
    return refuse("has no port in 0 to 65535");
  }
  address.host = text.substr(0, colon);
  const bool bracketed =
      address.host.size() >= 2 && address.host.front() == '[' && address.host.back() == ']';
  if (bracketed) {
    address.host = address.host.substr(1, address.host.size() - 2);
    if (!IsIpv6(address.host)) {
      return refuse("has no IPv6 address in its brackets");
    }
  } else if (!IsIpv4(address.host) && !IsName(address.host)) {
    return refuse("names no host");
  }
  return address;
}

}  // namespace steelyard::config_file
