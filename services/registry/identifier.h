#pragma once

// How identifiers are written and compared.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace steelyard::registry {

// The host of an address as it is written there, without spaces around it, port and final dot.
std::string_view HostOf(std::string_view address);

// The domain of an address or a domain: "https://www.Mistral.ai/news?x" -> "mistral.ai". Scheme,
// user, a leading "www.", port, path and a final dot are dropped; the rest is in lower case,
// international labels in their ASCII form ("xn--..."). INVALID_FIELD when no domain of two labels
// or more is left.
absl::StatusOr<std::string> DomainOf(std::string_view address);

// The value as it is stored: domains as DomainOf gives them (unchanged when it gives none), LEIs
// and ISINs in upper case, every other scheme's as it is.
std::string StoredValue(std::string_view scheme, std::string_view value);

// What two equal identifiers have in common: scheme, ':' and the stored value in lower case. No
// scheme in use tells codes apart by case ("openai" and "OpenAI" are one GitHub organisation).
std::string IdentifierKeyOf(std::string_view scheme, std::string_view value);

}  // namespace steelyard::registry
