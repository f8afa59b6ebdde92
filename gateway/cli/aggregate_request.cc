#include "gateway/cli/aggregate_request.h"

#include "gateway/cli/enum_words.h"
#include "gateway/cli/format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using funding::v1::AggregateRoundsRequest;

EnumWords MeasureWords() { return {*funding::v1::Measure_descriptor(), "MEASURE_"}; }

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
