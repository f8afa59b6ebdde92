#include "services/funding/reference/resolve_series.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "services/common/text/strings.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kMedianFormula = "median_of_facets/1";
constexpr std::string_view kMedianBounds = "median_of_bounds/1";

struct FacetOrder {
  bool operator()(const SeriesFacet& a, const SeriesFacet& b) const { return FacetLess(a, b); }
};
struct PeriodOrder {
  bool operator()(const std::string& a, const std::string& b) const { return PeriodLess(a, b); }
};

// A value that competes.
struct Entry {
  const SeriesRow* row;
  const SeriesPointRow* point;
};
// The values of a term in one unit and price basis, period by period.
using Periods = std::map<std::string, std::vector<Entry>, PeriodOrder>;
using Groups = std::map<std::pair<std::string, std::string>, Periods>;  // by price basis, unit

// What a facet has in the whole table.
struct Holding {
  std::set<std::pair<std::string, std::string>> places;  // term and period
  std::optional<PartialDate> vintage;                    // the latest
};
using Holdings = std::map<SeriesFacet, Holding, FacetOrder>;

Holdings HoldingsOf(const std::vector<SeriesRow>& rows) {
  Holdings holdings;
  for (const SeriesRow& row : rows) {
    Holding& holding = holdings[row.facet];
    for (const SeriesPointRow& point : row.points) {
      holding.places.emplace(row.term, point.period);
      if (VintageLess(holding.vintage, point.vintage)) {
        holding.vintage = point.vintage;
      }
    }
  }
  return holdings;
}

// The facet of the whole table, and by which rule.
std::pair<SeriesFacet, std::string> OneFacet(const FacetRule& rule, const Holdings& holdings) {
  std::vector<FacetCandidate> candidates;
  for (const auto& [facet, holding] : holdings) {
    candidates.push_back({.facet = facet,
                          .region = "",
                          .vintage = holding.vintage,
                          .covered = static_cast<int64_t>(holding.places.size())});
  }
  FacetChoice choice = ChooseFacet(rule, candidates);
  return {candidates[choice.winners.front()].facet, choice.rule + ", for the whole table"};
}

Groups GroupsOf(const std::string& term, const std::vector<SeriesRow>& rows) {
  Groups groups;
  for (const SeriesRow& row : rows) {
    if (row.term != term) {
      continue;
    }
    Periods& periods = groups[{row.facet.price_basis, row.facet.unit}];
    for (const SeriesPointRow& point : row.points) {
      periods[point.period].push_back({&row, &point});
    }
  }
  return groups;
}

PointCandidate CandidateOf(const Entry& entry) {
  return {.figure = entry.point->figure.id(),
          .region = entry.row->region,
          .facet = entry.row->facet,
          .vintage = entry.point->vintage,
          .exact = entry.point->exact,
          .qualifier = entry.point->figure.qualifier()};
}

// The middle of the values in units of 10^-12. An absent value is infinite, on the side of `sign`.
std::optional<Int128> MiddleOf(std::vector<std::optional<Int128>> values, int sign) {
  std::sort(values.begin(), values.end(), [&](const auto& a, const auto& b) {
    if (a.has_value() != b.has_value()) {
      return a.has_value() == (sign > 0);
    }
    return a.has_value() && *a < *b;
  });
  const std::optional<Int128>& upper = values[values.size() / 2];
  const std::optional<Int128>& lower = values[(values.size() - 1) / 2];
  if (!lower.has_value() || !upper.has_value()) {
    return std::nullopt;
  }
  return DivideHalfEven(*lower + *upper, 2);
}

// The median of several values.
SeriesPointRow MedianOf(const std::string& variable, const std::vector<Entry>& entries) {
  std::vector<std::optional<Int128>> values;
  std::vector<std::optional<Int128>> lower;
  std::vector<std::optional<Int128>> upper;
  std::set<std::string> sources;
  SeriesPointRow median{.period = entries[0].point->period, .figure = {}, .note = ""};
  for (const auto& [row, point] : entries) {
    values.emplace_back(point->exact);
    lower.push_back(point->bounds.from_below ? std::optional(point->exact) : std::nullopt);
    upper.push_back(point->bounds.from_above ? std::optional(point->exact) : std::nullopt);
    sources.insert(point->figure.sources().begin(), point->figure.sources().end());
    median.bounds.from_below &= point->bounds.from_below;
    median.bounds.from_above &= point->bounds.from_above;
  }
  median.exact = *MiddleOf(std::move(values), 1);
  const SeriesFacet& facet = entries[0].row->facet;
  common::v1::Figure& figure = median.figure;
  figure.set_id(StrCat("median_of_facets/", variable, "/", entries[0].row->term, "/", median.period,
                       "/unit=", facet.unit, "/price_basis=", facet.price_basis));
  SetValue(median.exact, facet.unit, figure);
  if (!median.bounds.from_below || !median.bounds.from_above) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const std::optional<Int128> least = MiddleOf(std::move(lower), -1);
    const std::optional<Int128> most = MiddleOf(std::move(upper), 1);
    common::v1::Interval& interval = *figure.mutable_interval();
    interval.set_lower(least.has_value() ? Nearest(*least) : -kInfinity);
    interval.set_upper(most.has_value() ? Nearest(*most) : kInfinity);
    interval.set_level(1);
    interval.set_method(std::string(kMedianBounds));
  }
  figure.set_formula(std::string(kMedianFormula));
  for (const std::string& source : sources) {
    figure.add_sources(source);
  }
  return median;
}

