#pragma once

// Mappings: how to read a file that was not made for us. The contract is mapping.proto; users are
// told in docs/formats/mapping.md.

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/status/status.h"
#include "steelyard/common/v1/import.pb.h"
#include "steelyard/common/v1/mapping.pb.h"

namespace steelyard::mapping {

using common::v1::FieldMapping;
using common::v1::Mapping;

// The format of files that are read by a mapping.
inline constexpr std::string_view kMappedFormat = "mapped";
inline constexpr std::string_view kRoundsKind = "rounds";
inline constexpr std::string_view kCompaniesKind = "companies";
inline constexpr std::string_view kStatisticsKind = "statistics";
inline constexpr std::string_view kRatesKind = "rates";

// A mapping that was checked, and the text that it was made of.
struct Loaded {
  std::string json;
  Mapping mapping;
};

// Reads JSON and checks it. IMPORT_MAPPING_INVALID with every fault and its place.
absl::StatusOr<std::shared_ptr<const Loaded>> Parse(std::string_view json);
// The preset of that name. IMPORT_MAPPING_INVALID naming those that exist; metadata "allowed".
absl::StatusOr<std::shared_ptr<const Loaded>> FindPreset(std::string_view name);
// What the file says; null when it says nothing. IMPORT_MAPPING_INVALID also for the format
// "mapped" without a mapping, and for a mapping with another format.
absl::StatusOr<std::shared_ptr<const Loaded>> Load(const common::v1::ImportFile& file);

// Everything that is wrong with a mapping by itself, in the order of its fields.
void Check(const Mapping& mapping, FieldErrors& errors);

// The place of the first key that an object of the JSON text has twice, such as "file.encoding";
// empty when there is none. Of text that is no JSON it says nothing useful.
std::string RepeatedKey(std::string_view json);

}  // namespace steelyard::mapping
