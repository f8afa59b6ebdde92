#include "services/strategy/profile/indicators.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "services/common/text/strings.h"

namespace steelyard::strategy {
namespace {

using Profile = v1::RegionProfile;

constexpr v1::Direction kHigher = v1::DIRECTION_HIGHER;
constexpr v1::Direction kLower = v1::DIRECTION_LOWER;

// By id.
constexpr IndicatorInfo kIndicators[] = {
    {"applied_share", "Share of applied AI", kHigher, &Profile::applied_share},
    {"companies", "Companies with a round", kHigher, &Profile::companies},
    {"company_concentration", "Concentration over companies (HHI)", kLower,
     &Profile::company_concentration},
    {"disclosed_share", "Share of rounds whose amount is disclosed", kHigher,
     &Profile::disclosed_share},
    {"foreign_capital_share", "Share of capital from outside", kLower,
     &Profile::foreign_capital_share},
    {"growth", "Growth a year (CAGR)", kHigher, &Profile::growth},
    {"infrastructure_and_model_share", "Share of infrastructure and foundation models", kHigher,
     &Profile::infrastructure_and_model_share},
    {"infrastructure_share", "Share of infrastructure", kHigher, &Profile::infrastructure_share},
    {"largest_round", "Largest disclosed round", kHigher, &Profile::largest_round},
    {"mean_round", "Mean disclosed round", kHigher, &Profile::mean_round},
    {"median_round", "Median disclosed round", kHigher, &Profile::median_round},
    {"mega_round_share", "Share of rounds of at least 100 million", kHigher,
     &Profile::mega_round_share},
    {"model_share", "Share of foundation models", kHigher, &Profile::model_share},
    {"models_per_billion", "Notable AI models per billion invested", kHigher,
     &Profile::models_per_billion},
    {"net_inflow_ratio", "Capital received over capital given", kLower, &Profile::net_inflow_ratio},
    {"per_capita", "Amount per person", kHigher, &Profile::per_capita},
    {"per_company", "Amount per company", kHigher, &Profile::per_company},
    {"per_gdp", "Amount per gross domestic product", kHigher, &Profile::per_gdp},
    {"rounds", "Rounds", kHigher, &Profile::rounds},
    {"rounds_inflow_ratio", "Capital received over capital given, of the rounds", kLower,
     &Profile::rounds_inflow_ratio},
    {"sector_entropy", "Diversity of sectors (Shannon entropy)", kHigher, &Profile::sector_entropy},
    {"top5_share", "Share of the five largest companies (CR5)", kLower, &Profile::top5_share},
    {"total", "Sum of disclosed amounts", kHigher, &Profile::total},
    {"world_share", "Share in the world", kHigher, &Profile::world_share},
};

}  // namespace

std::span<const IndicatorInfo> Indicators() { return kIndicators; }

const IndicatorInfo* FindIndicator(std::string_view id) {
  const auto* const found = std::lower_bound(
      std::begin(kIndicators), std::end(kIndicators), id,
      [](const IndicatorInfo& info, std::string_view wanted) { return info.id < wanted; });
  return found != std::end(kIndicators) && found->id == id ? found : nullptr;
}

std::string IndicatorIds() {
  std::vector<std::string_view> ids;
  for (const IndicatorInfo& info : kIndicators) ids.push_back(info.id);
  return StrJoin(ids, ", ");
}

v1::Indicator MakeIndicator(std::string_view id, const Figure& figure) {
  v1::Indicator indicator;
  indicator.set_id(std::string(id));
  if (const IndicatorInfo* info = FindIndicator(id)) indicator.set_title(std::string(info->title));
  *indicator.mutable_figure() = figure;
  return indicator;
}

Value IndicatorValue(const Figure& figure) {
  if (figure.status() != common::v1::VALUE_STATUS_OK) return std::nullopt;
  switch (figure.value_case()) {
    case Figure::kMoney:
      return static_cast<double>(figure.money().units()) +
             static_cast<double>(figure.money().nanos()) / 1e9;
    case Figure::kCount:
      return static_cast<double>(figure.count());
    case Figure::kNumber:
      if (!std::isfinite(figure.number())) return std::nullopt;
      return figure.number();
    case Figure::VALUE_NOT_SET:
      break;
  }
  return std::nullopt;
}

}  // namespace steelyard::strategy
