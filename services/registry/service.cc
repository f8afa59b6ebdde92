#include "services/registry/service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/ingest/import_stream.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/find.h"
#include "services/registry/import.h"
#include "services/registry/match_companies.h"
#include "services/registry/relations.h"
#include "services/registry/resolution.h"
#include "services/registry/upsert.h"
#include "services/registry/validate.h"
#include "services/registry/watch.h"

namespace steelyard::registry {
namespace {

constexpr absl::Duration kHeartbeat = absl::Seconds(10);

// The token of the page after one that gave `given` rows; empty at the end.
std::string NextPage(const Listing& listing, const common::v1::Snapshot& snapshot, bool more,
                     int64_t given) {
  if (!more) return "";
  return filter::EncodePage({.snapshot = snapshot.token(), .offset = listing.query.offset + given},
                            listing.digest);
}

}  // namespace

Service::Service(rpc::Runtime& runtime, ledger::Ledger& ledger, Store& store, match::Names& names,
                 std::string engine, int64_t max_import_bytes)
    : runtime_(runtime),
      ledger_(ledger),
      store_(store),
      names_(names),
      engine_(std::move(engine)),
      max_import_bytes_(max_import_bytes) {}

grpc::ServerUnaryReactor* Service::GetCompany(grpc::CallbackServerContext* server,
                                              const v1::GetCompanyRequest* request,
                                              v1::GetCompanyResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const auto ids, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const Found found,
                                   FindCompanies(call.context, store_, at.revision, ids));
        *response->mutable_company() = ToProto(found.companies.front());
        if (!found.redirects.empty()) response->set_redirected_from(request->name());
        if (request->view() == v1::COMPANY_VIEW_RESOLUTION) {
          STEELYARD_ASSIGN_OR_RETURN(
              const std::vector<Company> records,
              BelievedRecords(call.context, store_, at.revision, found.companies.front().id));
          *response->mutable_resolution() = ExplainFields(records);
        }
        *response->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::BatchGetCompanies(grpc::CallbackServerContext* server,
                                                     const v1::BatchGetCompaniesRequest* request,
                                                     v1::BatchGetCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const auto ids, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const Found found,
                                   FindCompanies(call.context, store_, at.revision, ids));
        for (const Company& company : found.companies) {
          *response->add_companies() = ToProto(company);
        }
        for (const auto& [company, into] : found.redirects) {
          *response->add_redirects() = RedirectOf(company, into);
        }
        *response->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::ListCompanies(grpc::CallbackServerContext* server,
                                                 const v1::ListCompaniesRequest* request,
                                                 v1::ListCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const Listing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, listing.read));
        STEELYARD_ASSIGN_OR_RETURN(CompanyPage page,
                                   store_.ListCompanies(call.context, at.revision, listing.query));
        STEELYARD_RETURN_IF_ERROR(
            FollowRelations(call.context, store_, at.revision, page.companies));
        for (const Company& company : page.companies) *response->add_companies() = ToProto(company);
        const auto given = static_cast<int64_t>(page.companies.size());
        *response->mutable_snapshot() = ledger_.Describe(at);
        response->set_total_size(page.total);
        response->set_next_page_token(NextPage(listing, response->snapshot(),
                                               listing.query.offset + given < page.total, given));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::LookupCompany(grpc::CallbackServerContext* server,
                                                 const v1::LookupCompanyRequest* request,
                                                 v1::LookupCompanyResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const std::string key, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const auto bearers,
                                   store_.Bearers(call.context, at.revision, std::vector{key}));
        if (bearers.empty()) {
          return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND,
                           StrCat("no company bears ", key, " at this snapshot"),
                           {{"scheme", request->scheme()}, {"value", request->value()}});
        }
        const std::string& bearer = bearers.begin()->second;
        STEELYARD_ASSIGN_OR_RETURN(const Found found,
                                   FindCompanies(call.context, store_, at.revision, {bearer}));
        *response->mutable_company() = ToProto(found.companies.front());
        if (!found.redirects.empty()) {
          response->set_redirected_from(StrCat(kCompanies, bearer));
        }
        *response->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::SearchCompanies(grpc::CallbackServerContext* server,
                                                   const v1::SearchCompaniesRequest* request,
                                                   v1::SearchCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const SearchQuery query, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        *response->mutable_snapshot() = ledger_.Describe(at);
        if (query.folded.empty()) return absl::OkStatus();
        // One more than asked for tells whether there are more.
        STEELYARD_ASSIGN_OR_RETURN(const auto index, names_.At(call.context, at.revision));
        const auto limit = static_cast<size_t>(query.limit);
        std::vector<match::Hit> hits =
            match::Complete(*index, at.revision, query.folded, limit + 1);
        response->set_more(hits.size() > limit);
        hits.resize(std::min(hits.size(), limit));
        for (const match::Hit& hit : hits) *response->add_hits() = ToProto(hit);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::MatchCompanies(grpc::CallbackServerContext* server,
                                                  const v1::MatchCompaniesRequest* request,
                                                  v1::MatchCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kDear, [=, this](const rpc::Call& call) -> absl::Status {
        return registry::MatchCompanies(call.context, names_, ledger_, *request, *response);
      });
}

