#include "services/strategy/explain/derivation.h"

#include <deque>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/explain/figure_formulas.h"
#include "services/strategy/formula/readings.h"

namespace steelyard::strategy {
namespace {

// What a formula gives stands as its value, so that a derivation that went wrong shows.
void SetValue(const Figure& from, Figure& to) {
  if (from.has_money()) {
    *to.mutable_money() = from.money();
  } else if (from.value_case() == Figure::kCount) {
    to.set_count(from.count());
  } else {
    to.set_number(from.number());
  }
}

// A formula of the tree, read once wherever it stands.
struct Reading {
  formula::Formula formula;
  common::v1::Definition definition;
  std::vector<formula::Variant> variants;
};

// Where a formula stands.
struct Place {
  v1::FormulaStep* step;  // with its name, and the figure if that is given
  size_t reading;
  bool first;  // whether its inputs stand here
};

class Deriver {
 public:
  Deriver(const Ground& ground, const Rules& rules) : ground_(ground), rules_(rules) {}

  // The tree, but for its formulas.
  absl::Status Build(const Input& input, v1::FormulaStep& step);
  // Reads them and puts them in.
  absl::Status ReadFormulas(const rpc::Call& call, const Backends& backends, Derivation& out);

 private:
  absl::Status ByRule(const Figure& figure, const Rule& rule, v1::FormulaStep& step);
  absl::Status ById(const Figure& figure, v1::FormulaStep& step);
  absl::Status ByFormula(const std::string& expression, bool by_headquarters,
                         v1::FormulaStep& step);
  void Put(const Place& place, const formula::Readings& readings, std::vector<Leaf>& leaves);
  void CollectLeaves(const v1::FormulaStep& step, const formula::Readings& readings,
                     std::vector<Leaf>& leaves);

