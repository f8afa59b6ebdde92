#pragma once

// Finds the companies of a file in the registry by the names that they bear there.

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/mapping/mapping.h"

namespace steelyard::cli {

// The ids of companies that bear exactly this name, by id, each once; at most two are needed.
using FindByName = std::function<absl::StatusOr<std::vector<std::string>>(const std::string& name)>;

// How the companies of a file were found.
struct Matched {
  std::string json;     // the mapping, with the ids of those that were found
  int64_t names = 0;    // different names of the file without an id of its own
  int64_t found = 0;    // of them, those that one company bears
  int64_t several = 0;  // and those that several bear, which are not matched
};

// Reads the file by its mapping, looks every name up, and puts the ids found into the mapping's
// company_id, behind ids that the file has itself. Names that nobody bears keep the id that is made
// of them. IMPORT_MALFORMED; IMPORT_MAPPING_INVALID when there are more matches than a mapping may
// have values; errors of `find`.
absl::StatusOr<Matched> MatchCompanies(const std::string& path, const mapping::Loaded& loaded,
                                       const FindByName& find);

}  // namespace steelyard::cli
