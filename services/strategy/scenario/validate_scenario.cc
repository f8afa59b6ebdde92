#include "services/strategy/scenario/validate_scenario.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "services/common/money/money.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/measures/digits.h"
#include "services/strategy/validate_fields.h"

namespace steelyard::strategy {
namespace {

constexpr int kMostRegions = 12;
constexpr int kMostYears = 50;
constexpr int kMostYearsToTarget = 100;
constexpr int kFewestPaths = 100;
constexpr int kMostPaths = 100'000;
constexpr int kMostLevers = 50;
constexpr int kMostTargets = 20;
constexpr double kMostGapRatio = 100;
constexpr double kMostTargetRatio = 1000;

void CheckPaths(int paths, FieldErrors& errors) {
  if (paths == 0 || (paths >= kFewestPaths && paths <= kMostPaths)) return;
  errors.Add("paths", StrCat(kFewestPaths, " to ", kMostPaths, ", or 0 for 10000, not ", paths));
}

// Written so that NaN is outside.
bool Within(double value, double least, double most) { return value >= least && value <= most; }

void CheckRange(std::string_view field, double value, double least, double most,
                FieldErrors& errors) {
  if (!Within(value, least, most)) {
    errors.Add(field, StrCat("in [", Digits(least), ", ", Digits(most), "], not ", Digits(value)));
  }
}

// The parts of a scenario, held against its regions and years.
class ScenarioCheck {
 public:
  explicit ScenarioCheck(const v1::ProjectScenarioRequest& request) : request_(request) {}

  absl::Status Run();

 private:
  void CheckRegion(std::string_view field, const std::string& term);
  void CheckProjectedYear(std::string_view field, int year);
  void CheckLever(std::string_view field, const v1::Lever& lever);
  void CheckLeverKind(std::string_view field, const v1::Lever& lever);
  void CheckTarget(std::string_view field, const v1::RatioTarget& target);
  // Each looks at none of them when there are too many.
  void CheckLevers();
  void CheckTargets();
  void CheckPriors();

