#pragma once

// What readings of a formula say together: how far they go, and which choice drives them. Pure.

#include "google/protobuf/repeated_field.h"
#include "steelyard/common/v1/figure.pb.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy {

// Fills `lowest`, `highest` and `effects` from the readings. Values in different units, or in
// prices of different years, are not held against each other: lowest and highest are UNDEFINED
// then.
//
// The main effect of an axis is the variance of the means by choice over the variance of all
// readings: the first-order sensitivity index, which needs no sampling because every combination
// was read. Values count by their logarithms when all are positive, since a factor of two is the
// same distance wherever it stands. Source: Sobol 1993; Saltelli et al., Global Sensitivity
// Analysis, 2008, section 1.2.
void SummariseSweep(bool condition, v1::SweepDefinitionsResponse& response);

// The reading with the smallest and with the largest value; nullptr when none has one. Of equal
// ones the first.
struct Extremes {
  const v1::Reading* lowest = nullptr;
  const v1::Reading* highest = nullptr;
};
Extremes FindExtremes(const google::protobuf::RepeatedPtrField<v1::Reading>& readings);

}  // namespace steelyard::strategy
