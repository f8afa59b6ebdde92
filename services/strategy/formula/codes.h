#pragma once

// Whether the layers and sectors that a formula names exist.

#include <string>

#include "absl/status/status.h"
#include "services/strategy/facts/facts.h"

namespace steelyard::strategy::formula {

struct Formula;

// INVALID_FORMULA at the first layer= or sector= with a code that the registry's codelist does not
// have, with those that it has. Asks nothing for a formula without any; OK when the registry does
// not answer, since sums do not wait for it.
absl::Status CheckCodes(const rpc::Call& call, const Backends& backends,
                        const std::string& snapshot, const Formula& formula);

}  // namespace steelyard::strategy::formula
