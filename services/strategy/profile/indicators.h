#pragma once

// The figures of a profile that a composite may be made of: their ids, names and which values of
// them are better.

#include <span>
#include <string>
#include <string_view>

#include "services/strategy/measures/figures.h"
#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// One figure of a profile.
struct IndicatorInfo {
  // The name of the figure's field in RegionProfile.
  std::string_view id;
  // For people.
  std::string_view title;
  // HIGHER or LOWER, for whoever does not say which: LOWER where more means to hang on fewer
  // companies, or on investors from outside.
  v1::Direction direction;
  // Where it stands in a profile.
  const Figure& (v1::RegionProfile::*figure)() const;
};

// All of them, by id. Never changes while the process runs.
std::span<const IndicatorInfo> Indicators();
// Of this id; nullptr when there is none.
const IndicatorInfo* FindIndicator(std::string_view id);
// The ids of all, for messages: "applied_share, companies, ...".
std::string IndicatorIds();

// The figure under the id and its title; the title is empty for an id that is not one of ours.
v1::Indicator MakeIndicator(std::string_view id, const Figure& figure);

// The value of a figure as a number: money in units of its currency, counts and numbers as they
// are. nullopt unless the status is OK and the value finite.
Value IndicatorValue(const Figure& figure);

}  // namespace steelyard::strategy
