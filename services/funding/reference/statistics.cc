#include "services/funding/reference/statistics.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kSumFormula = "sum_of_members/1";

// Codes that sources print for a region set beside its own id.
constexpr std::pair<std::string_view, std::string_view> kSourceCodes[] = {
    {"CHINA_MAINLAND", "CN"},
    {"EUROPE_BROAD", "EUROPE"},
    {"EUROPE_BROAD", "EUROPE_ATOMICO_41"},
    {"US", "US"},
};

struct FacetOrder {
  bool operator()(const SeriesFacet& a, const SeriesFacet& b) const { return FacetLess(a, b); }
};

struct PeriodOrder {
  bool operator()(const std::string& a, const std::string& b) const { return PeriodLess(a, b); }
};

// The values of a period: one, or with all vintages several, the oldest first.
using Points = std::map<std::string, std::vector<const PublishedValue*>, PeriodOrder>;
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

// The values that the question is about, by vintage.
std::vector<PublishedValue> Counting(const SeriesQuery& query,
                                     std::span<const PublishedValue> values) {
  if (!query.all_vintages) {
    return PresentOf(values, query.published_by);
  }
  std::vector<PublishedValue> all(values.begin(), values.end());
  std::erase_if(
      all, [&](const PublishedValue& value) { return !IsPublishedBy(value, query.published_by); });
  std::sort(all.begin(), all.end(), [](const PublishedValue& a, const PublishedValue& b) {
    return a.vintage != b.vintage ? VintageLess(a.vintage, b.vintage) : a.id < b.id;
  });
  return all;
}

Facets Arrange(const SeriesQuery& query, const std::vector<PublishedValue>& values) {
  Facets facets;
  for (const PublishedValue& value : values) {
    if (Matches(query.facet, value.facet)) {
      facets[value.facet][value.region][value.period].push_back(&value);
    }
  }
  return facets;
}

SeriesPointRow PointOf(const PublishedValue& value) {
  return {.period = value.period,
          .figure = ToFigure(value),
          .note = value.note,
          .exact = ParseValue(value.value).value_or(0),  // checked before it was stored
          .bounds = BoundsOf(value.qualifier),
          .vintage = value.vintage,
          .scale = value.scale,
          .retraction = value.retraction};
}

bool Lies(const DateRange& range, const std::string& period) {
  const absl::StatusOr<PeriodDays> days = ParsePeriod(period);
  return days.ok() && range.Contains(days->first) && range.Contains(days->last);
}

SeriesRow Published(const SeriesQuery& query, const std::string& term, const std::string& region,
                    const SeriesFacet& facet, const Points& points) {
  SeriesRow row{.term = term, .region = region, .facet = facet};
  for (const auto& [period, values] : points) {
    if (!Lies(query.period, period)) {
      continue;
    }
    for (const PublishedValue* value : values) {
      row.points.push_back(PointOf(*value));
    }
  }
  return row;
}

// The sum over the members of one period; nullopt when none of them has a value.
std::optional<SeriesPointRow> SumMembers(const SeriesQuery& query, const RegionSet& set,
                                         const SeriesFacet& facet, const Regions& regions,
                                         const std::vector<std::string>& members,
                                         const std::string& period) {
  SeriesPointRow point{.period = period, .figure = {}, .note = ""};
  common::v1::Coverage coverage;
  coverage.set_units_expected(static_cast<int64_t>(members.size()));
  for (const std::string& member : members) {
    const auto region = regions.find(member);
    if (region == regions.end() || !region->second.contains(period)) {
      coverage.add_missing(member);
      continue;
    }
    const SeriesPointRow value = PointOf(*region->second.at(period).front());
    point.bounds.from_below &= value.bounds.from_below;
    point.bounds.from_above &= value.bounds.from_above;
    point.exact += value.exact;
    if (coverage.units_present() == 0 || VintageLess(value.vintage, point.vintage)) {
      point.vintage = value.vintage;
    }
    coverage.set_units_present(coverage.units_present() + 1);
  }
  if (coverage.units_present() == 0) {
    return std::nullopt;
  }
  coverage.set_share(static_cast<double>(coverage.units_present()) /
                     static_cast<double>(coverage.units_expected()));
  common::v1::Figure& figure = point.figure;
  figure.set_id(absl::StrFormat("sum_of_members/%s/%s/%s/source=%s/scope=%s/price_basis=%s",
                                query.variable, NameOf(set), period, facet.source, facet.scope,
                                facet.price_basis));
  if (coverage.share() < query.min_coverage) {
    figure.set_status(common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
    figure.set_reason(absl::StrFormat("%d of %d members have a value", coverage.units_present(),
                                      coverage.units_expected()));
  } else {
    SetValue(point.exact, facet.unit, figure);
    SetInterval(point.bounds, point.exact, figure);
  }
  *figure.mutable_coverage() = std::move(coverage);
  figure.set_formula(std::string(kSumFormula));
  figure.add_sources(StrCat("sources/", facet.source));
  return point;
}

SeriesRow Summed(const SeriesQuery& query, const SeriesTerm& term, const SeriesFacet& facet,
                 const Regions& regions) {
  const RegionSet set{term.region->region, term.region->version, {}};
  std::set<std::string, PeriodOrder> periods;
  for (const Membership& member : term.region->members) {
    if (const auto found = regions.find(member.country); found != regions.end()) {
      for (const auto& [period, values] : found->second) {
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
    if (auto point = SumMembers(query, set, facet, regions, members, period)) {
      row.points.push_back(*std::move(point));
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

bool PeriodLess(const std::string& a, const std::string& b) {
  const auto key = [](const std::string& text) {
    const absl::StatusOr<PeriodDays> days = ParsePeriod(text);
    return days.ok()
               ? std::tuple(days->first.ToDays(), -days->last.ToDays(), std::string_view(text))
               : std::tuple(0, 0, std::string_view(text));
  };
  return key(a) < key(b);
}

common::v1::Figure ToFigure(const PublishedValue& value) {
  const Int128 exact = ParseValue(value.value).value_or(0);  // checked before it was stored
  common::v1::Figure figure;
  figure.set_id(StrCat("observations/", NameOf(value)));
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

std::vector<std::string> PublishedCodes(const SeriesTerm& term) {
  return term.region.has_value() ? PublishedCodes(*term.region)
                                 : std::vector{absl::AsciiStrToUpper(term.term)};
}

std::vector<SeriesRow> AssembleSeries(const SeriesQuery& query, std::span<const SeriesTerm> terms,
                                      std::span<const PublishedValue> values) {
  const std::vector<PublishedValue> counting = Counting(query, values);
  const Facets facets = Arrange(query, counting);
  std::vector<SeriesRow> rows;
  const auto keep = [&](SeriesRow row) {
    if (!row.points.empty()) {
      rows.push_back(std::move(row));
    }
  };
  for (const SeriesTerm& term : terms) {
    const std::vector<std::string> codes = PublishedCodes(term);
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
