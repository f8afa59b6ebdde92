#include "services/funding/reference/import_reference.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/import_ecb_rates.h"
#include "services/funding/reference/row_reader.h"
#include "services/funding/reference/rules.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

using common::v1::IMPORT_ACTION_DUPLICATE;
using common::v1::IMPORT_ACTION_REJECTED;
using common::v1::IMPORT_ACTION_REPAIRED;

// Statistics.

enum StatisticsColumn : size_t {
  kId,
  kVariable,
  kRegion,
  kPeriod,
  kValue,
  kUnit,
  kPriceBasis,
  kQualifier,
  kScope,
  kSourceId,
  kNote,
  kVintage,
  kScale
};
constexpr std::array<ColumnSpec, 13> kStatisticsColumns = {{{"id", true},
                                                            {"variable", true},
                                                            {"region", true},
                                                            {"period", true},
                                                            {"value", true},
                                                            {"unit", true},
                                                            {"price_basis", false},
                                                            {"qualifier", false},
                                                            {"scope", false},
                                                            {"source_id", false},
                                                            {"note", false},
                                                            {"vintage", false},
                                                            {"scale", false}}};

constexpr std::pair<std::string_view, int> kScales[] = {
    {"", 0},         {"units", 0},  {"thousands", 3}, {"lakhs", 5},
    {"millions", 6}, {"crores", 7}, {"billions", 9},  {"trillions", 12},
};

std::optional<int> ScaleOf(std::string_view text) {
  for (const auto& [word, scale] : kScales) {
    if (word == text) {
      return scale;
    }
  }
  return std::nullopt;
}

// What the optional columns of a row say beside its content.
struct Reading {
  common::v1::Qualifier qualifier = common::v1::QUALIFIER_EXACT;
  std::optional<PartialDate> vintage;
  int scale = 0;
};

// nullopt when the row was rejected, which it has then reported.
std::optional<Reading> ReadReading(RowReader& rows, const std::vector<int>& columns) {
  const auto reject = [&](StatisticsColumn column, std::string_view reason) {
    rows.Find(kStatisticsColumns[column].name, rows.Field(columns[column]), IMPORT_ACTION_REJECTED,
              reason);
    return std::nullopt;
  };
  Reading reading;
  const auto qualifier = QualifierOf(rows.Field(columns[kQualifier]));
  if (!qualifier.has_value()) {
    return reject(kQualifier,
                  "must be exact, approx, at_least, greater_than, at_most or less_than");
  }
  reading.qualifier = *qualifier;
  if (const std::string_view text = rows.Field(columns[kVintage]); !text.empty()) {
    const absl::StatusOr<PartialDate> vintage = ParseDate(text);
    if (!vintage.ok()) {
      return reject(kVintage, "must be a year, month or day, such as 2025-05-12, or empty");
    }
    reading.vintage = *vintage;
  }
  const std::optional<int> scale = ScaleOf(rows.Field(columns[kScale]));
  if (!scale.has_value()) {
    return reject(kScale,
                  "must be units, thousands, lakhs, millions, crores, billions or trillions, or "
                  "empty for units");
  }
  reading.scale = *scale;
  return reading;
}

// Fields are named like the columns, but for the source.
std::string_view ColumnOf(std::string_view field) {
  return field == "source" ? kStatisticsColumns[kSourceId].name : field;
}

