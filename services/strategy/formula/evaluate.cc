#include "services/strategy/formula/evaluate.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/evaluate_query.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/parser.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy::formula {
namespace {

using Kind = Node::Kind;

constexpr double kPercent = 100;

Outcome Of(std::optional<Quantity> quantity, std::string_view missing) {
  if (quantity) return {.quantity = std::move(quantity), .truth = {}, .missing = {}};
  return {.quantity = std::nullopt, .truth = {}, .missing = std::string(missing)};
}

Outcome Of(v1::Truth truth, std::string missing = {}) {
  return {.quantity = std::nullopt, .truth = truth, .missing = std::move(missing)};
}

// Conditions joined by and (or, all and any likewise): one that decides is enough.
Outcome Join(const std::vector<Outcome>& parts, v1::Truth deciding) {
  Outcome joined = Of(deciding == v1::TRUTH_FALSE ? v1::TRUTH_TRUE : v1::TRUTH_FALSE);
  for (const Outcome& part : parts) {
    if (part.truth == deciding) return Of(deciding);
    // The first that is not known says why the whole is not.
    if (part.truth == v1::TRUTH_UNKNOWN && joined.truth != v1::TRUTH_UNKNOWN) joined = part;
    if (part.truth == v1::TRUTH_OPEN && joined.truth != v1::TRUTH_UNKNOWN) joined = part;
  }
  return joined;
}

class Evaluator {
 public:
  Evaluator(std::string_view expression, Lookup& lookup)
      : expression_(expression), lookup_(lookup) {}

  absl::StatusOr<Outcome> Evaluate(const Node& node, v1::FormulaStep* step);

 private:
  absl::StatusOr<Outcome> Compute(const Node& node, v1::FormulaStep* step);
  absl::StatusOr<Outcome> OfParts(const Node& node, const std::vector<Outcome>& parts) const;
  absl::StatusOr<std::vector<Outcome>> Parts(const Node& node, v1::FormulaStep* step);
  absl::StatusOr<Outcome> Arithmetic(const Node& node, const std::vector<Outcome>& parts) const;
  absl::StatusOr<Outcome> Comparison(const Node& node, const std::vector<Outcome>& parts,
                                     std::string_view op, double tolerance) const;
  absl::StatusOr<Outcome> OfValues(const Node& node, const std::vector<Outcome>& parts) const;
  absl::Status SameUnit(const Node& node, const Quantity& a, const Quantity& b) const;

