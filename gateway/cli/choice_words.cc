#include "gateway/cli/choice_words.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "gateway/cli/enum_words.h"
#include "gateway/cli/words.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using common::v1::Definition;
using strategy::v1::Axis;
using strategy::v1::AxisChoices;
using strategy::v1::IndicatorChoice;

using Axes = google::protobuf::RepeatedPtrField<AxisChoices>;
using Indicators = google::protobuf::RepeatedPtrField<IndicatorChoice>;

constexpr std::string_view kIndicatorExample = "world_share:0.5 or company_concentration:0.2:lower";
constexpr std::string_view kGoalpostsExample = "per_capita=0,1000";
constexpr std::string_view kAlternativeExample = "EUROPE=EU27 or policy=median/1";
constexpr std::string_view kAxisExample =
    "scope:EQUITY,EQUITY+DEBT or region:EUROPE=EU27,EUROPE=EU27_UK";
constexpr std::string_view kDeflator = "gdp_deflator_index";

EnumWords AxisWords() { return {*strategy::v1::Axis_descriptor(), "AXIS_"}; }

// Policies have versions; the newest is meant where none is named.
std::string PolicyId(const std::string& name) {
  return name.find('/') != std::string::npos ? name : StrCat(name, "/1");
}

// Takes the last part off a text of parts with colons; nullopt when there is only one.
std::optional<std::string> LastPart(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return std::string(text.substr(colon + 1));
}

std::string_view WithoutLastPart(std::string_view text) { return text.substr(0, text.rfind(':')); }

void Bind(const std::string& alias, const std::string& region_set, Definition& out) {
  for (common::v1::RegionBinding& binding : *out.mutable_regions()) {
    if (binding.alias() != alias) continue;
    binding.set_region_set(region_set);
    return;
  }
  common::v1::RegionBinding& binding = *out.add_regions();
  binding.set_alias(alias);
  binding.set_region_set(region_set);
}

// A choice in the spelling of AxisChoice.
absl::StatusOr<std::string> ToChoice(Axis axis, const std::string& word, std::string_view text) {
  switch (axis) {
    case strategy::v1::AXIS_REGION: {
      const size_t equals = word.find('=');
      if (equals == std::string::npos || equals == 0 || equals + 1 == word.size()) {
        return WrongWords(text, StrCat("has '", word, "' where WORD=REGION_SET is due"),
                          kAxisExample);
      }
      return word;
    }
    case strategy::v1::AXIS_PRICES:
      return ToYear(word) ? StrCat(word, ":", kDeflator) : word;
    case strategy::v1::AXIS_SOURCE_POLICY:
      return PolicyId(word);
    default:
      return absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}});
  }
}

absl::StatusOr<AxisChoices> ParseAxis(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string name(text.substr(0, colon));
  const std::optional<int> axis = AxisWords().NumberOf(name);
  if (axis == strategy::v1::AXIS_FACET) {
    return WrongWords(text, "names facets, which are always all tried", kAxisExample);
  }
  if (!axis) {
    return WrongWords(text, StrCat("is no axis: '", name, "' is none of ", AxisWords().All()),
                      kAxisExample);
  }
  if (colon == std::string_view::npos) {
    return WrongWords(text, "names no choices", kAxisExample);
  }
  AxisChoices choices;
  choices.set_axis(static_cast<Axis>(*axis));
  for (const std::string& word : SplitList(text.substr(colon + 1), ',')) {
    if (word.empty()) return WrongWords(text, "has an empty choice", kAxisExample);
    STEELYARD_ASSIGN_OR_RETURN(*choices.add_choices(), ToChoice(choices.axis(), word, text));
  }
  return choices;
}

std::string RegionWordOf(const std::string& choice) { return choice.substr(0, choice.find('=')); }

// Adds a meaning to the axis of its region word.
void AddRegion(const std::string& choice, Axes& axes) {
  for (AxisChoices& axis : axes) {
    if (axis.axis() != strategy::v1::AXIS_REGION ||
        RegionWordOf(axis.choices(0)) != RegionWordOf(choice)) {
      continue;
    }
    axis.add_choices(choice);
    return;
  }
  AxisChoices& axis = *axes.Add();
  axis.set_axis(strategy::v1::AXIS_REGION);
  axis.add_choices(choice);
}

}  // namespace

