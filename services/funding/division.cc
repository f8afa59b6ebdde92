#include "services/funding/division.h"

#include <algorithm>

namespace steelyard::funding {
namespace {

bool Has(const std::vector<v1::Dimension>& group_by, v1::Dimension dimension) {
  return std::find(group_by.begin(), group_by.end(), dimension) != group_by.end();
}

}  // namespace

Division DivisionOf(common::v1::Attribution attribution, common::v1::LayerAttribution layers,
                    const std::vector<v1::Dimension>& group_by, bool has_regions,
                    const filter::Predicate& filter) {
  Division division;
  if (has_regions || Has(group_by, v1::DIMENSION_COUNTRY)) division.attribution = attribution;
  division.by_investor = division.attribution == common::v1::ATTRIBUTION_INVESTOR_ORIGIN ||
                         Has(group_by, v1::DIMENSION_INVESTOR) ||
                         Has(group_by, v1::DIMENSION_INVESTOR_COUNTRY) ||
                         Has(group_by, v1::DIMENSION_INVESTOR_KIND);
  if (layers == common::v1::LAYER_ATTRIBUTION_PRIMARY) return division;
  division.by_layer = Has(group_by, v1::DIMENSION_LAYER) || filter::Compares(filter, "layer");
  division.by_sector = Has(group_by, v1::DIMENSION_SECTOR) || filter::Compares(filter, "sector");
  division.full = layers == common::v1::LAYER_ATTRIBUTION_FULL;
  return division;
}

int64_t ShareOf(int64_t amount, int32_t slots, std::span<const int32_t> taken) {
  const int64_t left_over = amount % slots;
  const auto larger =
      std::count_if(taken.begin(), taken.end(), [&](int32_t slot) { return slot < left_over; });
  return amount / slots * static_cast<int64_t>(taken.size()) + larger;
}

}  // namespace steelyard::funding
