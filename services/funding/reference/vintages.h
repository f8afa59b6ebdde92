#pragma once

// Vintages: a source publishes a value, and later publishes it again, revised. All are kept; which
// one counts depends on when they were published, never on when or in which order they were
// imported.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/common/time/date.h"
#include "services/funding/reference/statistics.h"

namespace steelyard::funding {

// Whether `a` is older. A vintage that is not known is older than every known one; a date known to
// the year or month stands for its last day, and is older than that day given in full.
bool VintageLess(const std::optional<PartialDate>& a, const std::optional<PartialDate>& b);

// The bare name of an observation: its id, with '@' and the vintage where that is known:
// "gdp-fr-2024@2025-05-12". No two observations of a revision have the same.
std::string NameOf(const PublishedValue& value);

// What counts of all vintages of a variable's observations, one value for each region, period and
// facet: the latest vintage that is not withdrawn and, given a day, was published on or before it.
// When a source printed a value twice in one vintage, the one whose id comes first in natural order
// ("x", "x-2", "x-10"; then bytewise) stands. In any order; the answer is by name bytewise.
std::vector<PublishedValue> PresentOf(
    std::span<const PublishedValue> vintages,
    const std::optional<PartialDate>& published_by = std::nullopt);

// Whether the value was published on or before the day. What is not known counts as long before.
bool IsPublishedBy(const PublishedValue& value, const std::optional<PartialDate>& day);

}  // namespace steelyard::funding
