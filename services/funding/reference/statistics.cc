#include "services/funding/reference/statistics.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kQualifierMethod = "qualifier/1";
constexpr std::string_view kSumFormula = "sum_of_members/1";
constexpr size_t kMostWholeDigits = 18;

// Codes that sources print for a region set beside its own id.
constexpr std::pair<std::string_view, std::string_view> kSourceCodes[] = {
    {"CHINA_MAINLAND", "CN"},
    {"EUROPE_BROAD", "EUROPE"},
    {"EUROPE_BROAD", "EUROPE_ATOMICO_41"},
    {"US", "US"},
};

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) {
    power *= 10;
  }
  return power;
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

bool IsCurrency(std::string_view unit) { return MinorDigits(unit).ok(); }

// The double nearest to the exact value, whichever way it came about.
double Nearest(Int128 value) {
  const Int128 magnitude = value < 0 ? -value : value;
  const Int128 whole = magnitude / PowerOfTen(kValueDecimals);
  const Int128 half = PowerOfTen(kMostWholeDigits);
  const std::string text =
      absl::StrFormat("%s%d%018d.%012d", value < 0 ? "-" : "", static_cast<int64_t>(whole / half),
                      static_cast<int64_t>(whole % half),
                      static_cast<int64_t>(magnitude % PowerOfTen(kValueDecimals)));
  double nearest = 0;
  // The text is a decimal number by construction.
  static_cast<void>(absl::SimpleAtod(text, &nearest));
  return nearest;
}

