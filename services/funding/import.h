#pragma once

// Reads files into funding's store: rounds and reference data alike, all files in one commit.

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/store.h"
#include "steelyard/common/v1/import.pb.h"

namespace steelyard::funding {

// Names of the formats, in the order in which the files of an import are read: what others refer to
// comes first, whatever the order they were sent in.
const std::vector<std::string_view>& ImportFormats();

// Carries out an import. The report lists the files in the order sent. Content that was imported
// before is recognised, and changes nothing.
//
// IMPORT_FORMAT_UNKNOWN, IMPORT_MALFORMED, INVALID_FIELD (a bad source id), IMPORT_PROTOCOL (no
// files) and the store's errors; then nothing was written. Thread-safe.
absl::StatusOr<common::v1::ImportReport> RunImport(const Context& context, RoundStore& store,
                                                   const ledger::Ledger& ledger,
                                                   const ingest::ImportJob& job,
                                                   ingest::Reporter& reporter);

}  // namespace steelyard::funding
