#include "services/funding/definition.h"

#include <algorithm>

#include "services/common/money/money.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/deflator.h"
#include "services/funding/reference/rules.h"

namespace steelyard::funding {
namespace {

using common::v1::Definition;

std::vector<common::v1::AmountKind> ScopeOf(const Definition& definition, std::string_view field,
                                            FieldErrors& errors) {
  std::vector<common::v1::AmountKind> scope;
  for (int i = 0; i < definition.scope_size(); ++i) {
    const common::v1::AmountKind kind = definition.scope(i);
    if (!common::v1::AmountKind_IsValid(kind) || kind == common::v1::AMOUNT_KIND_UNSPECIFIED) {
      errors.Add(StrCat(field, ".scope[", i, "]"),
                 "must be a value of AmountKind other than AMOUNT_KIND_UNSPECIFIED");
    }
    scope.push_back(kind);
  }
  if (scope.empty()) scope.push_back(common::v1::AMOUNT_KIND_EQUITY);
  std::sort(scope.begin(), scope.end());
  scope.erase(std::unique(scope.begin(), scope.end()), scope.end());
  return scope;
}

void CheckPriceBasis(const common::v1::PriceBasis& basis, std::string_view field,
                     FieldErrors& errors) {
  if (basis.base_year() == 0 && basis.deflator().empty()) return;
  if (basis.base_year() < kFirstBaseYear || basis.base_year() > kLastBaseYear) {
    errors.Add(StrCat(field, ".price_basis.base_year"),
               StrCat("must be in [", kFirstBaseYear, ", ", kLastBaseYear,
                      "], or 0 without a deflator for nominal amounts"));
  }
  if (!IsVariable(basis.deflator())) {
    errors.Add(StrCat(field, ".price_basis.deflator"),
               "must be the variable of a price index, such as \"gdp_deflator_index\"");
  }
}

// Enums of proto3 are open: numbers that no value has are malformed rather than not offered.
void CheckEnums(const Definition& definition, std::string_view field, FieldErrors& errors) {
  if (!common::v1::Attribution_IsValid(definition.attribution())) {
    errors.Add(StrCat(field, ".attribution"), "must be a value of Attribution");
  }
  if (!common::v1::LayerAttribution_IsValid(definition.layer_attribution())) {
    errors.Add(StrCat(field, ".layer_attribution"), "must be a value of LayerAttribution");
  }
  if (!common::v1::DateBasis_IsValid(definition.date_basis())) {
    errors.Add(StrCat(field, ".date_basis"), "must be a value of DateBasis");
  }
}

}  // namespace

absl::StatusOr<CheckedDefinition> CheckDefinition(const Definition& definition,
                                                  std::string_view field) {
  FieldErrors errors;
  CheckedDefinition checked;
  checked.aliases = AliasesOf(definition.regions());
  checked.scope = ScopeOf(definition, field, errors);
  CheckEnums(definition, field, errors);
  CheckPriceBasis(definition.price_basis(), field, errors);
  checked.base_year = definition.price_basis().base_year();
  checked.deflator = definition.price_basis().deflator();
  checked.policy = TakeSourcePolicy(definition, field, RoundRuleFields(), errors);
  if (definition.date_basis() == common::v1::DATE_BASIS_CLOSED) {
    checked.date_basis = common::v1::DATE_BASIS_CLOSED;
  }
  if (definition.attribution() != common::v1::ATTRIBUTION_UNSPECIFIED) {
    checked.attribution = definition.attribution();
  }
  if (definition.layer_attribution() != common::v1::LAYER_ATTRIBUTION_UNSPECIFIED) {
    checked.layers = definition.layer_attribution();
  }
  checked.currency =
      definition.currency().empty() ? std::string(kDefaultCurrency) : definition.currency();
  if (const auto digits = MinorDigits(checked.currency); !digits.ok()) {
    errors.Add(StrCat(field, ".currency"), digits.status());
  }
  absl::StatusOr<FxRule> rule = RuleOf(definition.fx_policy());
  if (rule.ok()) {
    checked.fx = *std::move(rule);
  } else {
    errors.Add(StrCat(field, ".fx_policy"), rule.status());
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return checked;
}

Definition EffectiveDefinition(const CheckedDefinition& definition,
                               const RegionCatalogue& catalogue, std::string_view deflator_source) {
  Definition effective;
  for (const RegionAlias& alias : catalogue.Effective(definition.aliases)) {
    common::v1::RegionBinding& binding = *effective.add_regions();
    binding.set_alias(alias.alias);
    binding.set_region_set(alias.region_set);
  }
  effective.set_attribution(definition.attribution);
  for (const common::v1::AmountKind kind : definition.scope) effective.add_scope(kind);
  effective.set_currency(definition.currency);
  common::v1::PriceBasis& basis = *effective.mutable_price_basis();
  basis.set_base_year(definition.base_year);
  basis.set_deflator(definition.deflator);
  if (!deflator_source.empty()) basis.set_source(StrCat("sources/", deflator_source));
  *effective.mutable_fx_policy() = PolicyOf(definition.fx);
  effective.set_layer_attribution(definition.layers);
  SetSourcePolicy(definition.policy, effective);
  effective.set_date_basis(definition.date_basis);
  return effective;
}

}  // namespace steelyard::funding
