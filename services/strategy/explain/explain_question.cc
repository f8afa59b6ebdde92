#include "services/strategy/explain/explain_question.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/explain/figure_formulas.h"
#include "services/strategy/explain/find_figure.h"
#include "services/strategy/explain/gap_rules.h"
#include "services/strategy/explain/published_rules.h"
#include "services/strategy/explain/ranking_rules.h"
#include "services/strategy/explain/scenario_rules.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/formula/readings.h"
#include "services/strategy/profile/compare.h"
#include "services/strategy/ranking/ranking.h"
#include "services/strategy/ranking/ranking_answer.h"
#include "services/strategy/scenario/gap_answer.h"
#include "services/strategy/scenario/scenario_answer.h"
#include "services/strategy/validate.h"

namespace steelyard::strategy {
namespace {

constexpr size_t kMostNamed = 10;  // of the figures that there are, when one is not
constexpr std::string_view kNetInflow = "net_inflow_ratio/";

std::optional<Rule> NoRules(const Figure& /*figure*/) { return std::nullopt; }

// An answer that has the figure, and how its figures are made.
struct Answered {
  const google::protobuf::Message& answer;
  const common::v1::Definition& effective;
  Rules rules;
};

absl::Status NotFound(const google::protobuf::Message& answer, const std::string& id) {
  return MakeError(common::v1::ERROR_REASON_FIGURE_NOT_FOUND,
                   StrCat("the answer has no figure '", id, "'; it has ",
                          StrJoin(FigureIds(answer, kMostNamed), ", ")),
                   {{"figure", id}});
}

absl::StatusOr<Derivation> DeriveFrom(const rpc::Call& call, const Backends& backends,
                                      const Ground& ground, const Answered& answered,
                                      const std::string& id) {
  const Figure* figure = FindFigure(answered.answer, id);
  if (figure == nullptr) return NotFound(answered.answer, id);
  STEELYARD_ASSIGN_OR_RETURN(Derivation out,
                             Derive(call, backends, ground, answered.rules, Derived("", *figure)));
  if (!out.definition) out.definition = answered.effective;
  return out;
}

Evidence EvidenceOf(const Facts& facts, const common::v1::Period& period) {
  return {facts, period.from().year(), period.to().year()};
}

// The step whose figure has this id; nullptr when there is none.
const v1::FormulaStep* FindStep(const v1::FormulaStep& step, std::string_view id) {
  if (step.figure().id() == id) return &step;
  for (const v1::FormulaStep& input : step.inputs()) {
    if (const v1::FormulaStep* found = FindStep(input, id)) return found;
  }
  return nullptr;
}

// Of "2015..2025" or "2025"; unset when it is neither.
void SetPeriod(std::string_view text, common::v1::Period& period) {
  const size_t dots = text.find("..");
  int from = 0;
  int to = 0;
  if (!absl::SimpleAtoi(ToAbsl(text.substr(0, dots)), &from)) return;
  const auto last = dots == std::string_view::npos ? text : text.substr(dots + 2);
  if (!absl::SimpleAtoi(ToAbsl(last), &to)) return;
  period.mutable_from()->set_year(from);
  period.mutable_to()->set_year(to);
}

// The source of a net inflow ratio is not in its id: it is the one that the profile of the region
// finds.
absl::StatusOr<Derivation> ExplainNetInflow(const rpc::Call& call, const Backends& backends,
                                            const v1::ExplainFigureRequest& request,
                                            const std::string& snapshot) {
  const std::optional<FigureId> id = SplitFigureId(request.figure());
  v1::ProfileRegionRequest profile;
  profile.set_region(id ? id->region : "");
  SetPeriod(id ? id->period : "", *profile.mutable_period());
  const std::vector<std::pair<std::string, std::string>> to_figure = {
      {"regions[0]", "figure"}, {"region", "figure"}, {"period", "figure"}};
  STEELYARD_RETURN_IF_ERROR(RenameFields(Validate(profile), to_figure));
  v1::CompareRegionsRequest question;
  question.add_regions(profile.region());
  *question.mutable_period() = profile.period();
  question.set_filter(request.filter());
  *question.mutable_definition() = request.definition();
  question.mutable_read()->set_snapshot(snapshot);
  absl::StatusOr<Derivation> out = Explain(call, backends, question, request.figure());
  if (out.ok()) return out;
  return RenameFields(out.status(), to_figure);
}

// An id that makes no formula is one of no figure.
absl::Status Blame(const absl::Status& status, const std::string& figure) {
  if (ReasonOf(status) != common::v1::ERROR_REASON_INVALID_FORMULA) return status;
  FieldErrors errors;
  errors.Add("figure", StrCat("'", figure, "' is formed by ", MetadataOf(status, "expression"),
                              "; ", ToStd(status.message())));
  return errors.ToStatus();
}

}  // namespace

absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::CompareRegionsRequest& question,
                                   const std::string& id) {
  STEELYARD_ASSIGN_OR_RETURN(const Facts facts,
                             GatherFacts(call, backends, question, CapitalFlows::kAsk));
  const Evidence evidence = EvidenceOf(facts, question.period());
  const v1::CompareRegionsResponse answer = MergeComparison(question, facts);
  const Rules rules = [&](const Figure& figure) {
    auto rule = PublishedRule(evidence, figure);
    return rule ? rule : ComparedRule(answer, figure);
  };
  return DeriveFrom(call, backends,
                    {facts.snapshot.token(), question.filter(), question.definition()},
                    {answer, answer.definition(), rules}, id);
}

absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::DecomposeGapRequest& question, const std::string& id) {
  STEELYARD_ASSIGN_OR_RETURN(const Facts facts, GapFacts(call, backends, question));
  STEELYARD_ASSIGN_OR_RETURN(const v1::DecomposeGapResponse answer, GapFrom(call, facts, question));
  const Evidence evidence = EvidenceOf(facts, question.period());
  const GapRules rules(question, evidence, answer);
  return DeriveFrom(
      call, backends, {facts.snapshot.token(), question.filter(), question.definition()},
      {answer, answer.definition(), [&](const Figure& f) { return rules.Of(f); }}, id);
}

absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::ProjectScenarioRequest& question,
                                   const std::string& id) {
  STEELYARD_ASSIGN_OR_RETURN(const Facts facts, ScenarioFacts(call, backends, question));
  STEELYARD_ASSIGN_OR_RETURN(
      const v1::Projection answer,
      ProjectionFrom(call, facts, question, [](const v1::ScenarioProgress&) { return true; }));
  const Evidence evidence = EvidenceOf(facts, question.history());
  const ScenarioRules rules(question, evidence, answer);
  return DeriveFrom(
      call, backends, {facts.snapshot.token(), question.filter(), question.definition()},
      {answer, answer.definition(), [&](const Figure& f) { return rules.Of(f); }}, id);
}

absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::RankRegionsRequest& question, const std::string& id) {
  const v1::RankRegionsRequest full = WithDefaults(question);
  STEELYARD_ASSIGN_OR_RETURN(const Facts facts, RankingFacts(call, backends, full));
  STEELYARD_ASSIGN_OR_RETURN(const v1::RankRegionsResponse answer,
                             RankingFrom(call, backends, facts, full));
  const Evidence evidence = EvidenceOf(facts, full.period());
  const RankingRules of_ranking(full, answer);
  const Rules rules = [&](const Figure& figure) {
    auto rule = of_ranking.Of(figure);
    return rule ? rule : PublishedRule(evidence, figure);
  };
  return DeriveFrom(call, backends, {facts.snapshot.token(), full.filter(), full.definition()},
                    {answer, answer.definition(), rules}, id);
}

absl::StatusOr<Derivation> Explain(const rpc::Call& call, const Backends& backends,
                                   const v1::EvaluateFormulaRequest& question,
                                   const std::string& id) {
  // What somebody else wrote keeps the limits of EvaluateFormula.
  STEELYARD_RETURN_IF_ERROR(formula::MakeFormula(question.expression()).status());
  const Ground ground = {question.read().snapshot(), "", question.definition()};
  STEELYARD_ASSIGN_OR_RETURN(
      Derivation out, Derive(call, backends, ground, NoRules, Written("", question.expression())));
  if (id.empty()) return out;
  const v1::FormulaStep* found = FindStep(out.step, id);
  if (found == nullptr) return NotFound(out.step, id);
  // Of its own tree, which it is a part of.
  v1::FormulaStep part = *found;
  out.step = std::move(part);
  std::erase_if(out.leaves,
                [&](const Leaf& leaf) { return FindStep(out.step, leaf.figure) == nullptr; });
  return out;
}

absl::StatusOr<Derivation> ExplainById(const rpc::Call& call, const Backends& backends,
                                       const v1::ExplainFigureRequest& request,
                                       const std::string& snapshot) {
  if (request.figure().starts_with(kNetInflow)) {
    return ExplainNetInflow(call, backends, request, snapshot);
  }
  Figure figure;
  figure.set_id(request.figure());
  absl::StatusOr<Derivation> out =
      Derive(call, backends, {snapshot, request.filter(), request.definition()}, NoRules,
             Derived("", figure));
  if (out.ok()) return out;
  return Blame(out.status(), request.figure());
}

}  // namespace steelyard::strategy
