#pragma once

// Derives a figure of an answer step by step: by rules that say which other figures of the answer
// it is made of, and where these end by formulas, which are read at the answer's snapshot.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/rpc/call.h"
#include "services/strategy/facts/facts.h"
#include "services/strategy/measures/figures.h"
#include "steelyard/funding/v1/explain.pb.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy {

// A part of a figure: a figure of the answer, or what a formula gives.
struct Input {
  std::string name;  // as the rule's expression calls it
  Figure figure;
  std::string formula;  // in the language of EvaluateFormula; the figure is unset then
  bool alone = false;   // stands without a derivation of its own
};
Input Derived(std::string name, const Figure& figure);
Input Alone(std::string name, const Figure& figure);
Input Written(std::string name, std::string formula);
// A number of the question.
Input Given(std::string name, double value, std::string unit = "1");
// A whole number of it; one beyond what a count can hold has no value and says so.
Input GivenCount(std::string name, uint64_t count);

// How one figure is made.
struct Rule {
  std::string expression;
  std::vector<Input> inputs;  // what the expression names
  bool is_formula = false;    // the expression is one, and has no inputs
};
Rule FormulaRule(std::string expression);

// nullopt for a figure that FormulaOf (figure_formulas.h) knows by its id.
using Rules = std::function<std::optional<Rule>(const Figure&)>;

// What an answer stands on.
struct Ground {
  std::string snapshot;
  std::string filter;
  common::v1::Definition definition;
};

// A figure of funding's that a derivation ends in, and the question whose answer has it, with the
// figure's id there, without `read`.
struct Leaf {
  std::string expression;
  std::string figure;  // its id in the derivation
  funding::v1::ExplainFigureRequest question;
};

// How a figure came to be, without what funding says of it.
struct Derivation {
  v1::FormulaStep step;
  // In the order in which they stand in the tree, each once.
  std::vector<Leaf> leaves;
  // The effective definition of a formula; nullopt when the whole is made of other figures.
  std::optional<common::v1::Definition> definition;
};

// At most so many formulas are read for one figure.
inline constexpr size_t kMostFormulas = 100;

// Formulas are read side by side. A figure that is given, with its status, stands in its step, with
// the value that its formula gives. What was derived before, what would be more than
// kMostFormulas, and a figure without value that nothing gives, stand without inputs.
// FIGURE_NOT_FOUND when neither a rule nor a formula gives the input; INVALID_FORMULA as Read says.
absl::StatusOr<Derivation> Derive(const rpc::Call& call, const Backends& backends,
                                  const Ground& ground, const Rules& rules, const Input& input);

}  // namespace steelyard::strategy
