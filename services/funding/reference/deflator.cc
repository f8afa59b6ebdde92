#include "services/funding/reference/deflator.h"

#include <algorithm>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kIndexUnit = "index";
constexpr std::string_view kEuroArea = "EA";
constexpr size_t kYearLength = 4;

absl::Status Unsupported(std::string_view field, const std::string& value,
                         const std::string& message, const std::string& allowed) {
  return MakeError(common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED,
                   StrCat("definition.price_basis.", field, ": ", message),
                   {{"field", StrCat("definition.price_basis.", field)},
                    {"value", value},
                    {"allowed", allowed}});
}

// Annual values of an index for the economy.
std::vector<const PublishedValue*> AnnualIndex(const std::vector<PublishedValue>& observations,
                                               std::string_view economy) {
  std::vector<const PublishedValue*> values;
  for (const PublishedValue& value : observations) {
    if (value.region == economy && value.facet.unit == kIndexUnit &&
        value.period.size() == kYearLength) {
      values.push_back(&value);
    }
  }
  return values;
}

}  // namespace

std::string EconomyOf(std::string_view currency) {
  return std::string(currency == "EUR" ? kEuroArea : currency.substr(0, 2));
}

absl::StatusOr<Deflator> Deflator::Make(const std::vector<PublishedValue>& observations,
                                        std::string_view variable, std::string_view currency,
                                        int base_year) {
  const std::string economy = EconomyOf(currency);
  const std::vector<const PublishedValue*> values = AnnualIndex(observations, economy);
  if (values.empty()) {
    return Unsupported(
        "deflator", std::string(variable),
        StrCat("no annual price index \"", variable, "\" is published for ", economy,
               ", the economy of ", currency),
        StrCat("a variable that has values with the unit \"", kIndexUnit, "\" for ", economy));
  }
  const SeriesFacet& facet =
      (*std::min_element(values.begin(), values.end(), [](const auto* a, const auto* b) {
        return FacetLess(a->facet, b->facet);
      }))->facet;
  Deflator deflator;
  deflator.source_ = facet.source;
  for (const PublishedValue* value : values) {
    if (value->facet != facet) continue;
    STEELYARD_ASSIGN_OR_RETURN(const Int128 index, ParseValue(value->value));
    if (index > 0) deflator.index_.emplace(std::stoi(value->period), index);
  }
  const auto base = deflator.index_.find(base_year);
  if (base == deflator.index_.end()) {
    std::vector<std::string> years;
    for (const auto& [year, index] : deflator.index_) years.push_back(StrCat(year));
    return Unsupported("base_year", StrCat(base_year),
                       StrCat("\"", variable, "\" of ", economy, " has no value for ", base_year,
                              "; it has ", years.empty() ? "none" : years.front(), " to ",
                              years.empty() ? "none" : years.back()),
                       StrJoin(years, ", "));
  }
  deflator.base_ = base->second;
  return deflator;
}

std::optional<int64_t> Deflator::ToBasePrices(int64_t minor_units, int year) const {
  const auto index = index_.find(year);
  if (index == index_.end()) return std::nullopt;
  Int128 product = 0;
  if (__builtin_mul_overflow(static_cast<Int128>(minor_units), base_, &product)) {
    return std::nullopt;
  }
  const absl::StatusOr<int64_t> amount = Narrow(DivideHalfEven(product, index->second));
  if (!amount.ok()) return std::nullopt;
  return *amount;
}

std::optional<std::string> Deflator::FactorOf(int year) const {
  const auto index = index_.find(year);
  if (index == index_.end()) return std::nullopt;
  // An index is below 10^18, held with 12 decimals: one more factor of 10^8 is sure to fit.
  constexpr Int128 kStep = 100'000'000;
  constexpr Int128 kRest = 10'000;
  const Int128 scaled = base_ * kStep;
  Int128 whole = 0;
  if (__builtin_mul_overflow(scaled / index->second, kRest, &whole)) return std::nullopt;
  return FormatValue(whole + DivideHalfEven((scaled % index->second) * kRest, index->second));
}

}  // namespace steelyard::funding
