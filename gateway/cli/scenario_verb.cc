#include <unistd.h>

#include "gateway/cli/explanation.h"
#include "gateway/cli/format.h"
#include "gateway/cli/scenario_tables.h"
#include "gateway/cli/scenario_words.h"
#include "gateway/cli/strategy_verbs.h"
#include "services/common/status/status.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

using strategy::v1::Projection;
using strategy::v1::ProjectScenarioRequest;
using strategy::v1::ProjectScenarioResponse;

// What amounts are in when nobody says otherwise; common.v1.Definition.currency.
constexpr char kDefaultCurrency[] = "USD";

absl::StatusOr<ProjectScenarioRequest> ToRequest(const Session& session,
                                                 const ScenarioOptions& options) {
  ProjectScenarioRequest request;
  for (const std::string& region : options.regions) request.add_regions(region);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_history(), ToPeriod(options.history));
  request.set_filter(options.filter);
  request.set_to_year(options.until);
  request.set_paths(options.paths);
  request.set_seed(options.seed);
  const std::string& currency = options.definition.currency;
  FieldErrors errors;
  const auto add = [&](std::string_view flag, auto parsed, auto& out) {
    errors.Add(flag, parsed.status());
    if (parsed.ok()) *out.Add() = *std::move(parsed);
  };
  for (const std::string& lever : options.levers) {
    add("--lever", ParseLever(lever, currency.empty() ? kDefaultCurrency : currency),
        *request.mutable_levers());
  }
  for (const std::string& target : options.targets) {
    add("--target", ParseRatioTarget(target), *request.mutable_targets());
  }
  for (const std::string& prior : options.priors) {
    add("--prior", ParseGrowthPrior(prior), *request.mutable_priors());
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

// One line on a terminal that shows how far the projection is; silent elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(std::ostream& err) : err_(err), shown_(isatty(STDERR_FILENO) == 1) {}
  void Show(const strategy::v1::ScenarioProgress& progress) {
    if (!shown_) return;
    err_ << "\r\033[K" << Grouped(progress.paths_done()) << " of " << Grouped(progress.paths())
         << " paths" << std::flush;
  }
  void Clear() {
    if (shown_) err_ << "\r\033[K" << std::flush;
  }

 private:
  std::ostream& err_;
  bool shown_;
};

// Reads the stream to its end.
absl::StatusOr<Projection> Project(const Session& session, const ProjectScenarioRequest& request) {
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const auto context = session.NewContext();
  const auto reader = stub->ProjectScenario(context.get(), request);
  ProgressLine progress(session.err());
  std::optional<Projection> projection;
  ProjectScenarioResponse message;
  while (reader->Read(&message)) {
    if (message.has_progress()) progress.Show(message.progress());
    if (message.has_projection()) projection = std::move(*message.mutable_projection());
  }
  progress.Clear();
  STEELYARD_RETURN_IF_ERROR(Session::ToStatus(reader->Finish()));
  if (projection) return *std::move(projection);
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "the stream ended without a projection");
}

}  // namespace

int Scenario(const Session& session, const ScenarioOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  if (!options.explain.empty()) {
    return ShowDerivation(session,
                          AskWithin(options.explain, *request,
                                    &strategy::v1::ExplainFigureRequest::mutable_scenario));
  }
  const auto projection = Project(session, *request);
  if (!projection.ok()) return session.Fail(projection.status());
  if (session.json()) return session.PrintJson(*projection);
  session.out() << RenderProjection(*projection);
  return kOk;
}

}  // namespace steelyard::cli
