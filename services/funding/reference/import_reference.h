#pragma once

// Reads files of reference data into memory and writes them within an import's one commit:
//
//   StagedReference staged;
//   for (file : job.files) if (IsReferenceFormat(file.format))
//     STEELYARD_RETURN_IF_ERROR(ParseReference(context, file, job.source, reporter, staged));
//   ledger.Commit(context, [&](sql::Connection& connection, int64_t revision) {
//     ... WriteReference(context, connection, revision, staged) ... });
//
// The formats are described in docs/formats/reference.md.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/reference/reference_store.h"

namespace steelyard::funding {

inline constexpr std::string_view kStatisticsFormat = "steelyard-statistics";
inline constexpr std::string_view kRegionSetsFormat = "steelyard-region-sets";
inline constexpr std::string_view kEcbRatesFormat = "ecb-rates";

// "greater_than" of QUALIFIER_GREATER_THAN; empty is exact, nullopt for texts that are no
// qualifier.
std::optional<common::v1::Qualifier> QualifierOf(std::string_view text);

bool IsReferenceFormat(std::string_view format);

// Reads one file of a reference format and adds its rows to `staged`, keys kept unique over all
// files: an equal repetition is a DUPLICATE, a different one REJECTED. Starts the reporter's file
// and counts and reports every row. IMPORT_MALFORMED when the file cannot be read at all; what the
// reporter or the context ended with when the caller went away.
absl::Status ParseReference(const Context& context, const ingest::SpooledFile& file,
                            std::string_view source, ingest::Reporter& reporter,
                            StagedReference& staged);

// Writes what was staged as `revision`, in the caller's transaction. Observations are created or
// replaced by id, region sets as a whole by id and version, exchange rates by day and currency;
// what a file does not name stays.
absl::StatusOr<ReferenceChanges> WriteReference(const Context& context, sql::Connection& connection,
                                                int64_t revision, const StagedReference& staged);

// The steps of the schema of the reference tables; part of funding's migrations.
std::span<const ledger::Migration> ReferenceMigrations();

}  // namespace steelyard::funding
