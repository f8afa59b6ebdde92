#include "services/strategy/formula/requests.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/functions.h"

namespace steelyard::strategy::formula {
namespace {

constexpr int kPage = 10'000;
constexpr int kListPage = 1000;
constexpr int kMonths = 12;
constexpr int kMonthsOfQuarter = 3;
constexpr size_t kSubPosition = 5;  // of the quarter or month in a period
constexpr std::string_view kSourcePrefix = "sources/";

// The year of a period and, of a quarter or month, its first and last month.
void SetEnds(std::string_view from, std::string_view to, common::v1::Period& period) {
  int year = 0;
  // Both begin with four digits: the parser has seen to that.
  static_cast<void>(absl::SimpleAtoi(ToAbsl(from.substr(0, 4)), &year));
  period.mutable_from()->set_year(year);
  static_cast<void>(absl::SimpleAtoi(ToAbsl(to.substr(0, 4)), &year));
  period.mutable_to()->set_year(year);
  if (IsYear(from)) return;
  int first = 1;
  int last = kMonths;
  if (from[kSubPosition] == 'Q') {
    last = (from[kSubPosition + 1] - '0') * kMonthsOfQuarter;
    first = last - kMonthsOfQuarter + 1;
  } else if (absl::SimpleAtoi(ToAbsl(from.substr(kSubPosition)), &first)) {
    last = first;
  }
  period.mutable_from()->set_month(first);
  period.mutable_to()->set_month(last);
}

// Whether a company's rounds, or parts of them, count in several groups of one dimension: amounts
// of parts add up, the rounds beneath them do not.
bool Overlap(common::v1::LayerAttribution attribution) {
  return attribution == common::v1::LAYER_ATTRIBUTION_FULL ||
         attribution == common::v1::LAYER_ATTRIBUTION_EQUAL_SPLIT;
}

std::string Quoted(std::string_view code) {
  std::string out = "\"";
  for (const char c : code) {
    if (c == '"' || c == '\\' || c == '*') out += '\\';
    out += c;
  }
  return out + "\"";
}

// `layer = "CHIPS" OR layer = "CLOUD"`.
std::string AnyOf(const Option& slice) {
  std::vector<std::string> terms;
  for (const std::string& value : slice.values) {
    const auto codes = CodesOf(value);
    if (codes.empty()) terms.push_back(StrCat(slice.key, " = ", Quoted(value)));
    for (const std::string_view code : codes) {
      terms.push_back(StrCat(slice.key, " = ", Quoted(code)));
    }
  }
  return StrJoin(terms, " OR ");
}

std::string FilterOf(const FigureRef& figure, const std::vector<Option>& filtered) {
  std::vector<std::string> parts;
  if (const Option* filter = FindOption(figure.options, "filter")) {
    if (filtered.empty()) return filter->values[0];
    parts.push_back(StrCat("(", filter->values[0], ")"));
  }
  for (const Option& slice : filtered) parts.push_back(StrCat("(", AnyOf(slice), ")"));
  return StrJoin(parts, " AND ");
}

bool Means(const common::v1::RegionBinding& binding, std::string_view word) {
  return absl::EqualsIgnoreCase(binding.alias(), ToAbsl(word));
}

// The meanings of the words among the regions.
google::protobuf::RepeatedPtrField<common::v1::RegionBinding> BindingsOf(
    const std::vector<std::string>& regions, const common::v1::Definition& definition) {
  google::protobuf::RepeatedPtrField<common::v1::RegionBinding> bindings;
  for (const common::v1::RegionBinding& binding : definition.regions()) {
    if (std::any_of(regions.begin(), regions.end(),
                    [&](const std::string& region) { return Means(binding, region); })) {
      *bindings.Add() = binding;
    }
  }
  return bindings;
}

funding::v1::Dimension DimensionOf(std::string_view slice) {
  if (slice == kOrigin) return funding::v1::DIMENSION_INVESTOR_COUNTRY;
  return slice == "layer" ? funding::v1::DIMENSION_LAYER : funding::v1::DIMENSION_SECTOR;
}

}  // namespace

std::string MeaningOf(std::string_view word, const common::v1::Definition& definition) {
  for (const common::v1::RegionBinding& binding : definition.regions()) {
    if (Means(binding, word)) return binding.region_set();
  }
  return "";
}

std::string OriginOf(const std::string& region, const common::v1::Definition& definition) {
  if (!text::IsCountry(region)) return region;
  const std::string meaning = MeaningOf(region, definition);
  return meaning.empty() ? region : meaning;
}

Slices Requests::SlicesOf(const FigureRef& figure) const {
  const bool crowded = FindOption(figure.options, "layer") != nullptr &&
                       FindOption(figure.options, kOrigin) != nullptr;
  Slices slices;
  for (const Option& option : figure.options) {
    if (!IsSlice(option.key)) continue;
    const bool overlaps = IsClassification(option.key) && !IsOneCode(option) &&
                          Overlap(definition_.layer_attribution());
    const bool filtered = overlaps || (crowded && option.key == "sector");
    (filtered ? slices.filtered : slices.grouped).push_back(option);
  }
  return slices;
}

funding::v1::AggregateRoundsRequest Requests::Rounds(const FigureRef& figure,
                                                     const RoundsQuestion& question) const {
  funding::v1::AggregateRoundsRequest out;
  SetEnds(figure.from, figure.to, *out.mutable_period());
  for (const std::string& region : question.regions) out.add_regions(region);
  out.add_group_by(question.regions.empty() ? funding::v1::DIMENSION_COUNTRY
                                            : funding::v1::DIMENSION_REGION);
  const Slices slices = SlicesOf(figure);
  for (const Option& slice : slices.grouped) out.add_group_by(DimensionOf(slice.key));
  if (question.by_year) out.add_group_by(funding::v1::DIMENSION_YEAR);
  out.set_filter(FilterOf(figure, slices.filtered));
  out.add_measures(question.measure);
  out.set_top_k(question.k);
  out.set_page_size(kPage);
  *out.mutable_definition() = definition_;
  if (const Option* unit = FindOption(figure.options, "unit")) {
    out.mutable_definition()->set_currency(unit->values[0]);
  }
  if (FindOption(figure.options, "prices") != nullptr) {
    out.mutable_definition()->clear_price_basis();
  }
  *out.mutable_definition()->mutable_regions() = BindingsOf(question.regions, definition_);
  const bool by_layers =
      std::any_of(out.group_by().begin(), out.group_by().end(), [](int dimension) {
        return dimension == funding::v1::DIMENSION_LAYER ||
               dimension == funding::v1::DIMENSION_SECTOR;
      });
  if (!by_layers && !TellsLayersApart(figure.options)) {
    out.mutable_definition()->clear_layer_attribution();
  }
  *out.mutable_read() = read_;
  return out;
}

funding::v1::GetSeriesRequest Requests::Series(const FigureRef& figure,
                                               const std::vector<std::string>& regions) const {
  funding::v1::GetSeriesRequest out;
  out.set_variable(figure.name);
  for (const std::string& region : regions) out.add_regions(region);
  SetEnds(figure.from, figure.to, *out.mutable_period());
  out.set_sum_members(true);
  *out.mutable_region_bindings() = BindingsOf(regions, definition_);
  *out.mutable_read() = read_;
  const auto value = [&](std::string_view key) {
    const Option* option = FindOption(figure.options, key);
    return option == nullptr ? std::string() : option->values[0];
  };
  funding::v1::Facet facet;
  const std::string source = value("source");
  if (!source.empty()) {
    facet.set_source(source.starts_with(kSourcePrefix) ? source : StrCat(kSourcePrefix, source));
  }
  facet.set_scope(value("scope"));
  facet.set_unit(value("unit"));
  facet.set_price_basis(value("prices"));
  if (facet.ByteSizeLong() > 0) *out.mutable_facet() = facet;
  out.set_source_policy(value("policy"));
  out.set_one_source(!out.source_policy().empty());
  return out;
}

funding::v1::AggregateRoundsRequest Requests::Members(const FigureRef& figure,
                                                      const std::string& word) const {
  funding::v1::AggregateRoundsRequest out;
  SetEnds(figure.from, figure.to, *out.mutable_period());
  out.add_regions(word);
  out.add_measures(funding::v1::MEASURE_COUNT);
  *out.mutable_definition()->mutable_regions() = BindingsOf({word}, definition_);
  *out.mutable_read() = read_;
  return out;
}

registry::v1::GetCodelistRequest Requests::Codelist(std::string_view slice) const {
  registry::v1::GetCodelistRequest out;
  out.set_name(slice == "layer" ? "codelists/LAYER" : "codelists/SECTOR");
  *out.mutable_read() = read_;
  return out;
}

funding::v1::AggregateRoundsRequest Requests::Definition() const {
  funding::v1::AggregateRoundsRequest out;
  out.add_measures(funding::v1::MEASURE_COUNT);
  *out.mutable_definition() = definition_;
  *out.mutable_read() = read_;
  return out;
}

funding::v1::ListSeriesRequest Requests::List(const FigureRef& figure) const {
  funding::v1::ListSeriesRequest out;
  out.set_page_size(kListPage);
  out.set_filter(StrCat("variable = \"", figure.name, "\""));
  *out.mutable_read() = read_;
  return out;
}

}  // namespace steelyard::strategy::formula
