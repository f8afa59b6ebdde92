#pragma once

// How features make a score: a logistic model, versioned.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/registry/match/name_features.h"

namespace steelyard::registry::match {

// What speaks for and against besides the names; 0 where the query or the company says nothing.
enum class ContextFeature {
  kNameKind,         // 0 for names of today, 0.5 for former ones, 1 for machine translations
  kTwiceTranslated,  // 1 when a machine translation is paired by meaning alone
  kCountry,          // 1 the same, -1 another
  kCity,             // 1 the same, -1 another
  kWebsite,          // 1 the same domain, -1 another
  kFounded,          // 1 the same year, 0.5 one year apart, -1 more than five apart
  kSector,           // 1 when one is shared, -1 when none is
  kIdentifier,       // 1 one is equal, -1 one of the same scheme is another
};
inline constexpr size_t kContextFeatures = 8;

std::string_view NameOf(ContextFeature feature);

using ContextFeatures = std::array<double, kContextFeatures>;

struct Method {
  std::string version;
  double bias = 0;
  std::array<double, kNameFeatures> name_weights{};
  std::array<double, kContextFeatures> context_weights{};
  double match_threshold = 0;   // from here on a candidate is a MATCH
  double review_threshold = 0;  // from here on a person should look
};

// The newest, and the one of a version; null when there is none of it.
const Method& NewestMethod();
const Method* FindMethod(std::string_view version);
// All versions, for messages.
std::string_view MethodVersions();

// Weights that a caller may set, in [-kLargestWeight, kLargestWeight].
inline constexpr double kLargestWeight = 20;
// Names and weights of a method, in the order of its features: "bias", names', context's.
std::vector<std::pair<std::string_view, double>> WeightsOf(const Method& method);
// Sets one by its name. False when there is no such feature.
bool SetWeight(std::string_view name, double weight, Method& method);

// The probability in (0, 1) that the method gives to a pair.
double ScoreOf(const Method& method, const NameFeatures& name, const ContextFeatures& context);

}  // namespace steelyard::registry::match
