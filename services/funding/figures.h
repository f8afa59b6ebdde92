#pragma once

// Groups of rounds as figures: each with its status, unit, coverage, formula and an id that names
// what it is.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/funding/aggregate.h"
#include "steelyard/common/v1/figure.pb.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// What the figures of one answer have in common.
struct FigureScope {
  std::string region;  // "US", or "US+EUROPE" for rounds in either; "WORLD" for all
  std::string period;  // as PeriodLabel gives it
  std::string currency;
  std::vector<v1::Dimension> group_by;
};

// "2015..2025" for whole years, "2025" for one, else days: "2015-03-01..2025-06-30". An open end
// is empty: "2015..", "..".
std::string PeriodLabel(const DateRange& period);

// Id of a figure: measure, region, period, and the group's other keys, such as
// "sum/US/2015..2025/layer=CHIPS,stage=SEED". Keys are as in the group, "" for unknown.
std::string FigureId(v1::Measure measure, const FigureScope& scope,
                     const std::vector<std::string>& keys);

// One measure of a group. Status UNDEFINED with a reason when it has no value: never zero.
common::v1::Figure FigureOf(v1::Measure measure, const FigureScope& scope, const Group& group);

// Fills an empty row with a group's keys, figures of the measures in their order, and top list,
// whose companies are numbers in `companies`.
void FillRow(const std::vector<v1::Measure>& measures, const FigureScope& scope, const Group& group,
             std::span<const SelectedCompany> companies, v1::AggregateRow& row);

}  // namespace steelyard::funding