// `value` in units of 10^-decimals, if it is whole in them and fits.
std::optional<int64_t> Whole(Int128 value, int decimals) {
  const Int128 step = PowerOfTen(kValueDecimals - decimals);
  const Int128 units = value / step;
  if (value % step != 0 || units > std::numeric_limits<int64_t>::max() ||
      units < std::numeric_limits<int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(units);
}

void SetValue(Int128 value, std::string_view unit, common::v1::Figure& figure) {
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_unit("1");
  if (const absl::StatusOr<int> digits = MinorDigits(unit); digits.ok()) {
    figure.set_unit(std::string(unit));
    if (const std::optional<int64_t> minor = Whole(value, *digits)) {
      *figure.mutable_money() = ToProto(Money{*minor, std::string(unit)});
      return;
    }
  } else if (unit == "percent") {
    figure.set_unit("%");
  } else if (unit == "count") {
    if (const std::optional<int64_t> count = Whole(value, 0)) {
      figure.set_count(*count);
      return;
    }
  }
  figure.set_number(Nearest(value));
}

struct Bounds {
  bool from_below = true;  // the number is a lower bound
  bool from_above = true;  // the number is an upper bound
};

// What a qualifier says of the number; nothing in particular for approx, which bounds neither way.
Bounds BoundsOf(common::v1::Qualifier qualifier) {
  switch (qualifier) {
    case common::v1::QUALIFIER_AT_LEAST:
    case common::v1::QUALIFIER_GREATER_THAN:
      return {.from_below = true, .from_above = false};
    case common::v1::QUALIFIER_AT_MOST:
    case common::v1::QUALIFIER_LESS_THAN:
      return {.from_below = false, .from_above = true};
    default:
      return {};
  }
}

void SetInterval(const Bounds& bounds, Int128 value, common::v1::Figure& figure) {
  if (bounds.from_below && bounds.from_above) {
    return;
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  common::v1::Interval& interval = *figure.mutable_interval();
  interval.set_lower(bounds.from_below ? Nearest(value) : -kInfinity);
  interval.set_upper(bounds.from_above ? Nearest(value) : kInfinity);
  interval.set_level(1);
  interval.set_method(std::string(kQualifierMethod));
}

struct FacetOrder {
  bool operator()(const SeriesFacet& a, const SeriesFacet& b) const { return FacetLess(a, b); }
};

// By first day, the longer period first.
struct PeriodOrder {
  bool operator()(const std::string& a, const std::string& b) const { return Key(a) < Key(b); }
  static std::tuple<int32_t, int32_t, std::string> Key(const std::string& text) {
    const absl::StatusOr<PeriodDays> days = ParsePeriod(text);
    return days.ok() ? std::tuple(days->first.ToDays(), -days->last.ToDays(), text)
                     : std::tuple(0, 0, text);
  }
};

using Points = std::map<std::string, const PublishedValue*, PeriodOrder>;
// A facet's points, region by region.
using Regions = std::map<std::string, Points>;
using Facets = std::map<SeriesFacet, Regions, FacetOrder>;

bool Matches(const SeriesFacet& wanted, const SeriesFacet& facet) {
  const auto matches = [](const std::string& want, const std::string& have) {
    return want.empty() || want == have;
  };
  return matches(wanted.source, facet.source) && matches(wanted.unit, facet.unit) &&
         matches(wanted.scope, facet.scope) && matches(wanted.price_basis, facet.price_basis);
}

Facets Arrange(const SeriesQuery& query, std::span<const PublishedValue> values) {
  Facets facets;
  for (const PublishedValue& value : values) {
    if (!Matches(query.facet, value.facet)) {
      continue;
    }
    const PublishedValue*& first = facets[value.facet][value.region][value.period];
    if (first == nullptr || NaturalLess(value.id, first->id)) {
      first = &value;
    }
  }
  return facets;
}

bool Lies(const DateRange& range, const std::string& period) {
  const absl::StatusOr<PeriodDays> days = ParsePeriod(period);
  return days.ok() && range.Contains(days->first) && range.Contains(days->last);
}

SeriesRow Published(const SeriesQuery& query, const std::string& term, const std::string& region,
                    const SeriesFacet& facet, const Points& points) {
  SeriesRow row{.term = term, .region = region, .facet = facet};
  for (const auto& [period, value] : points) {
    if (Lies(query.period, period)) {
      row.points.push_back({period, ToFigure(*value), value->note});
    }
  }
  return row;
}

// The sum over the members of one period; nullopt when none of them has a value.
std::optional<common::v1::Figure> SumMembers(const SeriesQuery& query, const RegionSet& set,
                                             const SeriesFacet& facet, const Regions& regions,
                                             const std::vector<std::string>& members,
                                             const std::string& period) {
  Int128 sum = 0;
  Bounds bounds;
  common::v1::Coverage coverage;
  coverage.set_units_expected(static_cast<int64_t>(members.size()));
  for (const std::string& member : members) {
    const auto region = regions.find(member);
    if (region == regions.end() || !region->second.contains(period)) {
      coverage.add_missing(member);
      continue;
    }
    const PublishedValue& value = *region->second.at(period);
    const Bounds of_value = BoundsOf(value.qualifier);
    bounds.from_below &= of_value.from_below;
    bounds.from_above &= of_value.from_above;
    sum += ParseValue(value.value).value_or(0);  // checked before it was stored
    coverage.set_units_present(coverage.units_present() + 1);
  }
  if (coverage.units_present() == 0) {
    return std::nullopt;
  }
  coverage.set_share(static_cast<double>(coverage.units_present()) /
                     static_cast<double>(coverage.units_expected()));
  common::v1::Figure figure;
  figure.set_id(absl::StrFormat("sum_of_members/%s/%s/%s/source=%s/scope=%s/price_basis=%s",
                                query.variable, NameOf(set), period, facet.source, facet.scope,
                                facet.price_basis));
  SetValue(sum, facet.unit, figure);
  SetInterval(bounds, sum, figure);
  *figure.mutable_coverage() = std::move(coverage);
  figure.set_formula(std::string(kSumFormula));
  figure.add_sources(StrCat("sources/", facet.source));
  return figure;
}

SeriesRow Summed(const SeriesQuery& query, const SeriesTerm& term, const SeriesFacet& facet,
                 const Regions& regions) {
  const RegionSet set{term.region->region, term.region->version, {}};
  std::set<std::string, PeriodOrder> periods;
  for (const Membership& member : term.region->members) {
    if (const auto found = regions.find(member.country); found != regions.end()) {
      for (const auto& [period, value] : found->second) {
        periods.insert(period);
      }
    }
  }
  SeriesRow row{.term = term.term, .region = NameOf(set), .facet = facet, .sum_of_members = true};
  for (const std::string& period : periods) {
    if (!Lies(query.period, period)) {
      continue;
    }
    // A period that lies in the range parses.
    const std::vector<std::string> members = term.region->MembersAt(ParsePeriod(period)->last);
    if (auto figure = SumMembers(query, set, facet, regions, members, period)) {
      row.points.push_back({period, *std::move(figure), ""});
    }
  }
  return row;
}

}  // namespace

bool FacetLess(const SeriesFacet& a, const SeriesFacet& b) {
  const auto key = [](const SeriesFacet& facet) {
    return std::tuple(facet.source == kEditorialSource, std::string_view(facet.source),
                      std::string_view(facet.scope), std::string_view(facet.price_basis),
                      std::string_view(facet.unit));
  };
  return key(a) < key(b);
}

bool IsAdditive(std::string_view unit) { return unit == "count" || IsCurrency(unit); }

absl::StatusOr<PeriodDays> ParsePeriod(std::string_view period) {
  const auto invalid = [&] {
    return MakeError(
        common::v1::ERROR_REASON_INVALID_DATE,
        absl::StrFormat("\"%s\" is no period; write \"2025\", \"2025-Q1\" or \"2025-04\"", period),
        {{"period", std::string(period)}});
  };
  if (period.size() == 7 && period.substr(4, 2) == "-Q") {
    const int quarter = period[6] - '0';
    const absl::StatusOr<PartialDate> year = ParseDate(period.substr(0, 4));
    if (!year.ok() || quarter < 1 || quarter > 4) {
      return invalid();
    }
    return PeriodDays{PartialDate{year->year, 3 * quarter - 2, 0}.FirstDay(),
                      PartialDate{year->year, 3 * quarter, 0}.LastDay()};
  }
  const absl::StatusOr<PartialDate> date = ParseDate(period);
  if (!date.ok() || date->IsDay()) {
    return invalid();
  }
  return PeriodDays{date->FirstDay(), date->LastDay()};
}

absl::StatusOr<Int128> ParseValue(std::string_view decimal) {
  std::string_view rest = decimal;
  const bool negative = !rest.empty() && rest.front() == '-';
  rest.remove_prefix(negative ? 1 : 0);
  const size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : rest.substr(point + 1);
  if (whole.empty() || whole.size() > kMostWholeDigits || !AllDigits(whole) ||
      (point != std::string_view::npos && fraction.empty()) ||
      fraction.size() > static_cast<size_t>(kValueDecimals) || !AllDigits(fraction)) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     absl::StrFormat("\"%s\" is no decimal number of at most 18 digits before and "
                                     "12 after the '.', such as \"218.056\"",
                                     decimal),
                     {{"value", std::string(decimal)}});
  }
  Int128 value = 0;
  for (const char c : whole) {
    value = value * 10 + (c - '0');
  }
  for (const char c : fraction) {
    value = value * 10 + (c - '0');
  }
  value *= PowerOfTen(kValueDecimals - static_cast<int>(fraction.size()));
  return negative ? -value : value;
}

