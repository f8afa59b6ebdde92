#pragma once

// One comparison of a filter: the value read by its field's type, and the SQL that compares.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/filter/filter.h"
#include "services/common/filter/parser.h"
#include "services/common/sql/driver.h"

namespace steelyard::filter {

// SQL of `field op value`, in parentheses, with its parameters appended to `parameters`. The
// operator is one that the field allows. INVALID_FILTER whose message says what is wrong with the
// value. NULL is neither equal to a value nor before or after it, so that `!=` holds for it.
absl::StatusOr<std::string> Compare(const Field& field, std::string_view op, const Literal& value,
                                    std::vector<sql::Value>& parameters);

// Digits of a decimal number ("-2.5", "1e9") times 1,000,000, exactly. INVALID_FILTER when it is no
// number, has more than six decimals, or is 10^30 or more.
absl::StatusOr<std::string> ScaledDecimal(std::string_view text);

}  // namespace steelyard::filter
