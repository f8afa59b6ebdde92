#pragma once

// Reads files into the registry, all of them in one commit.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// Names of the formats, in the order in which the files of an import are read: what others refer to
// comes first, whatever the order they were sent in.
const std::vector<std::string_view>& ImportFormats();

// Carries out an import; see the contract's Import and draft.h for what it means. The report lists
// the files in the order sent. Content that was imported before is recognised, and changes nothing.
//
// IMPORT_FORMAT_UNKNOWN, IMPORT_MALFORMED, INVALID_FIELD (a bad source id), IMPORT_PROTOCOL (no
// files), STORE_UNAVAILABLE (worth retrying: another write took an identifier in the meantime) and
// the store's errors; then nothing was written. Thread-safe.
absl::StatusOr<common::v1::ImportReport> RunImport(const Context& context, Store& store,
                                                   const ledger::Ledger& ledger,
                                                   const ingest::ImportJob& job,
                                                   ingest::Reporter& reporter);

}  // namespace steelyard::registry