common::v1::Figure ToFigure(const PublishedValue& value) {
  const Int128 exact = ParseValue(value.value).value_or(0);  // checked before it was stored
  common::v1::Figure figure;
  figure.set_id(StrCat("observations/", value.id));
  SetValue(exact, value.facet.unit, figure);
  SetInterval(BoundsOf(value.qualifier), exact, figure);
  figure.set_qualifier(value.qualifier);
  figure.add_sources(StrCat("sources/", value.facet.source));
  return figure;
}

std::vector<std::string> PublishedCodes(const ResolvedRegion& region) {
  std::vector<std::string> codes{region.region};
  for (const auto& [set, code] : kSourceCodes) {
    if (region.is_set() && set == region.region && code != region.region) {
      codes.emplace_back(code);
    }
  }
  return codes;
}

std::vector<SeriesRow> AssembleSeries(const SeriesQuery& query, std::span<const SeriesTerm> terms,
                                      std::span<const PublishedValue> values) {
  const Facets facets = Arrange(query, values);
  std::vector<SeriesRow> rows;
  const auto keep = [&](SeriesRow row) {
    if (!row.points.empty()) {
      rows.push_back(std::move(row));
    }
  };
  for (const SeriesTerm& term : terms) {
    const std::vector<std::string> codes =
        term.region ? PublishedCodes(*term.region) : std::vector{absl::AsciiStrToUpper(term.term)};
    for (const auto& [facet, regions] : facets) {
      bool printed = false;
      for (const auto& [region, points] : regions) {
        if (std::find(codes.begin(), codes.end(), region) != codes.end()) {
          printed = true;
          keep(Published(query, term.term, region, facet, points));
        }
      }
      if (!printed && query.sum_members && term.region && term.region->is_set() &&
          IsAdditive(facet.unit)) {
        keep(Summed(query, term, facet, regions));
      }
    }
  }
  return rows;
}

}  // namespace steelyard::funding
