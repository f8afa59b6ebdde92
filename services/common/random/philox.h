#pragma once

// Random numbers that are a function of a counter and a key: number i is the same on every machine,
// in every order and on any number of threads.
//
// Philox4x32 with 10 rounds: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011.

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace steelyard::random {

using Counter = std::array<uint32_t, 4>;
using Key = std::array<uint32_t, 2>;

// 128 random bits.
constexpr Counter Philox(Counter counter, Key key) {
  constexpr uint64_t kMultipliers[] = {0xD2511F53, 0xCD9E8D57};
  constexpr uint32_t kWeyl[] = {0x9E3779B9, 0xBB67AE85};
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = kMultipliers[0] * counter[0];
    const uint64_t second = kMultipliers[1] * counter[2];
    counter = {
        static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
        static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
    key = {key[0] + kWeyl[0], key[1] + kWeyl[1]};
  }
  return counter;
}

// A sequence of draws, named by three numbers. Sequences of other names are independent of it. Not
// thread-safe.
class Sequence {
 public:
  Sequence(Key key, uint32_t a, uint32_t b, uint32_t c) : key_(key), counter_{a, b, c, 0} {}

  // In (0, 1): the middles of 2^52 equal parts.
  double Uniform() {
    if (used_ == 2) Refill();
    return uniforms_[used_++];
  }
  // Of the standard normal distribution (Box and Muller 1958).
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }

 private:
  void Refill() {
    const Counter bits = Philox(counter_, key_);
    ++counter_[3];
    for (size_t i = 0; i < 2; ++i) {
      const uint64_t wide = (static_cast<uint64_t>(bits[2 * i]) << 32) | bits[2 * i + 1];
      uniforms_[i] = (static_cast<double>(wide >> 12) + 0.5) * 0x1.0p-52;
    }
    used_ = 0;
  }

  Key key_;
  Counter counter_;
  std::array<double, 2> uniforms_{};
  size_t used_ = 2;
};

}  // namespace steelyard::random
