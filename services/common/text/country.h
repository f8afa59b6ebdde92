#pragma once

// The countries of ISO 3166-1, and Kosovo with the codes that the standard leaves to users and that
// everybody uses for it (XK, XKX).

#include <span>
#include <string_view>

namespace steelyard::text {

struct Country {
  std::string_view alpha2;  // "US"; Namibia's is "NA", which is a country like any other
  std::string_view alpha3;  // "USA"
  std::string_view name;    // in English, short
};

// All of them, by alpha-2 code.
std::span<const Country> Countries();
// The country of an alpha-2 or alpha-3 code, in any case; null when there is none.
const Country* FindCountry(std::string_view code);
// Whether the text is an alpha-2 code in upper case.
bool IsCountry(std::string_view alpha2);

}  // namespace steelyard::text
