#pragma once

// What tests say of computed figures.

#include <algorithm>
#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "services/strategy/measures/figures.h"

namespace steelyard::strategy {

inline constexpr double kTolerance = 1e-12;

// A value without a reason, equal up to a relative tolerance.
MATCHER_P(IsNumber, expected, "") {
  *result_listener << "whose status is " << arg.status() << " and number " << arg.number();
  return arg.status() == common::v1::VALUE_STATUS_OK && arg.has_number() &&
         std::abs(arg.number() - expected) <=
             kTolerance * std::max(1.0, std::abs(static_cast<double>(expected))) &&
         arg.reason().empty();
}

MATCHER_P(IsUndefined, reason, "") {
  *result_listener << arg.DebugString();
  return arg.status() == common::v1::VALUE_STATUS_UNDEFINED &&
         arg.value_case() == Figure::VALUE_NOT_SET && !arg.has_interval() &&
         arg.reason().find(reason) != std::string::npos;
}

MATCHER_P(IsInsufficient, reason, "") {
  *result_listener << arg.DebugString();
  return arg.status() == common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE &&
         arg.value_case() == Figure::VALUE_NOT_SET && !arg.has_interval() &&
         arg.reason().find(reason) != std::string::npos;
}

}  // namespace steelyard::strategy
