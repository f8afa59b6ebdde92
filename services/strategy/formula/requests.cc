#include "services/strategy/formula/requests.h"

#include "absl/strings/numbers.h"
#include "services/common/text/strings.h"

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

}  // namespace

funding::v1::AggregateRoundsRequest Requests::Rounds(const FigureRef& figure,
                                                     const RoundsQuestion& question) const {
  funding::v1::AggregateRoundsRequest out;
  SetEnds(figure.from, figure.to, *out.mutable_period());
  for (const std::string& region : question.regions) out.add_regions(region);
  out.add_group_by(question.regions.empty() ? funding::v1::DIMENSION_COUNTRY
                                            : funding::v1::DIMENSION_REGION);
  for (const Option& slice : question.slices) {
    out.add_group_by(slice.key == "layer" ? funding::v1::DIMENSION_LAYER
                                          : funding::v1::DIMENSION_SECTOR);
  }
  if (question.by_year) out.add_group_by(funding::v1::DIMENSION_YEAR);
  if (const Option* filter = FindOption(figure.options, "filter")) {
    out.set_filter(filter->values[0]);
  }
  out.add_measures(question.measure);
  out.set_top_k(question.k);
  out.set_page_size(kPage);
  *out.mutable_definition() = definition_;
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
  *out.mutable_region_bindings() = definition_.regions();
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
