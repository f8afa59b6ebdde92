#pragma once

// Indicators of a ranking, alternative definitions and axes of a sweep from the words of a command
// line. What ids and codes there are is the server's to say. Every error is INVALID_FIELD; it shows
// the words and an example.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "steelyard/common/v1/definition.pb.h"
#include "steelyard/strategy/v1/formula.pb.h"
#include "steelyard/strategy/v1/ranking.pb.h"

namespace steelyard::cli {

// "world_share", "growth:0.3", "company_concentration:0.2:lower", "top5_share:lower". An id may
// hold colons itself: "location_quotient:HEALTH:0.5".
absl::StatusOr<strategy::v1::IndicatorChoice> ParseIndicator(std::string_view text);

// Sets the goalposts "per_capita=0,1000" of one of the indicators.
absl::Status AddGoalposts(
    std::string_view text,
    google::protobuf::RepeatedPtrField<strategy::v1::IndicatorChoice>& indicators);

// `base` with what the text changes: region words and the source policy, with commas:
// "EUROPE=EU27", "policy=median/1", "EUROPE=EU27,policy=freshest".
absl::StatusOr<common::v1::Definition> ParseAlternative(std::string_view text,
                                                        const common::v1::Definition& base);

// "AXIS:CHOICE,CHOICE": axes are region, scope, prices, layer-attribution, attribution,
// source-policy, date-basis and fx; choices are spelled as AxisChoice says, in upper or lower case,
// policies with or without "/1", prices as "nominal", "2021" or "2021:cpi_index". Region words have
// one AxisChoices each, wherever their choices stand; any other axis may stand once.
absl::StatusOr<google::protobuf::RepeatedPtrField<strategy::v1::AxisChoices>> ParseAxes(
    const std::vector<std::string>& texts);

// A choice as people read it under the axis's title: of a region word its region set alone.
std::string ChoiceText(strategy::v1::Axis axis, const std::string& choice);
// "region EUROPE", "scope", "source policy": an axis as people read it; `word` for regions.
std::string AxisTitle(strategy::v1::Axis axis, std::string_view word);

}  // namespace steelyard::cli
