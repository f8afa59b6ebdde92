#include "services/registry/match/method.h"

#include <cmath>

namespace steelyard::registry::match {
namespace {

constexpr std::array<std::string_view, kContextFeatures> kContextNames = {
    "name_kind", "twice_translated", "country", "city",
    "website",   "founded",          "sector",  "identifier"};

// Fitted by logistic regression on labelled pairs of names; docs/matching.md says on which, and how
// well it does on others. Those of the context are set by judgement: the pairs have none.
const Method kFirst = {
    .version = "2026.1",
    .bias = -0.945,
    .name_weights = {2.174, 0, 1.519, 0.646, -1.189, -1.641, -0.591, -0.233, 0, -2, -0.3, -0.2,
                     -1.046, -0.302, 0.1, -3.228, -1.2, -0.508},
    .context_weights = {-1, -4, 0.8, 0.7, 3, 0.5, 0.3, 8},
    .match_threshold = 0.9,
    .review_threshold = 0.5,
};

}  // namespace

std::string_view NameOf(ContextFeature feature) {
  return kContextNames[static_cast<size_t>(feature)];
}

const Method& NewestMethod() { return kFirst; }

const Method* FindMethod(std::string_view version) {
  return version == kFirst.version ? &kFirst : nullptr;
}

std::string_view MethodVersions() { return kFirst.version; }

std::vector<std::pair<std::string_view, double>> WeightsOf(const Method& method) {
  std::vector<std::pair<std::string_view, double>> weights = {{"bias", method.bias}};
  for (size_t i = 0; i < kNameFeatures; ++i) {
    weights.emplace_back(NameOf(static_cast<NameFeature>(i)), method.name_weights[i]);
  }
  for (size_t i = 0; i < kContextFeatures; ++i) {
    weights.emplace_back(kContextNames[i], method.context_weights[i]);
  }
  return weights;
}

bool SetWeight(std::string_view name, double weight, Method& method) {
  if (name == "bias") {
    method.bias = weight;
    return true;
  }
  for (size_t i = 0; i < kNameFeatures; ++i) {
    if (NameOf(static_cast<NameFeature>(i)) != name) continue;
    method.name_weights[i] = weight;
    return true;
  }
  for (size_t i = 0; i < kContextFeatures; ++i) {
    if (kContextNames[i] != name) continue;
    method.context_weights[i] = weight;
    return true;
  }
  return false;
}

double ScoreOf(const Method& method, const NameFeatures& name, const ContextFeatures& context) {
  double odds = method.bias;
  for (size_t i = 0; i < kNameFeatures; ++i) odds += method.name_weights[i] * name[i];
  for (size_t i = 0; i < kContextFeatures; ++i) odds += method.context_weights[i] * context[i];
  return 1 / (1 + std::exp(-odds));
}

}  // namespace steelyard::registry::match
