#pragma once

// How computed figures are made: a value or a reason, never both; the formula that gave it; what it
// rests on.

#include <optional>
#include <string>
#include <string_view>

#include "services/common/money/money.h"
#include "services/strategy/measures/distances.h"
#include "services/strategy/measures/dynamics.h"
#include "services/strategy/measures/measures.h"
#include "steelyard/common/v1/figure.pb.h"

namespace steelyard::strategy {

using common::v1::Coverage;
using common::v1::Figure;

// What a figure is called and measured in.
struct FigureName {
  std::string id;
  std::string_view formula;  // of measure_catalog.h
  std::string unit;
};

// The value with the coverage, or UNDEFINED with the reason when there is none.
Figure MakeNumber(const FigureName& name, Value value, std::string_view reason,
                  const Coverage& coverage);
// A number of the request: no formula gave it, and it covers nothing.
Figure MakeGiven(std::string id, std::string unit, const Value& value);
// A figure without value.
Figure MakeUndefined(const FigureName& name, std::string_view reason,
                     common::v1::ValueStatus status = common::v1::VALUE_STATUS_UNDEFINED);
// Another service's figure under our name, with its status, value and coverage. When there is none,
// UNDEFINED with the reason and a coverage of no units.
Figure Adopt(const FigureName& name, const Figure* figure, std::string_view reason);

// The exact value in billionths of the unit, so that sums of money stay integer; nullopt unless the
// status is OK. A double is rounded to the nearest billionth.
std::optional<Int128> NanosOf(const Figure& figure);
std::optional<Int128> NanosOf(const Figure* figure);
// Money of so many billionths of the currency's unit. Precondition: whole units fit 64 bits.
google::type::Money MakeMoney(Int128 nanos, std::string_view currency);
// The difference of two sums of money in one currency. May be negative.
google::type::Money Subtract(const google::type::Money& left, const google::type::Money& right);
// The quotient of two exact values; nullopt when either is absent or the denominator is zero.
Value Divide(std::optional<Int128> numerator, std::optional<Int128> denominator);

// Gives a quotient of two values that are not negative the bounds that theirs imply: each end takes
// the other's far end ("quotient_of_bounds/1"), at a level that by Bonferroni holds at least.
// Leaves it as it is when neither has bounds, or when they say nothing (from 0 to infinity).
void SetQuotientBounds(const Figure& numerator, const Figure& denominator, Figure& quotient);

// Makes the figure one that is `lower` or more, since a sum that it is made of lacks members
// ("partial_sum/1").
void SetLowerBound(double lower, Figure& figure);

// Coverage of a number of units, of which some carry a value.
Coverage CoverageOf(int64_t expected, int64_t present);
// Both together, added up; units that stand in both count twice.
Coverage Add(const Coverage& left, const Coverage& right);

}  // namespace steelyard::strategy
