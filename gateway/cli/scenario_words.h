#pragma once

// Levers, targets and priors of a scenario from the words of a command line. Words are separated by
// spaces; a region may have several. Fractions may be written as percentages: "10%" is 0.1. Whether
// regions are known and numbers in their ranges is the server's to say. Every error is
// INVALID_FIELD; it shows the words and an example.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "steelyard/strategy/v1/scenario.pb.h"

namespace steelyard::cli {

// One of
//   EUROPE fund 20000000000 [from 2027]     also 20bn, 1.5bn EUR; exact, in `currency` unless named
//   EUROPE infrastructure +0.1 [from 2027]
//   EUROPE retain 0.2 [from 2027]
//   US shock -0.5 [in 2028]
//   CN growth 0.05 [from 2027]
// Without a year, the first projected one.
absl::StatusOr<strategy::v1::Lever> ParseLever(std::string_view text, const std::string& currency);

// "US/EUROPE <= 5 by 2035".
absl::StatusOr<strategy::v1::RatioTarget> ParseRatioTarget(std::string_view text);

// "CN drift 0.1 volatility 0.4", in any order.
absl::StatusOr<strategy::v1::GrowthPrior> ParseGrowthPrior(std::string_view text);

}  // namespace steelyard::cli
