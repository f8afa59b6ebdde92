// What sources say of a company, and how it is resolved.

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "gateway/cli/format.h"
#include "gateway/cli/resolution_table.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::cli {
namespace {

using registry::v1::AssertedValue;
using registry::v1::CompanyAssertion;

constexpr size_t kCompaniesPrefix = sizeof("companies/") - 1;
constexpr int kMostSources = 1000;
constexpr size_t kSourcesPrefix = sizeof("sources/") - 1;

// "press, wire and 3 more", or "nobody in particular".
std::string SourcesOf(const CompanyAssertion& assertion) {
  constexpr int kNamed = 2;
  std::string text;
  for (int i = 0; i < std::min(kNamed, assertion.sources_size()); ++i) {
    StrAppend(&text, i == 0 ? "" : ", ", assertion.sources(i).substr(kSourcesPrefix));
  }
  const int more = assertion.sources_size() - kNamed;
  if (more > 0) StrAppend(&text, " and ", more, " more");
  return text.empty() ? "nobody in particular" : text;
}

// "article, database": the kinds of who says an assertion, by source.
std::string KindsOf(const CompanyAssertion& assertion,
                    const std::map<std::string, std::string>& kinds) {
  std::set<std::string> of_it;
  for (const std::string& source : assertion.sources()) {
    const auto kind = kinds.find(source);
    of_it.insert(kind == kinds.end() || kind->second.empty() ? "unknown" : kind->second);
  }
  return StrJoin(of_it, ", ");
}

std::string RenderAssertions(const registry::v1::ListCompanyAssertionsResponse& answer,
                             const std::map<std::string, std::string>& kinds) {
  Table table({"said under", "by", "kind", "name", "country", "names", "identifiers"},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight,
               Align::kRight});
  for (const CompanyAssertion& assertion : answer.assertions()) {
    const registry::v1::Company& said = assertion.company();
    table.AddRow({said.name().substr(kCompaniesPrefix), Cell(SourcesOf(assertion)),
                  KindsOf(assertion, kinds), Cell(said.display_name()), said.country(),
                  StrCat(said.names_size()), StrCat(said.identifiers_size())});
  }
  return table.Render();
}

}  // namespace

int CompanyAssertions(const Session& session, const std::string& name,
                      const std::string& snapshot) {
  const auto stub = registry::v1::RegistryService::NewStub(session.channel());
  registry::v1::GetCompanyRequest get;
  get.set_name(name);
  get.set_view(registry::v1::COMPANY_VIEW_RESOLUTION);
  get.mutable_read()->set_snapshot(snapshot);
  registry::v1::GetCompanyResponse company;
  absl::Status status =
      Session::ToStatus(stub->GetCompany(session.NewContext().get(), get, &company));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(company);
  registry::v1::ListCompanyAssertionsRequest list;
  list.set_parent(name);
  list.mutable_read()->set_snapshot(snapshot);
  registry::v1::ListCompanyAssertionsResponse assertions;
  status =
      Session::ToStatus(stub->ListCompanyAssertions(session.NewContext().get(), list, &assertions));
  if (!status.ok()) return session.Fail(status);

  registry::v1::ListSourcesRequest ask;
  ask.set_page_size(kMostSources);
  ask.mutable_read()->set_snapshot(snapshot);
  for (const CompanyAssertion& assertion : assertions.assertions()) {
    for (const std::string& source : assertion.sources()) {
      if (ask.names_size() < kMostSources) ask.add_names(source);
    }
  }
  registry::v1::ListSourcesResponse sources;
  status = Session::ToStatus(stub->ListSources(session.NewContext().get(), ask, &sources));
  if (!status.ok()) return session.Fail(status);
  std::map<std::string, std::string> kinds;
  for (const auto& source : sources.sources()) kinds[source.name()] = source.kind();

  std::map<std::string, std::string> who;  // by the assertion's name
  for (const CompanyAssertion& assertion : assertions.assertions()) {
    who[assertion.name()] = Cell(SourcesOf(assertion));
  }
  session.out() << RenderFields(
                       company.resolution(),
                       [&](const AssertedValue& value) { return who[value.assertion()]; },
                       [](const auto& /*field*/) { return std::string(); })
                << '\n'
                << RenderAssertions(assertions, kinds) << "\nsnapshot  "
                << Describe(company.snapshot()) << '\n';
  return kOk;
}

}  // namespace steelyard::cli
