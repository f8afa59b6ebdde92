#include "services/strategy/formula/readings.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "services/common/rpc/call.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/codes.h"
#include "services/strategy/formula/evaluate.h"
#include "services/strategy/formula/functions.h"
#include "services/strategy/formula/parser.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy::formula {
namespace {

// A published statistic in the formula, with what its place asks of a facet.
struct Use {
  const FigureRef* figure;
  std::string rank_of;
  std::vector<std::string> among;
  size_t position;
  bool any_year = false;  // of its range, instead of the first and the last
};

// `call` is what the node is an argument of; may be null.
void CollectUses(const Node& node, const Node* call, std::vector<Use>& uses) {
  for (const Node& child : node.children) CollectUses(child, &node, uses);
  if (node.kind != Node::Kind::kFigure || FindRoundsFigure(node.figure.name) != nullptr) return;
  const std::optional<Query> query = call == nullptr ? std::nullopt : QueryOf(*call);
  Use& use = uses.emplace_back(Use{&node.figure, "", {}, node.offset});
  use.any_year = query == Query::kRatioOfSums;
  if (query != Query::kRank) return;
  use.rank_of = FindOption(call->options, "of")->values[0];
  if (const Option* among = FindOption(call->options, "among")) use.among = among->values;
}

std::vector<Use> UsesOf(const Node& tree) {
  std::vector<Use> uses;
  CollectUses(tree, nullptr, uses);
  return uses;
}

// The facets that have everything the formula needs, by variable; nullopt while that is not known.
std::optional<std::map<std::string, FacetSet>> CommonFacets(const std::vector<Use>& uses,
                                                            Lookup& lookup,
                                                            std::string_view without_source) {
  std::map<std::string, FacetSet> common;
  bool known = true;
  for (const Use& use : uses) {
    std::optional<FacetSet> facets =
        use.any_year ? lookup.FacetsOfYears(*use.figure, use.position)
                     : lookup.Facets(*use.figure, use.rank_of, use.among, use.position);
    if (!facets) {
      known = false;
      continue;
    }
    std::erase_if(*facets, [&](const funding::v1::Facet& facet) {
      return !without_source.empty() && facet.source() == without_source;
    });
    const auto [entry, is_first] = common.try_emplace(StatisticOf(*use.figure), *facets);
    if (is_first) continue;
    std::erase_if(entry->second,
                  [&](const funding::v1::Facet& facet) { return !facets->contains(facet); });
  }
  if (!known) return std::nullopt;
  return common;
}

// All combinations, the last statistic fastest. One that no facet has everything of stays without.
std::vector<FacetChoice> Combine(const std::map<std::string, FacetSet>& facets) {
  std::vector<FacetChoice> choices = {{}};
  for (const auto& [variable, set] : facets) {
    if (set.empty()) continue;
    std::vector<FacetChoice> next;
    for (const FacetChoice& choice : choices) {
      for (const funding::v1::Facet& facet : set) {
        if (next.size() == kMostFacetChoices) break;
        next.emplace_back(choice).emplace(variable, facet);
      }
    }
    choices = std::move(next);
  }
  return choices;
}

class Reader {
 public:
  Reader(const std::string& snapshot, const ReadingPlan& plan)
      : plan_(plan), uses_(UsesOf(plan.formula.tree)), questions_(plan.formula.expression) {
    read_.set_snapshot(snapshot);
  }

  absl::Status CheckCodes(const rpc::Call& call, const Backends& backends) const {
    return formula::CheckCodes(call, backends, read_.snapshot(), plan_.formula);
  }

  // Evaluates everything by what is known, and adds the questions that are new: ranks ask first
  // which regions there are, everything else is asked at once.
  absl::Status Pass(const rpc::Call& call) {
    readings_ = {};
    first_error_ = absl::OkStatus();
    fitting_ = 0;
    for (const Variant& variant : plan_.variants) {
      STEELYARD_RETURN_IF_ERROR(call.context.Check());
      ReadVariant(variant);
      if (readings_.all.size() > kMostReadings) return TooMany();
    }
    const auto effective = Requests(plan_.definition, read_).Definition();
    const auto* rounds = questions_.Find(effective, 0);
    if (rounds != nullptr) readings_.definition = rounds->definition();
    return questions_.RefusalOf(effective);
  }
  Questions& questions() { return questions_; }

