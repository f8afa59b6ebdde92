#pragma once

// Whether a value can be an identifier of its scheme. Each check gives an empty text when it can,
// and otherwise what is wrong and where; characters are counted from 1. Whether anybody bears the
// identifier is not looked at. Thread-safe.

#include <string>
#include <string_view>

namespace steelyard::registry {

// A Legal Entity Identifier, ISO 17442: 18 letters and digits of any case and two check digits, by
// ISO 7064 MOD 97-10.
std::string CheckLei(std::string_view value);

// An International Securities Identification Number, ISO 6166: two letters, nine letters or digits,
// of any case, and a check digit by Luhn's formula.
std::string CheckIsin(std::string_view value);

// A domain, or an address that has one (see DomainOf), that somebody can register: its labels may
// be used by IDNA (UTS 46), and it is longer than a public suffix under which registries such as
// "co.uk" give out names. The list of suffixes is that of publicsuffix.org, its part for
// registries, as libpsl brings it.
std::string CheckDomain(std::string_view value);

}  // namespace steelyard::registry
