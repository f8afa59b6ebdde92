#pragma once

// Into which parts the amount of a round is divided where investors, layers or sectors are told
// apart, and what a part is worth.

#include <cstdint>
#include <span>
#include <vector>

#include "services/common/filter/filter.h"
#include "steelyard/common/v1/definition.pb.h"
#include "steelyard/funding/v1/aggregate.pb.h"

namespace steelyard::funding {

// What a selection tells apart. By default nothing: every round is whole, with the country, the
// first layer and the first sector of its company.
struct Division {
  // Whose country counts; the default where countries are not told apart. INVESTOR_ORIGIN implies
  // by_investor.
  common::v1::Attribution attribution = common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS;
  bool by_investor = false;  // a part for each investor that is named, or one of nobody
  bool by_layer = false;     // a part for each layer of the company, or one without
  bool by_sector = false;    // likewise
  bool full = false;         // layers and sectors do not divide: each has the whole

  bool divides() const { return by_investor || by_layer || by_sector; }
  // Whether it is the default.
  bool plain() const {
    return !divides() && attribution == common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS;
  }
};

// The coarsest division that a question's groups, regions and filter can be answered from.
Division DivisionOf(common::v1::Attribution attribution, common::v1::LayerAttribution layers,
                    const std::vector<v1::Dimension>& group_by, bool has_regions,
                    const filter::Predicate& filter);

// Of an amount in `slots` equal parts of whole minor units, of which the first ones are one larger
// until the amount is used up, those at `taken`, from 0, each once. All of them add up to the
// amount. `slots` is at least 1, and the amount not negative.
int64_t ShareOf(int64_t amount, int32_t slots, std::span<const int32_t> taken);

}  // namespace steelyard::funding
