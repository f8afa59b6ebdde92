#include "absl/time/time.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/text/strings.h"
#include "steelyard/gateway/v1/gateway.grpc.pb.h"

namespace steelyard::cli {
namespace {

std::string Holdings(const gateway::v1::GetStatusResponse& status) {
  Table table({"", "", ""}, {Align::kLeft, Align::kRight, Align::kLeft});
  const auto add = [&table](const char* service, int64_t number, const char* what) {
    table.AddRow({service, Grouped(number), what});
  };
  if (status.has_registry()) {
    add("registry", status.registry().companies(), "companies");
    add("", status.registry().names(), "names");
    add("", status.registry().identifiers(), "identifiers");
    add("", status.registry().sources(), "sources");
    add("", status.registry().snapshot().registry_revision(), "is the newest revision");
  }
  if (status.has_funding()) {
    const funding::v1::GetStatusResponse& funding = status.funding();
    add("funding", funding.rounds(), "rounds");
    add("", funding.participations(), "participations");
    add("", funding.observations(), "published observations");
    add("", funding.exchange_rates(), "exchange rates");
    add("", funding.region_sets(), "region sets");
    add("", funding.snapshot().funding_revision(), "is the newest revision");
    add("", funding.snapshot().registry_revision(), "is the registry revision it has applied");
  }
  return table.Render();
}

std::string Render(const gateway::v1::GetStatusResponse& status) {
  Table services({"service", "state", ""}, {Align::kLeft, Align::kLeft, Align::kLeft});
  services.AddRow({"gateway", "serving", StrCat("version ", status.version())});
  for (const gateway::v1::ServiceStatus& service : status.services()) {
    services.AddRow({service.name().substr(sizeof("services/") - 1),
                     service.reachable() ? "serving" : "silent", service.reason()});
  }
  std::string text = services.Render();
  const std::string holdings = Holdings(status);
  if (!holdings.empty()) StrAppend(&text, "\n", holdings);
  if (status.has_funding()) {
    StrAppend(&text, "\nsnapshot  ", Describe(status.funding().snapshot()), "\n");
  }
  return text;
}

}  // namespace

std::string Describe(const common::v1::Snapshot& snapshot) {
  const absl::Time taken = absl::FromUnixSeconds(snapshot.taken_at().seconds());
  return StrCat(snapshot.token(), ", taken ",
                absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", taken, absl::UTCTimeZone()));
}

int Status(const Session& session) {
  gateway::v1::GetStatusResponse response;
  const auto stub = gateway::v1::GatewayService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->GetStatus(session.NewContext().get(), {}, &response));
  if (!status.ok()) return session.Fail(status);
  bool all = true;
  for (const gateway::v1::ServiceStatus& service : response.services())
    all = all && service.reachable();
  const int printed = session.json() ? session.PrintJson(response) : kOk;
  if (!session.json()) session.out() << Render(response);
  return all ? printed : kUnavailable;
}

}  // namespace steelyard::cli
