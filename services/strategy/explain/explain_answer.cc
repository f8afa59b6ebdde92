#include "services/strategy/explain/explain_answer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/explain/explain_question.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/formula/formula_answer.h"
#include "services/strategy/ranking/validate_ranking.h"
#include "services/strategy/scenario/validate_scenario.h"
#include "services/strategy/validate.h"

namespace steelyard::strategy {
namespace {

using v1::ExplainFigureRequest;

constexpr int kDefaultRounds = 5;
constexpr int kMostRounds = 200;
constexpr size_t kMostExplanations = 20;
constexpr size_t kMostCompanies = 20;

template <typename Question>
absl::StatusOr<Derivation> ExplainWithin(const rpc::Call& call, const Backends& backends,
                                         const ExplainFigureRequest& request, Question question,
                                         std::string_view field, const std::string& snapshot) {
  question.mutable_read()->set_snapshot(snapshot);
  absl::StatusOr<Derivation> out = Explain(call, backends, question, request.figure());
  if (out.ok()) return out;
  return RenameFields(out.status(), {{"read", "read"}, {"", StrCat(field, ".")}});
}

absl::StatusOr<Derivation> ExplainAny(const rpc::Call& call, const Backends& backends,
                                      const ExplainFigureRequest& request,
                                      const std::string& snapshot) {
  switch (request.question_case()) {
    case ExplainFigureRequest::kComparison:
      return ExplainWithin(call, backends, request, request.comparison(), "comparison", snapshot);
    case ExplainFigureRequest::kGap:
      return ExplainWithin(call, backends, request, request.gap(), "gap", snapshot);
    case ExplainFigureRequest::kScenario:
      return ExplainWithin(call, backends, request, request.scenario(), "scenario", snapshot);
    case ExplainFigureRequest::kRanking:
      return ExplainWithin(call, backends, request, request.ranking(), "ranking", snapshot);
    case ExplainFigureRequest::kFormula:
      return ExplainWithin(call, backends, request, request.formula(), "formula", snapshot);
    case ExplainFigureRequest::QUESTION_NOT_SET:
      break;
  }
  return ExplainById(call, backends, request, snapshot);
}

// Asks funding about the first leaves.
absl::Status AskExplanations(const rpc::Call& call, const Backends& backends,
                             const std::string& snapshot, int rounds,
                             const std::vector<Leaf>& leaves, v1::ExplainFigureResponse& response) {
  const size_t count = std::min(leaves.size(), kMostExplanations);
  std::vector<funding::v1::ExplainFigureRequest> requests(count);
  std::vector<funding::v1::ExplainFigureResponse> replies(count);
  rpc::FanOut calls(call);
  for (size_t i = 0; i < count; ++i) {
    requests[i] = leaves[i].question;
    requests[i].mutable_read()->set_snapshot(snapshot);
    if (requests[i].has_aggregate()) requests[i].set_page_size(rounds);
    calls.Add(kFundingService, [&, i](grpc::ClientContext* context, auto done) {
      backends.funding->async()->ExplainFigure(context, &requests[i], &replies[i], std::move(done));
    });
  }
  calls.Wait();
  STEELYARD_RETURN_IF_ERROR(calls.Failure());
  for (size_t i = 0; i < count; ++i) {
    v1::FigureExplanation& explanation = *response.add_explanations();
    explanation.set_expression(leaves[i].expression);
    *explanation.mutable_root() = std::move(*replies[i].mutable_root());
  }
  return absl::OkStatus();
}

// The companies of rounds in a tree, each once.
void CollectCompanies(const funding::v1::ExplanationNode& node, std::vector<std::string>& names) {
  if (names.size() == kMostCompanies) return;
  if (!node.company().empty() &&
      std::find(names.begin(), names.end(), node.company()) == names.end()) {
    names.push_back(node.company());
  }
  for (const funding::v1::ExplanationNode& child : node.children()) CollectCompanies(child, names);
}

// Asks the registry why the companies are what they are. It may fail to answer; one that it does
// not know is left out, since funding's rounds may be ahead of its companies.
absl::Status AskCompanies(const rpc::Call& call, const Backends& backends,
                          const std::string& snapshot, v1::ExplainFigureResponse& response) {
  std::vector<std::string> names;
  for (const v1::FigureExplanation& explanation : response.explanations()) {
    CollectCompanies(explanation.root(), names);
  }
  std::vector<registry::v1::GetCompanyRequest> requests(names.size());
  std::vector<registry::v1::GetCompanyResponse> replies(names.size());
  rpc::FanOut calls(call);
  calls.Optional();
  for (size_t i = 0; i < names.size(); ++i) {
    requests[i].set_name(names[i]);
    requests[i].set_view(registry::v1::COMPANY_VIEW_RESOLUTION);
    requests[i].mutable_read()->set_snapshot(snapshot);
    calls.Add(kRegistryService, [&, i](grpc::ClientContext* context, auto done) {
      backends.registry->async()->GetCompany(context, &requests[i], &replies[i], std::move(done));
    });
  }
  const std::vector<absl::Status> outcomes = calls.Wait();
  if (std::any_of(outcomes.begin(), outcomes.end(), IsUnreachable)) {
    response.add_unreachable(std::string(kRegistryService));
    return absl::OkStatus();
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (absl::IsNotFound(outcomes[i])) continue;
    STEELYARD_RETURN_IF_ERROR(outcomes[i]);
    v1::CompanyExplanation& company = *response.add_companies();
    company.set_company(replies[i].company().name());
    company.set_display_name(replies[i].company().display_name());
    *company.mutable_resolution() = std::move(*replies[i].mutable_resolution());
  }
  return absl::OkStatus();
}

// Each question is checked as the call of its own does.
absl::Status ValidateQuestion(const ExplainFigureRequest& request) {
  const auto of = [](const auto& question, std::string_view field) {
    FieldErrors errors;
    if (question.has_read()) {
      errors.Add(StrCat(field, ".read"), "must be unset: `read` says which state");
      return errors.ToStatus();
    }
    return RenameFields(Validate(question), {{"", StrCat(field, ".")}});
  };
  switch (request.question_case()) {
    case ExplainFigureRequest::kComparison:
      return of(request.comparison(), "comparison");
    case ExplainFigureRequest::kGap:
      return of(request.gap(), "gap");
    case ExplainFigureRequest::kScenario:
      return of(request.scenario(), "scenario");
    case ExplainFigureRequest::kRanking:
      return of(request.ranking(), "ranking");
    case ExplainFigureRequest::kFormula:
      return of(request.formula(), "formula");
    case ExplainFigureRequest::QUESTION_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const ExplainFigureRequest& request) {
  FieldErrors errors;
  if (request.figure().empty() && !request.has_formula()) {
    errors.Add("figure", "is required: the id of a figure, such as world_share/EUROPE/2015..2025");
  }
  if (request.rounds() < 0 || request.rounds() > kMostRounds) {
    errors.Add("rounds", StrCat("0 to ", kMostRounds, ", not ", request.rounds()));
  }
  if (request.question_case() != ExplainFigureRequest::QUESTION_NOT_SET) {
    constexpr std::string_view kItsOwn = "must be unset: the question has its own";
    if (!request.filter().empty()) errors.Add("filter", kItsOwn);
    if (request.has_definition()) errors.Add("definition", kItsOwn);
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return ValidateQuestion(request);
}

absl::StatusOr<v1::ExplainFigureResponse> ExplainFigure(const rpc::Call& call,
                                                        const Backends& backends,
                                                        const ExplainFigureRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Snapshot snapshot,
                             PinSnapshot(call, backends, request.read()));
  STEELYARD_ASSIGN_OR_RETURN(Derivation derivation,
                             ExplainAny(call, backends, request, snapshot.token()));
  v1::ExplainFigureResponse response;
  response.set_figure(request.figure().empty() ? derivation.step.expression() : request.figure());
  response.set_expression(derivation.step.expression());
  *response.mutable_step() = std::move(derivation.step);
  STEELYARD_RETURN_IF_ERROR(AskExplanations(
      call, backends, snapshot.token(), request.rounds() == 0 ? kDefaultRounds : request.rounds(),
      derivation.leaves, response));
  STEELYARD_RETURN_IF_ERROR(AskCompanies(call, backends, snapshot.token(), response));
  if (derivation.definition) *response.mutable_definition() = *std::move(derivation.definition);
  *response.mutable_snapshot() = snapshot;
  return response;
}

}  // namespace steelyard::strategy
