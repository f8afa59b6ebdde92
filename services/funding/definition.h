#pragma once

// The definition under which rounds are added up: what a request asks, checked, with every default
// filled in.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/reference/regions.h"
#include "services/funding/source_policy.h"
#include "steelyard/common/v1/definition.pb.h"

namespace steelyard::funding {

inline constexpr std::string_view kDefaultCurrency = "USD";

// A definition with every default filled in.
struct CheckedDefinition {
  std::vector<RegionAlias> aliases;           // as bound; checked by the catalogue
  std::vector<common::v1::AmountKind> scope;  // sorted, without repetition
  std::string currency;                       // ISO 4217
  FxRule fx;
  int base_year = 0;     // 0: nominal
  std::string deflator;  // variable of the price index; empty: nominal
  SourcePolicy policy;
  common::v1::DateBasis date_basis = common::v1::DATE_BASIS_ANNOUNCED;
  common::v1::Attribution attribution = common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS;
  common::v1::LayerAttribution layers = common::v1::LAYER_ATTRIBUTION_PRIMARY;
};

// Checks all but the regions. INVALID_FIELD, UNKNOWN_CURRENCY or INVALID_DATE lists every bad
// field. `field` is the path of the definition in its request.
absl::StatusOr<CheckedDefinition> CheckDefinition(const common::v1::Definition& definition,
                                                  std::string_view field);

// The effective definition, every field set, region words bound to versions of the catalogue.
// `deflator_source` is the bare id of who publishes the price index; empty for nominal amounts.
common::v1::Definition EffectiveDefinition(const CheckedDefinition& definition,
                                           const RegionCatalogue& catalogue,
                                           std::string_view deflator_source);

}  // namespace steelyard::funding
