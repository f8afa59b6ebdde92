#pragma once

// How numbers are written where they must be read back as they were: in messages that say what is
// out of range, and in ids of figures.

#include <string>

namespace steelyard::strategy {

// The fewest digits that are read back as the same number: 0.1 is "0.1", 1.0000001 keeps all of its
// digits. "inf", "-inf" and "nan" for what is not finite.
std::string Digits(double number);

}  // namespace steelyard::strategy