  // When nothing is new.
  absl::StatusOr<Readings> End() {
    if (fitting_ == 0 && !first_error_.ok()) return first_error_;
    std::set<std::string> sources = questions_.SourcesOfRounds();
    for (const ReadFormula& read : readings_.all) CollectFacets(read.step, sources);
    readings_.sources.assign(sources.begin(), sources.end());
    readings_.questions = questions_.ByFigure();
    return std::move(readings_);
  }

 private:
  absl::Status TooMany() const {
    return Refuse(plan_.formula.expression, 0,
                  StrCat("more than ", kMostReadings,
                         " readings; fewer choices, or facets named by source= and scope=, are "
                         "allowed"));
  }

  // The sources of the published figures that were read.
  static void CollectFacets(const v1::FormulaStep& step, std::set<std::string>& sources) {
    if (!step.facet().source().empty()) sources.insert(step.facet().source());
    for (const v1::FormulaStep& input : step.inputs()) CollectFacets(input, sources);
  }

  void ReadVariant(const Variant& variant) {
    const Requests requests(variant.definition, read_);
    const FacetChoice none;
    Lookup any(requests, questions_, none);
    const auto facets = CommonFacets(uses_, any, plan_.without_source);
    // Whatever facet is chosen, the other questions are the same.
    for (const FacetChoice& choice : facets ? Combine(*facets) : std::vector<FacetChoice>(1)) {
      ReadOne(variant, requests, choice);
    }
  }

  void ReadOne(const Variant& variant, const Requests& requests, const FacetChoice& facets) {
    Lookup lookup(requests, questions_, facets);
    ReadFormula& read = readings_.all.emplace_back();
    read.reading.mutable_choices()->Add(variant.choices.begin(), variant.choices.end());
    for (const auto& [variable, facet] : facets) {
      v1::AxisChoice& choice = *read.reading.add_choices();
      choice.set_axis(v1::AXIS_FACET);
      choice.set_choice(facets.size() == 1 ? Describe(facet)
                                           : StrCat(variable, " of ", Describe(facet)));
      if (!read.reading.has_facet()) *read.reading.mutable_facet() = facet;
    }
    std::stable_sort(
        read.reading.mutable_choices()->begin(), read.reading.mutable_choices()->end(),
        [](const auto& left, const auto& right) { return left.axis() < right.axis(); });
    absl::StatusOr<Outcome> outcome =
        Evaluate(plan_.formula.expression, plan_.formula.tree, lookup, &read.step);
    if (questions_.has_new()) return;
    if (!outcome.ok()) {
      if (first_error_.ok()) first_error_ = outcome.status();
      outcome = Outcome{.quantity = std::nullopt,
                        .truth = v1::TRUTH_UNSPECIFIED,
                        .missing = std::string(ToStd(outcome.status().message()))};
      if (plan_.formula.IsCondition()) outcome->truth = v1::TRUTH_UNKNOWN;
    } else {
      ++fitting_;
    }
    SetValue(*outcome, lookup, read);
  }

  void SetValue(const Outcome& outcome, Lookup& lookup, ReadFormula& read) const {
    read.reading.set_truth(outcome.truth);
    const std::string id = Spell(plan_.formula.tree);
    if (!plan_.formula.IsCondition()) {
      if (read.step.has_figure()) {
        *read.reading.mutable_figure() = read.step.figure();
      } else {
        *read.reading.mutable_figure() = MakeUndefined({id, "", ""}, outcome.missing);
      }
      return;
    }
    *read.reading.mutable_figure() = Margin(outcome, lookup);
  }

