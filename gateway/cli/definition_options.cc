#include "gateway/cli/definition_options.h"

#include <algorithm>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "gateway/cli/enum_words.h"
#include "gateway/cli/format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/common/time/date.h"

namespace steelyard::cli {
namespace {

using common::v1::AmountKind;

constexpr std::string_view kKindPrefix = "AMOUNT_KIND_";
constexpr std::string_view kAttributionPrefix = "ATTRIBUTION_";
constexpr std::string_view kLayersPrefix = "LAYER_ATTRIBUTION_";
constexpr std::string_view kDefaultDeflator = "gdp_deflator_index";
constexpr std::string_view kListedOrder = "listed-order/1";
constexpr std::string_view kPriority = "priority/1";

std::string NameOf(AmountKind kind) {
  std::string name = common::v1::AmountKind_Name(kind).substr(kKindPrefix.size());
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}});
}

std::vector<AmountKind> AllKinds() {
  std::vector<AmountKind> kinds;
  for (int i = common::v1::AMOUNT_KIND_EQUITY; i <= common::v1::AmountKind_MAX; ++i) {
    kinds.push_back(static_cast<AmountKind>(i));
  }
  return kinds;
}

void AddScope(const std::vector<std::string>& words, FieldErrors& errors,
              common::v1::Definition& out) {
  for (const std::string& word : words) {
    bool known = word == "all";
    for (const AmountKind kind : AllKinds()) {
      if (word != "all" && word != NameOf(kind)) continue;
      known = true;
      if (std::find(out.scope().begin(), out.scope().end(), kind) == out.scope().end()) {
        out.add_scope(kind);
      }
    }
    if (known) continue;
    std::string allowed = "all";
    for (const AmountKind kind : AllKinds()) StrAppend(&allowed, ", ", NameOf(kind));
    errors.Add("--scope", StrCat("'", word, "' is none of ", allowed));
  }
  std::sort(out.mutable_scope()->begin(), out.mutable_scope()->end());
}

void AddFx(const std::string& text, FieldErrors& errors, common::v1::Definition& out) {
  if (text.empty()) return;
  common::v1::FxPolicy& policy = *out.mutable_fx_policy();
  if (text == "transaction-date") {
    policy.set_method(common::v1::FX_METHOD_TRANSACTION_DATE);
  } else if (text == "year-average") {
    policy.set_method(common::v1::FX_METHOD_YEAR_AVERAGE);
  } else if (const auto date = ParseDate(text); date.ok() && date->IsDay()) {
    policy.set_method(common::v1::FX_METHOD_FIXED_DATE);
    *policy.mutable_fixed_date() = ToProto(*date);
  } else {
    errors.Add("--fx",
               StrCat("'", text, "' is neither transaction-date, year-average nor a YYYY-MM-DD"));
  }
}

void AddPrices(const std::string& text, FieldErrors& errors, common::v1::Definition& out) {
  if (text.empty()) return;
  const size_t colon = text.find(':');
  int year = 0;
  if (!absl::SimpleAtoi(text.substr(0, colon), &year) || year <= 0 || colon + 1 == text.size()) {
    errors.Add("--prices", StrCat("'", text, "' is not of the form YEAR or YEAR:INDEX"));
    return;
  }
  common::v1::PriceBasis& basis = *out.mutable_price_basis();
  basis.set_base_year(year);
  basis.set_deflator(colon == std::string::npos ? std::string(kDefaultDeflator)
                                                : text.substr(colon + 1));
}

// Policies have versions; the newest is meant where none is named.
std::string PolicyId(const std::string& name) {
  return name.empty() || name.find('/') != std::string::npos ? name : StrCat(name, "/1");
}