// Reads the current row; nullopt when it was rejected, which it has then reported.
std::optional<PublishedValue> ReadStatistic(RowReader& rows, const std::vector<int>& columns,
                                            std::string_view source) {
  const auto field = [&](StatisticsColumn column) {
    return std::string(rows.Field(columns[column]));
  };
  const std::optional<Reading> reading = ReadReading(rows, columns);
  if (!reading.has_value()) {
    return std::nullopt;
  }
  PublishedValue value{.id = field(kId),
                       .variable = field(kVariable),
                       .region = NormalRegion(field(kRegion)),
                       .period = field(kPeriod),
                       .value = ScaleUp(field(kValue), reading->scale),
                       .facet = {.source = field(kSourceId),
                                 .unit = field(kUnit),
                                 .scope = field(kScope),
                                 .price_basis = field(kPriceBasis)},
                       .qualifier = reading->qualifier,
                       .note = field(kNote),
                       .vintage = reading->vintage,
                       .scale = reading->scale};
  if (value.facet.source.empty()) {
    value.facet.source = source;
  }
  if (value.facet.unit == "ratio") {
    value.facet.unit = "1";
  }
  if (const std::vector<Problem> problems = ProblemsOf(value); !problems.empty()) {
    const Problem& first = problems.front();
    rows.Find(ColumnOf(first.field), first.value, IMPORT_ACTION_REJECTED, first.reason);
    return std::nullopt;
  }
  if (value.region != field(kRegion)) {
    rows.Find("region", field(kRegion), IMPORT_ACTION_REPAIRED, StrCat("taken as ", value.region));
  }
  return value;
}

absl::Status ParseStatistics(RowReader rows, std::string_view source, StagedReference& staged) {
  STEELYARD_ASSIGN_OR_RETURN(const auto columns, rows.Columns(kStatisticsColumns));
  absl::flat_hash_map<std::string, size_t> known;
  for (size_t i = 0; i < staged.observations.size(); ++i) {
    known.emplace(NameOf(staged.observations[i]), i);
  }
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows.Next());
    if (!more) {
      return absl::OkStatus();
    }
    STEELYARD_RETURN_IF_ERROR(CheckStaged(staged.observations.size(), "published values"));
    std::optional<PublishedValue> value = ReadStatistic(rows, columns, source);
    if (!value.has_value()) {
      continue;
    }
    const auto [entry, is_new] = known.emplace(NameOf(*value), staged.observations.size());
    if (is_new) {
      staged.observations.push_back(*std::move(value));
      rows.Accept();
    } else if (staged.observations[entry->second] == *value) {
      rows.Find("id", value->id, IMPORT_ACTION_DUPLICATE, "repeats an earlier row of the import");
    } else {
      rows.Find("id", value->id, IMPORT_ACTION_REJECTED,
                "an earlier row of the import has this id and vintage and other content");
    }
  }
}

// Region sets.

enum RegionColumn : size_t { kSetId, kVersion, kCountry, kValidFrom, kValidTo };
constexpr std::array<ColumnSpec, 5> kRegionColumns = {{{"set_id", true},
                                                       {"version", true},
                                                       {"country", true},
                                                       {"valid_from", true},
                                                       {"valid_to", true}}};

// A day, or `otherwise` for an empty field; nullopt for anything else.
std::optional<int32_t> DayOr(std::string_view text, int32_t otherwise) {
  if (text.empty()) {
    return otherwise;
  }
  const absl::StatusOr<PartialDate> date = ParseDate(text);
  return date.ok() && date->IsDay() ? std::optional(date->ToDays()) : std::nullopt;
}

struct MemberRow {
  std::string set_id;
  std::string version;
  Membership member;
};

// Reads the current row; nullopt when it was rejected, which it has then reported.
std::optional<MemberRow> ReadMember(RowReader& rows, const std::vector<int>& columns) {
  const auto field = [&](RegionColumn column) { return rows.Field(columns[column]); };
  const auto reject = [&](RegionColumn column, std::string_view reason) {
    rows.Find(kRegionColumns[column].name, field(column), IMPORT_ACTION_REJECTED, reason);
    return std::nullopt;
  };
  MemberRow row{.set_id = std::string(field(kSetId)),
                .version = std::string(field(kVersion)),
                .member = {.country = CountryOf(field(kCountry))}};
  if (!IsRegionSetId(row.set_id)) {
    return reject(kSetId, "must be 1 to 64 upper-case letters, digits or '_', and not WORLD");
  }
  if (!IsReferenceId(row.version, 64, true)) {
    return reject(kVersion, "must be 1 to 64 letters, digits, '.', '_' or '-'");
  }
  if (row.member.country.empty()) {
    return reject(kCountry, "must be an ISO 3166-1 country code");
  }
  const std::optional<int32_t> from = DayOr(field(kValidFrom), row.member.from);
  if (!from.has_value()) {
    return reject(kValidFrom, "must be a day, such as 2020-02-01, or empty");
  }
  const std::optional<int32_t> until = DayOr(field(kValidTo), row.member.until);
  if (!until.has_value() || *until <= *from) {
    return reject(kValidTo, "must be a day after valid_from, or empty");
  }
  row.member.from = *from;
  row.member.until = *until;
  if (row.member.country != field(kCountry)) {
    rows.Find("country", field(kCountry), IMPORT_ACTION_REPAIRED,
              StrCat("taken as ", row.member.country));
  }
  return row;
}