  // Left over right of a comparison.
  Figure Margin(const Outcome& outcome, Lookup& lookup) const {
    const Node& tree = plan_.formula.tree;
    const std::string id = StrCat("margin/", Spell(tree));
    const bool compares =
        tree.children.size() == 2 && (tree.kind == Node::Kind::kCompare || tree.name == "within");
    if (!outcome.missing.empty()) return MakeUndefined({id, kMargin, "1"}, outcome.missing);
    if (!compares) {
      return MakeUndefined({id, kMargin, "1"}, "the condition is no single comparison");
    }
    std::optional<Quantity> sides[2];
    for (size_t i = 0; i < 2; ++i) {
      const auto side = Evaluate(plan_.formula.expression, tree.children[i], lookup, nullptr);
      if (side.ok()) sides[i] = side->quantity;
    }
    std::optional<Quantity> margin;
    if (sides[0] && sides[1]) margin = formula::Divide(*sides[0], *sides[1]);
    if (!margin) return MakeUndefined({id, kMargin, "1"}, "the right side may be zero");
    Figure figure = FigureOf(*margin, id);
    figure.set_formula(std::string(kMargin));
    figure.set_unit("1");  // whatever was counted on both sides
    return figure;
  }

  const ReadingPlan& plan_;
  const std::vector<Use> uses_;
  Questions questions_;
  common::v1::ReadOptions read_;
  Readings readings_;
  absl::Status first_error_;
  int fitting_ = 0;
};

}  // namespace

absl::StatusOr<Formula> MakeFormula(std::string_view expression, const Limits& limits) {
  Formula formula = {.expression = std::string(expression), .tree = {}, .type = {}};
  STEELYARD_ASSIGN_OR_RETURN(formula.tree, Parse(expression, limits));
  STEELYARD_ASSIGN_OR_RETURN(formula.type, Check(expression, formula.tree));
  return formula;
}

size_t CountQuestions(const ReadingPlan& plan) {
  Questions questions(plan.formula.expression);
  const common::v1::ReadOptions read;
  const FacetChoice none;
  questions.Find(Requests(plan.definition, read).Definition(), 0);
  for (const Variant& variant : plan.variants) {
    const Requests requests(variant.definition, read);
    Lookup lookup(requests, questions, none);
    CommonFacets(UsesOf(plan.formula.tree), lookup, plan.without_source);
    // What it comes to says nothing before anything is answered.
    static_cast<void>(Evaluate(plan.formula.expression, plan.formula.tree, lookup, nullptr));
  }
  return questions.size();
}

absl::StatusOr<Readings> Read(const rpc::Call& call, const Backends& backends,
                              const std::string& snapshot, const ReadingPlan& plan) {
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Readings> all,
                             ReadAll(call, backends, snapshot, {&plan, 1}));
  return std::move(all.front());
}

absl::StatusOr<std::vector<Readings>> ReadAll(const rpc::Call& call, const Backends& backends,
                                              const std::string& snapshot,
                                              std::span<const ReadingPlan> plans) {
  std::deque<Reader> readers;
  for (const ReadingPlan& plan : plans) {
    STEELYARD_RETURN_IF_ERROR(readers.emplace_back(snapshot, plan).CheckCodes(call, backends));
  }
  std::vector<Reader*> open;
  for (Reader& reader : readers) open.push_back(&reader);
  while (!open.empty()) {
    for (Reader* reader : open) STEELYARD_RETURN_IF_ERROR(reader->Pass(call));
    std::erase_if(open, [](Reader* reader) { return !reader->questions().has_new(); });
    std::vector<Questions*> questions;
    for (Reader* reader : open) questions.push_back(&reader->questions());
    STEELYARD_RETURN_IF_ERROR(Questions::RunAll(call, backends, questions));
  }
  std::vector<Readings> out;
  for (Reader& reader : readers) {
    STEELYARD_ASSIGN_OR_RETURN(out.emplace_back(), reader.End());
  }
  return out;
}

}  // namespace steelyard::strategy::formula
