#pragma once

// How the outcome of an upsert is kept with its request_id.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/funding/store.h"

namespace steelyard::funding {

// First line: revision, commit time in microseconds since 1970, registry revision; then an id a
// line.
std::string EncodeUpsert(const UpsertOutcome& outcome);
// INTERNAL for a text that EncodeUpsert did not make.
absl::StatusOr<UpsertOutcome> DecodeUpsert(std::string_view text);

}  // namespace steelyard::funding
