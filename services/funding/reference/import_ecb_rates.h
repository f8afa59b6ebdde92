#pragma once

// The European Central Bank's history of euro reference rates, as it publishes it: a row for each
// business day, newest first, a column for each currency, "N/A" for what is not quoted, and a comma
// at the end of every line.

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/reference/row_reader.h"

namespace steelyard::funding {

// Adds the file's quotes to `staged`. A day that came before in the import with other rates is
// REJECTED, with the same ones a DUPLICATE. A rate that is no positive number is CLEARED.
absl::Status ParseEcbRates(RowReader rows, StagedReference& staged);

// "1.1684" times kRateScale; nullopt unless it is a positive decimal number of at most 8 decimals
// and less than kMaxRate.
std::optional<int64_t> ParseRate(std::string_view text);

}  // namespace steelyard::funding
