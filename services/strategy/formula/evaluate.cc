#include "services/strategy/formula/evaluate.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/parser.h"
#include "services/strategy/measure_catalog.h"

namespace steelyard::strategy::formula {
namespace {

using Kind = Node::Kind;

constexpr double kPercent = 100;
constexpr int kDefaultK = 5;

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
  absl::StatusOr<std::vector<Outcome>> Parts(const Node& node, v1::FormulaStep* step);
  absl::StatusOr<Outcome> Arithmetic(const Node& node, const std::vector<Outcome>& parts) const;
  absl::StatusOr<Outcome> Comparison(const Node& node, const std::vector<Outcome>& parts,
                                     std::string_view op, double tolerance) const;
  absl::StatusOr<Outcome> OfValues(const Node& node, const std::vector<Outcome>& parts) const;
  Outcome OfFigure(const Node& node, v1::FormulaStep* step);
  Outcome OfQuery(Query query, const Node& node, v1::FormulaStep* step);
  Outcome ShareOf(const Node& node, v1::FormulaStep* step);
  Outcome QuotientOf(const Node& node, v1::FormulaStep* step);
  Outcome RankOf(const Node& node, v1::FormulaStep* step);
  Outcome GrowthOf(const Node& node, v1::FormulaStep* step);
  Outcome OfMeasure(const Node& node, funding::v1::Measure measure, v1::FormulaStep* step);
  // The outcome of what was found, as a step of its own below `step`.
  Outcome AsStep(const std::string& text, const Node& node, Found found, v1::FormulaStep* step);
  Outcome Fill(Found found, v1::FormulaStep* step) const;
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
  if (node.kind == Kind::kFigure) return OfFigure(node, step);
  if (const std::optional<Query> query = QueryOf(node)) return OfQuery(*query, node, step);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Outcome> parts, Parts(node, step));
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

Outcome Evaluator::Fill(Found found, v1::FormulaStep* step) const {
  const std::string_view basis = found.facet.price_basis();
  Outcome outcome = Of(QuantityOf(found.figure, basis), found.figure.reason());
  if (step != nullptr) {
    for (Figure& part : found.parts) {
      v1::FormulaStep& input = *step->add_inputs();
      input.set_expression(part.id());
      *input.mutable_figure() = std::move(part);
    }
    if (!found.facet.source().empty()) *step->mutable_facet() = std::move(found.facet);
    *step->mutable_figure() = std::move(found.figure);
  }
  return outcome;
}

Outcome Evaluator::AsStep(const std::string& text, const Node& node, Found found,
                          v1::FormulaStep* step) {
  v1::FormulaStep* part = step == nullptr ? nullptr : step->add_inputs();
  Outcome outcome = Fill(std::move(found), part);
  if (part != nullptr) {
    part->set_expression(text);
    part->set_offset(static_cast<int>(node.offset));
    part->set_length(static_cast<int>(node.length));
  }
  return outcome;
}

Outcome Evaluator::OfFigure(const Node& node, v1::FormulaStep* step) {
  const FigureRef& figure = node.figure;
  if (const RoundsFigure* rounds = FindRoundsFigure(figure.name)) {
    return Fill(lookup_.OfRounds(figure, rounds->measure, 0, node.offset), step);
  }
  return Fill(lookup_.OfStatistic(figure, figure.from, node.offset), step);
}

Outcome Evaluator::OfMeasure(const Node& node, funding::v1::Measure measure,
                             v1::FormulaStep* step) {
  int k = kDefaultK;
  if (const Option* option = FindOption(node.options, "k")) {
    // Checked to be a number.
    static_cast<void>(absl::SimpleAtoi(option->values[0], &k));
  }
  const Node& child = node.children[0];
  return Fill(
      lookup_.OfRounds(child.figure, measure,
                       measure == funding::v1::MEASURE_CONCENTRATION_RATIO ? k : 0, child.offset),
      step);
}

Outcome Evaluator::OfQuery(Query query, const Node& node, v1::FormulaStep* step) {
  switch (query) {
    case Query::kShare:
      return ShareOf(node, step);
    case Query::kLocationQuotient:
      return QuotientOf(node, step);
    case Query::kRank:
      return RankOf(node, step);
    case Query::kGrowth:
      return GrowthOf(node, step);
    case Query::kHhi:
      return OfMeasure(node, funding::v1::MEASURE_HHI, step);
    case Query::kConcentrationRatio:
      return OfMeasure(node, funding::v1::MEASURE_CONCENTRATION_RATIO, step);
  }
  return {};
}

Outcome Evaluator::ShareOf(const Node& node, v1::FormulaStep* step) {
  const Node& child = node.children[0];
  FigureRef part = child.figure;
  part.options.push_back(node.options[0]);
  const auto of = [&](const FigureRef& figure) {
    return AsStep(Spell(figure), child,
                  lookup_.OfRounds(figure, funding::v1::MEASURE_SUM, 0, child.offset), step);
  };
  Outcome some = of(part);
  Outcome all = of(child.figure);
  if (!some.quantity) return some;
  if (!all.quantity) return all;
  return Of(Divide(*some.quantity, *all.quantity), "the whole is zero");
}

Outcome Evaluator::QuotientOf(const Node& node, v1::FormulaStep* step) {
  Node world = node;
  world.children[0].figure.region = "WORLD";
  const auto share = [&](const Node& of) {
    v1::FormulaStep* part = step == nullptr ? nullptr : step->add_inputs();
    Node as_share = of;
    as_share.name = "share";
    Outcome outcome = ShareOf(as_share, part);
    if (part != nullptr) {
      part->set_expression(Spell(as_share));
      part->set_offset(static_cast<int>(node.offset));
      part->set_length(static_cast<int>(node.length));
      *part->mutable_figure() =
          outcome.quantity ? FigureOf(*outcome.quantity, part->expression())
                           : MakeUndefined({part->expression(), kShare, ""}, outcome.missing);
    }
    return outcome;
  };
  Outcome here = share(node);
  Outcome everywhere = share(world);
  if (!here.quantity) return here;
  if (!everywhere.quantity) return everywhere;
  return Of(Divide(*here.quantity, *everywhere.quantity), "the share in the world is zero");
}

Outcome Evaluator::RankOf(const Node& node, v1::FormulaStep* /*step*/) {
  const Node& child = node.children[0];
  const std::string& of = FindOption(node.options, "of")->values[0];
  const Option* among = FindOption(node.options, "among");
  const auto values = lookup_.OfRegions(
      child.figure, among == nullptr ? std::vector<std::string>() : among->values, child.offset);
  if (!values) return {};
  const auto own = std::find_if(values->begin(), values->end(),
                                [&](const RegionValue& value) { return value.region == of; });
  if (own == values->end()) {
    return Of(std::nullopt, StrCat("nothing is known of ", of, " by which it could be ranked"));
  }
  if (values->size() < 2) return Of(std::nullopt, StrCat("nothing is known of any but ", of));
  // The best place counts those that are ahead for certain, the worst those that may be.
  const auto ahead = [&](const auto& is_ahead) {
    return 1 + static_cast<double>(std::count_if(values->begin(), values->end(), is_ahead));
  };
  const Quantity& mine = own->value;
  return Of(
      Quantity{ahead([&](const RegionValue& other) { return other.value.low > mine.high; }),
               ahead([&](const RegionValue& other) { return other.value.value > mine.value; }),
               ahead([&](const RegionValue& other) {
                 return other.region != of && other.value.high > mine.low;
               }),
               {}},
      "");
}

Outcome Evaluator::GrowthOf(const Node& node, v1::FormulaStep* step) {
  const Node& child = node.children[0];
  const FigureRef& figure = child.figure;
  const bool of_rounds = FindRoundsFigure(figure.name) != nullptr;
  const auto at = [&](const std::string& year) {
    FigureRef one = figure;
    one.from = year;
    one.to = year;
    return AsStep(Spell(one), child,
                  of_rounds ? lookup_.OfRoundsInYear(figure, year, child.offset)
                            : lookup_.OfStatistic(figure, year, child.offset),
                  step);
  };
  Outcome first = at(figure.from);
  Outcome last = at(figure.to);
  if (!first.quantity) return first;
  if (!last.quantity) return last;
  int from = 0;
  int to = 0;
  // The parser has seen to four digits.
  static_cast<void>(absl::SimpleAtoi(figure.from, &from));
  static_cast<void>(absl::SimpleAtoi(figure.to, &to));
  const std::optional<Quantity> factor = Divide(*last.quantity, *first.quantity);
  if (!factor)
    return Of(std::nullopt, StrCat("the value of ", figure.from, " is, or may be, zero"));
  if (to == from || factor->low < 0) {
    return Of(std::nullopt, to == from ? "growth is between two years" : "a value is negative");
  }
  const std::optional<Quantity> yearly = Power(*factor, 1.0 / (to - from));
  if (!yearly) return Of(std::nullopt, "too large a number");
  return Of(Add(*yearly, Quantity::Exact(1), -1), "too large a number");
}

}  // namespace

absl::StatusOr<Outcome> Evaluate(std::string_view expression, const Node& node, Lookup& lookup,
                                 v1::FormulaStep* step) {
  return Evaluator(expression, lookup).Evaluate(node, step);
}

}  // namespace steelyard::strategy::formula
