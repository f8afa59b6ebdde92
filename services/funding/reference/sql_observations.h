#pragma once

// Observations in SQL: reading every vintage, and withdrawing. The column `id` holds the bare name
// of an observation, which has its vintage.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/reference/reference_store.h"

namespace steelyard::funding {

// A condition over the table "observations o": valid at a revision and not withdrawn then. Its '?'
// take RevisionTimes(revision, 4).
extern const std::string_view kObservationCounts;
// The revision that many times.
std::vector<sql::Value> RevisionTimes(int64_t revision, int times);

// As ReferenceStore::Vintages.
absl::StatusOr<std::vector<PublishedValue>> ReadVintages(sql::Connection& connection,
                                                         const Context& context, int64_t revision,
                                                         std::string_view variable,
                                                         std::span<const std::string> regions);
// As ReferenceStore::ListSeries.
absl::StatusOr<SeriesPage> ReadSeriesList(sql::Connection& connection, const Context& context,
                                          int64_t revision, const ReferenceStore::SeriesList& list);

// Withdraws in the caller's transaction, from `revision` on. Returns how many counted before;
// errors as of ReferenceStore::RetractObservations.
absl::StatusOr<int64_t> WriteRetraction(sql::Connection& connection, const Context& context,
                                        int64_t revision, const ObservationRetraction& retraction);

}  // namespace steelyard::funding
