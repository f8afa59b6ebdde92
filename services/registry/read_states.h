#pragma once

// How states of companies are read in bulk; see Store::ReadStates.

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// As Store::ReadStates. Takes three sessions, as names and identifiers are read along with their
// companies.
absl::Status ReadStates(sql::Pool& pool, const Context& context, int64_t after, int64_t upto,
                        const Store::Begun& begun, std::vector<Ended>& ended);

}  // namespace steelyard::registry
