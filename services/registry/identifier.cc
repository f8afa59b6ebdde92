#include "services/registry/identifier.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "unicode/uidna.h"

namespace steelyard::registry {
namespace {

// Lower case and ASCII, by UTS 46; empty when the name cannot be one.
std::string ToAscii(std::string_view host) {
  UErrorCode code = U_ZERO_ERROR;
  UIDNA* idna = uidna_openUTS46(
      UIDNA_CHECK_BIDI | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_USE_STD3_RULES, &code);
  if (U_FAILURE(code)) return "";
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, 256> out{};
  const int32_t length =
      uidna_nameToASCII_UTF8(idna, host.data(), static_cast<int32_t>(host.size()), out.data(),
                             static_cast<int32_t>(out.size()), &info, &code);
  uidna_close(idna);
  if (U_FAILURE(code) || info.errors != 0 || length > static_cast<int32_t>(out.size())) return "";
  return std::string(out.data(), static_cast<size_t>(length));
}

}  // namespace

std::string_view HostOf(std::string_view address) {
  address = ToStd(absl::StripAsciiWhitespace(ToAbsl(address)));
  if (const size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  }
  address = address.substr(0, address.find_first_of("/?#"));
  if (const size_t user = address.rfind('@'); user != std::string_view::npos) {
    address.remove_prefix(user + 1);
  }
  address = address.substr(0, address.find(':'));
  if (address.ends_with('.')) address.remove_suffix(1);
  return address;
}

absl::StatusOr<std::string> DomainOf(std::string_view address) {
  const std::string_view host = HostOf(address);
  std::string domain = host.size() <= 253 ? ToAscii(host) : "";
  if (domain.starts_with("www.") && std::count(domain.begin(), domain.end(), '.') > 1) {
    domain.erase(0, 4);
  }
  if (domain.find('.') == std::string::npos) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     "not a domain: give one such as \"mistral.ai\", or an address that has one");
  }
  return domain;
}

std::string StoredValue(std::string_view scheme, std::string_view value) {
  if (scheme == "domain") {
    if (absl::StatusOr<std::string> domain = DomainOf(value); domain.ok()) return *domain;
  }
  if (scheme == "lei" || scheme == "isin") return absl::AsciiStrToUpper(ToAbsl(value));
  return std::string(value);
}

std::string IdentifierKeyOf(std::string_view scheme, std::string_view value) {
  return StrCat(scheme, ":", absl::AsciiStrToLower(StoredValue(scheme, value)));
}

}  // namespace steelyard::registry
