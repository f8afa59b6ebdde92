#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/statistics.grpc.pb.h"

namespace steelyard::cli {
namespace {

absl::StatusOr<funding::v1::GetSeriesRequest> ToRequest(const Session& session,
                                                        const SeriesOptions& options) {
  funding::v1::GetSeriesRequest request;
  request.set_variable(options.variable);
  for (const std::string& region : options.regions) request.add_regions(region);
  request.set_sum_members(options.sum_members);
  if (!options.source.empty())
    request.mutable_facet()->set_source(StrCat("sources/", options.source));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Definition bound,
                             ToDefinition(DefinitionOptions{.bindings = options.bindings}));
  *request.mutable_region_bindings() = bound.regions();
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

std::string Render(const funding::v1::GetSeriesResponse& response) {
  Table table({"region", "period", "value", "unit", "scope", "source", ""},
              {Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft,
               Align::kLeft});
  for (const funding::v1::Series& series : response.series()) {
    const funding::v1::Facet& facet = series.facet();
    const bool priced = !facet.price_basis().empty();
    for (const funding::v1::SeriesPoint& point : series.points()) {
      table.AddRow({series.region(), point.period(), Show(point.figure()),
                    priced ? StrCat(facet.unit(), ", ", Words(facet.price_basis())) : facet.unit(),
                    Words(facet.scope()), facet.source().substr(sizeof("sources/") - 1),
                    series.derivation() == funding::v1::DERIVATION_SUM_OF_MEMBERS
                        ? StrCat("sum of ", point.figure().coverage().units_present(), " of ",
                                 point.figure().coverage().units_expected(), " members")
                        : point.note()});
    }
  }
  return StrCat(table.Render(), "\nsnapshot  ", Describe(response.snapshot()), "\n");
}

}  // namespace

int Series(const Session& session, const SeriesOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  funding::v1::GetSeriesResponse response;
  const auto stub = funding::v1::StatisticsService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->GetSeries(session.NewContext().get(), *request, &response));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  session.out() << Render(response);
  return kOk;
}

}  // namespace steelyard::cli
