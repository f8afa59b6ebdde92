#include "services/funding/explain.h"

#include <string>

#include "services/common/status/status.h"
#include "services/funding/explain_aggregate.h"
#include "services/funding/explain_series.h"
#include "services/funding/lead_companies.h"
#include "services/funding/page_asked.h"
#include "services/funding/reference/validate.h"
#include "services/funding/validate.h"

namespace steelyard::funding {
namespace {

constexpr int kPage = 20;
constexpr int kMostPage = 200;
constexpr std::string_view kOfRequest = "must be unset: the request has its own";

template <typename Question>
void CheckQuestion(const Question& question, std::string_view field, FieldErrors& errors) {
  if (question.has_read()) errors.Add(StrCat(field, ".read"), kOfRequest);
}

absl::Status CheckFields(const v1::ExplainFigureRequest& request) {
  FieldErrors errors;
  if (request.figure().empty()) errors.Add("figure", "is required: the id of the figure");
  switch (request.question_case()) {
    case v1::ExplainFigureRequest::kAggregate:
      CheckQuestion(request.aggregate(), "aggregate", errors);
      if (request.aggregate().page_size() != 0) errors.Add("aggregate.page_size", kOfRequest);
      if (!request.aggregate().page_token().empty()) {
        errors.Add("aggregate.page_token", kOfRequest);
      }
      break;
    case v1::ExplainFigureRequest::kSeries:
      CheckQuestion(request.series(), "series", errors);
      if (request.page_size() != 0) errors.Add("page_size", "must be unset for series");
      if (!request.page_token().empty()) errors.Add("page_token", "must be unset for series");
      break;
    case v1::ExplainFigureRequest::QUESTION_NOT_SET:
      errors.Add("question", "is required: the question in whose answer the figure stands");
      break;
  }
  return errors.ToStatus();
}

absl::Status ExplainSeries(const Context& context, const ReferenceStore& reference,
                           const ledger::Ledger& ledger, const v1::ExplainFigureRequest& request,
                           v1::ExplainFigureResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const SeriesAsked asked, Validate(request.series()));
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision at, ledger.Resolve(context, request.read()));
  *response.mutable_snapshot() = ledger.Describe(at);
  return ExplainSeries(context, reference, at.revision, asked, request.figure(), response);
}

}  // namespace

absl::Status ExplainFigure(const Context& context, const RoundStore& rounds,
                           const ReferenceStore& reference, const ledger::Ledger& ledger,
                           const v1::ExplainFigureRequest& request,
                           v1::ExplainFigureResponse& response) {
  STEELYARD_RETURN_IF_ERROR(CheckFields(request));
  if (request.has_series()) return ExplainSeries(context, reference, ledger, request, response);
  const std::string digest = DigestOf("explain", request);
  STEELYARD_ASSIGN_OR_RETURN(const PageAsked page, TakePage(request, digest, kPage, kMostPage));
  STEELYARD_ASSIGN_OR_RETURN(AggregateAsked asked, Validate(request.aggregate()));
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision at, ledger.Resolve(context, page.read));
  STEELYARD_RETURN_IF_ERROR(LeadCompanies(context, rounds, at.revision, asked.selection.filter));
  *response.mutable_snapshot() = ledger.Describe(at);
  STEELYARD_ASSIGN_OR_RETURN(
      const int64_t total,
      ExplainAggregate(context, rounds, reference, at.revision, asked,
                       {.figure = request.figure(), .offset = page.offset, .limit = page.limit},
                       response));
  if (page.offset + page.limit < total) {
    response.set_next_page_token(filter::EncodePage(
        {.snapshot = response.snapshot().token(), .offset = page.offset + page.limit}, digest));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::funding
