#include <algorithm>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_replace.h"
#include "gateway/cli/aggregate_request.h"
#include "gateway/cli/explanation.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/strategy/v1/explain.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::ExplainFigureRequest;

constexpr int kMostRounds = 200;

absl::Status NoFigure(const std::string& figure) {
  FieldErrors errors;
  errors.Add(
      "figure",
      StrCat("'", figure,
             "' is no id of a figure: it is a measure with region and period, such as "
             "sum/US/2015..2025, as `steelyard aggregate --json` gives it, or "
             "world_share/US/2015..2025, as `steelyard profile --json` does; the measures "
             "of sums are ",
             absl::StrReplaceAll(Measures(), {{"-", "_"}}),
             ". Figures of a series are explained by `steelyard series ... --explain ID`, those of "
             "gaps, scenarios and rankings likewise by the verb that gives them"));
  return errors.ToStatus();
}

// measure/region/period, which may be followed by a slice.
bool HasShape(const std::string& figure) {
  return !figure.starts_with("observations/") && std::count(figure.begin(), figure.end(), '/') >= 2;
}

bool HasQuestion(const AggregateOptions& question) {
  return !question.by.empty() || !question.regions.empty() || !question.period.from.empty() ||
         !question.period.to.empty() || question.top != 0;
}

// Whether the figure is one of a comparison or a profile: its id begins with none of the measures
// that sums are asked for by, and none is named beside it.
bool IsOfStrategy(const ExplainOptions& options) {
  const std::string measure = options.figure.substr(0, options.figure.find('/'));
  if (!options.question.measures.empty()) return false;
  // Both have this one: a question for sums says by what it groups.
  if (measure == "disclosed_share") return !HasQuestion(options.question);
  return !IsMeasure(measure);
}

// What a figure of a comparison does not need: its id says the region and the period.
absl::Status CheckStrategyFlags(const ExplainOptions& options) {
  FieldErrors errors;
  if (!HasShape(options.figure)) return NoFigure(options.figure);
  if (HasQuestion(options.question)) {
    errors.Add("figure", StrCat("'", options.figure,
                                "' says its region and period; --by, --regions, --from, --to and "
                                "--top are for sums"));
  }
  if (options.limit > kMostRounds) {
    errors.Add("--limit",
               StrCat("at most ", kMostRounds, " rounds of each sum, not ", options.limit));
  }
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
    question.measures.push_back(options.figure.substr(0, options.figure.find('/')));
  }
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_aggregate(), ToAggregateRequest(question));
  return request;
}

absl::StatusOr<strategy::v1::ExplainFigureRequest> ToStrategyRequest(
    const Session& session, const ExplainOptions& options) {
  strategy::v1::ExplainFigureRequest request;
  request.set_figure(options.figure);
  request.set_filter(options.question.filter);
  request.set_rounds(options.limit);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(),
                             ToDefinition(options.question.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

int ExplainOfStrategy(const Session& session, const ExplainOptions& options) {
  const absl::Status flags = CheckStrategyFlags(options);
  if (!flags.ok()) return session.WrongUsage(flags);
  const auto request = ToStrategyRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  return ShowDerivation(session, *request);
}

}  // namespace

void AddExplainFlags(CLI::App& verb, ExplainOptions& options) {
  verb.add_option("figure", options.figure,
                  "id of a figure, such as sum/US/2015..2025 or world_share/EUROPE/2015..2025")
      ->required();
  verb.add_option("--limit", options.limit, "most rounds to show")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
}

int ExplainFigure(const Session& session, const ExplainOptions& options) {
  if (IsOfStrategy(options)) return ExplainOfStrategy(session, options);
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  return ShowExplanation(session, *request, options.limit);
}

}  // namespace steelyard::cli
