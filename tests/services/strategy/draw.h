#pragma once

// Amounts whose sizes spread as funding rounds do, from a fixed generator (SplitMix64: Steele, Lea
// and Flood 2014): equal seeds give equal amounts.

#include <cmath>
#include <cstdint>
#include <vector>

namespace steelyard::strategy {

class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}

  // In [0, 1).
  double Uniform() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  // Of a Pareto distribution, at least 1.
  double Amount() { return std::pow(1 - Uniform(), -1.2); }
  // A fifth of them 0, the first one not.
  std::vector<double> Amounts(size_t n) {
    std::vector<double> amounts(n);
    for (double& amount : amounts) amount = Uniform() < 0.2 ? 0 : Amount();
    amounts[0] += 1;
    return amounts;
  }
  // None of them 0.
  std::vector<double> PositiveAmounts(size_t n) {
    std::vector<double> amounts(n);
    for (double& amount : amounts) amount = Amount();
    return amounts;
  }

 private:
  uint64_t state_;
};

}  // namespace steelyard::strategy
