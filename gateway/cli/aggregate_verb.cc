#include "gateway/cli/aggregate_request.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::AggregateRoundsRequest;
using funding::v1::AggregateRoundsResponse;
using funding::v1::AggregateRow;

constexpr size_t kDimensionPrefix = sizeof("DIMENSION_") - 1;
constexpr size_t kMeasurePrefix = sizeof("MEASURE_") - 1;

std::string Top(const AggregateRow& row) {
  std::string text;
  for (const funding::v1::RankedCompany& company : row.top()) {
    StrAppend(&text, text.empty() ? "" : ", ", company.display_name(), " ",
              ShortAmount(company.amount()));
  }
  return text;
}

std::string Render(const AggregateRoundsRequest& request, const AggregateRoundsResponse& response) {
  std::vector<std::string> headings;
  std::vector<Align> alignments;
  for (const int dimension : request.group_by()) {
    const std::string name =
        funding::v1::Dimension_Name(static_cast<funding::v1::Dimension>(dimension));
    headings.push_back(Words(name.substr(kDimensionPrefix)));
    alignments.push_back(Align::kLeft);
  }
  for (const int measure : request.measures()) {
    const std::string name = funding::v1::Measure_Name(static_cast<funding::v1::Measure>(measure));
    headings.push_back(Words(name.substr(kMeasurePrefix)));
    alignments.push_back(Align::kRight);
  }
  headings.emplace_back(request.top_k() > 0 ? "largest companies" : "");
  alignments.push_back(Align::kLeft);
  Table table(std::move(headings), std::move(alignments));
  for (const AggregateRow& row : response.rows()) {
    std::vector<std::string> cells;
    for (const auto& key : row.keys()) cells.push_back(KeyText(key));
    for (const auto& figure : row.figures()) cells.push_back(ShowWithBounds(figure.figure()));
    cells.push_back(Top(row));
    table.AddRow(std::move(cells));
  }
  std::string text = response.rows().empty() ? "no rounds\n" : table.Render();
  if (!response.next_page_token().empty()) text += "more groups follow; a filter narrows them\n";
  StrAppend(&text, "\ndefinition  ", Describe(response.definition()), "\nsources     ",
            response.source_count(), ", listed in --json\nsnapshot    ",
            Describe(response.snapshot()), "\n");
  return text;
}

}  // namespace

int Aggregate(const Session& session, const AggregateOptions& options) {
  auto request = ToAggregateRequest(options);
  if (!request.ok()) return session.WrongUsage(request.status());
  auto read = session.Read();
  if (!read.ok()) return session.WrongUsage(read.status());
  *request->mutable_read() = *std::move(read);
  request->set_page_size(10000);
  AggregateRoundsResponse response;
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->AggregateRounds(session.NewContext().get(), *request, &response));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  session.out() << Render(*request, response);
  return kOk;
}

}  // namespace steelyard::cli
