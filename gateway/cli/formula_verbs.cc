#include "absl/strings/numbers.h"
#include "gateway/cli/choice_words.h"
#include "gateway/cli/explanation.h"
#include "gateway/cli/formula_tables.h"
#include "gateway/cli/strategy_verbs.h"
#include "gateway/cli/table.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

// What both questions share.
template <typename Request, typename Options>
absl::StatusOr<Request> ToRequest(const Session& session, const Options& options) {
  Request request;
  request.set_expression(StrJoin(options.words, " "));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

absl::StatusOr<strategy::v1::SweepDefinitionsRequest> ToSweep(const Session& session,
                                                              const SweepOptions& options) {
  FieldErrors errors;
  const auto axes = ParseAxes(options.axes);
  errors.Add("--axis", axes.status());
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  auto request = ToRequest<strategy::v1::SweepDefinitionsRequest>(session, options);
  if (request.ok()) *request->mutable_axes() = *axes;
  return request;
}

// Of a formula that is wrong, where.
int Fail(const Session& session, const absl::Status& status) {
  const std::string expression = MetadataOf(status, "expression");
  size_t position = 0;
  const bool placed = absl::SimpleAtoi(MetadataOf(status, "position"), &position);
  const int code = session.Fail(status);
  // A line of its own can be pointed into.
  if (ReasonOf(status) != common::v1::ERROR_REASON_INVALID_FORMULA || !placed ||
      position > expression.size() || expression.find('\n') != std::string::npos) {
    return code;
  }
  const int before = DisplayWidth(std::string_view(expression).substr(0, position));
  session.err() << "  " << expression << "\n  " << std::string(static_cast<size_t>(before), ' ')
                << "^\n";
  return code;
}

}  // namespace

int Formula(const Session& session, const FormulaOptions& options) {
  const auto request = ToRequest<strategy::v1::EvaluateFormulaRequest>(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  if (options.explain) {
    return ShowDerivation(
        session, AskWithin("", *request, &strategy::v1::ExplainFigureRequest::mutable_formula));
  }
  strategy::v1::EvaluateFormulaResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->EvaluateFormula(session.NewContext().get(), *request, &response));
  if (!status.ok()) return Fail(session, status);
  if (session.json()) return session.PrintJson(response);
  session.out() << RenderFormula(response);
  return kOk;
}

int Sweep(const Session& session, const SweepOptions& options) {
  const auto request = ToSweep(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  strategy::v1::SweepDefinitionsResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->SweepDefinitions(session.NewContext().get(), *request, &response));
  if (!status.ok()) return Fail(session, status);
  if (session.json()) return session.PrintJson(response);
  session.out() << RenderSweep(response);
  return kOk;
}

}  // namespace steelyard::cli
