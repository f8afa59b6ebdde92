#pragma once

// Relations between companies: what they may be, and how they are read once companies are merged.

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/status/status.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// Adds an error for each relation of a request's companies whose object neither exists at the
// revision nor is among them, and for each parent by which a company would be its own parent:
// through parents, of any record, that have not ended. Parents that its record has already are
// right. At most 10000 records are followed. Errors returned are the store's.
absl::Status CheckRelations(const Context& context, const Store& store, int64_t revision,
                            const std::vector<Company>& companies, FieldErrors& errors);

// Has relations lead to the companies that their objects are part of at the revision, and drops
// those of a company to itself.
absl::Status FollowRelations(const Context& context, const Store& store, int64_t revision,
                             std::vector<Company>& companies);

}  // namespace steelyard::registry