  std::string_view expression_;
  Lookup& lookup_;
};

absl::StatusOr<Outcome> Evaluator::Evaluate(const Node& node, v1::FormulaStep* step) {
  STEELYARD_ASSIGN_OR_RETURN(Outcome outcome, Compute(node, step));
  if (step == nullptr) return outcome;
  step->set_expression(Spell(node));
  step->set_offset(static_cast<int>(node.offset));
  step->set_length(static_cast<int>(node.length));
  step->set_truth(outcome.truth);
  if (outcome.truth != v1::TRUTH_UNSPECIFIED || step->has_figure()) return outcome;
  *step->mutable_figure() = outcome.quantity
                                ? FigureOf(*outcome.quantity, step->expression())
                                : MakeUndefined({step->expression(), "", ""}, outcome.missing);
  if (outcome.coverage) *step->mutable_figure()->mutable_coverage() = *outcome.coverage;
  return outcome;
}

absl::StatusOr<std::vector<Outcome>> Evaluator::Parts(const Node& node, v1::FormulaStep* step) {
  std::vector<Outcome> parts;
  for (const Node& child : node.children) {
    STEELYARD_ASSIGN_OR_RETURN(Outcome part,
                               Evaluate(child, step == nullptr ? nullptr : step->add_inputs()));
    parts.push_back(std::move(part));
  }
  return parts;
}

absl::StatusOr<Outcome> Evaluator::Compute(const Node& node, v1::FormulaStep* step) {
  if (node.kind == Kind::kFigure) return EvaluateFigure(node, lookup_, step);
  if (const std::optional<Query> query = QueryOf(node)) {
    return EvaluateQuery(*query, node, lookup_, step);
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Outcome> parts, Parts(node, step));
  STEELYARD_ASSIGN_OR_RETURN(Outcome outcome, OfParts(node, parts));
  outcome.coverage.reset();
  for (const Outcome& part : parts) outcome.coverage = Worse(outcome.coverage, part.coverage);
  return outcome;
}

absl::StatusOr<Outcome> Evaluator::OfParts(const Node& node,
                                           const std::vector<Outcome>& parts) const {
  switch (node.kind) {
    case Kind::kNumber: {
      const bool percent = node.unit == "percent";
      return Of(Quantity::Exact(percent ? node.number / kPercent : node.number,
                                percent ? Unit() : Unit::Of(node.unit, "")),
                "");
    }
    case Kind::kNot:
      if (parts[0].truth == v1::TRUTH_TRUE) return Of(v1::TRUTH_FALSE);
      return parts[0].truth == v1::TRUTH_FALSE ? Of(v1::TRUTH_TRUE) : parts[0];
    case Kind::kAnd:
    case Kind::kAll:
      return Join(parts, v1::TRUTH_FALSE);
    case Kind::kOr:
    case Kind::kAny:
      return Join(parts, v1::TRUTH_TRUE);
    case Kind::kCompare:
      return Comparison(node, parts, node.name, kNear);
    case Kind::kCall:
      return OfValues(node, parts);
    default:
      return Arithmetic(node, parts);
  }
}

absl::Status Evaluator::SameUnit(const Node& node, const Quantity& a, const Quantity& b) const {
  if (a.unit == b.unit) return absl::OkStatus();
  const auto name = [](const Unit& unit) {
    return unit.pure() ? std::string("a pure number") : unit.ToString();
  };
  return Refuse(expression_, node.offset,
                StrCat(name(a.unit), " and ", name(b.unit),
                       " do not go together here; give both one unit, such as 10 USD"));
}

absl::StatusOr<Outcome> Evaluator::Arithmetic(const Node& node,
                                              const std::vector<Outcome>& parts) const {
  for (const Outcome& part : parts) {
    if (!part.quantity) return part;
  }
  const Quantity& a = *parts[0].quantity;
  if (node.kind == Kind::kNegate) {
    return Of(Multiply(a, Quantity::Exact(-1)), "too large a number");
  }
  const Quantity& b = *parts[1].quantity;
  if (node.name == "+" || node.name == "-") {
    STEELYARD_RETURN_IF_ERROR(SameUnit(node, a, b));
    return Of(Add(a, b, node.name == "+" ? 1 : -1), "too large a number");
  }
  if (node.name == "*") return Of(Multiply(a, b), "too large a number");
  if (node.name == "/") {
    return Of(Divide(a, b), b.value == 0 ? StrCat(Spell(node.children[1]), " is zero")
                                         : StrCat(Spell(node.children[1]), " may be zero"));
  }
  if (!b.unit.pure() || !b.exact()) {
    return Refuse(expression_, node.children[1].offset,
                  "an exponent is a pure number without bounds");
  }
  return Of(Power(a, b.value), StrCat("the power ", Spell(node), " is not defined"));
}

absl::StatusOr<Outcome> Evaluator::Comparison(const Node& node, const std::vector<Outcome>& parts,
                                              std::string_view op, double tolerance) const {
  for (const Outcome& part : parts) {
    if (!part.quantity) return Of(v1::TRUTH_UNKNOWN, part.missing);
  }
  STEELYARD_RETURN_IF_ERROR(SameUnit(node, *parts[0].quantity, *parts[1].quantity));
  return Of(Compare(op, *parts[0].quantity, *parts[1].quantity, tolerance));
}

absl::StatusOr<Outcome> Evaluator::OfValues(const Node& node,
                                            const std::vector<Outcome>& parts) const {
  if (node.name == "within") {
    double by = kNear;
    if (const Option* option = FindOption(node.options, "by")) {
      // Checked to be a number.
      static_cast<void>(absl::SimpleAtod(option->values[0], &by));
    }
    return Comparison(node, parts, "~=", by);
  }
  for (const Outcome& part : parts) {
    if (!part.quantity) return part;
  }
  Quantity out = *parts[0].quantity;
  if (node.name == "ln" || node.name == "exp") {
    STEELYARD_RETURN_IF_ERROR(SameUnit(node, out, Quantity()));
  }
  if (node.name != "max" && node.name != "min" && node.name != "mean") {
    return Of(Apply(node.name, out), StrCat(Spell(node), " is not defined"));
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    const Quantity& next = *parts[i].quantity;
    STEELYARD_RETURN_IF_ERROR(SameUnit(node.children[i], out, next));
    const auto join = [&](double a, double b) {
      if (node.name == "max") return std::max(a, b);
      return node.name == "min" ? std::min(a, b) : a + b;
    };
    out = {join(out.low, next.low), join(out.value, next.value), join(out.high, next.high),
           out.unit, std::max(0.0, out.level + next.level - 1)};
  }
  if (node.name != "mean") return Of(std::move(out), "");
  return Of(Multiply(out, Quantity::Exact(1 / static_cast<double>(parts.size()))),
            "too large a number");
}

}  // namespace

absl::StatusOr<Outcome> Evaluate(std::string_view expression, const Node& node, Lookup& lookup,
                                 v1::FormulaStep* step) {
  return Evaluator(expression, lookup).Evaluate(node, step);
}

}  // namespace steelyard::strategy::formula