grpc::ServerUnaryReactor* Service::UpsertCompanies(grpc::CallbackServerContext* server,
                                                   const v1::UpsertCompaniesRequest* request,
                                                   v1::UpsertCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kWrite, [=, this](const rpc::Call& call) {
        absl::Status status =
            registry::UpsertCompanies(call.context, store_, ledger_, *request, *response);
        runtime_.metrics().StoreRevision(runtime_.service(), ledger_.head().revision);
        return status;
      });
}

grpc::ServerBidiReactor<v1::ImportRequest, v1::ImportResponse>* Service::Import(
    grpc::CallbackServerContext* server) {
  return ingest::RunImport<v1::ImportRequest, v1::ImportResponse>(
      runtime_, server, max_import_bytes_,
      [this](const Context& context, const ingest::ImportJob& job, ingest::Reporter& reporter) {
        auto report = registry::RunImport(context, store_, ledger_, job, reporter);
        runtime_.metrics().StoreRevision(runtime_.service(), ledger_.head().revision);
        return report;
      });
}

grpc::ServerWriteReactor<v1::WatchCompaniesResponse>* Service::WatchCompanies(
    grpc::CallbackServerContext* server, const v1::WatchCompaniesRequest* request) {
  return rpc::RunServerStream<v1::WatchCompaniesResponse>(
      runtime_, server, rpc::CallClass::kCheap,
      [=, this](const rpc::Call& call,
                const rpc::Send<v1::WatchCompaniesResponse>& send) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const auto newest, ledger_.Newest(call.context));
        STEELYARD_RETURN_IF_ERROR(Validate(*request, newest.revision));
        return registry::WatchCompanies(call.context, store_, ledger_, request->after_revision(),
                                        kHeartbeat, send);
      });
}

grpc::ServerUnaryReactor* Service::GetSource(grpc::CallbackServerContext* server,
                                             const v1::GetSourceRequest* request,
                                             v1::GetSourceResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const std::string id, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(
            const auto sources, store_.Sources(call.context, at.revision, std::vector{id}, 0, 1));
        if (sources.empty()) {
          return MakeError(common::v1::ERROR_REASON_SOURCE_NOT_FOUND,
                           StrCat("no such source at this snapshot: ", request->name()),
                           {{"name", request->name()}});
        }
        *response->mutable_source() = ToProto(sources.front());
        *response->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::ListSources(grpc::CallbackServerContext* server,
                                               const v1::ListSourcesRequest* request,
                                               v1::ListSourcesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const Listing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, listing.read));
        const int limit = listing.query.limit;
        STEELYARD_ASSIGN_OR_RETURN(auto sources,
                                   store_.Sources(call.context, at.revision, listing.ids,
                                                  listing.query.offset, limit + 1));
        const bool more = sources.size() > static_cast<size_t>(limit);
        if (more) sources.pop_back();
        for (const Source& source : sources) *response->add_sources() = ToProto(source);
        *response->mutable_snapshot() = ledger_.Describe(at);
        response->set_next_page_token(NextPage(listing, response->snapshot(), more, limit));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::GetCodelist(grpc::CallbackServerContext* server,
                                               const v1::GetCodelistRequest* request,
                                               v1::GetCodelistResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const std::string id, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const auto lists,
                                   store_.Codelists(call.context, at.revision, id));
        if (lists.empty()) {
          return MakeError(common::v1::ERROR_REASON_CODELIST_NOT_FOUND,
                           StrCat("no such codelist at this snapshot: ", request->name()),
                           {{"name", request->name()}});
        }
        *response->mutable_codelist() = ToProto(lists.front());
        *response->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::ListCodelists(grpc::CallbackServerContext* server,
                                                 const v1::ListCodelistsRequest* request,
                                                 v1::ListCodelistsResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const auto lists,
                                   store_.Codelists(call.context, at.revision, ""));
        for (const Codelist& list : lists) *response->add_codelists() = ToProto(list);
        *response->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::GetStatus(grpc::CallbackServerContext* server,
                                             const v1::GetStatusRequest* /*request*/,
                                             v1::GetStatusResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision head, ledger_.Newest(call.context));
        STEELYARD_ASSIGN_OR_RETURN(const Counts counts, store_.Count(call.context, head.revision));
        *response->mutable_snapshot() = ledger_.Describe(head);
        response->set_companies(counts.companies);
        response->set_names(counts.names);
        response->set_identifiers(counts.identifiers);
        response->set_sources(counts.sources);
        response->set_engine(engine_);
        return absl::OkStatus();
      });
}

}  // namespace steelyard::registry
