// Decisions that people make about who is who: merges, splits, and what there is to decide.

#include "absl/strings/str_format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::cli {
namespace {

using registry::v1::RegistryService;

std::string CompanyName(const std::string& word) {
  return word.starts_with("companies/") ? word : StrCat("companies/", word);
}

std::string SourceName(const std::string& word) {
  return word.empty() || word.starts_with("sources/") ? word : StrCat("sources/", word);
}

// Prints an answer that lists what changed, or the failure.
template <typename Response>
int Report(const Session& session, const absl::Status& status, const Response& response,
           std::string_view done) {
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  session.out() << done << "\nsnapshot  " << Describe(response.snapshot()) << '\n';
  return kOk;
}

std::string_view WordsOf(registry::v1::DuplicateReasonKind kind) {
  switch (kind) {
    case registry::v1::DUPLICATE_REASON_KIND_DOMAIN:
      return "same domain";
    case registry::v1::DUPLICATE_REASON_KIND_NAME_AND_COUNTRY:
      return "same name and country";
    case registry::v1::DUPLICATE_REASON_KIND_SIMILAR_NAME:
      return "similar to";
    default:
      return "same name";
  }
}

std::string IdOf(const registry::v1::Company& company) {
  return company.name().substr(sizeof("companies/") - 1);
}

std::string Render(const registry::v1::ListDuplicateCompaniesResponse& response,
                   const std::string& company) {
  Table table({"company", "country", "id", "other", "country", "id", "because"},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft,
               Align::kLeft});
  for (const registry::v1::DuplicateCompanies& pair : response.pairs()) {
    std::vector<std::string> reasons;
    for (const registry::v1::DuplicateReason& reason : pair.reasons()) {
      reasons.push_back(StrCat(WordsOf(reason.kind()), " ", reason.value()));
      if (reason.score() > 0) reasons.back() += absl::StrFormat(" (%.2f)", reason.score());
    }
    table.AddRow({pair.company().display_name(), pair.company().country(), IdOf(pair.company()),
                  pair.other().display_name(), pair.other().country(), IdOf(pair.other()),
                  StrJoin(reasons, ", ")});
  }
  const std::string none = company.empty() ? "no two companies look like one\n"
                                           : StrCat("no company looks like ", company, "\n");
  std::string text = table.empty() ? none : table.Render();
  if (!response.next_page_token().empty()) text += "there are more; --limit N shows more\n";
  StrAppend(&text, "\nsnapshot  ", Describe(response.snapshot()), "\n");
  return text;
}

}  // namespace

int Merge(const Session& session, const IdentityOptions& options) {
  registry::v1::MergeCompaniesRequest request;
  request.set_into(CompanyName(options.company));
  for (const std::string& other : options.others) request.add_from(CompanyName(other));
  request.set_source(SourceName(options.source));
  request.set_comment(options.reason);
  registry::v1::MergeCompaniesResponse response;
  const auto stub = RegistryService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->MergeCompanies(session.NewContext().get(), request, &response));
  return Report(session, status, response,
                StrCat(StrJoin(options.others, ", "), " is part of ", options.company, " now"));
}

int Split(const Session& session, const IdentityOptions& options) {
  registry::v1::SplitCompanyRequest request;
  request.set_name(CompanyName(options.company));
  request.set_source(SourceName(options.source));
  request.set_comment(options.reason);
  registry::v1::SplitCompanyResponse response;
  const auto stub = RegistryService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->SplitCompany(session.NewContext().get(), request, &response));
  return Report(session, status, response,
                StrCat(options.company, " is a company of its own again"));
}

int Distinguish(const Session& session, const IdentityOptions& options) {
  registry::v1::DistinguishCompaniesRequest request;
  request.set_company(CompanyName(options.company));
  request.set_other(CompanyName(options.others.front()));
  request.set_source(SourceName(options.source));
  request.set_comment(options.reason);
  request.set_withdraw(options.withdraw);
  registry::v1::DistinguishCompaniesResponse response;
  const auto stub = RegistryService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->DistinguishCompanies(session.NewContext().get(), request, &response));
  return Report(session, status, response,
                StrCat(options.company, " and ", options.others.front(),
                       options.withdraw ? " may be one again" : " are two, and stay two"));
}

int RetractOfCompany(const Session& session, const RetractOptions& options) {
  if (options.sources.empty()) {
    FieldErrors errors;
    errors.Add("--sources", StrCat("whose word about ", options.subject,
                                   " is withdrawn must be said; steelyard company NAME "
                                   "--assertions shows who speaks of it"));
    return session.WrongUsage(errors.ToStatus());
  }
  registry::v1::RetractCompanyRequest request;
  request.set_name(options.subject);
  for (const std::string& source : options.sources) request.add_sources(SourceName(source));
  request.set_reason(options.reason);
  registry::v1::RetractCompanyResponse response;
  const auto stub = RegistryService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->RetractCompany(session.NewContext().get(), request, &response));
  const std::string changed = response.changed().empty()
                                  ? "readers see no difference"
                                  : StrCat("changed ", StrJoin(response.changed(), ", "));
  return Report(
      session, status, response,
      StrCat("retracted ", StrJoin(options.sources, ", "), " of ", options.subject, "; ", changed));
}

int Review(const Session& session, const ReviewOptions& options) {
  registry::v1::ListDuplicateCompaniesRequest request;
  request.set_page_size(options.limit);
  if (!options.company.empty()) request.set_company(CompanyName(options.company));
  const auto read = session.Read();
  if (!read.ok()) return session.WrongUsage(read.status());
  *request.mutable_read() = *read;
  registry::v1::ListDuplicateCompaniesResponse response;
  const auto stub = RegistryService::NewStub(session.channel());
  const absl::Status status = Session::ToStatus(
      stub->ListDuplicateCompanies(session.NewContext().get(), request, &response));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  session.out() << Render(response, options.company);
  return kOk;
}

}  // namespace steelyard::cli
