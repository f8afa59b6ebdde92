#include "services/funding/imputation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "services/common/random/philox.h"

namespace steelyard::funding {
namespace {

constexpr int32_t kAny = -1;
constexpr int kLevels = 6;
constexpr int kDraws = 400;
// The sum of more rounds is drawn at once.
constexpr int64_t kMostDrawnSingly = 8;
constexpr double kLargestVariance = 500;
// Any key would do; it names this use of random numbers.
constexpr random::Key kRandomKey = {0x696d7075, 0x74650001};

std::array<int32_t, 3> PlaceAt(PeerLevel level, const PeerKey& key) {
  const auto stage = static_cast<int32_t>(key.stage);
  switch (level) {
    case PeerLevel::kStageRegionYear:
      return {stage, key.region, key.year};
    case PeerLevel::kStageRegion:
      return {stage, key.region, kAny};
    case PeerLevel::kStageYear:
      return {stage, kAny, key.year};
    case PeerLevel::kStage:
      return {stage, kAny, kAny};
    case PeerLevel::kRegion:
      return {kAny, key.region, kAny};
    case PeerLevel::kAll:
      break;
  }
  return {kAny, kAny, kAny};
}

int64_t MedianOf(const std::vector<int64_t>& sorted) {
  const size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return static_cast<int64_t>(
      DivideHalfEven(static_cast<Int128>(sorted[middle - 1]) + sorted[middle], 2));
}

// Sorts the amounts, so that sums are formed in one order whatever the order they came in.
PeerGroup Describe(PeerLevel level, std::vector<int64_t>& amounts) {
  std::sort(amounts.begin(), amounts.end());
  const auto count = static_cast<double>(amounts.size());
  // An amount of zero has no logarithm; one minor unit is the next that has.
  const auto log_of = [](int64_t amount) {
    return std::log(static_cast<double>(std::max<int64_t>(amount, 1)));
  };
  double sum = 0;
  for (const int64_t amount : amounts) sum += log_of(amount);
  const double mean = sum / count;
  double squares = 0;
  for (const int64_t amount : amounts) squares += (log_of(amount) - mean) * (log_of(amount) - mean);
  return {.level = level,
          .count = static_cast<int64_t>(amounts.size()),
          .median = MedianOf(amounts),
          .log_mean = mean,
          .log_variance = squares / (count - 1)};
}

// Chi-square with so many degrees of freedom from a normal draw (Wilson and Hilferty 1931), and
// never nothing: the approximation reaches zero once in some thirty thousand draws of 4 degrees.
double ChiSquare(double degrees, double normal) {
  const double spread = 2 / (9 * degrees);
  const double root = std::max(1 - spread + normal * std::sqrt(spread), 0.1);
  return degrees * root * root * root;
}

// One draw of what `rounds` rounds with these peers could have raised together.
double DrawSum(const PeerGroup& peers, int64_t rounds, random::Sequence& random) {
  const auto count = static_cast<double>(peers.count);
  const double degrees = count - 1;
  const double variance = peers.log_variance * degrees / ChiSquare(degrees, random.Normal());
  const double mean = peers.log_mean + std::sqrt(variance / count) * random.Normal();
  if (rounds <= kMostDrawnSingly) {
    double sum = 0;
    for (int64_t i = 0; i < rounds; ++i) {
      sum += std::exp(mean + std::sqrt(variance) * random.Normal());
    }
    return sum;
  }
  // A log-normal with the mean and variance of the sum (Fenton 1960). Where exp(variance) is too
  // large for a double, the 1 that is taken from it and added to it does not matter.
  const auto number = static_cast<double>(rounds);
  const double sum_variance = variance > kLargestVariance
                                  ? variance - std::log(number)
                                  : std::log1p(std::expm1(variance) / number);
  const double sum_mean = std::log(number) + mean + (variance - sum_variance) / 2;
  return std::exp(sum_mean + std::sqrt(sum_variance) * random.Normal());
}

// The kUpperLevel quantile of the sum over all kinds of rounds.
double UpperOf(const std::vector<std::pair<PeerGroup, int64_t>>& kinds) {
  std::vector<double> sums(kDraws, 0);
  for (uint32_t kind = 0; kind < kinds.size(); ++kind) {
    for (uint32_t draw = 0; draw < kDraws; ++draw) {
      random::Sequence random(kRandomKey, draw, kind, 0);
      sums[draw] += DrawSum(kinds[kind].first, kinds[kind].second, random);
    }
  }
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(kUpperLevel * kDraws)) - 1;
  std::nth_element(sums.begin(), sums.begin() + rank, sums.end());
  const double upper = sums[static_cast<size_t>(rank)];
  return std::isfinite(upper) ? std::ceil(upper) : std::numeric_limits<double>::infinity();
}

}  // namespace

std::string_view NameOf(PeerLevel level) {
  switch (level) {
    case PeerLevel::kStageRegionYear:
      return "stage+region+year";
    case PeerLevel::kStageRegion:
      return "stage+region";
    case PeerLevel::kStageYear:
      return "stage+year";
    case PeerLevel::kStage:
      return "stage";
    case PeerLevel::kRegion:
      return "region";
    case PeerLevel::kAll:
      break;
  }
  return "all";
}

void Peers::Add(const PeerKey& key, std::span<const int32_t> regions, int64_t minor_units) {
  const auto add = [&](PeerLevel level, int32_t region) {
    const PeerKey peer{.stage = key.stage, .region = region, .year = key.year};
    Amounts& amounts = amounts_[PlaceAt(level, peer)];
    amounts.values.push_back(minor_units);
    amounts.group.reset();
  };
  for (const int32_t region : regions) {
    for (const auto level :
         {PeerLevel::kStageRegionYear, PeerLevel::kStageRegion, PeerLevel::kRegion}) {
      add(level, region);
    }
  }
  for (const auto level : {PeerLevel::kStageYear, PeerLevel::kStage, PeerLevel::kAll}) {
    add(level, kAny);
  }
}

std::optional<PeerGroup> Peers::Find(const PeerKey& key) {
  for (int i = 0; i < kLevels; ++i) {
    const auto level = static_cast<PeerLevel>(i);
    const auto found = amounts_.find(PlaceAt(level, key));
    if (found == amounts_.end()) continue;
    Amounts& amounts = found->second;
    if (static_cast<int64_t>(amounts.values.size()) < kFewestPeers) continue;
    if (!amounts.group) amounts.group = Describe(level, amounts.values);
    return amounts.group;
  }
  return std::nullopt;
}

std::optional<Imputed> Impute(const std::map<PeerKey, int64_t>& missing, Peers& peers) {
  Imputed imputed;
  std::map<PeerLevel, int64_t> levels;
  std::vector<std::pair<PeerGroup, int64_t>> kinds;
  for (const auto& [key, rounds] : missing) {
    const std::optional<PeerGroup> group = peers.Find(key);
    if (!group) return std::nullopt;
    imputed.central += static_cast<Int128>(group->median) * rounds;
    levels[group->level] += rounds;
    kinds.emplace_back(*group, rounds);
  }
  imputed.levels.assign(levels.begin(), levels.end());
  if (!kinds.empty()) {
    imputed.upper = std::max(UpperOf(kinds), static_cast<double>(imputed.central));
  }
  return imputed;
}

}  // namespace steelyard::funding
