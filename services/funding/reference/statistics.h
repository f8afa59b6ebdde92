#pragma once

// Published statistics: observations with their facets, and how they become series. Pure functions.

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/time/date.h"
#include "services/funding/reference/exact_value.h"
#include "services/funding/reference/regions.h"
#include "steelyard/common/v1/figure.pb.h"

namespace steelyard::funding {

// The source of what people know without having read it somewhere; it comes last.
inline constexpr std::string_view kEditorialSource = "editorial";

// What tells series of one variable and region apart.
struct SeriesFacet {
  std::string source;  // bare id
  std::string unit;    // ISO 4217 code, "1", "percent", "index" or "count"
  std::string scope;
  std::string price_basis;

  bool operator==(const SeriesFacet&) const = default;
};
// By source (editorial last), scope, price basis, unit: the order of series within a term.
bool FacetLess(const SeriesFacet& a, const SeriesFacet& b);

// A published value.
struct PublishedValue {
  std::string id;
  std::string variable;
  std::string region;  // as published, upper case
  std::string period;  // "2025", "2025-Q1" or "2025-04"
  std::string value;   // exact decimal, in the unit
  SeriesFacet facet;
  common::v1::Qualifier qualifier = common::v1::QUALIFIER_EXACT;
  std::string note;
  std::optional<PartialDate> vintage = std::nullopt;  // when its source published it, if known
  int scale = 0;                                      // power of ten that its source printed in
  std::string retraction = {};                        // why it was withdrawn; empty: it counts

  bool operator==(const PublishedValue&) const = default;
};

// First and last day of a period. INVALID_DATE for anything but "2025", "2025-Q1" and "2025-04".
struct PeriodDays {
  PartialDate first;
  PartialDate last;
};
absl::StatusOr<PeriodDays> ParsePeriod(std::string_view period);
// By first day, the longer period first, then bytewise.
bool PeriodLess(const std::string& a, const std::string& b);

// A figure of a value, by SetValue. The qualifier bounds the value with method "qualifier/1"
// (at_least and greater_than: [x, inf); at_most and less_than: (-inf, x]); exact and approx give no
// interval.
common::v1::Figure ToFigure(const PublishedValue& value);

// A value that a source policy chose among.
struct PointCandidate {
  std::string figure;  // id
  std::string region;  // as in SeriesRow
  SeriesFacet facet;
  std::optional<PartialDate> vintage = std::nullopt;
  Int128 exact = 0;
  common::v1::Qualifier qualifier = common::v1::QUALIFIER_UNSPECIFIED;
};
// How a policy chose the value of a point.
struct PointChoice {
  std::string rule;  // the policy and what of it decided
  std::vector<PointCandidate> winners;
  std::vector<PointCandidate> losers;
};

// One point of a series.
struct SeriesPointRow {
  std::string period;
  common::v1::Figure figure;
  std::string note;
  Int128 exact = 0;  // the value, times 10^kValueDecimals
  Bounds bounds = {};
  std::optional<PartialDate> vintage = std::nullopt;
  int scale = 0;
  std::string retraction = {};
  std::optional<SeriesFacet> facet = std::nullopt;   // when the series has several
  std::optional<PointChoice> choice = std::nullopt;  // of a point that a policy chose
};
// One variable, one region, one facet, over time.
struct SeriesRow {
  std::string term;
  std::string region;  // as published, or "EUROPE_BROAD@editorial-guess-1" when added up
  SeriesFacet facet;
  bool sum_of_members = false;
  std::vector<SeriesPointRow> points;  // by PeriodLess; of one period the oldest vintage first
  bool resolved = false;               // chosen by a policy: region and facet are what points share
};

// Codes that sources publish under, for a region: its own id and the rows of this table.
//   EUROPE_BROAD: EUROPE, EUROPE_ATOMICO_41     CHINA_MAINLAND: CN     US (the set): US
std::vector<std::string> PublishedCodes(const ResolvedRegion& region);

// What to assemble.
struct SeriesQuery {
  std::string variable;
  DateRange period;
  SeriesFacet facet;  // empty fields match all
  bool sum_members = false;
  std::optional<PartialDate> published_by = std::nullopt;  // later vintages do not count
  bool all_vintages = false;  // every vintage, withdrawn ones too; not with sum_members
  double min_coverage = 0;    // least share of the members that a sum must have
};
// A term and what it stands for: `region` unset for a code that only sources use ("ASIA").
struct SeriesTerm {
  std::string term;
  std::optional<ResolvedRegion> region;
};

// Codes that sources publish under, for a term; one that is no region at all is a code itself.
std::vector<std::string> PublishedCodes(const SeriesTerm& term);

// The series that answer the terms, in their order; within a term by facet (FacetLess), then
// region. `values` are all vintages of the variable, in any order; what counts of them is
// PresentOf. With sum_members every set that a facet has no point for at all gets the sum of its
// members' published values, period by period: membership is that of the period's last day,
// coverage names the members without a value, bounds of inexact members bound the sum, and its
// vintage is the oldest of theirs. A sum of a smaller share of the members than min_coverage has no
// value.
std::vector<SeriesRow> AssembleSeries(const SeriesQuery& query, std::span<const SeriesTerm> terms,
                                      std::span<const PublishedValue> values);

}  // namespace steelyard::funding
