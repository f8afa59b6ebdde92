#pragma once

// Statistics and exchange rates of anybody's file, as its mapping says. See
// docs/formats/mapping.md.

#include <string_view>

#include "absl/status/status.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/funding/reference/reference_store.h"

namespace steelyard::funding {

// Reads one file with a mapping of the kind statistics or rates, and adds its values to `staged`,
// keys kept unique over all files. IMPORT_MALFORMED when the file cannot be read at all; what the
// reporter or the context ended with when the caller went away.
absl::Status ParseMapped(const Context& context, const ingest::SpooledFile& file,
                         std::string_view source, ingest::Reporter& reporter,
                         StagedReference& staged);

}  // namespace steelyard::funding
