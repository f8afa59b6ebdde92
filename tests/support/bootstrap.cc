#include "tests/support/bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "services/common/random/philox.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/parallel.h"

namespace steelyard::strategy {
namespace {

// At most one draw in this many may be without value.
constexpr size_t kDrawsPerUndefined = 100;
// Influences that are smaller than this, relative to the estimate, are rounding errors of a
// statistic that no company moves.
constexpr double kLeastInfluence = 1e-12;

absl::Status Check(std::span<const size_t> sizes, const BootstrapOptions& options) {
  FieldErrors errors;
  if (sizes.empty()) errors.Add("sizes", "at least one sample is required");
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0 || sizes[i] > UINT32_MAX) {
      errors.Add(StrCat("sizes[", i, "]"),
                 StrCat("a sample has 1 to ", UINT32_MAX, " companies, not ", sizes[i]));
    }
  }
  if (options.draws < kFewestDraws || options.draws > kMostDraws) {
    errors.Add("draws",
               StrCat(kFewestDraws, " to ", kMostDraws, " draws are made, not ", options.draws));
  }
  if (!(options.level > 0 && options.level < 1)) {
    errors.Add("level", StrCat("the level is above 0 and below 1, not ", options.level));
  }
  return errors.ToStatus();
}

// How often a company occurs in a Poisson draw: the smallest count whose cumulative probability
// reaches the uniform number.
uint32_t PoissonOfOne(double uniform) {
  double probability = std::exp(-1.0);
  double cumulative = probability;
  uint32_t count = 0;
  // Beyond 30 the probabilities no longer change the sum.
  while (cumulative < uniform && count < 30) {
    probability /= ++count;
    cumulative += probability;
  }
  return count;
}

std::vector<uint32_t> Draw(size_t size, Resampling resampling, random::Sequence sequence) {
  std::vector<uint32_t> picks;
  picks.reserve(size + (resampling == Resampling::kPoisson ? size / 4 : 0));
  for (size_t i = 0; i < size; ++i) {
    const double uniform = sequence.Uniform();
    if (resampling == Resampling::kPoisson) {
      picks.insert(picks.end(), PoissonOfOne(uniform), static_cast<uint32_t>(i));
    } else {
      const auto pick = static_cast<size_t>(uniform * static_cast<double>(size));
      picks.push_back(static_cast<uint32_t>(std::min(pick, size - 1)));
    }
  }
  return picks;
}

// All companies of each sample, once.
std::vector<std::vector<uint32_t>> Whole(std::span<const size_t> sizes) {
  std::vector<std::vector<uint32_t>> picks;
  for (const size_t size : sizes) {
    std::iota(picks.emplace_back(size).begin(), picks.back().end(), 0);
  }
  return picks;
}

// What the draws and the jackknife need to know, and where their values go.
class Run {
 public:
  Run(std::span<const size_t> sizes, const std::function<Value(Picks)>& statistic,
      const BootstrapOptions& options)
      : sizes_(sizes), statistic_(statistic), options_(options) {}

  absl::StatusOr<BootstrapResult> Make() {
    BootstrapResult result;
    result.estimate = At(Whole(sizes_));
    if (!result.estimate) return result;
    if (!Resample() || !LeaveOneOut()) {
      return MakeError(common::v1::ERROR_REASON_CANCELLED, "the bootstrap was stopped");
    }
    result.undefined_draws = options_.draws - static_cast<int>(draws_.size());
    result.standard_error = StandardError();
    result.bias_correction = BiasCorrection(*result.estimate);
    result.acceleration = Acceleration(*result.estimate);
    SetBounds(result);
    return result;
  }

 private:
  // A value that is not finite is none.
  Value At(Picks picks) const {
    const Value value = statistic_(picks);
    if (!value || !std::isfinite(*value)) return std::nullopt;
    return value;
  }

  // Fills draws_ with the values, sorted. False when stopped.
  bool Resample() {
    std::vector<Value> values(static_cast<size_t>(options_.draws));
    const random::Key key = {static_cast<uint32_t>(options_.seed),
                             static_cast<uint32_t>(options_.seed >> 32)};
    const auto draw = [&](int64_t i) {
      std::vector<std::vector<uint32_t>> picks;
      picks.reserve(sizes_.size());
      for (size_t sample = 0; sample < sizes_.size(); ++sample) {
        const random::Sequence sequence(key, static_cast<uint32_t>(i),
                                        static_cast<uint32_t>(sample), 0);
        picks.push_back(Draw(sizes_[sample], options_.resampling, sequence));
      }
      values[static_cast<size_t>(i)] = At(picks);
    };
    if (!ParallelFor(options_.draws, options_.threads, options_.stop, draw)) return false;
    draws_.reserve(values.size());
    for (const Value& value : values) {
      if (value) draws_.push_back(*value);
    }
    std::sort(draws_.begin(), draws_.end());
    return true;
  }

  // Fills without_ with the value that is left without each company. False when stopped.
  bool LeaveOneOut() {
    std::vector<std::pair<size_t, size_t>> companies;
    for (size_t sample = 0; sample < sizes_.size(); ++sample) {
      for (size_t i = 0; i < sizes_[sample]; ++i) companies.emplace_back(sample, i);
      without_.emplace_back(sizes_[sample]);
    }
    const auto leave_out = [&](int64_t task) {
      const auto [sample, i] = companies[static_cast<size_t>(task)];
      std::vector<std::vector<uint32_t>> picks = Whole(sizes_);
      picks[sample].erase(picks[sample].begin() + static_cast<ptrdiff_t>(i));
      without_[sample][i] = At(picks);
    };
    return ParallelFor(static_cast<int64_t>(companies.size()), options_.threads, options_.stop,
                       leave_out);
  }