absl::StatusOr<IndicatorChoice> ParseIndicator(std::string_view text) {
  IndicatorChoice indicator;
  std::string_view rest = text;
  const std::optional<std::string> direction = LastPart(rest);
  if (direction == "lower" || direction == "higher") {
    indicator.set_direction(direction == "lower" ? strategy::v1::DIRECTION_LOWER
                                                 : strategy::v1::DIRECTION_HIGHER);
    rest = WithoutLastPart(rest);
  }
  if (const std::optional<std::string> weight = LastPart(rest)) {
    if (const std::optional<double> number = ToNumber(*weight)) {
      if (*number <= 0 || *number > 1) {
        return WrongWords(text,
                          StrCat("has the weight ", *weight, "; weights are above 0 and at most 1"),
                          kIndicatorExample);
      }
      indicator.set_weight(*number);
      rest = WithoutLastPart(rest);
    }
  }
  if (rest.empty() || rest.front() == ':' || rest.back() == ':') {
    return WrongWords(text, "is not of the form ID[:WEIGHT[:lower]]", kIndicatorExample);
  }
  indicator.set_indicator(std::string(rest));
  return indicator;
}

absl::Status AddGoalposts(std::string_view text, Indicators& indicators) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return WrongWords(text, "is not of the form ID=LOWER,UPPER", kGoalpostsExample);
  }
  const std::vector<std::string> ends = SplitList(text.substr(equals + 1), ',');
  const auto lower = ToNumber(ends.front());
  const auto upper = ToNumber(ends.back());
  if (ends.size() != 2 || !lower || !upper || *lower >= *upper) {
    return WrongWords(text, "needs two numbers, the lower one first", kGoalpostsExample);
  }
  const std::string_view id = text.substr(0, equals);
  const auto named = std::find_if(indicators.begin(), indicators.end(),
                                  [&](const auto& i) { return i.indicator() == id; });
  if (named == indicators.end()) {
    return WrongWords(text, StrCat("is about no --indicator: '", id, "' is not named by one"),
                      kGoalpostsExample);
  }
  named->set_lower(*lower);
  named->set_upper(*upper);
  return absl::OkStatus();
}

absl::StatusOr<Definition> ParseAlternative(std::string_view text, const Definition& base) {
  Definition alternative = base;
  for (const std::string& part : SplitList(text, ',')) {
    const size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == part.size()) {
      return WrongWords(text, "is not of the form REGION_WORD=REGION_SET or policy=POLICY",
                        kAlternativeExample);
    }
    const std::string value = part.substr(equals + 1);
    if (part.substr(0, equals) == "policy") {
      alternative.set_source_policy(PolicyId(value));
      // An order of sources is of one policy only.
      if (!value.starts_with("priority")) alternative.clear_source_priority();
    } else {
      Bind(part.substr(0, equals), value, alternative);
    }
  }
  return alternative;
}

absl::StatusOr<Axes> ParseAxes(const std::vector<std::string>& texts) {
  Axes axes;
  for (const std::string& text : texts) {
    STEELYARD_ASSIGN_OR_RETURN(const AxisChoices axis, ParseAxis(text));
    const bool second = std::any_of(axes.begin(), axes.end(),
                                    [&](const auto& a) { return a.axis() == axis.axis(); });
    if (axis.axis() == strategy::v1::AXIS_REGION) {
      for (const std::string& choice : axis.choices()) AddRegion(choice, axes);
    } else if (!second) {
      *axes.Add() = axis;
    } else {
      return WrongWords(text,
                        StrCat("is the second axis of ", AxisWords().WordOf(axis.axis()),
                               "; all its choices stand behind one"),
                        kAxisExample);
    }
  }
  return axes;
}

std::string ChoiceText(Axis axis, const std::string& choice) {
  const size_t equals = choice.find('=');
  const bool region = axis == strategy::v1::AXIS_REGION && equals != std::string::npos;
  return region ? choice.substr(equals + 1) : choice;
}

std::string AxisTitle(Axis axis, std::string_view word) {
  const std::string title = absl::StrReplaceAll(AxisWords().WordOf(axis), {{"-", " "}});
  return word.empty() ? title : StrCat(title, " ", word);
}

}  // namespace steelyard::cli
