#include "services/strategy/formula/formula_answer.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/formula/default_axes.h"
#include "services/strategy/formula/questions.h"
#include "services/strategy/formula/sweep.h"

namespace steelyard::strategy {
namespace {

using formula::Formula;
using formula::Readings;

// Of the questions that there may be, default axes leave some for what ranks ask in turn.
constexpr size_t kMostOfDefaultAxes = formula::kMostQuestions - 100;

// A region word that only published statistics know has no other meaning.
absl::StatusOr<std::vector<formula::RegionWord>> AskMeanings(
    const rpc::Call& call, const Backends& backends, const std::string& snapshot,
    const common::v1::Definition& definition, const std::vector<std::string>& words) {
  std::vector<funding::v1::GetRegionRequest> requests(words.size());
  std::vector<funding::v1::GetRegionResponse> responses(words.size());
  rpc::FanOut calls(call);
  calls.Optional();
  for (size_t i = 0; i < words.size(); ++i) {
    requests[i].set_name(StrCat("regions/", words[i]));
    *requests[i].mutable_region_bindings() = definition.regions();
    requests[i].mutable_read()->set_snapshot(snapshot);
    calls.Add(kFundingService, [&, i](grpc::ClientContext* context, auto done) {
      backends.statistics->async()->GetRegion(context, &requests[i], &responses[i],
                                              std::move(done));
    });
  }
  std::vector<formula::RegionWord> meanings;
  const std::vector<absl::Status> outcomes = calls.Wait();
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].ok()) {
      meanings.push_back({words[i], responses[i].region()});
    } else if (!absl::IsInvalidArgument(outcomes[i]) && !absl::IsNotFound(outcomes[i])) {
      return outcomes[i];
    }
  }
  return meanings;
}

absl::Status WordsMissing(const v1::SweepDefinitionsRequest& request, const Formula& formula) {
  FieldErrors errors;
  for (int i = 0; i < request.axes_size(); ++i) {
    formula::Axes one;
    *one.Add() = request.axes(i);
    if (!formula::AxesOfFormula(one, formula.tree).empty()) continue;
    errors.Add(StrCat("axes[", i, "]"),
               StrCat("'", request.axes(i).choices(0),
                      "' is about a region word that the formula does not have; it has ",
                      StrJoin(formula::RegionWords(formula.tree), ", ")));
  }
  return errors.ToStatus();
}

}  // namespace

absl::StatusOr<formula::Axes> AskDefaultAxes(const rpc::Call& call, const Backends& backends,
                                             const std::string& snapshot,
                                             const common::v1::Definition& definition,
                                             const Formula& formula, bool brief) {
  formula::DefaultChoices choices;
  choices.brief = brief;
  STEELYARD_ASSIGN_OR_RETURN(choices.words, AskMeanings(call, backends, snapshot, definition,
                                                        formula::RegionWords(formula.tree)));
  funding::v1::ListRegionsRequest request;
  request.mutable_read()->set_snapshot(snapshot);
  funding::v1::ListRegionsResponse response;
  STEELYARD_RETURN_IF_ERROR(
      rpc::Invoke(call, kFundingService, [&](grpc::ClientContext* context, auto done) {
        backends.statistics->async()->ListRegions(context, &request, &response, std::move(done));
      }));
  choices.sets = std::move(*response.mutable_regions());
  choices.fits = [&](const formula::Axes& axes) {
    const std::vector<formula::Variant> variants = formula::MakeVariants(definition, axes);
    return formula::CountQuestions({.formula = formula,
                                    .definition = definition,
                                    .variants = variants,
                                    .without_source = {}}) <= kMostOfDefaultAxes;
  };
  return formula::DefaultAxes(formula.tree, choices);
}

absl::Status Validate(const v1::EvaluateFormulaRequest& /*request*/) { return absl::OkStatus(); }

absl::Status Validate(const v1::SweepDefinitionsRequest& request) {
  FieldErrors errors;
  formula::CheckAxes(request.axes(), "axes", errors);
  return errors.ToStatus();
}

absl::StatusOr<v1::EvaluateFormulaResponse> EvaluateFormula(
    const rpc::Call& call, const Backends& backends, const v1::EvaluateFormulaRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const Formula formula, formula::MakeFormula(request.expression()));
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Snapshot snapshot,
                             PinSnapshot(call, backends, request.read()));
  const std::vector<formula::Variant> variants = {{request.definition(), {}}};
  STEELYARD_ASSIGN_OR_RETURN(Readings readings, formula::Read(call, backends, snapshot.token(),
                                                              {.formula = formula,
                                                               .definition = request.definition(),
                                                               .variants = variants,
                                                               .without_source = {}}));
  v1::EvaluateFormulaResponse response;
  response.set_expression(formula::Spell(formula.tree));
  *response.mutable_step() = std::move(readings.all.front().step);
  for (formula::ReadFormula& read : readings.all) {
    *response.add_readings() = std::move(read.reading);
  }
  *response.mutable_definition() = readings.definition;
  *response.mutable_snapshot() = snapshot;
  STEELYARD_RETURN_IF_ERROR(AskSources(call, backends, snapshot.token(), readings.sources,
                                       *response.mutable_sources(),
                                       *response.mutable_unreachable()));
  return response;
}

absl::StatusOr<v1::SweepDefinitionsResponse> SweepDefinitions(
    const rpc::Call& call, const Backends& backends, const v1::SweepDefinitionsRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const Formula formula, formula::MakeFormula(request.expression()));
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Snapshot snapshot,
                             PinSnapshot(call, backends, request.read()));
  formula::Axes axes = formula::AxesOfFormula(request.axes(), formula.tree);
  if (axes.size() < request.axes_size()) return WordsMissing(request, formula);
  if (axes.empty()) {
    STEELYARD_ASSIGN_OR_RETURN(axes, AskDefaultAxes(call, backends, snapshot.token(),
                                                    request.definition(), formula, false));
  }
  const std::vector<formula::Variant> variants = formula::MakeVariants(request.definition(), axes);
  STEELYARD_ASSIGN_OR_RETURN(Readings readings, formula::Read(call, backends, snapshot.token(),
                                                              {.formula = formula,
                                                               .definition = request.definition(),
                                                               .variants = variants,
                                                               .without_source = {}}));
  v1::SweepDefinitionsResponse response;
  response.set_expression(formula::Spell(formula.tree));
  for (formula::ReadFormula& read : readings.all) {
    *response.add_readings() = std::move(read.reading);
  }
  SummariseSweep(formula.IsCondition(), response);
  *response.mutable_definition() = readings.definition;
  *response.mutable_snapshot() = snapshot;
  STEELYARD_RETURN_IF_ERROR(AskSources(call, backends, snapshot.token(), readings.sources,
                                       *response.mutable_sources(),
                                       *response.mutable_unreachable()));
  return response;
}

}  // namespace steelyard::strategy