  Value StandardError() const {
    if (draws_.size() < 2) return std::nullopt;
    const auto n = static_cast<double>(draws_.size());
    const double mean = std::accumulate(draws_.begin(), draws_.end(), 0.0) / n;
    double squares = 0;
    for (const double value : draws_) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (n - 1));
  }

  Value BiasCorrection(double estimate) const {
    if (draws_.empty()) return std::nullopt;
    const auto [first, last] = std::equal_range(draws_.begin(), draws_.end(), estimate);
    const auto below = static_cast<double>(first - draws_.begin());
    const auto equal = static_cast<double>(last - first);
    const Value z = NormalQuantile((below + equal / 2) / static_cast<double>(draws_.size()));
    if (!z || !std::isfinite(*z)) return std::nullopt;
    return z;
  }

  // Davison and Hinkley 1997, equations 5.21 to 5.23, the influence of each company by the
  // jackknife. Where the number of companies is fixed, one more of this means one less of the
  // others of its sample, and influences sum to zero; where it is by chance they do not.
  Value Acceleration(double estimate) const {
    double squares = 0;
    double cubes = 0;
    double least = 0;
    for (const std::vector<Value>& sample : without_) {
      const auto n = static_cast<double>(sample.size());
      least += n * std::pow(kLeastInfluence * estimate, 2);
      double mean = 0;
      for (const Value& value : sample) {
        if (!value) return std::nullopt;
        mean += *value / n;
      }
      const bool fixed = options_.resampling == Resampling::kSameSize;
      const double centre = fixed ? mean : estimate;
      const double scale = fixed ? (n - 1) / n : 1;
      for (const Value& value : sample) {
        const double influence = scale * (centre - *value);
        squares += influence * influence;
        cubes += influence * influence * influence;
      }
    }
    if (!(squares > least)) return std::nullopt;
    return Ratio(cubes, 6 * std::pow(squares, 1.5));
  }

  double Quantile(double probability) const {
    const auto n = static_cast<double>(draws_.size());
    const double place = std::clamp((n + 1) * probability - 1, 0.0, n - 1);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, draws_.size() - 1);
    const double fraction = place - static_cast<double>(below);
    return draws_[below] + fraction * (draws_[above] - draws_[below]);
  }

  void SetBounds(BootstrapResult& result) const {
    const auto fewest = static_cast<size_t>(kFewestCompanies);
    if (*std::min_element(sizes_.begin(), sizes_.end()) < fewest) return;
    if (static_cast<size_t>(result.undefined_draws) * kDrawsPerUndefined >
        static_cast<size_t>(options_.draws)) {
      return;
    }
    const double tail = (1 - options_.level) / 2;
    result.percentile = {Quantile(tail), Quantile(1 - tail)};
    if (!result.bias_correction || !result.acceleration) return;
    const double z0 = *result.bias_correction;
    std::array<double, 2> quantiles{};
    for (const size_t side : {0U, 1U}) {
      const double shifted = z0 + NormalQuantile(side == 0 ? tail : 1 - tail).value_or(0);
      // Past this point the map of quantiles turns back.
      if (!(1 - *result.acceleration * shifted > 0)) return;
      quantiles.at(side) =
          Quantile(NormalProbability(z0 + shifted / (1 - *result.acceleration * shifted)));
    }
    result.bca = {quantiles[0], quantiles[1]};
  }

  const std::span<const size_t> sizes_;
  const std::function<Value(Picks)>& statistic_;
  const BootstrapOptions& options_;
  std::vector<double> draws_;
  std::vector<std::vector<Value>> without_;
};

std::vector<double> Look(Amounts amounts, const std::vector<uint32_t>& picks) {
  std::vector<double> chosen;
  chosen.reserve(picks.size());
  for (const uint32_t pick : picks) chosen.push_back(amounts[pick]);
  return chosen;
}

}  // namespace

absl::StatusOr<BootstrapResult> BootstrapPicks(std::span<const size_t> sizes,
                                               const std::function<Value(Picks)>& statistic,
                                               const BootstrapOptions& options) {
  STEELYARD_RETURN_IF_ERROR(Check(sizes, options));
  return Run(sizes, statistic, options).Make();
}

absl::StatusOr<BootstrapResult> Bootstrap(Amounts companies,
                                          const std::function<Value(Amounts)>& statistic,
                                          const BootstrapOptions& options) {
  return BootstrapPicks(
      std::array{companies.size()},
      [&](Picks picks) { return statistic(Look(companies, picks[0])); }, options);
}

absl::StatusOr<BootstrapResult> BootstrapPair(
    Amounts left, Amounts right, const std::function<Value(Amounts, Amounts)>& statistic,
    const BootstrapOptions& options) {
  return BootstrapPicks(
      std::array{left.size(), right.size()},
      [&](Picks picks) { return statistic(Look(left, picks[0]), Look(right, picks[1])); }, options);
}

}  // namespace steelyard::strategy
