#pragma once

// How far a sum over companies, and what is made of such sums, could be from what the same market
// would give again: closed forms that need nothing but what an aggregate answers, so that no rows
// are sent. docs/uncertainty.md says how often they hold.
//
// The model: companies that raise money arrive by chance and independently of each other, each with
// an amount of its own (a compound Poisson process). Then the variance of a sum T is estimated by
// the sum of the squared amounts, which is T^2 H, H being the Herfindahl-Hirschman index; the
// square root of H is the standard error of ln T. With z the normal quantile of (1 + level) / 2 the
// bounds are
//
//   ln T - z sqrt(H)   and   ln T + z sqrt(H) + (1 + z^2) H.
//
// The last term is there because the error is skewed: a sum that missed its large companies is too
// low and looks surer than it is. It has the form of Hall's correction for skewness, a polynomial
// in z of the next order (P. Hall, "The Bootstrap and Edgeworth Expansion", 1992, section 3.8); its
// size was chosen by simulation. Several sums are put together by the method of variance estimates
// recovery (G. Zou and A. Donner, "Construction of confidence limits about effect measures",
// Statistics in Medicine 27, 2008), which keeps the skewness of each.
//
// Every interval has level's probability of covering; it says nothing of amounts that are not
// disclosed. A function gives nullopt, never a guess, when
//   - a sum that it rests on has fewer than kFewestCompanies companies or an H above kLargestHhi,
//   so
//     that one or two companies are most of it;
//   - a sum is not positive and finite, H not above 0, or level not in (0, 1);
//   - what should be a part of a whole contradicts it.
// All functions are pure and thread-safe; equal input gives equal bits.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "services/strategy/measures/figures.h"

namespace steelyard::strategy {

inline constexpr int64_t kFewestCompanies = 5;
inline constexpr double kLargestHhi = 0.5;
// What `Interval.level` is unless something else is asked for.
inline constexpr double kIntervalLevel = 0.9;
// Ids of the methods, for `Interval.method`. One is for sums, the other for what is made of
// several.
inline constexpr std::string_view kSumIntervalMethod = "compound_poisson_log/1";
inline constexpr std::string_view kCombinedIntervalMethod = "compound_poisson_mover/1";

// A sum over companies, as far as an interval needs it.
struct CompanySum {
  // Of the amounts, in any unit.
  double total = 0;
  // Herfindahl-Hirschman index of the companies' shares in it, in (0, 1].
  double hhi = 0;
  // Companies with a round; some may have disclosed no amount.
  int64_t companies = 0;
};

struct Bounds {
  double lower = 0;
  double upper = 0;
};

// The sum over the companies of all of them together. No company is in two. nullopt when there is
// none, or one is negative or not finite; sums of nothing (total 0) add nothing but companies.
std::optional<CompanySum> Join(std::span<const CompanySum> sums);
// What is left of `whole` without `part`, whose companies are all in it. nullopt when nothing is
// left, when less than a millionth is (then rounding decides its H), or when no whole has that
// part.
std::optional<CompanySum> Without(const CompanySum& whole, const CompanySum& part);

// Of a total: of a region, a slice, a year; also of a total per person or per GDP, with `total`
// divided likewise, since the divisor is not in doubt here. In the unit of the total, positive.
std::optional<Bounds> TotalInterval(const CompanySum& sum, double level);
// Of numerator/denominator, which have no company in common. Positive.
std::optional<Bounds> RatioInterval(const CompanySum& numerator, const CompanySum& denominator,
                                    double level);
// Of part/whole, whose companies include the part's: the ratio p/(1 - p) of the part to the rest is
// bounded as by RatioInterval, and p with it. In (0, 1). Needs part and rest to be sufficient.
std::optional<Bounds> ShareInterval(const CompanySum& part, const CompanySum& whole, double level);
// Of whole/part, likewise; above 1. For the ratio of a region to one that lies in it.
std::optional<Bounds> WholeToPartInterval(const CompanySum& whole, const CompanySum& part,
                                          double level);
// Of (part/region) / (reference_part/reference), where `part` is the region's of `reference_part`
// and all lie in `reference`. By the delta method on the logarithm over the four sums that have no
// company in common (part, the rest of the region, the rest of the reference's part, all the rest);
// all four must be sufficient. Positive.
std::optional<Bounds> LocationQuotientInterval(const CompanySum& part, const CompanySum& region,
                                               const CompanySum& reference_part,
                                               const CompanySum& reference, double level);

// Attaches the bounds to a figure. Nothing is done when there are none or the figure has no value.
void SetInterval(const std::optional<Bounds>& bounds, double level, std::string_view method,
                 Figure& figure);

// Probability that a standard normal variable is below z, in [0, 1].
double NormalProbability(double z);
// The z with that probability: M. Wichura, "Algorithm AS 241", Applied Statistics 37, 1988, routine
// PPND16, relative error about 1e-16. -infinity for 0, +infinity for 1, nullopt outside [0, 1].
std::optional<double> NormalQuantile(double probability);

}  // namespace steelyard::strategy
