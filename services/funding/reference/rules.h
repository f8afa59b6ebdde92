#pragma once

// Which observations and region sets may be stored: one set of rules for RPCs and files.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/funding/reference/regions.h"
#include "services/funding/reference/statistics.h"
#include "steelyard/common/v1/errors.pb.h"

namespace steelyard::funding {

// Longest id of an observation.
inline constexpr size_t kMostIdLength = 200;

// What is wrong with one field.
struct Problem {
  std::string field;   // name of the field: "id", "variable", "region", "unit", "source" ...
  std::string value;   // as it stands there
  std::string reason;  // what is allowed
  common::v1::ErrorReason code = common::v1::ERROR_REASON_INVALID_FIELD;
};

// Every problem of an observation, in the order of its fields; empty when it may be stored.
std::vector<Problem> ProblemsOf(const PublishedValue& value);

// The code that a region is stored under: a country's alpha-2 code for every code that stands for
// one (alpha-3, former, in lower case), else the upper-case text itself.
std::string NormalRegion(std::string_view region);

// The alpha-2 code of a country in any of those codes; empty when it is none.
std::string CountryOf(std::string_view code);

// At most 2000 bytes of text on one line.
bool IsNote(std::string_view text);
// 1 to 100 lower-case letters, digits and '_'.
bool IsVariable(std::string_view text);
// ISO 4217 code, "1", "percent", "index" or "count".
bool IsUnit(std::string_view unit);
// 1 to 64 lower-case letters, digits, '.', '_' and '-'.
bool IsSourceId(std::string_view text);
// 1 to `most` of the characters allowed in ids: lower-case letters, digits, '.', '_', '-', and with
// `upper` also upper-case letters.
bool IsReferenceId(std::string_view text, size_t most, bool upper);
// 1 to 64 upper-case letters, digits and '_', not WORLD.
bool IsRegionSetId(std::string_view text);

}  // namespace steelyard::funding