void StageMember(RowReader& rows, MemberRow row, StagedReference& staged) {
  auto set = std::find_if(staged.region_sets.begin(), staged.region_sets.end(),
                          [&](const RegionSet& known) {
                            return known.id == row.set_id && known.version == row.version;
                          });
  if (set == staged.region_sets.end()) {
    staged.region_sets.push_back({row.set_id, row.version, {}});
    set = std::prev(staged.region_sets.end());
  }
  for (const Membership& known : set->members) {
    if (known == row.member) {
      rows.Find("", "", IMPORT_ACTION_DUPLICATE, "repeats an earlier row of the import");
      return;
    }
    if (known.country == row.member.country && known.from < row.member.until &&
        row.member.from < known.until) {
      rows.Find("country", row.member.country, IMPORT_ACTION_REJECTED,
                "is a member at that time by an earlier row");
      return;
    }
  }
  set->members.push_back(std::move(row.member));
  rows.Accept();
}

absl::Status ParseRegionSets(RowReader rows, StagedReference& staged) {
  STEELYARD_ASSIGN_OR_RETURN(const auto columns, rows.Columns(kRegionColumns));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows.Next());
    if (!more) {
      break;
    }
    if (std::optional<MemberRow> row = ReadMember(rows, columns); row.has_value()) {
      StageMember(rows, *std::move(row), staged);
    }
  }
  // The order that is stored, so that the order of a file changes nothing.
  for (RegionSet& set : staged.region_sets) {
    std::sort(set.members.begin(), set.members.end(), [](const Membership& a, const Membership& b) {
      return a.country != b.country ? a.country < b.country : a.from < b.from;
    });
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<common::v1::Qualifier> QualifierOf(std::string_view text) {
  common::v1::Qualifier qualifier = common::v1::QUALIFIER_EXACT;
  if (text.empty()) {
    return qualifier;
  }
  const std::string name = StrCat("QUALIFIER_", absl::AsciiStrToUpper(ToAbsl(text)));
  if (text == "unspecified" || !common::v1::Qualifier_Parse(name, &qualifier)) {
    return std::nullopt;
  }
  return qualifier;
}

absl::Status CheckStaged(size_t staged, std::string_view what) {
  if (staged <= kMostStaged) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                   StrCat("an import may bring ", kMostStaged, " ", what,
                          " and this one has more; import the file in parts. Nothing was written"),
                   {{"limit", StrCat(kMostStaged)}});
}

bool IsReferenceFormat(std::string_view format) {
  return format == kStatisticsFormat || format == kRegionSetsFormat || format == kEcbRatesFormat;
}

absl::Status ParseReference(const Context& context, const ingest::SpooledFile& file,
                            std::string_view source, ingest::Reporter& reporter,
                            StagedReference& staged) {
  STEELYARD_ASSIGN_OR_RETURN(RowReader rows, RowReader::Open(context, file, reporter));
  if (file.format == kStatisticsFormat) {
    return ParseStatistics(std::move(rows), source, staged);
  }
  if (file.format == kRegionSetsFormat) {
    return ParseRegionSets(std::move(rows), staged);
  }
  return ParseEcbRates(std::move(rows), staged);
}

}  // namespace steelyard::funding
