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
#include "services/common/money/money.h"
#include "services/common/time/date.h"
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
// Whether values of the unit may be added up: currencies and counts.
bool IsAdditive(std::string_view unit);

// A published value.
struct PublishedValue {
  std::string id;
  std::string variable;
  std::string region;  // as published, upper case
  std::string period;  // "2025", "2025-Q1" or "2025-04"
  std::string value;   // exact decimal, as published
  SeriesFacet facet;
  common::v1::Qualifier qualifier = common::v1::QUALIFIER_EXACT;
  std::string note;

  bool operator==(const PublishedValue&) const = default;
};

// First and last day of a period. INVALID_DATE for anything but "2025", "2025-Q1" and "2025-04".
struct PeriodDays {
  PartialDate first;
  PartialDate last;
};
absl::StatusOr<PeriodDays> ParsePeriod(std::string_view period);

// Values are exact: times 10^12 in 128 bits.
inline constexpr int kValueDecimals = 12;
// Reads "-35.5", "119000000000": an optional '-', 1 to 18 digits, and optionally '.' with 1 to 12
// digits. INVALID_FIELD otherwise.
absl::StatusOr<Int128> ParseValue(std::string_view decimal);

// A figure of a value: money for a currency, when it is whole in its minor units; a count for the
// unit count, when it is whole; else a number. The unit is the ISO 4217 code, "%" for percent, else
// "1". The qualifier bounds the value with method "qualifier/1" (at_least and greater_than: [x,
// inf); at_most and less_than: (-inf, x]); exact and approx give no interval.
common::v1::Figure ToFigure(const PublishedValue& value);

// One point of a series.
struct SeriesPointRow {
  std::string period;
  common::v1::Figure figure;
  std::string note;
};
// One variable, one region, one facet, over time.
struct SeriesRow {
  std::string term;
  std::string region;  // as published, or "EUROPE_BROAD@editorial-guess-1" when added up
  SeriesFacet facet;
  bool sum_of_members = false;
  std::vector<SeriesPointRow> points;  // by first day of the period, longer periods first
};

// Codes that sources publish under, for a region: its own id and the rows of this table.
//   EUROPE_BROAD: EUROPE, EUROPE_ATOMICO_41     CHINA_MAINLAND: CN     US (the set): US
// A term that is no region at all is a code itself.
std::vector<std::string> PublishedCodes(const ResolvedRegion& region);

// What to assemble.
struct SeriesQuery {
  std::string variable;
  DateRange period;
  SeriesFacet facet;  // empty fields match all
  bool sum_members = false;
};
// A term and what it stands for: `region` unset for a code that only sources use ("ASIA").
struct SeriesTerm {
  std::string term;
  std::optional<ResolvedRegion> region;
};

// The series that answer the terms, in their order; within a term by facet (FacetLess), then
// region. `values` are all of the variable, in any order. When a source printed a value twice, the
// one whose id comes first in natural order ("x", "x-2", "x-10") stands. With sum_members every set
// that a facet has no point for at all gets the sum of its members' published values, period by
// period: membership is that of the period's last day, coverage names the members without a value,
// bounds of inexact members bound the sum.
std::vector<SeriesRow> AssembleSeries(const SeriesQuery& query, std::span<const SeriesTerm> terms,
                                      std::span<const PublishedValue> values);

}  // namespace steelyard::funding
