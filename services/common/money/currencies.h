#pragma once

// The currency codes of ISO 4217 and their exponents.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard {

// Decimals of the minor unit of an active or historic code; nothing for other texts, and for the
// codes that have no minor unit, so that no amount can be held in them (metals, SDR, test and "no
// currency").
std::optional<int> CurrencyDigits(std::string_view code);
// Every code that CurrencyDigits knows, sorted.
const std::vector<std::string>& CurrencyCodes();

}  // namespace steelyard
