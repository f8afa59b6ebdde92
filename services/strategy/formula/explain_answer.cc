#include "services/strategy/formula/explain_answer.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/formula/figure_formulas.h"
#include "services/strategy/formula/readings.h"

namespace steelyard::strategy {
namespace {

constexpr int kDefaultRounds = 5;
constexpr int kMostRounds = 200;
constexpr size_t kMostExplanations = 20;

// A figure of rounds in the formula, and the question in whose answer it stands.
struct Leaf {
  std::string expression;
  std::string figure;
  funding::v1::AggregateRoundsRequest question;
};

// The figures of rounds among the steps, in the order in which they stand, each once.
void CollectLeaves(const v1::FormulaStep& step, const formula::Readings& readings,
                   std::set<std::string>& seen, std::vector<Leaf>& leaves) {
  const std::string& id = step.figure().id();
  const auto question = readings.questions.find(id);
  if (question != readings.questions.end() && seen.insert(id).second &&
      leaves.size() < kMostExplanations) {
    leaves.push_back({step.expression(), id, question->second});
  }
  for (const v1::FormulaStep& input : step.inputs()) {
    CollectLeaves(input, readings, seen, leaves);
  }
}

absl::Status AskExplanations(const rpc::Call& call, const Backends& backends,
                             const std::string& snapshot, int rounds,
                             const std::vector<Leaf>& leaves, v1::ExplainFigureResponse& response) {
  std::vector<funding::v1::ExplainFigureRequest> requests(leaves.size());
  std::vector<funding::v1::ExplainFigureResponse> replies(leaves.size());
  rpc::FanOut calls(call);
  for (size_t i = 0; i < leaves.size(); ++i) {
    *requests[i].mutable_aggregate() = leaves[i].question;
    requests[i].mutable_aggregate()->clear_read();
    requests[i].mutable_aggregate()->clear_page_size();
    requests[i].set_figure(leaves[i].figure);
    requests[i].mutable_read()->set_snapshot(snapshot);
    requests[i].set_page_size(rounds);
    calls.Add(kFundingService, [&, i](grpc::ClientContext* context, auto done) {
      backends.funding->async()->ExplainFigure(context, &requests[i], &replies[i], std::move(done));
    });
  }
  calls.Wait();
  STEELYARD_RETURN_IF_ERROR(calls.Failure());
  for (size_t i = 0; i < leaves.size(); ++i) {
    v1::FigureExplanation& explanation = *response.add_explanations();
    explanation.set_expression(leaves[i].expression);
    *explanation.mutable_root() = std::move(*replies[i].mutable_root());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const v1::ExplainFigureRequest& request) {
  FieldErrors errors;
  if (request.figure().empty()) {
    errors.Add("figure", "is required: the id of a figure, such as world_share/EUROPE/2015..2025");
  }
  if (request.rounds() < 0 || request.rounds() > kMostRounds) {
    errors.Add("rounds", StrCat("0 to ", kMostRounds, ", not ", request.rounds()));
  }
  return errors.ToStatus();
}

absl::StatusOr<v1::ExplainFigureResponse> ExplainFigure(const rpc::Call& call,
                                                        const Backends& backends,
                                                        const v1::ExplainFigureRequest& request) {
  common::v1::Definition definition = request.definition();
  STEELYARD_ASSIGN_OR_RETURN(const FigureFormula found,
                             FormulaOf(request.figure(), request.filter(), definition));
  if (found.by_headquarters) {
    definition.set_attribution(common::v1::ATTRIBUTION_RECIPIENT_HEADQUARTERS);
  }
  STEELYARD_ASSIGN_OR_RETURN(const formula::Formula formula,
                             formula::MakeFormula(found.expression));
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Snapshot snapshot,
                             PinSnapshot(call, backends, request.read()));
  const std::vector<formula::Variant> variants = {{definition, {}}};
  absl::StatusOr<formula::Readings> read = formula::Read(
      call, backends, snapshot.token(),
      {.formula = formula, .definition = definition, .variants = variants, .without_source = {}});
  if (ReasonOf(read.status()) == common::v1::ERROR_REASON_INVALID_FORMULA) {
    FieldErrors errors;
    errors.Add("figure", StrCat("'", request.figure(), "' is formed by ", found.expression, "; ",
                                ToStd(read.status().message())));
    return errors.ToStatus();
  }
  if (!read.ok()) return read.status();
  formula::Readings& readings = *read;
  v1::ExplainFigureResponse response;
  response.set_figure(request.figure());
  response.set_expression(formula::Spell(formula.tree));
  *response.mutable_step() = std::move(readings.all.front().step);
  std::set<std::string> seen;
  std::vector<Leaf> leaves;
  CollectLeaves(response.step(), readings, seen, leaves);
  STEELYARD_RETURN_IF_ERROR(
      AskExplanations(call, backends, snapshot.token(),
                      request.rounds() == 0 ? kDefaultRounds : request.rounds(), leaves, response));
  *response.mutable_definition() = readings.definition;
  *response.mutable_snapshot() = snapshot;
  return response;
}

}  // namespace steelyard::strategy