  const v1::ProjectScenarioRequest& request_;
  // nullopt when there are too many regions to say who is one of them.
  std::optional<std::set<std::string_view>> terms_;
  // Whether both ends of the projected years can be told.
  bool years_known_ = false;
  FieldErrors errors_;
};

void ScenarioCheck::CheckRegion(std::string_view field, const std::string& term) {
  if (term.size() > kLongestTerm) {
    errors_.Add(field, kTermTooLong);
  } else if (terms_ && !terms_->contains(term)) {
    errors_.Add(field, StrCat("one of the regions asked for (", StrJoin(*terms_, ", "), "), not '",
                              term, "'"));
  }
}

void ScenarioCheck::CheckProjectedYear(std::string_view field, int year) {
  if (!years_known_) return;
  const int first = request_.history().to().year() + 1;
  if (year >= first && year <= request_.to_year()) return;
  errors_.Add(field,
              StrCat("a projected year, ", first, " to ", request_.to_year(), ", not ", year),
              common::v1::ERROR_REASON_INVALID_DATE);
}

void ScenarioCheck::CheckLeverKind(std::string_view field, const v1::Lever& lever) {
  switch (lever.kind_case()) {
    case v1::Lever::kYearlyFund:
      if (const auto fund = FromProto(lever.yearly_fund()); !fund.ok()) {
        errors_.Add(StrCat(field, ".yearly_fund"), fund.status());
      }
      break;
    case v1::Lever::kInfrastructureShift:
      CheckRange(StrCat(field, ".infrastructure_shift"), lever.infrastructure_shift(), -1, 1,
                 errors_);
      break;
    case v1::Lever::kRetainedForeignCapital:
      CheckRange(StrCat(field, ".retained_foreign_capital"), lever.retained_foreign_capital(), 0, 1,
                 errors_);
      break;
    case v1::Lever::kLogShock:
      CheckRange(StrCat(field, ".log_shock"), lever.log_shock(), -5, 5, errors_);
      break;
    case v1::Lever::kLogGrowth:
      CheckRange(StrCat(field, ".log_growth"), lever.log_growth(), -1, 1, errors_);
      break;
    case v1::Lever::KIND_NOT_SET:
      errors_.Add(field,
                  "exactly one of yearly_fund, infrastructure_shift, retained_foreign_capital, "
                  "log_shock and log_growth is required");
      break;
  }
}

void ScenarioCheck::CheckLever(std::string_view field, const v1::Lever& lever) {
  CheckRegion(StrCat(field, ".region"), lever.region());
  if (lever.from_year() != 0) CheckProjectedYear(StrCat(field, ".from_year"), lever.from_year());
  CheckLeverKind(field, lever);
}

void ScenarioCheck::CheckTarget(std::string_view field, const v1::RatioTarget& target) {
  CheckRegion(StrCat(field, ".numerator"), target.numerator());
  CheckRegion(StrCat(field, ".denominator"), target.denominator());
  if (!target.numerator().empty() && target.numerator() == target.denominator()) {
    errors_.Add(StrCat(field, ".denominator"), "another region than the numerator");
  }
  if (!(target.ratio() > 0 && target.ratio() <= kMostTargetRatio)) {
    errors_.Add(StrCat(field, ".ratio"),
                StrCat("above 0 and at most ", kMostTargetRatio, ", not ", Digits(target.ratio())));
  }
  CheckProjectedYear(StrCat(field, ".by_year"), target.by_year());
}

void ScenarioCheck::CheckLevers() {
  if (request_.levers_size() > kMostLevers) {
    errors_.Add("levers", StrCat("at most ", kMostLevers, ", not ", request_.levers_size()));
    return;
  }
  for (int i = 0; i < request_.levers_size(); ++i) {
    CheckLever(StrCat("levers[", i, "]"), request_.levers(i));
  }
}

void ScenarioCheck::CheckTargets() {
  if (request_.targets_size() > kMostTargets) {
    errors_.Add("targets", StrCat("at most ", kMostTargets, ", not ", request_.targets_size()));
    return;
  }
  std::set<std::tuple<std::string_view, std::string_view, double, int>> seen;
  for (int i = 0; i < request_.targets_size(); ++i) {
    const v1::RatioTarget& target = request_.targets(i);
    const std::string field = StrCat("targets[", i, "]");
    CheckTarget(field, target);
    // NaN has no order among others, and is refused already.
    if (target.ratio() > 0 &&
        !seen.insert({target.numerator(), target.denominator(), target.ratio(), target.by_year()})
             .second) {
      errors_.Add(field, "the same target stands there twice; each target once");
    }
  }
}

void ScenarioCheck::CheckPriors() {
  const int most = std::min(request_.regions_size(), kMostRegions);
  if (request_.priors_size() > most) {
    errors_.Add("priors",
                StrCat("at most one for each region, ", most, ", not ", request_.priors_size()));
    return;
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < request_.priors_size(); ++i) {
    const v1::GrowthPrior& prior = request_.priors(i);
    const std::string field = StrCat("priors[", i, "]");
    CheckRegion(StrCat(field, ".region"), prior.region());
    if (!seen.insert(prior.region()).second) {
      errors_.Add(StrCat(field, ".region"), StrCat("'", prior.region().substr(0, kLongestTerm),
                                                   "' has a prior already; each region once"));
    }
    CheckRange(StrCat(field, ".drift"), prior.drift(), -1, 2, errors_);
    CheckRange(StrCat(field, ".volatility"), prior.volatility(), 0, 3, errors_);
  }
}

absl::Status ScenarioCheck::Run() {
  terms_ = CheckRegions(request_.regions(), 1, kMostRegions, "projected", errors_);
  if (CheckPeriod("history", request_.history(), errors_)) {
    const int last = request_.history().to().year();
    years_known_ = request_.to_year() > last && request_.to_year() - last <= kMostYears;
    if (!years_known_) {
      errors_.Add("to_year",
                  StrCat("1 to ", kMostYears, " years after the history's last, that is ", last + 1,
                         " to ", last + kMostYears, ", not ", request_.to_year()),
                  common::v1::ERROR_REASON_INVALID_DATE);
    }
  }
  CheckPaths(request_.paths(), errors_);
  if (request_.definition().layer_attribution() == common::v1::LAYER_ATTRIBUTION_FULL) {
    errors_.Add("definition.layer_attribution",
                "PRIMARY or EQUAL_SPLIT, whose layers add up; those of FULL overlap");
  }
  CheckLevers();
  CheckTargets();
  CheckPriors();
  return errors_.ToStatus();
}

}  // namespace

absl::Status Validate(const v1::DecomposeGapRequest& request) {
  FieldErrors errors;
  CheckTerm("leader", request.leader(), errors);
  if (CheckTerm("follower", request.follower(), errors) && request.follower() == request.leader()) {
    errors.Add("follower", "another region than the leader");
  }
  const bool last_known = CheckPeriod("period", request.period(), errors);
  if (!Within(request.target_ratio(), 0, kMostGapRatio)) {
    errors.Add("target_ratio", StrCat("above 0 and at most ", kMostGapRatio, ", or 0 for 1, not ",
                                      Digits(request.target_ratio())));
  }
  if (last_known && request.target_year() != 0) {
    const int last = request.period().to().year();
    if (request.target_year() <= last || request.target_year() - last > kMostYearsToTarget) {
      errors.Add("target_year",
                 StrCat("after the period and at most ", kMostYearsToTarget, " years after it, ",
                        last + 1, " to ", last + kMostYearsToTarget, ", or 0 for ", last + 10,
                        ", not ", request.target_year()),
                 common::v1::ERROR_REASON_INVALID_DATE);
    }
  }
  CheckPaths(request.paths(), errors);
  return errors.ToStatus();
}

absl::Status Validate(const v1::ProjectScenarioRequest& request) {
  return ScenarioCheck(request).Run();
}

}  // namespace steelyard::strategy