  const Ground& ground_;
  const Rules& rules_;
  std::set<std::string> rules_before_;  // ids
  // By expression and whether it is by headquarters whatever the definition.
  std::map<std::pair<std::string, bool>, size_t> formulas_before_;
  std::deque<Reading> readings_;
  std::vector<Place> places_;
  std::set<std::string> asked_;
};

absl::Status Deriver::Build(const Input& input, v1::FormulaStep& step) {
  step.set_name(input.name);
  const bool given = input.figure.status() != common::v1::VALUE_STATUS_UNSPECIFIED;
  if (given) *step.mutable_figure() = input.figure;
  if (input.alone) {
    step.set_expression(input.figure.id());
    return absl::OkStatus();
  }
  if (!input.formula.empty()) return ByFormula(input.formula, false, step);
  if (const std::optional<Rule> rule = rules_(input.figure)) {
    return ByRule(input.figure, *rule, step);
  }
  return ById(input.figure, step);
}

absl::Status Deriver::ByRule(const Figure& figure, const Rule& rule, v1::FormulaStep& step) {
  if (rule.is_formula) return ByFormula(rule.expression, false, step);
  step.set_expression(rule.expression);
  if (!rules_before_.insert(figure.id()).second) return absl::OkStatus();
  for (const Input& input : rule.inputs) {
    STEELYARD_RETURN_IF_ERROR(Build(input, *step.add_inputs()));
  }
  return absl::OkStatus();
}

absl::Status Deriver::ById(const Figure& figure, v1::FormulaStep& step) {
  const absl::StatusOr<FigureFormula> found =
      FormulaOf(figure.id(), ground_.filter, ground_.definition);
  if (found.ok()) return ByFormula(found->expression, found->by_headquarters, step);
  // Some figures without value lack the part of their id that would say what they are made of.
  if (!step.has_figure() || figure.status() == common::v1::VALUE_STATUS_OK) return found.status();
  step.set_expression(figure.id());
  return absl::OkStatus();
}

absl::Status Deriver::ByFormula(const std::string& expression, bool by_headquarters,
                                v1::FormulaStep& step) {
  STEELYARD_ASSIGN_OR_RETURN(formula::Formula formula,
                             formula::MakeFormula(expression, formula::kOwnLimits));
  step.set_expression(formula::Spell(formula.tree));
  const auto [before, is_first] =
      formulas_before_.try_emplace({step.expression(), by_headquarters}, readings_.size());
  if (is_first && readings_.size() == kMostFormulas) {
    formulas_before_.erase(before);
    if (step.has_figure()) return absl::OkStatus();
    *step.mutable_figure() =
        MakeUndefined({step.expression(), "", ""},
                      StrCat("more than ", kMostFormulas, " formulas are not read for one figure"));
    return absl::OkStatus();
  }
  places_.push_back({&step, before->second, is_first});
  if (!is_first) return absl::OkStatus();
  common::v1::Definition definition = ground_.definition;
  if (by_headquarters) {
    definition.set_attribution(common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  }
  readings_.push_back({std::move(formula), definition, {{definition, {}}}});
  return absl::OkStatus();
}

absl::Status Deriver::ReadFormulas(const rpc::Call& call, const Backends& backends,
                                   Derivation& out) {
  if (readings_.empty()) return absl::OkStatus();
  std::vector<formula::ReadingPlan> plans;
  for (const Reading& reading : readings_) {
    plans.push_back({.formula = reading.formula,
                     .definition = reading.definition,
                     .variants = reading.variants,
                     .without_source = {}});
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<formula::Readings> all,
                             formula::ReadAll(call, backends, ground_.snapshot, plans));
  for (const Place& place : places_) Put(place, all[place.reading], out.leaves);
  if (places_.front().step == &out.step) out.definition = all.front().definition;
  return absl::OkStatus();
}

void Deriver::Put(const Place& place, const formula::Readings& readings,
                  std::vector<Leaf>& leaves) {
  const v1::FormulaStep& read = readings.all.front().step;
  if (place.first) CollectLeaves(read, readings, leaves);
  v1::FormulaStep& step = *place.step;
  const v1::FormulaStep known = step;
  step = read;
  step.set_name(known.name());
  if (!place.first) step.clear_inputs();
  if (!known.has_figure()) return;
  *step.mutable_figure() = known.figure();
  if (known.figure().status() == common::v1::VALUE_STATUS_OK &&
      read.figure().status() == common::v1::VALUE_STATUS_OK) {
    SetValue(read.figure(), *step.mutable_figure());
  }
}

void Deriver::CollectLeaves(const v1::FormulaStep& step, const formula::Readings& readings,
                            std::vector<Leaf>& leaves) {
  const auto question = readings.questions.find(step.figure().id());
  if (question != readings.questions.end() &&
      asked_.insert(question->second.SerializeAsString()).second) {
    leaves.push_back({step.expression(), step.figure().id(), question->second});
  }
  for (const v1::FormulaStep& input : step.inputs()) CollectLeaves(input, readings, leaves);
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

Input GivenCount(std::string name, uint64_t count) {
  Figure figure;
  if (count > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    figure =
        MakeUndefined({name, "", "1"}, StrCat("it is ", count, ", more than a count can hold"));
  } else {
    figure.set_id(name);
    figure.set_status(common::v1::VALUE_STATUS_OK);
    figure.set_count(static_cast<int64_t>(count));
    figure.set_unit("1");
  }
  return Alone(std::move(name), figure);
}

Rule FormulaRule(std::string expression) {
  return {.expression = std::move(expression), .inputs = {}, .is_formula = true};
}

absl::StatusOr<Derivation> Derive(const rpc::Call& call, const Backends& backends,
                                  const Ground& ground, const Rules& rules, const Input& input) {
  Derivation out;
  Deriver deriver(ground, rules);
  STEELYARD_RETURN_IF_ERROR(deriver.Build(input, out.step));
  STEELYARD_RETURN_IF_ERROR(deriver.ReadFormulas(call, backends, out));
  return out;
}

}  // namespace steelyard::strategy
