#include "absl/strings/str_replace.h"
#include "gateway/cli/aggregate_request.h"
#include "gateway/cli/explanation.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using funding::v1::ExplainFigureRequest;

absl::Status NoFigure(const std::string& figure) {
  FieldErrors errors;
  errors.Add(
      "figure",
      StrCat("'", figure,
             "' is no id of a figure: it is a measure with region and period, such as "
             "sum/US/2015..2025, as `steelyard aggregate --json` gives it; the measures are ",
             absl::StrReplaceAll(Measures(), {{"-", "_"}}),
             ". Figures of a series are explained by `steelyard series ... --explain ID`"));
  return errors.ToStatus();
}

// The measure that the figure's id begins with need not be said again.
absl::StatusOr<ExplainFigureRequest> ToRequest(const Session& session,
                                               const ExplainOptions& options) {
  ExplainFigureRequest request;
  request.set_figure(options.figure);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  AggregateOptions question = options.question;
  if (question.measures.empty()) {
    const std::string measure = options.figure.substr(0, options.figure.find('/'));
    if (!IsMeasure(measure)) return NoFigure(options.figure);
    question.measures.push_back(measure);
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
