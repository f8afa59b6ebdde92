#pragma once

// Derives a figure of an answer step by step: by rules that say which other figures of the answer
// it is made of, and where these end by formulas, which are read at the answer's snapshot.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
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

// At most so many formulas are read for one figure.
inline constexpr int kMostFormulas = 40;

// Not thread-safe; `call` and `backends` must outlive it.
class Deriver {
 public:
  Deriver(const rpc::Call& call, const Backends& backends, Ground ground, Rules rules)
      : call_(call), backends_(backends), ground_(std::move(ground)), rules_(std::move(rules)) {}

  // FIGURE_NOT_FOUND when neither a rule nor a formula gives the figure. What was derived before,
  // what would be more than kMostFormulas, and a figure without value that nothing gives, stand
  // without inputs.
  absl::StatusOr<v1::FormulaStep> Derive(const Input& input);

  // In the order in which they stand in the tree, each once.
  const std::vector<Leaf>& leaves() const { return leaves_; }
  // The effective definition of the formula that was read last.
  const common::v1::Definition& definition() const { return definition_; }

 private:
  absl::StatusOr<v1::FormulaStep> ByRule(const Figure& figure, const Rule& rule);
  absl::StatusOr<v1::FormulaStep> ById(const Figure& figure);
  // `figure` is what the formula is known to give; null when it is not known before.
  absl::StatusOr<v1::FormulaStep> ByFormula(const std::string& expression, bool by_headquarters,
                                            const Figure* figure);

  const rpc::Call& call_;
  const Backends& backends_;
  const Ground ground_;
  const Rules rules_;
  // Steps that stand in the tree, by id or formula, without their inputs.
  std::map<std::string, v1::FormulaStep> before_;
  int formulas_ = 0;
  std::set<std::string> asked_;
  std::vector<Leaf> leaves_;
  common::v1::Definition definition_;
};

}  // namespace steelyard::strategy
