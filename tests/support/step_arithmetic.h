#pragma once

// Works the steps of a derivation out again from what stands in them.

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/strategy/formula/evaluate.h"
#include "services/strategy/formula/readings.h"
#include "services/strategy/profile/indicators.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy {

// The names in an expression replaced by their values, longer names first. nullopt when a name
// stands for no value.
inline std::optional<std::string> Substituted(const v1::FormulaStep& step) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const v1::FormulaStep& input : step.inputs()) {
    const auto value = IndicatorValue(input.figure());
    if (input.name().empty() || !value) return std::nullopt;
    names.emplace_back(input.name(), absl::StrFormat("(%.17g)", *value));
  }
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  const auto in_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  const std::string& from = step.expression();
  std::string out;
  for (size_t at = 0; at < from.size();) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const auto& name) {
      const size_t end = at + name.first.size();
      return from.compare(at, name.first.size(), name.first) == 0 &&
             (at == 0 || !in_name(from[at - 1])) && (end >= from.size() || !in_name(from[end]));
    });
    if (found == names.end()) {
      out += from[at++];
      continue;
    }
    out += found->second;
    at += found->first.size();
  }
  return out;
}

// What a step comes to by the values of its inputs; nullopt where its expression is no arithmetic,
// or a value is missing.
inline std::optional<double> WorkOut(const v1::FormulaStep& step) {
  if (step.inputs().empty()) return std::nullopt;
  const auto text = Substituted(step);
  if (!text) return std::nullopt;
  const auto formula = formula::MakeFormula(*text);
  if (!formula.ok()) return std::nullopt;
  const common::v1::Definition definition;
  const common::v1::ReadOptions read;
  const formula::FacetChoice facets;
  formula::Questions questions(*text);
  const formula::Requests requests(definition, read);
  formula::Lookup lookup(requests, questions, facets);
  const auto outcome = formula::Evaluate(*text, formula->tree, lookup, nullptr);
  if (!outcome.ok() || !outcome->quantity || questions.size() > 0) return std::nullopt;
  return outcome->quantity->value;
}

}  // namespace steelyard::strategy
