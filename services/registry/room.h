#pragma once

// How much a company may have, whoever says so.

#include <vector>

#include "absl/status/status.h"
#include "services/registry/company.h"

namespace steelyard::registry {

// Whether what sources say under each id, together, fits the limits of rules.h once `written` is
// written, or is no more than before. `stored`: all records of the ids written. INVALID_FIELD.
absl::Status CheckRoom(const std::vector<Company>& written, const std::vector<Company>& stored);

}  // namespace steelyard::registry
