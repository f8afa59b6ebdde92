#include "services/strategy/formula/evaluate_query.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/origins.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy::formula {
namespace {

constexpr int kDefaultK = 5;
// So that no sum of kMostSummedYears, nor kMostPer times one, exceeds 128 bits in billionths.
constexpr double kMostOfYear = 1e17;
constexpr int kPercent = 100;

Outcome Of(std::optional<Quantity> quantity, std::string_view missing) {
  if (quantity) return {.quantity = std::move(quantity), .truth = {}, .missing = {}};
  return {.quantity = std::nullopt, .truth = {}, .missing = std::string(missing)};
}

// What is missing in one of the parts is missing in the quotient.
Outcome Quotient(const Outcome& above, const Outcome& below, std::string_view zero) {
  Outcome quotient = above.quantity ? below : above;
  if (above.quantity && below.quantity) {
    quotient = Of(Divide(*above.quantity, *below.quantity), zero);
  }
  quotient.coverage = Worse(above.coverage, below.coverage);
  return quotient;
}

Outcome Growth(const FigureRef& figure, const Outcome& first, const Outcome& last) {
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

// A figure in one year of its range.
struct YearValue {
  Outcome outcome;
  std::optional<Int128> nanos;
};

// Sums stay integer, so that their quotient is that of the exact sums.
struct SumOfYears {
  std::optional<Quantity> sum;
  Int128 nanos = 0;
  bool too_large = false;

  void Add(const YearValue& year) {
    const Quantity& next = *year.outcome.quantity;
    sum = sum ? formula::Add(*sum, next, 1) : next;
    too_large = too_large || !sum || !(std::abs(next.value) < kMostOfYear);
    if (!too_large) nanos += year.nanos.value_or(0);
  }
};

int64_t PerOf(const Node& node) {
  int64_t per = 1;
  if (const Option* option = FindOption(node.options, "per")) {
    // Checked to be a number.
    static_cast<void>(absl::SimpleAtoi(option->values[0], &per));
  }
  return per;
}

Outcome Over(const SumOfYears& above, const SumOfYears& below, int64_t per) {
  if (above.too_large || below.too_large) return Of(std::nullopt, "too large a number");
  std::optional<Quantity> ratio = Divide(*above.sum, *below.sum);
  if (ratio) ratio = Multiply(*ratio, Quantity::Exact(static_cast<double>(per)));
  const Value exact = strategy::Divide(above.nanos * per, below.nanos);
  if (!ratio || !exact) return Of(std::nullopt, "the second sum is, or may be, zero");
  const bool certain = ratio->exact();
  ratio->value = *exact;
  ratio->low = certain ? *exact : std::min(ratio->low, *exact);
  ratio->high = certain ? *exact : std::max(ratio->high, *exact);
  return Of(std::move(ratio), "");
}

class Querier {
 public:
  explicit Querier(Lookup& lookup) : lookup_(lookup) {}

  Outcome OfFigure(const Node& node, v1::FormulaStep* step);
  Outcome OfQuery(Query query, const Node& node, v1::FormulaStep* step);

 private:
  Outcome ShareOf(const Node& node, v1::FormulaStep* step);
  Outcome QuotientOf(const Node& node, v1::FormulaStep* step);
  Outcome RankOf(const Node& node);
  Outcome GrowthOf(const Node& node, v1::FormulaStep* step);
  Outcome OfMeasure(const Node& node, funding::v1::Measure measure, v1::FormulaStep* step);
  Outcome OverSlices(const Node& node, v1::FormulaStep* step);
  Outcome RatioOfSums(const Node& node, v1::FormulaStep* step);
  Outcome ForeignShareOf(const Node& node, v1::FormulaStep* step);
  // The figure in one year of its range, as a step.
  YearValue InYear(const Node& child, const std::string& year, v1::FormulaStep* step);
  // The outcome of what was found, as a step of its own below `step`.
  static Outcome AsStep(const std::string& text, const Node& node, Found found,
                        v1::FormulaStep* step);
  static Outcome Fill(Found found, v1::FormulaStep* step);

  Lookup& lookup_;
};

Outcome Querier::Fill(Found found, v1::FormulaStep* step) {
  const std::string_view basis = found.facet.price_basis();
  Outcome outcome = Of(QuantityOf(found.figure, basis), found.figure.reason());
  if (found.figure.has_coverage()) outcome.coverage = found.figure.coverage();
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

Outcome Querier::AsStep(const std::string& text, const Node& node, Found found,
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

Outcome Querier::OfFigure(const Node& node, v1::FormulaStep* step) {
  const FigureRef& figure = node.figure;
  if (const RoundsFigure* rounds = FindRoundsFigure(figure.name)) {
    return Fill(lookup_.OfRounds(figure, rounds->measure, 0, node.offset), step);
  }
  return Fill(lookup_.OfStatistic(figure, figure.from, node.offset), step);
}

Outcome Querier::OfMeasure(const Node& node, funding::v1::Measure measure, v1::FormulaStep* step) {
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

Outcome Querier::OfQuery(Query query, const Node& node, v1::FormulaStep* step) {
  switch (query) {
    case Query::kShare:
      return ShareOf(node, step);
    case Query::kLocationQuotient:
      return QuotientOf(node, step);
    case Query::kRank:
      return RankOf(node);
    case Query::kGrowth:
      return GrowthOf(node, step);
    case Query::kHhi:
      return OfMeasure(node, funding::v1::MEASURE_HHI, step);
    case Query::kConcentrationRatio:
      return OfMeasure(node, funding::v1::MEASURE_CONCENTRATION_RATIO, step);
    case Query::kOverSlices:
      return OverSlices(node, step);
    case Query::kRatioOfSums:
      return RatioOfSums(node, step);
    case Query::kForeignCapitalShare:
      return ForeignShareOf(node, step);
  }
  return {};
}

Outcome Querier::ShareOf(const Node& node, v1::FormulaStep* step) {
  const Node& child = node.children[0];
  FigureRef part = child.figure;
  part.options.push_back(node.options[0]);
  const auto of = [&](const FigureRef& figure) {
    return AsStep(Spell(figure), child,
                  lookup_.OfRounds(figure, funding::v1::MEASURE_SUM, 0, child.offset), step);
  };
  const Outcome some = of(part);
  const Outcome all = of(child.figure);
  return Quotient(some, all, "the whole is zero");
}

Outcome Querier::QuotientOf(const Node& node, v1::FormulaStep* step) {
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
      if (outcome.coverage) *part->mutable_figure()->mutable_coverage() = *outcome.coverage;
    }
    return outcome;
  };
  const Outcome here = share(node);
  const Outcome everywhere = share(world);
  return Quotient(here, everywhere, "the share in the world is zero");
}

Outcome Querier::RankOf(const Node& node) {
  const Node& child = node.children[0];
  const std::string& of = FindOption(node.options, "of")->values[0];
  const Option* among = FindOption(node.options, "among");
  const auto regions = lookup_.OfRegions(
      child.figure, among == nullptr ? std::vector<std::string>() : among->values, child.offset);
  if (!regions) return {};
  if (!regions->missing.empty()) return Of(std::nullopt, regions->missing);
  const std::vector<RegionValue>& values = regions->values;
  const auto own = std::find_if(values.begin(), values.end(),
                                [&](const RegionValue& value) { return value.region == of; });
  if (own == values.end()) {
    return Of(std::nullopt, StrCat("nothing is known of ", of, " by which it could be ranked"));
  }
  if (values.size() < 2) return Of(std::nullopt, StrCat("nothing is known of any but ", of));
  // The best place counts those that are ahead for certain, the worst those that may be.
  const auto ahead = [&](const auto& is_ahead) {
    return 1 + static_cast<double>(std::count_if(values.begin(), values.end(), is_ahead));
  };
  const Quantity& mine = own->value;
  Outcome place =
      Of(Quantity{ahead([&](const RegionValue& other) { return other.value.low > mine.high; }),
                  ahead([&](const RegionValue& other) { return other.value.value > mine.value; }),
                  ahead([&](const RegionValue& other) {
                    return other.region != of && other.value.high > mine.low;
                  }),
                  {}},
         "");
  // A place is known no better than the least known of those that it is among.
  for (const RegionValue& value : values) place.coverage = Worse(place.coverage, value.coverage);
  return place;
}

Outcome Querier::GrowthOf(const Node& node, v1::FormulaStep* step) {
  const Node& child = node.children[0];
  const Outcome first = InYear(child, child.figure.from, step).outcome;
  const Outcome last = InYear(child, child.figure.to, step).outcome;
  Outcome growth = Growth(child.figure, first, last);
  growth.coverage = Worse(first.coverage, last.coverage);
  return growth;
}

Outcome Querier::OverSlices(const Node& node, v1::FormulaStep* step) {
  const SliceMeasure& measure = *FindSliceMeasure(node.name);
  const std::string& by = FindOption(node.options, "by")->values[0];
  const auto slices = lookup_.OfSlices(node.children, by);
  if (!slices) return {};
  if (!slices->missing.empty()) return Of(std::nullopt, slices->missing);
  std::vector<std::vector<double>> amounts(node.children.size());
  Coverage coverage;
  for (const SliceFound& slice : slices->found) {
    for (size_t i = 0; i < node.children.size(); ++i) {
      const Node& child = node.children[i];
      const Figure& sum = slice.sums[i].figure;
      Coverage rounds = sum.coverage();
      // What is not classified is of no slice, and nothing in common.
      if (slice.code.empty()) rounds.set_units_present(0);
      coverage = strategy::Add(coverage, rounds);
      if (slice.code.empty()) continue;
      const std::optional<Int128> nanos = NanosOf(sum);
      amounts[i].push_back(static_cast<double>(nanos.value_or(0)));
      if (nanos) {
        AsStep(Spell(InSlice(child.figure, by, slice.code)), child, slice.sums[i], step);
      }
    }
  }
  const Value value = measure.of_two != nullptr ? measure.of_two(amounts[0], amounts[1])
                                                : measure.of_one(amounts[0]);
  Outcome outcome =
      Of(std::nullopt, StrCat("no disclosed amount of ", Spell(node.children[0]),
                              amounts.size() > 1 ? " or of the other" : "", " has a ", by));
  if (value) outcome = Of(Quantity::Exact(*value), "");
  outcome.coverage = coverage;
  if (step != nullptr && value) {
    *step->mutable_figure() = MakeNumber({Spell(node), measure.id, "1"}, value, "", coverage);
  }
  return outcome;
}

Outcome Querier::RatioOfSums(const Node& node, v1::FormulaStep* step) {
  const std::vector<std::string> years = YearsOf(node.children[0].figure);
  SumOfYears above;
  SumOfYears below;
  std::vector<std::string> missing;
  for (const std::string& year : years) {
    const YearValue first = InYear(node.children[0], year, step);
    const YearValue second = InYear(node.children[1], year, step);
    if (first.outcome.quantity && second.outcome.quantity) {
      above.Add(first);
      below.Add(second);
    } else {
      missing.push_back(year);
    }
  }
  Outcome outcome;
  if (missing.size() == years.size()) {
    outcome.missing = StrCat("no year of ", years.front(), "..", years.back(), " has both ",
                             Spell(node.children[0]), " and ", Spell(node.children[1]));
  } else {
    outcome = Over(above, below, PerOf(node));
  }
  const auto all = static_cast<int64_t>(years.size());
  outcome.coverage = CoverageOf(all, all - static_cast<int64_t>(missing.size()));
  outcome.coverage->mutable_missing()->Add(missing.begin(), missing.end());
  return outcome;
}

Outcome Querier::ForeignShareOf(const Node& node, v1::FormulaStep* step) {
  const Node& child = node.children[0];
  const auto from = [&](const std::string& origin, v1::FormulaStep* shown) {
    const FigureRef part = InSlice(child.figure, std::string(kOrigin), origin);
    Found found = lookup_.OfRounds(part, funding::v1::MEASURE_SUM, 0, child.offset);
    Figure figure = found.figure;
    AsStep(Spell(part), child, std::move(found), shown);
    return figure;
  };
  const Figure received = from(std::string(kAnyOrigin), step);
  const Figure domestic = from(lookup_.OwnOrigin(child.figure), step);
  // Whether what has no known origin is foreign nobody knows: it counts in the coverage alone.
  Coverage unknown = from("", nullptr).coverage();
  unknown.set_units_present(0);
  const std::optional<Int128> all = NanosOf(received);
  // Where nothing is known to come from inside, all that is known comes from outside.
  const Int128 inside = NanosOf(domestic).value_or(0);
  const Value share = strategy::Divide(all.value_or(0) - inside, all);
  Outcome outcome = Of(std::nullopt, all ? "the amounts add up to zero" : received.reason());
  if (share) outcome = Of(Quantity::Exact(*share), "");
  outcome.coverage = strategy::Add(received.coverage(), unknown);
  if (step != nullptr && share) {
    *step->mutable_figure() =
        MakeNumber({Spell(node), kForeignCapitalShare, "1"}, share, "", *outcome.coverage);
  }
  return outcome;
}

YearValue Querier::InYear(const Node& child, const std::string& year, v1::FormulaStep* step) {
  FigureRef one = child.figure;
  one.from = year;
  one.to = year;
  Found found = FindRoundsFigure(one.name) != nullptr
                    ? lookup_.OfRoundsInYear(child.figure, year, child.offset)
                    : lookup_.OfStatistic(child.figure, year, child.offset);
  std::optional<Int128> nanos = NanosOf(found.figure);
  if (nanos && found.figure.unit() == "percent") *nanos /= kPercent;
  return {AsStep(Spell(one), child, std::move(found), step), nanos};
}

}  // namespace

Outcome EvaluateFigure(const Node& node, Lookup& lookup, v1::FormulaStep* step) {
  return Querier(lookup).OfFigure(node, step);
}

Outcome EvaluateQuery(Query query, const Node& node, Lookup& lookup, v1::FormulaStep* step) {
  return Querier(lookup).OfQuery(query, node, step);
}

}  // namespace steelyard::strategy::formula
