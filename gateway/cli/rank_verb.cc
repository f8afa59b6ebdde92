#include "gateway/cli/choice_words.h"
#include "gateway/cli/enum_words.h"
#include "gateway/cli/explanation.h"
#include "gateway/cli/rank_tables.h"
#include "gateway/cli/show.h"
#include "gateway/cli/strategy_verbs.h"
#include "services/common/status/status.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

using strategy::v1::RankRegionsRequest;

void AddIndicators(const RankOptions& options, FieldErrors& errors, RankRegionsRequest& request) {
  for (const std::string& text : options.indicators) {
    const auto indicator = ParseIndicator(text);
    errors.Add("--indicator", indicator.status());
    if (indicator.ok()) *request.add_indicators() = *indicator;
  }
  for (const std::string& text : options.goalposts) {
    errors.Add("--goalposts", AddGoalposts(text, *request.mutable_indicators()));
  }
}

void AddMethod(const RankOptions& options, FieldErrors& errors, RankRegionsRequest& request) {
  if (!options.normalisation.empty()) {
    const auto normalisation = FromWord<strategy::v1::Normalisation>(
        options.normalisation, {*strategy::v1::Normalisation_descriptor(), "NORMALISATION_"},
        "--normalisation", errors);
    if (normalisation) request.set_normalisation(*normalisation);
  }
  if (!options.aggregation.empty()) {
    const auto aggregation = FromWord<strategy::v1::Aggregation>(
        options.aggregation, {*strategy::v1::Aggregation_descriptor(), "AGGREGATION_"},
        "--aggregation", errors);
    if (aggregation) request.set_aggregation(*aggregation);
  }
  request.set_least_share(options.least_share);
  request.set_draws(options.draws);
  request.set_seed(options.seed);
  request.set_weight_concentration(options.weight_concentration);
  request.set_fix_normalisation(options.fix_normalisation);
  request.set_fix_aggregation(options.fix_aggregation);
}

absl::StatusOr<RankRegionsRequest> ToRequest(const Session& session, const RankOptions& options) {
  RankRegionsRequest request;
  FieldErrors errors;
  for (const std::string& region : options.regions) request.add_regions(region);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  request.set_filter(options.filter);
  AddIndicators(options, errors, request);
  AddMethod(options, errors, request);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  for (const std::string& text : options.alternatives) {
    const auto alternative = ParseAlternative(text, request.definition());
    errors.Add("--alternative", alternative.status());
    if (alternative.ok()) *request.add_alternatives() = *alternative;
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

}  // namespace

int Rank(const Session& session, const RankOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  if (!options.explain.empty()) {
    return ShowDerivation(session, AskWithin(options.explain, *request,
                                             &strategy::v1::ExplainFigureRequest::mutable_ranking));
  }
  strategy::v1::RankRegionsResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->RankRegions(session.NewContext().get(), *request, &response));
  return Show(session, status, response, RenderRanking);
}

}  // namespace steelyard::cli
