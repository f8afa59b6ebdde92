#pragma once

// Estimates the amounts of rounds that tell none from those of their peers: rounds of the same
// stage, region and year; where there are too few, of fewer things in common.
//
// The central estimate gives each such round the median of its peers. The upper one is the 95 %
// point of what such rounds could have raised together when the logarithms of amounts are normal
// among peers, with mean and variance themselves only known from those peers: the posterior
// predictive distribution under the prior 1 / sigma^2 (Gelman et al., Bayesian Data Analysis, 3rd
// edition, section 3.2). docs/methods.md says how often it holds.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/money/money.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Fewer peers than this are too few to estimate from.
inline constexpr int64_t kFewestPeers = 5;
// Probability that the upper estimate is large enough, and the id of how it is made.
inline constexpr double kUpperLevel = 0.95;
inline constexpr std::string_view kImputationMethod = "lognormal_predictive/1";

// What makes rounds alike.
struct PeerKey {
  Stage stage = v1::STAGE_UNKNOWN;
  int32_t region = 0;  // a number for each region of the question
  int32_t year = 0;

  auto operator<=>(const PeerKey&) const = default;
};

// What peers have in common, most first: the order in which they are looked for.
enum class PeerLevel { kStageRegionYear, kStageRegion, kStageYear, kStage, kRegion, kAll };
// "stage+region+year", "stage+region", "stage+year", "stage", "region", "all".
std::string_view NameOf(PeerLevel level);

// The peers of a round.
struct PeerGroup {
  PeerLevel level = PeerLevel::kAll;
  int64_t count = 0;
  int64_t median = 0;       // of an even number: mean of the middle two, half to even
  double log_mean = 0;      // of the natural logarithms of minor units
  double log_variance = 0;  // with count - 1 in the denominator
};

// Disclosed amounts to estimate from. Not thread-safe.
class Peers {
 public:
  // Adds a round's amount, which is not negative. It is a peer in each of `regions`, and for levels
  // without a region once. The stage and year of `key` count; its region does not.
  void Add(const PeerKey& key, std::span<const int32_t> regions, int64_t minor_units);
  // The first level with at least kFewestPeers; nullopt when there is none.
  std::optional<PeerGroup> Find(const PeerKey& key);

 private:
  struct Amounts {
    std::vector<int64_t> values;
    std::optional<PeerGroup> group;  // once it was asked for
  };
  using Place = std::array<int32_t, 3>;  // stage, region, year; -1 where they do not matter
  std::map<Place, Amounts> amounts_;
};

// What rounds without amount are estimated to have raised together, in minor units.
struct Imputed {
  Int128 central = 0;
  double upper = 0;  // infinity when it has no bound; never below `central`
  // How many rounds were estimated at each level, in the order of levels.
  std::vector<std::pair<PeerLevel, int64_t>> levels;
};

// `missing` is how many rounds of each kind tell no amount. nullopt when some of them have no
// peers. The same arguments give the same bytes, in whatever order peers were added.
std::optional<Imputed> Impute(const std::map<PeerKey, int64_t>& missing, Peers& peers);

}  // namespace steelyard::funding
