#include "services/strategy/formula/axes.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/functions.h"

namespace steelyard::strategy::formula {
namespace {

constexpr std::string_view kNominal = "nominal";

// The value of an enumeration by its name without prefix; 0 when there is none.
int ValueOf(const google::protobuf::EnumDescriptor& type, std::string_view prefix,
            std::string_view name) {
  const auto* value = type.FindValueByName(StrCat(prefix, name));
  return value == nullptr ? 0 : value->number();
}

absl::Status Wrong(std::string_view choice, std::string_view allowed) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   StrCat("'", choice, "' is not ", allowed));
}

absl::Status ApplyRegion(const std::string& choice, common::v1::Definition& definition) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(choice, absl::MaxSplits('=', 1));
  if (parts.first.empty() || parts.second.empty()) {
    return Wrong(choice, "a region word and a region set, such as EUROPE=EU27");
  }
  for (common::v1::RegionBinding& binding : *definition.mutable_regions()) {
    if (binding.alias() != parts.first) continue;
    binding.set_region_set(parts.second);
    return absl::OkStatus();
  }
  common::v1::RegionBinding& binding = *definition.add_regions();
  binding.set_alias(parts.first);
  binding.set_region_set(parts.second);
  return absl::OkStatus();
}

absl::Status ApplyScope(const std::string& choice, common::v1::Definition& definition) {
  std::set<int> kinds;
  for (const auto part : absl::StrSplit(choice, '+')) {
    const int kind = ValueOf(*common::v1::AmountKind_descriptor(), "AMOUNT_KIND_", ToStd(part));
    if (kind == 0) return Wrong(choice, "kinds of money joined by +, such as EQUITY+DEBT");
    kinds.insert(kind);
  }
  definition.clear_scope();
  for (const int kind : kinds) definition.add_scope(static_cast<common::v1::AmountKind>(kind));
  return absl::OkStatus();
}

absl::Status ApplyPrices(const std::string& choice, common::v1::Definition& definition) {
  definition.clear_price_basis();
  if (choice == kNominal) return absl::OkStatus();
  const std::pair<std::string, std::string> parts = absl::StrSplit(choice, absl::MaxSplits(':', 1));
  int year = 0;
  if (!absl::SimpleAtoi(parts.first, &year) || parts.second.empty()) {
    return Wrong(choice, "'nominal' or a year and an index, such as 2021:gdp_deflator_index");
  }
  definition.mutable_price_basis()->set_base_year(year);
  definition.mutable_price_basis()->set_deflator(parts.second);
  return absl::OkStatus();
}

absl::Status Apply(v1::Axis axis, const std::string& choice, common::v1::Definition& definition) {
  switch (axis) {
    case v1::AXIS_REGION:
      return ApplyRegion(choice, definition);
    case v1::AXIS_SCOPE:
      return ApplyScope(choice, definition);
    case v1::AXIS_PRICES:
      return ApplyPrices(choice, definition);
    case v1::AXIS_LAYER_ATTRIBUTION: {
      const int value =
          ValueOf(*common::v1::LayerAttribution_descriptor(), "LAYER_ATTRIBUTION_", choice);
      if (value == 0) return Wrong(choice, "PRIMARY, EQUAL_SPLIT or FULL");
      definition.set_layer_attribution(static_cast<common::v1::LayerAttribution>(value));
      return absl::OkStatus();
    }
    case v1::AXIS_ATTRIBUTION: {
      const int value = ValueOf(*common::v1::Attribution_descriptor(), "ATTRIBUTION_", choice);
      if (value == 0) {
        return Wrong(choice,
                     "RECIPIENT_HEADQUARTERS, INVESTOR_ORIGIN, LEGAL_DOMICILE or FOUNDING_COUNTRY");
      }
      definition.set_attribution(static_cast<common::v1::Attribution>(value));
      return absl::OkStatus();
    }
    case v1::AXIS_SOURCE_POLICY:
      definition.set_source_policy(choice);
      return absl::OkStatus();
    case v1::AXIS_DATE_BASIS: {
      const int value = ValueOf(*common::v1::DateBasis_descriptor(), "DATE_BASIS_", choice);
      if (value == 0) return Wrong(choice, "ANNOUNCED or CLOSED");
      definition.set_date_basis(static_cast<common::v1::DateBasis>(value));
      return absl::OkStatus();
    }
    case v1::AXIS_FX: {
      const int value = ValueOf(*common::v1::FxMethod_descriptor(), "FX_METHOD_", choice);
      if (value == 0 || value == common::v1::FX_METHOD_FIXED_DATE) {
        return Wrong(choice, "TRANSACTION_DATE or YEAR_AVERAGE");
      }
      definition.mutable_fx_policy()->set_method(static_cast<common::v1::FxMethod>(value));
      return absl::OkStatus();
    }
    default:
      return Wrong(v1::Axis_Name(axis), "an axis that can be chosen from");
  }
}

