#pragma once

// Looking things up in the answers of funding: a group's figures by its keys, a region's reference
// series by year.

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/strategy/measures/figures.h"
#include "steelyard/funding/v1/funding.pb.h"
#include "steelyard/funding/v1/statistics.pb.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::strategy {

// An index over an answer's rows, which must outlive it.
class Table {
 public:
  explicit Table(const funding::v1::AggregateRoundsResponse& response);
  // The group with these values, in the order of the request's dimensions; nullptr when it holds no
  // round.
  const funding::v1::AggregateRow* Row(std::initializer_list<std::string_view> values) const;
  // One of its figures; nullptr when there is no such group or measure.
  const Figure* Find(std::initializer_list<std::string_view> values,
                     funding::v1::Measure measure) const;
  // All values of the last dimension, sorted.
  std::vector<std::string> LastValues() const;

 private:
  std::map<std::vector<std::string>, const funding::v1::AggregateRow*> rows_;
};

// The codes that occur in a table's last dimension: in the order of the codelist, then those that
// it does not have by code, "" (unclassified) last.
std::vector<std::string> OrderedCodes(const Table& table, const registry::v1::Codelist& codelist);

// The first series that answers the term and is in `unit`, or in any when it is empty; nullptr when
// there is none.
const funding::v1::Series* FindSeries(const funding::v1::GetSeriesResponse& response,
                                      std::string_view term, std::string_view unit);

// One region's values of a reference variable, year by year.
struct ReferenceYears {
  // The years whose value covers every member, exact in billionths.
  std::map<int, Int128> complete;
  // Members without a value in the latest year that is not complete, sorted; empty when unknown.
  std::vector<std::string> missing_members;
};

// Of the series that FindSeries gives.
ReferenceYears ReadReference(const funding::v1::GetSeriesResponse& response, std::string_view term,
                             std::string_view unit);

// One region's values of a counted variable, year by year.
struct CountedYears {
  // Every year that has a value, exact in billionths. A sum over members is over those that the
  // source names.
  std::map<int, Int128> values;
  // Of these the years whose sum lacks members, and is a lower bound.
  std::set<int> partial;
  // Who counted, "sources/{source}", sorted.
  std::vector<std::string> sources;
};

// Of the series that FindSeries gives in any unit, resolved or not.
CountedYears ReadCounts(const funding::v1::GetSeriesResponse& response, std::string_view term);

// "2025" -> 2025; nullopt for quarters, months and anything else.
std::optional<int> YearOf(std::string_view period);

}  // namespace steelyard::strategy