// Chooses among the values of one term and period; nullopt when the one facet has none.
class Chooser {
 public:
  Chooser(const Resolution& resolution, const std::string& variable,
          const std::vector<SeriesRow>& rows)
      : resolution_(resolution), variable_(variable), holdings_(HoldingsOf(rows)) {
    if (resolution.one_source && !holdings_.empty()) {
      std::tie(facet_, facet_rule_) = OneFacet(resolution.rule, holdings_);
    }
  }

  const SeriesFacet& facet() const { return facet_; }

  std::optional<SeriesPointRow> Choose(std::vector<Entry> entries) const {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return CandidateLess({a.row->facet, a.row->region}, {b.row->facet, b.row->region});
    });
    const FacetChoice choice = Decide(entries);
    if (choice.winners.empty()) {
      return std::nullopt;
    }
    const Entry& winner = entries[choice.winners.front()];
    const bool computed = resolution_.rule.policy == FacetPolicy::kMedian && entries.size() > 1;
    SeriesPointRow point = computed ? MedianOf(variable_, entries) : *winner.point;
    if (choice.winners.size() == 1) {
      point.facet = winner.row->facet;
      point.vintage = winner.point->vintage;
      point.scale = winner.point->scale;
    }
    point.choice = PointChoice{.rule = choice.rule, .winners = {}, .losers = {}};
    for (size_t i = 0; i < entries.size(); ++i) {
      const bool won =
          std::find(choice.winners.begin(), choice.winners.end(), i) != choice.winners.end();
      (won ? point.choice->winners : point.choice->losers).push_back(CandidateOf(entries[i]));
    }
    return point;
  }

 private:
  FacetChoice Decide(const std::vector<Entry>& entries) const {
    if (resolution_.one_source) {
      const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        return entry.row->facet == facet_;
      });
      if (found == entries.end()) {
        return {};
      }
      return {facet_rule_, {static_cast<size_t>(found - entries.begin())}};
    }
    std::vector<FacetCandidate> candidates;
    for (const Entry& entry : entries) {
      const auto holding = holdings_.find(entry.row->facet);
      candidates.push_back({.facet = entry.row->facet,
                            .region = entry.row->region,
                            .vintage = entry.point->vintage,
                            .covered = static_cast<int64_t>(holding->second.places.size()),
                            .exact = entry.point->exact});
    }
    return ChooseFacet(resolution_.rule, candidates);
  }

  const Resolution& resolution_;
  const std::string& variable_;
  const Holdings holdings_;
  SeriesFacet facet_;
  std::string facet_rule_;
};

// What every point's winner has in common; the rest stays empty.
void SetShared(SeriesRow& row) {
  bool any = false;
  const auto keep = [](std::string& shared, const std::string& other) {
    if (shared != other) {
      shared.clear();
    }
  };
  for (const SeriesPointRow& point : row.points) {
    for (const PointCandidate& winner : point.choice->winners) {
      if (!any) {
        any = true;
        row.region = winner.region;
        row.facet = winner.facet;
      }
      keep(row.region, winner.region);
      keep(row.facet.source, winner.facet.source);
      keep(row.facet.scope, winner.facet.scope);
    }
  }
}

// Years, quarters or months: the three are written with different lengths or letters.
enum class Frequency { kYear, kQuarter, kMonth };
Frequency FrequencyOf(std::string_view period) {
  if (period.find('Q') != std::string_view::npos) {
    return Frequency::kQuarter;
  }
  return period.find('-') == std::string_view::npos ? Frequency::kYear : Frequency::kMonth;
}

std::vector<MissingCell> MissingOf(const std::vector<std::string>& terms, const SeriesFacet& facet,
                                   const std::vector<SeriesRow>& rows) {
  std::set<std::string, PeriodOrder> periods;
  std::set<Frequency> frequencies;
  std::set<std::pair<std::string, std::string>> present;
  for (const SeriesRow& row : rows) {
    for (const SeriesPointRow& point : row.points) {
      periods.insert(point.period);
      if (row.facet == facet) {
        frequencies.insert(FrequencyOf(point.period));
        present.emplace(row.term, point.period);
      }
    }
  }
  std::vector<MissingCell> missing;
  for (const std::string& term : terms) {
    for (const std::string& period : periods) {
      if (frequencies.contains(FrequencyOf(period)) && !present.contains({term, period})) {
        missing.push_back({term, period});
      }
    }
  }
  return missing;
}

}  // namespace

ResolvedSeries ResolveSeries(const Resolution& resolution, const std::string& variable,
                             const std::vector<std::string>& terms, std::vector<SeriesRow> rows) {
  for (SeriesRow& row : rows) {
    std::erase_if(row.points, [](const SeriesPointRow& point) {
      return point.figure.status() != common::v1::VALUE_STATUS_OK;
    });
  }
  std::erase_if(rows, [](const SeriesRow& row) { return row.points.empty(); });
  ResolvedSeries resolved;
  const Chooser chooser(resolution, variable, rows);
  std::set<std::string> done;
  for (const std::string& term : terms) {
    if (!done.insert(term).second) {
      continue;
    }
    for (auto& [group, periods] : GroupsOf(term, rows)) {
      SeriesRow row{.term = term, .region = "", .facet = {}, .points = {}, .resolved = true};
      for (auto& [period, entries] : periods) {
        if (auto point = chooser.Choose(entries)) {
          row.points.push_back(*std::move(point));
        }
      }
      if (!row.points.empty()) {
        SetShared(row);
        resolved.rows.push_back(std::move(row));
      }
    }
  }
  if (resolution.one_source) {
    resolved.missing = MissingOf(terms, chooser.facet(), rows);
  }
  return resolved;
}

}  // namespace steelyard::funding