std::string AxisKey(const v1::AxisChoices& axis) {
  if (axis.axis() != v1::AXIS_REGION || axis.choices_size() == 0) {
    return StrCat(static_cast<int>(axis.axis()));
  }
  const std::string& first = axis.choices(0);
  return StrCat(static_cast<int>(axis.axis()), " ", first.substr(0, first.find('=')));
}

void CheckAxis(const v1::AxisChoices& axis, const std::string& field, FieldErrors& errors) {
  if (axis.choices_size() == 0 || axis.choices_size() > kMostChoices) {
    errors.Add(StrCat(field, ".choices"),
               StrCat("1 to ", kMostChoices, " choices, not ", axis.choices_size()));
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < axis.choices_size(); ++i) {
    const std::string place = StrCat(field, ".choices[", i, "]");
    const std::string& choice = axis.choices(i);
    if (!seen.insert(choice).second) errors.Add(place, StrCat("'", choice, "' stands there twice"));
    common::v1::Definition scratch;
    errors.Add(place, Apply(axis.axis(), choice, scratch));
    if (axis.axis() == v1::AXIS_REGION &&
        choice.substr(0, choice.find('=')) !=
            axis.choices(0).substr(0, axis.choices(0).find('='))) {
      errors.Add(place, "an axis is about one region word; give another word an axis of its own");
    }
  }
}

}  // namespace

void CheckAxes(const Axes& axes, std::string_view field, FieldErrors& errors) {
  std::set<std::string> seen;
  int64_t combinations = 1;
  for (int i = 0; i < axes.size(); ++i) {
    const std::string place = StrCat(field, "[", i, "]");
    if (!seen.insert(AxisKey(axes[i])).second) {
      errors.Add(place, "an axis stands there once; join its choices");
    }
    CheckAxis(axes[i], place, errors);
    combinations = std::min<int64_t>(combinations * std::max(1, axes[i].choices_size()),
                                     int64_t{kMostVariants} + 1);
  }
  if (combinations > kMostVariants) {
    errors.Add(field, StrCat("at most ", kMostVariants, " combinations; give fewer choices"));
  }
}

std::vector<Variant> MakeVariants(const common::v1::Definition& definition, const Axes& axes) {
  std::vector<Variant> variants = {{definition, {}}};
  for (const v1::AxisChoices& axis : axes) {
    std::vector<Variant> next;
    for (const Variant& variant : variants) {
      for (const std::string& choice : axis.choices()) {
        Variant& made = next.emplace_back(variant);
        // CheckAxes has accepted it.
        static_cast<void>(Apply(axis.axis(), choice, made.definition));
        v1::AxisChoice& chosen = made.choices.emplace_back();
        chosen.set_axis(axis.axis());
        chosen.set_choice(choice);
      }
    }
    variants = std::move(next);
  }
  return variants;
}

std::vector<std::string> RegionWords(const Node& node) {
  std::vector<std::string> words;
  const auto add = [&](const std::string& word) {
    if (!word.empty() && word != "*" && word != "WORLD" &&
        std::find(words.begin(), words.end(), word) == words.end()) {
      words.push_back(word);
    }
  };
  ForEach(node, [&](const Node& part) {
    if (part.kind == Node::Kind::kFigure) add(part.figure.region);
    for (const Option* option :
         {FindOption(part.options, "among"), FindOption(part.options, kOrigin),
          FindOption(part.figure.options, kOrigin)}) {
      if (option == nullptr) continue;
      for (const std::string& word : option->values) add(word);
    }
  });
  return words;
}

Axes AxesOfFormula(const Axes& axes, const Node& node) {
  const std::vector<std::string> words = RegionWords(node);
  Axes out;
  for (const v1::AxisChoices& axis : axes) {
    const std::string word = axis.choices(0).substr(0, axis.choices(0).find('='));
    if (axis.axis() == v1::AXIS_REGION &&
        std::find(words.begin(), words.end(), word) == words.end()) {
      continue;
    }
    *out.Add() = axis;
  }
  return out;
}

std::string WordOf(const v1::AxisChoice& choice) {
  if (choice.axis() != v1::AXIS_REGION) return "";
  return choice.choice().substr(0, choice.choice().find('='));
}

}  // namespace steelyard::strategy::formula
