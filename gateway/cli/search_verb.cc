#include "gateway/cli/format.h"
#include "gateway/cli/show.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"

namespace steelyard::cli {
namespace {

std::string Render(const gateway::v1::SearchResponse& response) {
  Table companies({"company", "country", "found as", "id"},
                  {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const registry::v1::SearchHit& hit : response.companies()) {
    companies.AddRow({hit.display_name(), hit.country(), hit.matched().text(), hit.company()});
  }
  Table regions({"region", "version", "countries"}, {Align::kLeft, Align::kLeft, Align::kRight});
  for (const funding::v1::Region& region : response.regions()) {
    regions.AddRow({region.region(), region.version(), std::to_string(region.members_size())});
  }
  std::string text = companies.Render();
  if (response.more_companies()) text += "more companies match; --limit N shows more\n";
  if (!regions.empty()) StrAppend(&text, text.empty() ? "" : "\n", regions.Render());
  if (text.empty()) text = "nothing found\n";
  StrAppend(&text, "\nsnapshot  ", Describe(response.snapshot()), "\n");
  for (const std::string& service : response.unreachable()) {
    StrAppend(&text, "incomplete  ", service, " did not answer\n");
  }
  return text;
}

}  // namespace

int Search(const Session& session, const SearchOptions& options) {
  gateway::v1::SearchRequest request;
  request.set_query(StrJoin(options.words, " "));
  request.set_page_size(options.limit);
  const auto read = session.Read();
  if (!read.ok()) return session.WrongUsage(read.status());
  *request.mutable_read() = *read;
  gateway::v1::SearchResponse response;
  const auto stub = gateway::v1::GatewayService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->Search(session.NewContext().get(), request, &response));
  return Show(session, status, response, Render);
}

}  // namespace steelyard::cli
