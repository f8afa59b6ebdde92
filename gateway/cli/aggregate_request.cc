#include "gateway/cli/aggregate_request.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "gateway/cli/format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using funding::v1::AggregateRoundsRequest;

// An enum whose values people write as words, such as "source-category".
struct EnumWords {
  const google::protobuf::EnumDescriptor& values;
  std::string prefix;

  // The value's number; nullopt when the word is none of them.
  std::optional<int> NumberOf(const std::string& word) const {
    const std::string name = absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}});
    const auto* value = values.FindValueByName(prefix + name);
    if (value == nullptr || value->number() == 0) return std::nullopt;
    return value->number();
  }
  std::string All() const {
    std::string all;
    for (int i = 1; i < values.value_count(); ++i) {
      const std::string lower =
          absl::AsciiStrToLower(values.value(i)->name().substr(prefix.size()));
      StrAppend(&all, all.empty() ? "" : ", ", absl::StrReplaceAll(lower, {{"_", "-"}}));
    }
    return all;
  }
};

EnumWords MeasureWords() { return {*funding::v1::Measure_descriptor(), "MEASURE_"}; }

// The value of the word; nullopt and an error listing the words when it is none of them.
template <typename Enum>
std::optional<Enum> FromWord(const std::string& word, const EnumWords& words, std::string_view flag,
                             FieldErrors& errors) {
  if (const std::optional<int> number = words.NumberOf(word)) return static_cast<Enum>(*number);
  errors.Add(flag, StrCat("'", word, "' is none of ", words.All()));
  return std::nullopt;
}

}  // namespace

bool IsMeasure(const std::string& word) { return MeasureWords().NumberOf(word).has_value(); }

std::string Measures() { return MeasureWords().All(); }

absl::StatusOr<AggregateRoundsRequest> ToAggregateRequest(const AggregateOptions& options) {
  AggregateRoundsRequest request;
  FieldErrors errors;
  for (const std::string& word : options.by) {
    const auto dimension = FromWord<funding::v1::Dimension>(
        word, {*funding::v1::Dimension_descriptor(), "DIMENSION_"}, "--by", errors);
    if (dimension) request.add_group_by(*dimension);
  }
  for (const std::string& word : options.measures) {
    const auto measure = FromWord<funding::v1::Measure>(word, MeasureWords(), "--measures", errors);
    if (measure) request.add_measures(*measure);
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  if (request.measures().empty()) {
    request.add_measures(funding::v1::MEASURE_SUM);
    request.add_measures(funding::v1::MEASURE_COUNT);
  }
  for (const std::string& region : options.regions) request.add_regions(region);
  request.set_filter(options.filter);
  request.set_top_k(options.top);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  return request;
}

std::string KeyText(const funding::v1::DimensionValue& key) {
  switch (key.dimension()) {
    case funding::v1::DIMENSION_LAYER:
    case funding::v1::DIMENSION_SECTOR:
    case funding::v1::DIMENSION_STAGE:
      return Words(key.value());
    default:
      return key.value().empty() ? "unknown" : key.value();
  }
}

}  // namespace steelyard::cli
