#pragma once

// A question for sums from the words of a command line, and its groups as words again.

#include <string>

#include "absl/status/statusor.h"
#include "gateway/cli/verbs.h"
#include "steelyard/funding/v1/aggregate.pb.h"

namespace steelyard::cli {

// Everything but the state to read. Without measures: sums and counts. INVALID_FIELD naming flags.
absl::StatusOr<funding::v1::AggregateRoundsRequest> ToAggregateRequest(
    const AggregateOptions& options);

// Whether a word such as "sum-without-largest" is a measure; and all of them.
bool IsMeasure(const std::string& word);
std::string Measures();

// A group's key as people read it: "unknown" for none, codes as words.
std::string KeyText(const funding::v1::DimensionValue& key);

}  // namespace steelyard::cli
