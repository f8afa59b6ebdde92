#pragma once

// Whether the figures of a formula have what they may. INVALID_FORMULA names the byte.

#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/strategy/formula/ast.h"

namespace steelyard::strategy::formula {

// No options but those that are allowed to what `owner` calls.
absl::Status WantsOptions(std::string_view expression, const std::vector<Option>& options,
                          std::span<const std::string_view> allowed, std::string_view owner);

// The period and the options of a figure; in the call of a query it may be of all regions, and a
// published one of a range of years.
absl::Status CheckFigure(std::string_view expression, const Node& node, bool in_query);

}  // namespace steelyard::strategy::formula
