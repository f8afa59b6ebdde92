#include "services/funding/explain_aggregate.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/aggregate_rounds.h"
#include "services/funding/convert.h"
#include "services/funding/explain_formula.h"
#include "services/funding/explain_nodes.h"
#include "services/funding/reference/convert.h"

namespace steelyard::funding {
namespace {

using v1::ExplanationNode;

constexpr int kMostLeftOut = 20;

// A question with its answer at one revision, and the figure in it.
struct Answered {
  const AggregateAsked& question;
  AggregatePlan plan;
  Selection selection;
  Aggregation aggregation;
  const Group* group = nullptr;  // of the figure
  v1::Measure measure = v1::MEASURE_UNSPECIFIED;
};

absl::Status FindFigure(const std::string& figure, Answered& answered) {
  std::vector<std::string> there;
  for (const Group& group : answered.aggregation.groups) {
    for (const v1::Measure measure : answered.question.measures) {
      std::string id = FigureId(measure, answered.plan.scope, group.keys);
      if (id == figure) {
        answered.group = &group;
        answered.measure = measure;
        return absl::OkStatus();
      }
      if (there.size() < kMostFiguresNamed) there.push_back(std::move(id));
    }
  }
  return FigureNotFound(figure, there);
}

ExplanationNode RootOf(const common::v1::Figure& figure, const Group& group) {
  std::string title = StrCat(figure.formula(), " over ", Counted(group.rounds, "round", "rounds"));
  if (!figure.reason().empty()) StrAppend(&title, ": no value, ", figure.reason());
  ExplanationNode root = MakeNode(figure.id(), v1::EXPLANATION_KIND_FORMULA, std::move(title));
  root.set_formula(figure.formula());
  SetFigureValue(figure, root);
  return root;
}

// The regions that the figure is about: the group's, or all of the question.
void AddRegions(const Answered& answered, ExplanationNode& root) {
  const std::vector<v1::Dimension>& by = answered.plan.query.group_by;
  const auto dimension = std::find(by.begin(), by.end(), v1::DIMENSION_REGION);
  for (const ResolvedRegion& region : answered.plan.query.regions) {
    const auto place = static_cast<size_t>(dimension - by.begin());
    if (dimension != by.end() && answered.group->keys[place] != region.term) continue;
    const std::vector<std::string> members =
        region.MembersDuring(answered.question.selection.period);
    const std::string name =
        region.is_set() ? StrCat(region.region, "@", region.version) : region.region;
    ExplanationNode& node = *root.add_children();
    node = MakeNode(StrCat(kRegionPrefix, name), v1::EXPLANATION_KIND_REGION,
                    StrCat(region.term, " means ", name));
    if (region.is_set()) {
      StrAppend(node.mutable_title(), " with ",
                Counted(static_cast<int64_t>(members.size()), "country", "countries"));
    }
    node.set_text(StrJoin(members, " "));
  }
}

void AddPolicy(std::string id, std::string title, std::string formula, ExplanationNode& root) {
  ExplanationNode& node = *root.add_children();
  node = MakeNode(std::move(id), v1::EXPLANATION_KIND_POLICY, std::move(title));
  node.set_formula(std::move(formula));
}

std::string FxText(const FxRule& fx) {
  const std::string stale = StrCat(", at most ", fx.max_staleness_days, " days old");
  switch (fx.method) {
    case common::v1::FX_METHOD_FIXED_DATE:
      return StrCat("the rate of ", fx.fixed_date.ToString(), stale);
    case common::v1::FX_METHOD_YEAR_AVERAGE:
      return "the mean of the daily rates of the round's year";
    default:
      return StrCat("the rate of the round's day", stale,
                    "; the mean of the month or year when the day is not known");
  }
}

// Where money counts, and into which parts it is divided; nothing by default.
void AddDivision(const Division& division, ExplanationNode& root) {
  switch (division.attribution) {
    case common::v1::ATTRIBUTION_INVESTOR_ORIGIN:
      AddPolicy("attribution", "money counts where its investors are", "", root);
      break;
    case common::v1::ATTRIBUTION_LEGAL_DOMICILE:
      AddPolicy("attribution",
                "money counts where the company is incorporated; at its headquarters, where that "
                "is not known",
                "", root);
      break;
    case common::v1::ATTRIBUTION_FOUNDING_COUNTRY:
      AddPolicy("attribution", "money counts at the company's oldest headquarters known", "", root);
      break;
    default:
      break;
  }
  if (division.by_investor) {
    AddPolicy("investors", "an amount is divided equally among the investors named", "", root);
  }
  if (!division.by_layer && !division.by_sector) return;
  AddPolicy("layer_attribution",
            division.full ? "an amount counts whole in each layer and sector of its company"
                          : "an amount is divided equally among the layers and sectors of its "
                            "company",
            "", root);
}

void AddPolicies(const Answered& answered, ExplanationNode& root) {
  const CheckedDefinition& definition = answered.question.definition;
  std::vector<std::string> kinds;
  for (const AmountKind kind : definition.scope) kinds.push_back(KindName(kind));
  AddPolicy("scope", StrCat("kinds of money that count: ", StrJoin(kinds, ", ")), "", root);
  AddPolicy("source_policy", StrCat("sources are believed by ", definition.policy.id),
            definition.policy.id, root);
  for (const auto& [field, rule] : definition.policy.rules) {
    AddPolicy(StrCat("source_policy/", field), StrCat("for ", field, " by ", rule), rule, root);
  }
  AddDivision(answered.question.selection.division, root);
  AddPolicy("date_basis",
            definition.date_basis == common::v1::DATE_BASIS_CLOSED
                ? "rounds count when they closed; when they were announced, where that is not known"
                : "rounds count when they were announced",
            "", root);
  AddPolicy("fx_policy", StrCat("amounts in ", definition.currency, ": ", FxText(definition.fx)),
            "", root);
  root.mutable_children()->rbegin()->add_sources(StrCat(kSourcePrefix, kRatesSource));
  if (!answered.plan.query.deflator) return;
  AddPolicy("price_basis",
            StrCat("in prices of ", definition.base_year, " by ", definition.deflator), "", root);
  root.mutable_children()->rbegin()->add_sources(
      StrCat(kSourcePrefix, answered.plan.query.deflator->source()));
}

// The page of the group's rounds.
absl::Status AddRounds(const Context& context, const RoundStore& rounds, int64_t revision,
                       const Answered& answered, const std::vector<const GroupMember*>& members,
                       const FigureAsked& asked, ExplanationNode& root) {
  STEELYARD_ASSIGN_OR_RETURN(const SourceTable sources, rounds.Sources(context, revision));
  const RoundContext shared{.query = answered.plan.query,
                            .selection = answered.selection,
                            .rates = *answered.plan.rates,
                            .policy = answered.question.selection.policy,
                            .sources = sources,
                            .date_basis = answered.question.selection.date_basis,
                            .estimate = answered.measure == v1::MEASURE_IMPUTED_SUM,
                            .investors = answered.question.selection.division.by_investor};
  const auto total = static_cast<int64_t>(members.size());
  const int64_t begin = std::min(asked.offset, total);
  const int64_t end = std::min(begin + asked.limit, total);
  ExplanationNode& list = *root.add_children();
  list = MakeNode("rounds", v1::EXPLANATION_KIND_ROUNDS, "rounds, the largest amount first");
  list.set_count(total);
  if (end - begin < total) list.set_total_children(total);
  for (int64_t i = begin; i < end; ++i) {
    const GroupMember& member = *members[static_cast<size_t>(i)];
    const auto id = static_cast<size_t>(answered.selection.rounds[member.round].id);
    STEELYARD_ASSIGN_OR_RETURN(
        const std::vector<StoredAssertion> stored,
        rounds.Assertions(context, revision, answered.selection.ids[id], false));
    std::vector<Assertion> assertions;
    for (const StoredAssertion& each : stored) assertions.push_back(each.assertion);
    *list.add_children() = RoundNode(shared, member, assertions);
  }
  return absl::OkStatus();
}

std::set<std::string> IdsOf(const Selection& selection, const Group& group) {
  std::set<std::string> ids;
  for (const GroupMember& member : group.members) {
    ids.insert(selection.ids[static_cast<size_t>(selection.rounds[member.round].id)]);
  }
  return ids;
}

// Rounds that would be in the group with every kind of money and with parts of other rounds, and
// are not.
absl::StatusOr<std::vector<std::string>> FindLeftOut(const Context& context,
                                                     const RoundStore& rounds, int64_t revision,
                                                     const Answered& answered) {
  SelectionQuery wide = answered.question.selection;
  wide.scope = Kinds();
  wide.with_ids = true;
  wide.with_parts = true;
  STEELYARD_ASSIGN_OR_RETURN(const Selection selection, rounds.Select(context, revision, wide));
  AggregateQuery query = answered.plan.query;
  query.impute = false;
  const Aggregation aggregation = Aggregate(query, selection, *answered.plan.rates);
  const std::set<std::string> counted = IdsOf(answered.selection, *answered.group);
  std::vector<std::string> left_out;
  for (const Group& group : aggregation.groups) {
    if (group.keys != answered.group->keys) continue;
    for (const std::string& id : IdsOf(selection, group)) {
      if (!counted.contains(id)) left_out.push_back(id);
    }
  }
  return left_out;
}

ExplanationNode LeftOutNode(const Round& round, const std::vector<AmountKind>& scope) {
  std::vector<std::string> reasons;
  if (std::find(scope.begin(), scope.end(), round.kind) == scope.end()) {
    reasons.push_back(StrCat(KindName(round.kind), " is not among the kinds that count"));
  }
  if (!round.included_in.empty()) {
    reasons.push_back(StrCat("its amount is part of ", kRoundPrefix, round.included_in));
  }
  ExplanationNode node = MakeNode(StrCat(kRoundPrefix, round.id), v1::EXPLANATION_KIND_ROUND,
                                  StrCat(round.company_name, ", ", round.announced.ToString(),
                                         ", left out: ", StrJoin(reasons, "; ")));
  node.set_company(StrCat(kCompanyPrefix, round.company));
  if (round.amount) node.set_text(TextOf(*round.amount));
  for (const std::string& source : round.sources) {
    node.add_sources(StrCat(kSourcePrefix, source));
  }
  return node;
}

absl::Status AddLeftOut(const Context& context, const RoundStore& rounds, int64_t revision,
                        const Answered& answered, ExplanationNode& root) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                             FindLeftOut(context, rounds, revision, answered));
  if (ids.empty()) return absl::OkStatus();
  ExplanationNode& node = *root.add_children();
  node = MakeNode("left_out", v1::EXPLANATION_KIND_LEFT_OUT,
                  "rounds that match the question and do not count");
  node.set_count(static_cast<int64_t>(ids.size()));
  for (const std::string& id : ids) {
    if (node.children_size() == kMostLeftOut) {
      node.set_total_children(node.count());
      break;
    }
    STEELYARD_ASSIGN_OR_RETURN(
        const Round round, rounds.Get(context, revision, id, answered.question.selection.policy));
    *node.add_children() = LeftOutNode(round, answered.question.selection.scope);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> ExplainAggregate(const Context& context, const RoundStore& rounds,
                                         const ReferenceStore& reference, int64_t revision,
                                         const AggregateAsked& question, const FigureAsked& asked,
                                         v1::ExplainFigureResponse& response) {
  Answered answered{.question = question};
  STEELYARD_ASSIGN_OR_RETURN(answered.plan, PlanAggregate(context, reference, revision, question));
  answered.plan.query.trace = true;
  SelectionQuery select = question.selection;
  select.with_ids = true;
  STEELYARD_ASSIGN_OR_RETURN(answered.selection, rounds.Select(context, revision, select));
  answered.aggregation = Aggregate(answered.plan.query, answered.selection, *answered.plan.rates);
  STEELYARD_RETURN_IF_ERROR(FindFigure(asked.figure, answered));

  const std::vector<const GroupMember*> members =
      MembersInOrder(answered.selection, *answered.group);
  *response.mutable_figure() = FigureOf(answered.measure, answered.plan.scope, *answered.group);
  ExplanationNode& root = *response.mutable_root();
  root = RootOf(response.figure(), *answered.group);
  for (ExplanationNode& operand : OperandsOf(answered.measure, answered.plan.query,
                                             answered.selection, *answered.group, members)) {
    *root.add_children() = std::move(operand);
  }
  AddRegions(answered, root);
  AddPolicies(answered, root);
  STEELYARD_RETURN_IF_ERROR(AddRounds(context, rounds, revision, answered, members, asked, root));
  STEELYARD_RETURN_IF_ERROR(AddLeftOut(context, rounds, revision, answered, root));
  const AggregatePlan& plan = answered.plan;
  *response.mutable_definition() =
      EffectiveDefinition(question.definition, *plan.catalogue,
                          plan.query.deflator ? plan.query.deflator->source() : "");
  return static_cast<int64_t>(members.size());
}

}  // namespace steelyard::funding
