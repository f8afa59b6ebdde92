#include "services/strategy/facts/tables.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "services/common/text/strings.h"

namespace steelyard::strategy {

Table::Table(const funding::v1::AggregateRoundsResponse& response) {
  for (const funding::v1::AggregateRow& row : response.rows()) {
    std::vector<std::string> values;
    values.reserve(row.keys_size());
    for (const funding::v1::DimensionValue& key : row.keys()) values.push_back(key.value());
    rows_.emplace(std::move(values), &row);
  }
}

const funding::v1::AggregateRow* Table::Row(std::initializer_list<std::string_view> values) const {
  const auto found = rows_.find(std::vector<std::string>(values.begin(), values.end()));
  return found == rows_.end() ? nullptr : found->second;
}

const Figure* Table::Find(std::initializer_list<std::string_view> values,
                          funding::v1::Measure measure) const {
  const funding::v1::AggregateRow* row = Row(values);
  if (row == nullptr) return nullptr;
  for (const funding::v1::MeasuredFigure& measured : row->figures()) {
    if (measured.measure() == measure) return &measured.figure();
  }
  return nullptr;
}

std::vector<std::string> Table::LastValues() const {
  std::set<std::string> values;
  for (const auto& [keys, row] : rows_) {
    if (!keys.empty()) values.insert(keys.back());
  }
  return {values.begin(), values.end()};
}

std::vector<std::string> OrderedCodes(const Table& table, const registry::v1::Codelist& codelist) {
  std::map<std::string, int> positions;
  for (const registry::v1::Code& code : codelist.codes()) {
    positions.emplace(code.code(), static_cast<int>(positions.size()));
  }
  const int unlisted = static_cast<int>(positions.size());
  const auto rank = [&](const std::string& code) {
    if (code.empty()) return unlisted + 1;
    const auto found = positions.find(code);
    return found == positions.end() ? unlisted : found->second;
  };
  std::vector<std::string> codes = table.LastValues();
  std::stable_sort(codes.begin(), codes.end(),
                   [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
  return codes;
}

const funding::v1::Series* FindSeries(const funding::v1::GetSeriesResponse& response,
                                      std::string_view term, std::string_view unit) {
  for (const funding::v1::Series& series : response.series()) {
    if (series.term() == term && (unit.empty() || series.facet().unit() == unit)) return &series;
  }
  return nullptr;
}

ReferenceYears ReadReference(const funding::v1::GetSeriesResponse& response, std::string_view term,
                             std::string_view unit) {
  ReferenceYears reference;
  const funding::v1::Series* series = FindSeries(response, term, unit);
  if (series == nullptr) return reference;
  for (const funding::v1::SeriesPoint& point : series->points()) {
    const std::optional<int> year = YearOf(point.period());
    if (!year) continue;
    const Coverage& coverage = point.figure().coverage();
    const std::optional<Int128> nanos = NanosOf(point.figure());
    if (nanos && coverage.units_present() == coverage.units_expected()) {
      reference.complete.emplace(*year, *nanos);
    } else {
      reference.missing_members.assign(coverage.missing().begin(), coverage.missing().end());
    }
  }
  return reference;
}

CountedYears ReadCounts(const funding::v1::GetSeriesResponse& response, std::string_view term) {
  CountedYears counts;
  const funding::v1::Series* series = FindSeries(response, term, "");
  if (series == nullptr) return counts;
  std::set<std::string> sources;
  for (const funding::v1::SeriesPoint& point : series->points()) {
    const std::optional<int> year = YearOf(point.period());
    const std::optional<Int128> nanos = NanosOf(point.figure());
    if (!year || !nanos) continue;
    counts.values.emplace(*year, *nanos);
    const Coverage& coverage = point.figure().coverage();
    if (coverage.units_present() < coverage.units_expected()) counts.partial.insert(*year);
    // Points of a resolved series name their facets; of any other the series does.
    const funding::v1::Facet& facet = point.has_facet() ? point.facet() : series->facet();
    if (!facet.source().empty()) sources.insert(facet.source());
  }
  counts.sources.assign(sources.begin(), sources.end());
  return counts;
}

std::optional<int> YearOf(std::string_view period) {
  int year = 0;
  if (period.size() != 4 || !absl::SimpleAtoi(ToAbsl(period), &year) || year < 1)
    return std::nullopt;
  return year;
}

}  // namespace steelyard::strategy
