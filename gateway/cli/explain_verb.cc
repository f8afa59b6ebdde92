#include "absl/strings/str_replace.h"
#include "gateway/cli/aggregate_request.h"
#include "gateway/cli/explanation.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"

namespace steelyard::cli {
namespace {

using funding::v1::ExplainFigureRequest;

// The measure that the figure's id begins with need not be said again.
absl::StatusOr<ExplainFigureRequest> ToRequest(const Session& session,
                                               const ExplainOptions& options) {
  ExplainFigureRequest request;
  request.set_figure(options.figure);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  AggregateOptions question = options.question;
  if (question.measures.empty()) {
    question.measures.push_back(
        absl::StrReplaceAll(options.figure.substr(0, options.figure.find('/')), {{"_", "-"}}));
  }
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_aggregate(), ToAggregateRequest(question));
  return request;
}

}  // namespace

void AddExplainFlags(CLI::App& verb, ExplainOptions& options) {
  verb.add_option("figure", options.figure, "id of a figure, such as sum/US/2015..2025")
      ->required();
  verb.add_option("--limit", options.limit, "most rounds to show")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
}

int ExplainFigure(const Session& session, const ExplainOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  return ShowExplanation(session, *request, options.limit);
}

}  // namespace steelyard::cli
