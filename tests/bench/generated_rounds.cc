#include "tests/bench/generated_rounds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "absl/strings/str_cat.h"

namespace steelyard::bench {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): the distributions of <random> differ between libraries.
class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}
  uint64_t Bits() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // In (0, 1).
  double Uniform() { return (static_cast<double>(Bits() >> 11) + 0.5) * 0x1.0p-53; }
  int64_t Below(int64_t limit) {
    return static_cast<int64_t>(Uniform() * static_cast<double>(limit));
  }
  // Standard normal, by Box and Muller.
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }

 private:
  uint64_t state_;
};

constexpr std::array<const char*, 12> kCountries = {"US", "US", "US", "US", "US", "CN",
                                                    "GB", "FR", "DE", "IN", "IL", "SE"};
constexpr std::array<const char*, 6> kLayers = {"applications", "applications", "applications",
                                                "models",       "data",         "compute"};
constexpr std::array<funding::Stage, 5> kStages = {
    funding::v1::STAGE_SEED, funding::v1::STAGE_SEED, funding::v1::STAGE_SERIES_A,
    funding::v1::STAGE_SERIES_B, funding::v1::STAGE_SERIES_C};

template <typename Choice, size_t kSize>
Choice OneOf(const std::array<Choice, kSize>& choices, Draw& draw) {
  return choices[static_cast<size_t>(draw.Below(kSize))];
}

funding::Round DrawRound(int64_t number, int64_t companies, Draw& draw) {
  funding::Round round;
  round.id = absl::StrCat("r", number);
  // Squared: the first companies have most of the rounds.
  const double place = draw.Uniform();
  round.company =
      absl::StrCat("c", static_cast<int64_t>(place * place * static_cast<double>(companies)));
  // Each year has more rounds than the one before.
  round.announced = {2005 + static_cast<int>(21 * std::sqrt(draw.Uniform())),
                     1 + static_cast<int>(draw.Below(12)), 1 + static_cast<int>(draw.Below(28))};
  round.stage = OneOf(kStages, draw);
  round.sources = {"generated"};
  const double dollars = 4e6 * std::exp(1.9 * draw.Normal());
  if (draw.Uniform() < 0.6) {
    round.amount = Money{.minor_units = static_cast<int64_t>(std::min(dollars, 1e11)) * 100,
                         .currency = "USD"};
  }
  return round;
}

}  // namespace

World DrawWorld(int64_t rounds, uint64_t seed) {
  Draw draw(seed);
  World world;
  const int64_t companies = rounds / 3 + 1;
  for (int64_t i = 0; i < companies; ++i) {
    world.companies.push_back({.id = absl::StrCat("c", i),
                               .display_name = absl::StrCat("Company ", i),
                               .country = OneOf(kCountries, draw),
                               .layers = {OneOf(kLayers, draw)},
                               .sectors = {"software"},
                               .source_category = ""});
  }
  for (int64_t i = 0; i < rounds; ++i) world.rounds.push_back(DrawRound(i, companies, draw));
  return world;
}

}  // namespace steelyard::bench
