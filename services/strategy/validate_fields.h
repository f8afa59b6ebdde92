#pragma once

// The rules that fields of several requests share.

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "google/protobuf/repeated_field.h"
#include "services/common/status/status.h"
#include "steelyard/common/v1/period.pb.h"

namespace steelyard::strategy {

inline constexpr std::string_view kRegionRequired =
    "a country, a region set or an alias is required";

// Of a region's term: an id, '@' and a version.
inline constexpr size_t kLongestTerm = 130;
inline constexpr std::string_view kTermTooLong = "a region's term has at most 130 bytes";

// Neither empty nor too long. True when it is so; an error never repeats a text that is too long.
bool CheckTerm(std::string_view field, std::string_view term, FieldErrors& errors);

// So many regions, none empty or too long, each once. `done` is what becomes of them: "compared".
// Returns their terms. When there are too many, that is the only error and the answer is nullopt:
// what a caller may send in plenty is not looked at one by one.
std::optional<std::set<std::string_view>> CheckRegions(
    const google::protobuf::RepeatedPtrField<std::string>& regions, int fewest, int most,
    std::string_view done, FieldErrors& errors);

// Two whole years from 1 to 9999, in order and at most 50 apart. True when the last one is a year,
// so that later years can be held against it.
bool CheckPeriod(std::string_view field, const common::v1::Period& period, FieldErrors& errors);

}  // namespace steelyard::strategy
