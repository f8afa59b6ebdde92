#pragma once

// Imports by a mapping: which services read the file, and how.

#include <vector>

#include "absl/status/statusor.h"
#include "gateway/cli/verbs.h"
#include "gateway/import_client.h"

namespace steelyard::cli {

// What is sent to whom: the registry first, funding last. The mapping is a file, or else a preset:
// one that comes with Steelyard, or one of the formats that have an importer of their own
// (crunchbase-2013, ecb-rates). INVALID_FIELD and IMPORT_MAPPING_INVALID say what is wrong; a
// preset that does not exist names those that do.
absl::StatusOr<std::vector<gateway::ImportPlan>> PlanMapped(const ImportMappedOptions& options);

// Looks the companies of mapped files up in the registry, with what was found on `session`'s error
// stream. Errors of MatchCompanies, and the server's.
absl::Status MatchPlans(const Session& session, std::vector<gateway::ImportPlan>& plans);

}  // namespace steelyard::cli