void AddSources(const SourceOptions& options, FieldErrors& errors, common::v1::Definition& out) {
  out.set_source_policy(PolicyId(options.policy));
  for (const std::string& source : options.priority) {
    out.add_source_priority(StrCat("sources/", source));
  }
  // Who names sources to prefer means the policy that prefers them.
  if (options.policy.empty() && !options.priority.empty()) {
    out.set_source_policy(std::string(kPriority));
  }
  for (const std::string& text : options.rules) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      errors.Add("--rule", StrCat("'", text, "' is not of the form FIELD=POLICY"));
      continue;
    }
    common::v1::SourceRule& rule = *out.add_source_rules();
    rule.set_field(text.substr(0, equals));
    rule.set_policy(PolicyId(text.substr(equals + 1)));
  }
}

void AddDates(const std::string& text, FieldErrors& errors, common::v1::Definition& out) {
  if (text.empty()) return;
  if (text == "announced") {
    out.set_date_basis(common::v1::DATE_BASIS_ANNOUNCED);
  } else if (text == "closed") {
    out.set_date_basis(common::v1::DATE_BASIS_CLOSED);
  } else {
    errors.Add("--dates", StrCat("'", text, "' is neither announced nor closed"));
  }
}

void AddAttributions(const DefinitionOptions& options, FieldErrors& errors,
                     common::v1::Definition& out) {
  if (!options.attribution.empty()) {
    const auto value = FromWord<common::v1::Attribution>(
        options.attribution,
        {*common::v1::Attribution_descriptor(), std::string(kAttributionPrefix)}, "--attribution",
        errors);
    if (value) out.set_attribution(*value);
  }
  if (!options.layer_attribution.empty()) {
    const auto value = FromWord<common::v1::LayerAttribution>(
        options.layer_attribution,
        {*common::v1::LayerAttribution_descriptor(), std::string(kLayersPrefix)},
        "--layer-attribution", errors);
    if (value) out.set_layer_attribution(*value);
  }
}

// What differs from the default; empty when nothing does.
std::string DescribeSources(const common::v1::Definition& definition) {
  std::string text;
  if (!definition.source_policy().empty() && definition.source_policy() != kListedOrder) {
    StrAppend(&text, "; sources by ", definition.source_policy());
  }
  for (const std::string& source : definition.source_priority()) {
    StrAppend(&text, &source == &definition.source_priority(0) ? " (" : ", ", source.substr(8));
  }
  if (!definition.source_priority().empty()) text += ")";
  for (const common::v1::SourceRule& rule : definition.source_rules()) {
    StrAppend(&text, "; ", rule.field(), " by ", rule.policy());
  }
  if (definition.date_basis() == common::v1::DATE_BASIS_CLOSED) text += "; by closing date";
  return text;
}

std::string DescribePrices(const common::v1::PriceBasis& basis) {
  if (basis.base_year() == 0) return "nominal";
  return StrCat("prices of ", basis.base_year(), " by ", basis.deflator());
}

std::string DescribeFx(const common::v1::FxPolicy& policy) {
  switch (policy.method()) {
    case common::v1::FX_METHOD_YEAR_AVERAGE:
      return "ECB mean rate of the year";
    case common::v1::FX_METHOD_FIXED_DATE:
      return StrCat("ECB rate of ", Date(policy.fixed_date()));
    default:
      return "ECB rate of each round's date";
  }
}

}  // namespace

