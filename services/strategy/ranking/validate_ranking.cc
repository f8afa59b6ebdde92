#include "services/strategy/ranking/validate_ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/facts.h"
#include "services/strategy/profile/indicators.h"
#include "services/strategy/validate_fields.h"

namespace steelyard::strategy {
namespace {

constexpr int kFewestRegions = 2;
constexpr int kMostRegions = 60;
constexpr int kMostIndicators = 20;
constexpr int kMostDraws = 100'000;
constexpr double kLeastConcentration = 1;
constexpr double kMostConcentration = 10'000;
constexpr int kMostAlternatives = 8;
// How far the sum of weights may be off 1 for having been written in decimals.
constexpr double kWeightTolerance = 1e-9;

// Indicators that are amounts, in the money and at the prices of the definition.
constexpr std::array<std::string_view, 6> kAmounts = {
    "largest_round", "mean_round", "median_round", "per_capita", "per_company", "total"};

// Whether a composite of the request may be made with MIN_MAX, which alone looks at goalposts.
bool MayUseMinMax(const v1::RankRegionsRequest& request) {
  return !request.fix_normalisation() || request.normalisation() == v1::NORMALISATION_UNSPECIFIED ||
         request.normalisation() == v1::NORMALISATION_MIN_MAX;
}

// The goalposts of one indicator.
void CheckGoalposts(const std::string& field, const v1::RankRegionsRequest& request,
                    const v1::IndicatorChoice& choice, FieldErrors& errors) {
  if (choice.has_lower() != choice.has_upper()) {
    errors.Add(StrCat(field, choice.has_lower() ? ".upper" : ".lower"),
               "the goalposts are given both or not at all; one is missing");
    return;
  }
  if (!choice.has_lower()) return;
  // Of a number that is none of the normalisations CheckMethods says so.
  if (!MayUseMinMax(request) && v1::Normalisation_IsValid(request.normalisation())) {
    errors.Add(StrCat(field, ".lower"),
               StrCat("no goalposts, which are of NORMALISATION_MIN_MAX: with fix_normalisation "
                      "all draws keep ",
                      v1::Normalisation_Name(request.normalisation())));
    return;
  }
  if (!std::isfinite(choice.lower())) errors.Add(StrCat(field, ".lower"), "a finite number");
  if (!std::isfinite(choice.upper())) errors.Add(StrCat(field, ".upper"), "a finite number");
  if (std::isfinite(choice.lower()) && std::isfinite(choice.upper()) &&
      choice.upper() <= choice.lower()) {
    errors.Add(StrCat(field, ".upper"),
               StrCat("above lower, which is ", choice.lower(), ", not ", choice.upper()));
  }
}

// False when there are too many, which is the only error then.
bool CheckIndicators(const v1::RankRegionsRequest& request, FieldErrors& errors) {
  if (request.indicators_size() > kMostIndicators) {
    errors.Add("indicators",
               StrCat("at most ", kMostIndicators, " indicators make a composite, not ",
                      request.indicators_size()));
    return false;
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < request.indicators_size(); ++i) {
    const v1::IndicatorChoice& choice = request.indicators(i);
    const std::string field = StrCat("indicators[", i, "]");
    if (FindIndicator(choice.indicator()) == nullptr) {
      errors.Add(StrCat(field, ".indicator"), StrCat("there is no indicator '", choice.indicator(),
                                                     "'; allowed are ", IndicatorIds()));
    } else if (!seen.insert(choice.indicator()).second) {
      errors.Add(StrCat(field, ".indicator"),
                 StrCat("'", choice.indicator(), "' stands there twice; each indicator once"));
    }
    if (!v1::Direction_IsValid(choice.direction())) {
      errors.Add(StrCat(field, ".direction"), StrCat("DIRECTION_HIGHER or DIRECTION_LOWER, not ",
                                                     static_cast<int>(choice.direction())));
    }
    CheckGoalposts(field, request, choice, errors);
  }
  return true;
}

// All weights are 0, or all are above it and sum to 1.
void CheckWeights(const v1::RankRegionsRequest& request, FieldErrors& errors) {
  double sum = 0;
  bool given = false;
  for (const v1::IndicatorChoice& choice : request.indicators()) {
    given = given || choice.weight() != 0;
  }
  if (!given) return;
  bool sound = true;
  for (int i = 0; i < request.indicators_size(); ++i) {
    const double weight = request.indicators(i).weight();
    sum += weight;
    if (weight > 0 && weight <= 1) continue;
    sound = false;
    errors.Add(StrCat("indicators[", i, "].weight"),
               weight == 0 ? "others have a weight: give this one a weight in (0, 1] too, leave it "
                             "out, or give none any for equal weights"
                           : StrCat("in (0, 1], not ", weight));
  }
  if (!sound || std::abs(sum - 1) <= kWeightTolerance) return;
  // More digits than usual: a sum that is barely wrong must not be printed as 1.
  const std::string printed = absl::StrFormat("%.12g", sum);
  errors.Add("indicators",
             StrCat("the weights sum to ", printed, "; they have to sum to 1: divide each by ",
                    printed, ", or leave all out for equal weights"));
}

void CheckMethods(const v1::RankRegionsRequest& request, FieldErrors& errors) {
  if (!v1::Normalisation_IsValid(request.normalisation())) {
    errors.Add("normalisation",
               StrCat("NORMALISATION_MIN_MAX, NORMALISATION_Z_SCORE, NORMALISATION_RANK or "
                      "NORMALISATION_DISTANCE_TO_LEADER, not ",
                      static_cast<int>(request.normalisation())));
  }
  if (!v1::Aggregation_IsValid(request.aggregation())) {
    errors.Add("aggregation", StrCat("AGGREGATION_ARITHMETIC, AGGREGATION_GEOMETRIC or "
                                     "AGGREGATION_OUTRANKING, not ",
                                     static_cast<int>(request.aggregation())));
  }
  // Not the other way round, so that NaN is refused.
  if (!(request.least_share() >= 0 && request.least_share() <= 1)) {
    errors.Add("least_share", StrCat("in (0, 1], or 0 for 0.65, not ", request.least_share()));
  }
  if (request.draws() < 0 || request.draws() > kMostDraws) {
    errors.Add("draws", StrCat("0 to ", kMostDraws, ", where 0 means 2000, not ", request.draws()));
  }
  const double concentration = request.weight_concentration();
  if (concentration != 0 &&
      !(concentration >= kLeastConcentration && concentration <= kMostConcentration)) {
    errors.Add("weight_concentration", StrCat("in [", kLeastConcentration, ", ", kMostConcentration,
                                              "], or 0 for 20, not ", concentration));
  }
}

std::string_view CurrencyOf(const common::v1::Definition& definition) {
  // Funding's default; see definition.proto.
  return definition.currency().empty() ? kGdpCurrency : std::string_view(definition.currency());
}

std::string PricesOf(const common::v1::Definition& definition) {
  const common::v1::PriceBasis& basis = definition.price_basis();
  if (basis.base_year() == 0) return "nominal";
  return StrCat("of ", basis.base_year(), " by ", basis.deflator());
}

// The first indicator whose goalposts are amounts; -1 when there is none.
int AmountWithGoalposts(const v1::RankRegionsRequest& request) {
  for (int i = 0; i < request.indicators_size(); ++i) {
    const v1::IndicatorChoice& choice = request.indicators(i);
    if (!choice.has_lower() && !choice.has_upper()) continue;
    if (std::find(kAmounts.begin(), kAmounts.end(), choice.indicator()) != kAmounts.end()) return i;
  }
  return -1;
}

void CheckAlternatives(const v1::RankRegionsRequest& request, FieldErrors& errors) {
  if (request.alternatives_size() > kMostAlternatives) {
    errors.Add("alternatives", StrCat("at most ", kMostAlternatives, " definitions, not ",
                                      request.alternatives_size()));
    return;
  }
  const std::string_view currency = CurrencyOf(request.definition());
  const std::string prices = PricesOf(request.definition());
  const int amount = AmountWithGoalposts(request);
  for (int i = 0; i < request.alternatives_size(); ++i) {
    const std::string field = StrCat("alternatives[", i, "]");
    // Goalposts are numbers of one currency and at the prices of one year.
    if (const std::string_view other = CurrencyOf(request.alternatives(i)); other != currency) {
      errors.Add(StrCat(field, ".currency"),
                 StrCat("the currency of `definition`, which is ", currency, ", not ", other));
    }
    if (const std::string other = PricesOf(request.alternatives(i));
        amount >= 0 && other != prices) {
      errors.Add(StrCat(field, ".price_basis"),
                 StrCat("the price basis of `definition`, which is ", prices, ", not ", other,
                        ": indicators[", amount, "] has goalposts that are amounts"));
    }
  }
}

}  // namespace

absl::Status Validate(const v1::RankRegionsRequest& request) {
  FieldErrors errors;
  CheckRegions(request.regions(), kFewestRegions, kMostRegions, "ranked", errors);
  CheckPeriod("period", request.period(), errors);
  if (CheckIndicators(request, errors)) CheckWeights(request, errors);
  CheckMethods(request, errors);
  CheckAlternatives(request, errors);
  return errors.ToStatus();
}

}  // namespace steelyard::strategy
