#include "services/strategy/explain/derivation.h"

#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/explain/figure_formulas.h"
#include "services/strategy/formula/readings.h"

namespace steelyard::strategy {
namespace {

v1::FormulaStep StepOf(std::string expression, const Figure& figure) {
  v1::FormulaStep step;
  step.set_expression(std::move(expression));
  *step.mutable_figure() = figure;
  return step;
}

v1::FormulaStep WithoutInputs(const v1::FormulaStep& step) {
  v1::FormulaStep alone = step;
  alone.clear_inputs();
  return alone;
}

// The figures of funding's among the steps.
void CollectLeaves(const v1::FormulaStep& step, const formula::Readings& readings,
                   std::set<std::string>& asked, std::vector<Leaf>& leaves) {
  const auto question = readings.questions.find(step.figure().id());
  if (question != readings.questions.end() &&
      asked.insert(question->second.SerializeAsString()).second) {
    leaves.push_back({step.expression(), step.figure().id(), question->second});
  }
  for (const v1::FormulaStep& input : step.inputs()) CollectLeaves(input, readings, asked, leaves);
}

}  // namespace

Input Derived(std::string name, const Figure& figure) {
  return {.name = std::move(name), .figure = figure, .formula = {}};
}

Input Alone(std::string name, const Figure& figure) {
  return {.name = std::move(name), .figure = figure, .formula = {}, .alone = true};
}

Input Written(std::string name, std::string formula) {
  return {.name = std::move(name), .figure = {}, .formula = std::move(formula)};
}

Input Given(std::string name, double value, std::string unit) {
  const Figure figure = MakeGiven(name, std::move(unit), value);
  return Alone(std::move(name), figure);
}

Rule FormulaRule(std::string expression) {
  return {.expression = std::move(expression), .inputs = {}, .is_formula = true};
}

absl::StatusOr<v1::FormulaStep> Deriver::Derive(const Input& input) {
  absl::StatusOr<v1::FormulaStep> step;
  if (input.alone) {
    step = StepOf(input.figure.id(), input.figure);
  } else if (!input.formula.empty()) {
    step = ByFormula(input.formula, false, nullptr);
  } else if (const std::optional<Rule> rule = rules_(input.figure)) {
    step = ByRule(input.figure, *rule);
  } else {
    step = ById(input.figure);
  }
  if (step.ok()) step->set_name(input.name);
  return step;
}

absl::StatusOr<v1::FormulaStep> Deriver::ByRule(const Figure& figure, const Rule& rule) {
  if (rule.is_formula) return ByFormula(rule.expression, false, &figure);
  v1::FormulaStep step = StepOf(rule.expression, figure);
  if (!before_.emplace(figure.id(), step).second) return step;
  for (const Input& input : rule.inputs) {
    STEELYARD_ASSIGN_OR_RETURN(*step.add_inputs(), Derive(input));
  }
  return step;
}

absl::StatusOr<v1::FormulaStep> Deriver::ById(const Figure& figure) {
  const absl::StatusOr<FigureFormula> found =
      FormulaOf(figure.id(), ground_.filter, ground_.definition);
  if (found.ok()) return ByFormula(found->expression, found->by_headquarters, &figure);
  // Some figures without value lack the part of their id that would say what they are made of.
  const bool unknown = figure.status() != common::v1::VALUE_STATUS_UNSPECIFIED &&
                       figure.status() != common::v1::VALUE_STATUS_OK;
  if (unknown) return StepOf(figure.id(), figure);
  return found.status();
}

absl::StatusOr<v1::FormulaStep> Deriver::ByFormula(const std::string& expression,
                                                   bool by_headquarters, const Figure* figure) {
  STEELYARD_ASSIGN_OR_RETURN(const formula::Formula formula,
                             formula::MakeFormula(expression, formula::kOwnLimits));
  const std::string spelled = formula::Spell(formula.tree);
  if (const auto before = before_.find(spelled); before != before_.end()) return before->second;
  if (++formulas_ > kMostFormulas) {
    return StepOf(spelled, figure != nullptr
                               ? *figure
                               : MakeUndefined({spelled, "", ""},
                                               StrCat("more than ", kMostFormulas,
                                                      " formulas are not read for one figure")));
  }
  common::v1::Definition definition = ground_.definition;
  if (by_headquarters) {
    definition.set_attribution(common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  }
  const std::vector<formula::Variant> variants = {{definition, {}}};
  absl::StatusOr<formula::Readings> read = formula::Read(
      call_, backends_, ground_.snapshot,
      {.formula = formula, .definition = definition, .variants = variants, .without_source = {}});
  if (!read.ok()) return read.status();
  definition_ = read->definition;
  v1::FormulaStep step = std::move(read->all.front().step);
  CollectLeaves(step, *read, asked_, leaves_);
  before_.emplace(spelled, WithoutInputs(step));
  return step;
}

}  // namespace steelyard::strategy