void AddPolicyFlags(CLI::App& verb, SourceOptions& options) {
  verb.add_option("--policy", options.policy,
                  "which source is believed: listed-order, priority, freshest, median or "
                  "most-complete");
  verb.add_option("--prefer", options.priority, "sources to believe first, with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void AddSourceFlags(CLI::App& verb, SourceOptions& options) {
  AddPolicyFlags(verb, options);
  verb.add_option("--rule", options.rules, "another policy for a field, such as amount=median")
      ->allow_extra_args(false);
}

absl::StatusOr<common::v1::Definition> ToDefinition(const SourceOptions& options) {
  common::v1::Definition definition;
  FieldErrors errors;
  AddSources(options, errors, definition);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return definition;
}

void AddDefinitionFlags(CLI::App& verb, DefinitionOptions& options) {
  verb.add_option("--currency", options.currency, "ISO 4217 code of the amounts [USD]");
  verb.add_option("--scope", options.scope,
                  "kinds of money, with commas: equity, debt, grant, ... or all [equity]")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option("--region", options.bindings, "what a region word means, such as EUROPE=EU27")
      ->allow_extra_args(false);
  verb.add_option("--fx", options.fx,
                  "transaction-date, year-average or a YYYY-MM-DD [transaction-date]");
  verb.add_option("--prices", options.prices,
                  "a year, for amounts in its prices; by gdp_deflator_index, or as YEAR:cpi_index");
  verb.add_option("--dates", options.dates,
                  "which date of a round counts: announced or closed [announced]");
  verb.add_option("--attribution", options.attribution,
                  "where money counts: recipient-headquarters, investor-origin, legal-domicile or "
                  "founding-country [recipient-headquarters]");
  verb.add_option("--layer-attribution", options.layer_attribution,
                  "how a company of several layers or sectors counts: primary, equal-split or full "
                  "[primary]");
  AddSourceFlags(verb, options.sources);
}

absl::StatusOr<common::v1::Definition> ToDefinition(const DefinitionOptions& options) {
  common::v1::Definition definition;
  FieldErrors errors;
  definition.set_currency(options.currency);
  AddScope(options.scope, errors, definition);
  for (const std::string& text : options.bindings) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      errors.Add("--region", StrCat("'", text, "' is not of the form ALIAS=REGION_SET"));
      continue;
    }
    common::v1::RegionBinding& binding = *definition.add_regions();
    binding.set_alias(text.substr(0, equals));
    binding.set_region_set(text.substr(equals + 1));
  }
  AddFx(options.fx, errors, definition);
  AddPrices(options.prices, errors, definition);
  AddDates(options.dates, errors, definition);
  AddAttributions(options, errors, definition);
  AddSources(options.sources, errors, definition);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return definition;
}

std::string Describe(const common::v1::Definition& definition) {
  std::string kinds;
  for (const int kind : definition.scope()) {
    StrAppend(&kinds, kinds.empty() ? "" : " + ", NameOf(static_cast<AmountKind>(kind)));
  }
  std::string text = StrCat(
      kinds, "; by ",
      Words(
          common::v1::Attribution_Name(definition.attribution()).substr(kAttributionPrefix.size())),
      "; ", definition.currency(), ", ", DescribePrices(definition.price_basis()), "; ",
      DescribeFx(definition.fx_policy()), DescribeSources(definition));
  if (definition.layer_attribution() > common::v1::LAYER_ATTRIBUTION_PRIMARY) {
    StrAppend(&text, "; layers by ",
              Words(common::v1::LayerAttribution_Name(definition.layer_attribution())
                        .substr(kLayersPrefix.size())));
  }
  for (const common::v1::RegionBinding& binding : definition.regions()) {
    StrAppend(&text, "; ", binding.alias(), " is ", binding.region_set());
  }
  return text;
}

void AddPeriodFlags(CLI::App& verb, PeriodOptions& options, bool required) {
  // Where a period has to be given it is one of whole years.
  const std::string unit = required ? " year" : " year, month or day";
  verb.add_option("--from", options.from, "first" + unit)->required(required);
  verb.add_option("--to", options.to, "last" + unit)->required(required);
}

absl::StatusOr<common::v1::Period> ToPeriod(const PeriodOptions& options) {
  common::v1::Period period;
  FieldErrors errors;
  if (!options.from.empty()) {
    const auto date = ParseDate(options.from);
    errors.Add("--from", date.status());
    if (date.ok()) *period.mutable_from() = ToProto(*date);
  }
  if (!options.to.empty()) {
    const auto date = ParseDate(options.to);
    errors.Add("--to", date.status());
    if (date.ok()) *period.mutable_to() = ToProto(*date);
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return period;
}

}  // namespace steelyard::cli
