#pragma once

// What the figures of an answer refer to by `formula`: every measure with its formula, unit, range,
// edges and source.

#include <string_view>
#include <vector>

#include "steelyard/strategy/v1/strategy.pb.h"

namespace steelyard::strategy {

// Ids of the measures; a changed formula gets a new version.
inline constexpr std::string_view kAdditiveLocationQuotient = "additive_location_quotient/1";
inline constexpr std::string_view kAtkinson = "atkinson/1";
inline constexpr std::string_view kCagr = "cagr/1";
inline constexpr std::string_view kCatchUpTime = "catch_up_time/1";
inline constexpr std::string_view kCatchUpTimeQuantile = "catch_up_time_quantile/1";
inline constexpr std::string_view kCohenH = "cohen_h/1";
inline constexpr std::string_view kCompanyCount = "company_count/1";
inline constexpr std::string_view kComposite = "composite/1";
inline constexpr std::string_view kConcentrationRatio = "concentration_ratio/1";
inline constexpr std::string_view kConversion = "conversion/1";
inline constexpr std::string_view kCosine = "cosine/1";
inline constexpr std::string_view kCount = "count/1";
inline constexpr std::string_view kDeflation = "deflation/1";
inline constexpr std::string_view kDisagreement = "disagreement/1";
inline constexpr std::string_view kDisclosedCount = "disclosed_count/1";
inline constexpr std::string_view kDisclosedShare = "disclosed_share/1";
inline constexpr std::string_view kDrift = "drift/1";
inline constexpr std::string_view kEffectiveImportance = "effective_importance/1";
inline constexpr std::string_view kEffectiveNumber = "effective_number/1";
inline constexpr std::string_view kEntropy = "entropy/1";
inline constexpr std::string_view kEquivalentNumber = "equivalent_number/1";
inline constexpr std::string_view kFingerKreinin = "finger_kreinin/1";
inline constexpr std::string_view kForeignCapitalShare = "foreign_capital_share/1";
inline constexpr std::string_view kGap = "gap/1";
inline constexpr std::string_view kGapShare = "gap_share/1";
inline constexpr std::string_view kGeneralisedEntropy = "generalised_entropy/1";
inline constexpr std::string_view kGini = "gini/1";
inline constexpr std::string_view kGiniConcentration = "gini_concentration/1";
inline constexpr std::string_view kGiniSpecialisation = "gini_specialisation/1";
inline constexpr std::string_view kGiniStandardised = "gini_standardised/1";
inline constexpr std::string_view kHachman = "hachman/1";
inline constexpr std::string_view kHallTideman = "hall_tideman/1";
inline constexpr std::string_view kHellinger = "hellinger/1";
inline constexpr std::string_view kHhi = "hhi/1";
inline constexpr std::string_view kHhiNormalised = "hhi_normalised/1";
inline constexpr std::string_view kImputedSum = "imputed_sum/1";
inline constexpr std::string_view kJensenShannon = "jensen_shannon/1";
inline constexpr std::string_view kJensenShannonDistance = "jensen_shannon_distance/1";
inline constexpr std::string_view kKrugman = "krugman/1";
inline constexpr std::string_view kKrugmanOthers = "krugman_others/1";
inline constexpr std::string_view kLocationQuotient = "location_quotient/1";
inline constexpr std::string_view kLogContribution = "log_contribution/1";
inline constexpr std::string_view kLogLocationQuotient = "log_location_quotient/1";
inline constexpr std::string_view kLogRatio = "log_ratio/1";
inline constexpr std::string_view kLogTrend = "log_trend/1";
inline constexpr std::string_view kMainEffect = "main_effect/1";
inline constexpr std::string_view kMargin = "margin/1";
inline constexpr std::string_view kMax = "max/1";
inline constexpr std::string_view kMean = "mean/1";
inline constexpr std::string_view kMeanGrowth = "mean_growth/1";
inline constexpr std::string_view kMedian = "median/1";
inline constexpr std::string_view kMedianOfFacets = "median_of_facets/1";
inline constexpr std::string_view kMegaRoundSum = "mega_round_sum/1";
inline constexpr std::string_view kModelsPerBillion = "models_per_billion/1";
inline constexpr std::string_view kNetInflowRatio = "net_inflow_ratio/1";
inline constexpr std::string_view kNormalised = "normalised/1";
inline constexpr std::string_view kPairwiseProbability = "pairwise_probability/1";
inline constexpr std::string_view kPerCapita = "per_capita/1";
inline constexpr std::string_view kPerCompany = "per_company/1";
inline constexpr std::string_view kPerGdp = "per_gdp/1";
inline constexpr std::string_view kProbability = "probability/1";
inline constexpr std::string_view kPurchasingPower = "purchasing_power/1";
inline constexpr std::string_view kQuantile = "quantile/1";
inline constexpr std::string_view kRatio = "ratio/1";
inline constexpr std::string_view kRequiredGrowth = "required_growth/1";
inline constexpr std::string_view kRoundsInflowRatio = "rounds_inflow_ratio/1";
inline constexpr std::string_view kRsca = "rsca/1";
inline constexpr std::string_view kShare = "share/1";
inline constexpr std::string_view kShiftShareMix = "shift_share_mix/1";
inline constexpr std::string_view kShiftShareNational = "shift_share_national/1";
inline constexpr std::string_view kShiftShareRegional = "shift_share_regional/1";
inline constexpr std::string_view kSum = "sum/1";
inline constexpr std::string_view kSumOfMembers = "sum_of_members/1";
inline constexpr std::string_view kSumWithoutLargest = "sum_without_largest/1";
inline constexpr std::string_view kSwapDistance = "swap_distance/1";
inline constexpr std::string_view kTheilBetween = "theil_between/1";
inline constexpr std::string_view kTheilL = "theil_l/1";
inline constexpr std::string_view kTheilT = "theil_t/1";
inline constexpr std::string_view kTheilWithin = "theil_within/1";
inline constexpr std::string_view kTotalVariation = "total_variation/1";
inline constexpr std::string_view kVolatility = "volatility/1";
inline constexpr std::string_view kWorldShare = "world_share/1";

// All of them, by id. Never changes while the process runs.
const std::vector<v1::MeasureInfo>& MeasureCatalog();

}  // namespace steelyard::strategy
