#pragma once

// Checks requests of the StatisticsService, one function each, and gives what the service works
// with. INVALID_FIELD lists every field that is wrong with what is allowed there; other reasons are
// named below. Snapshots are the ledger's to check, region words the catalogue's.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/time/date.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/reference/regions.h"
#include "services/funding/reference/resolve_series.h"
#include "services/funding/reference/statistics.h"
#include "steelyard/common/v1/snapshot.pb.h"
#include "steelyard/funding/v1/statistics.pb.h"

namespace steelyard::funding {

struct SeriesAsked {
  SeriesQuery query;
  std::vector<std::string> regions;  // as asked
  std::vector<RegionAlias> aliases;
  std::optional<Resolution> resolution = std::nullopt;  // unset: every facet
};
// INVALID_FIELD, for a policy that is not known with metadata value and allowed; INVALID_DATE for
// the period and published_by.
absl::StatusOr<SeriesAsked> Validate(const v1::GetSeriesRequest& request);

// Adds an error where a call's request_id is longer than 64 characters.
void CheckRequestId(const std::string& request_id, FieldErrors& errors);

// A page of the list of series.
struct SeriesListing {
  filter::Predicate filter;
  int limit = 0;
  int64_t offset = 0;
  bool include_periods = false;
  common::v1::ReadOptions read;  // of the first page, for every page
  std::string digest;            // of what every page has in common
};
// INVALID_FILTER, INVALID_PAGE_TOKEN.
absl::StatusOr<SeriesListing> Validate(const v1::ListSeriesRequest& request);

struct UpsertAsked {
  std::vector<PublishedValue> observations;
  std::string digest;  // of their content
};
// Also UNKNOWN_REGION, UNKNOWN_CURRENCY and INVALID_DATE.
absl::StatusOr<UpsertAsked> Validate(const v1::UpsertObservationsRequest& request);

struct RetractionAsked {
  ObservationRetraction retraction;
  std::string digest;  // of its content
};
// Also INVALID_DATE.
absl::StatusOr<RetractionAsked> Validate(const v1::RetractObservationsRequest& request);

// The term.
absl::StatusOr<std::string> Validate(const v1::GetRegionRequest& request);

struct RateAsked {
  PartialDate date;  // a day
  int max_staleness_days = 0;
};
// UNKNOWN_CURRENCY, INVALID_DATE.
absl::StatusOr<RateAsked> Validate(const v1::GetExchangeRateRequest& request);

}  // namespace steelyard::funding
