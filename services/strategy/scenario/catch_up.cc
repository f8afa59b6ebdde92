#include "services/strategy/scenario/catch_up.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/measures/dynamics.h"
#include "services/strategy/measures/measure_catalog.h"
#include "services/strategy/scenario/outlook.h"

namespace steelyard::strategy {
namespace {

// The reason of a figure whose time does not come, for programs to know.
constexpr std::string_view kNever = "never";

// One region's past.
struct History {
  History(const Evidence& evidence, const std::string& term)
      : totals(YearlyTotals(evidence, term)),
        coverage(CoverageOfYears(evidence, totals)),
        growth(EstimateGrowth(totals)) {}

  int points() const { return growth ? growth->points : 0; }
  // As a rate; nullopt when not known.
  Value rate() const { return growth ? MeanGrowth(growth->drift) : std::nullopt; }

  const std::map<int, double> totals;
  const Coverage coverage;
  const std::optional<Growth> growth;
};

// The region as understood, of one of the terms asked for.
funding::v1::ResolvedRegion RegionOf(const Evidence& evidence, std::string_view term) {
  for (const auto& region : evidence.facts.totals.regions()) {
    if (region.term() == term) return region;
  }
  return {};
}

class Builder {
 public:
  Builder(const Evidence& evidence, const CatchUpQuestion& question)
      : in_(evidence),
        question_(question),
        leader_(evidence, question.leader),
        follower_(evidence, question.follower),
        both_(Add(leader_.coverage, follower_.coverage)),
        pair_(StrCat(question.leader, ":", question.follower)),
        no_start_(StrCat("no year of ", evidence.PeriodName(), " has a total of both ",
                         question.leader, " and ", question.follower)) {
    for (const auto& [year, total] : leader_.totals) {
      const auto other = follower_.totals.find(year);
      if (other == follower_.totals.end()) continue;
      start_year_ = year;
      start_ratio_ = Ratio(total, other->second);
    }
  }

  std::optional<v1::CatchUp> Build(int threads, const Stop& stop) const;

 private:
  FigureName OfPair(std::string_view measure, std::string_view formula, std::string unit) const {
    return {in_.PeriodId(measure, pair_), formula, std::move(unit)};
  }
  FigureName QuantileName(double probability) const {
    FigureName name = OfPair("catch_up_time", kCatchUpTimeQuantile, "a");
    StrAppend(&name.id, "/q=", probability);
    return name;
  }
  std::string ByTargetYearId() const {
    return StrCat(in_.PeriodId("by_target_year", pair_), "/year=", question_.target_year);
  }
  Figure GrowthOf(const std::string& term, const History& history) const;
  Figure StartRatio() const;
  Figure Years() const;
  Figure Required() const;
  // Why there is no distribution; nullopt when there is one.
  struct Lack {
    std::string reason;
    common::v1::ValueStatus status;
  };
  std::optional<Lack> WhyNoDistribution() const;
  void SetNoDistribution(const Lack& lack, v1::CatchUp& out) const;
  bool SetDistribution(int threads, const Stop& stop, v1::CatchUp& out) const;

  const Evidence& in_;
  const CatchUpQuestion& question_;
  const History leader_;
  const History follower_;
  const Coverage both_;
  const std::string pair_;
  const std::string no_start_;
  Value start_ratio_;
  int start_year_ = 0;  // 0: there is none
};

Figure Builder::GrowthOf(const std::string& term, const History& history) const {
  return MakeNumber({in_.PeriodId("mean_growth", term), kMeanGrowth, "1/a"}, history.rate(),
                    StrCat("fewer than two years of ", in_.PeriodName(), " have a total of ", term),
                    history.coverage);
}

Figure Builder::StartRatio() const {
  FigureName name = OfPair("start_ratio", kRatio, "1");
  if (start_ratio_) name.id = in_.YearId("ratio", pair_, start_year_);
  return MakeNumber(name, start_ratio_, no_start_, both_);
}

Figure Builder::Years() const {
  const FigureName name = OfPair("catch_up_time", kCatchUpTime, "a");
  if (!start_ratio_) return MakeNumber(name, std::nullopt, no_start_, both_);
  if (!leader_.rate() || !follower_.rate()) {
    return MakeNumber(name, std::nullopt, "the growth of a region is not known", both_);
  }
  const YearsToTarget time =
      CatchUpTime(*start_ratio_, question_.target_ratio, *leader_.rate(), *follower_.rate());
  return MakeNumber(
      name, time.years,
      time.outcome == CatchUpOutcome::kNever ? kNever : "a growth rate is out of range", both_);
}

Figure Builder::Required() const {
  FigureName name = OfPair("required_growth", kRequiredGrowth, "1/a");
  StrAppend(&name.id, "/year=", question_.target_year);
  if (!start_ratio_) return MakeNumber(name, std::nullopt, no_start_, both_);
  if (!leader_.rate()) {
    return MakeNumber(name, std::nullopt, "the growth of the leader is not known", both_);
  }
  return MakeNumber(name,
                    RequiredGrowth(*start_ratio_, question_.target_ratio, *leader_.rate(),
                                   question_.target_year - start_year_),
                    "it is out of range", both_);
}

std::optional<Builder::Lack> Builder::WhyNoDistribution() const {
  constexpr auto kFew = common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE;
  std::string shared =
      WhyNotIndependent(in_, RegionOf(in_, question_.leader), RegionOf(in_, question_.follower));
  if (!shared.empty()) return Lack{std::move(shared), common::v1::VALUE_STATUS_UNDEFINED};
  if (!start_ratio_) return Lack{no_start_, kFew};
  if (leader_.points() >= kFewestDifferences && follower_.points() >= kFewestDifferences) {
    return std::nullopt;
  }
  return Lack{
      StrCat("it needs ", kFewestDifferences,
             " differences of the yearly totals' logarithms of either region; ", question_.leader,
             " has ", leader_.points(), ", ", question_.follower, " has ", follower_.points()),
      kFew};
}

void Builder::SetNoDistribution(const Lack& lack, v1::CatchUp& out) const {
  const auto unknown = [&](const FigureName& name) {
    Figure figure = MakeUndefined(name, lack.reason, lack.status);
    *figure.mutable_coverage() = CoverageOf(question_.paths, 0);
    return figure;
  };
  for (const double probability : kFanProbabilities) {
    v1::Quantile& quantile = *out.add_quantiles();
    quantile.set_probability(probability);
    *quantile.mutable_figure() = unknown(QuantileName(probability));
  }
  *out.mutable_never() = unknown(OfPair("never", kProbability, "1"));
  *out.mutable_by_target_year() = unknown({ByTargetYearId(), kProbability, "1"});
}

bool Builder::SetDistribution(int threads, const Stop& stop, v1::CatchUp& out) const {
  const int to_target = question_.target_year - start_year_;
  CatchUpPlan plan;
  plan.start_ratio = *start_ratio_;
  plan.target_ratio = question_.target_ratio;
  plan.leader_drift = leader_.growth->drift;
  plan.leader_volatility = leader_.growth->volatility.value_or(0);
  plan.follower_drift = follower_.growth->drift;
  plan.follower_volatility = follower_.growth->volatility.value_or(0);
  plan.start_year = start_year_;
  plan.years = std::max(kMostYearsToCatchUp, to_target);
  plan.paths = question_.paths;
  plan.seed = question_.seed;
  const auto times = CatchUpTimes(plan, threads, stop);
  if (!times) return false;
  for (const double probability : kFanProbabilities) {
    v1::Quantile& quantile = *out.add_quantiles();
    quantile.set_probability(probability);
    *quantile.mutable_figure() = MakeNumber(QuantileName(probability),
                                            TimeQuantile(*times, probability, kMostYearsToCatchUp),
                                            kNever, CoverageOf(plan.paths, plan.paths));
  }
  const int64_t in_time = CaughtUpWithin(*times, kMostYearsToCatchUp);
  *out.mutable_never() =
      MakeProbability(in_.PeriodId("never", pair_), plan.paths - in_time, plan.paths);
  *out.mutable_by_target_year() =
      MakeProbability(ByTargetYearId(), CaughtUpWithin(*times, to_target), plan.paths);
  return true;
}

std::optional<v1::CatchUp> Builder::Build(int threads, const Stop& stop) const {
  v1::CatchUp out;
  *out.mutable_start_ratio() = StartRatio();
  out.set_start_year(start_year_);
  out.set_target_ratio(question_.target_ratio);
  *out.mutable_leader_growth() = GrowthOf(question_.leader, leader_);
  *out.mutable_follower_growth() = GrowthOf(question_.follower, follower_);
  *out.mutable_years() = Years();
  *out.mutable_required_growth() = Required();
  out.set_target_year(question_.target_year);
  out.set_leader_points(leader_.points());
  out.set_follower_points(follower_.points());
  if (const auto lack = WhyNoDistribution()) {
    SetNoDistribution(*lack, out);
  } else if (!SetDistribution(threads, stop, out)) {
    return std::nullopt;
  }
  return out;
}

}  // namespace

std::optional<v1::CatchUp> MakeCatchUp(const Evidence& evidence, const CatchUpQuestion& question,
                                       int threads, const Stop& stop) {
  return Builder(evidence, question).Build(threads, stop);
}

}  // namespace steelyard::strategy
