// The RPCs about who is who, and who says so.

#include <algorithm>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/registry/convert.h"
#include "services/registry/decide.h"
#include "services/registry/duplicates.h"
#include "services/registry/find.h"
#include "services/registry/history.h"
#include "services/registry/resolution.h"
#include "services/registry/service.h"
#include "services/registry/validate.h"

namespace steelyard::registry {
namespace {

// Calls `take` with each item of the page asked for; gives the token of the next page.
template <typename Item, typename Take>
std::string TakePageOf(const std::vector<Item>& items, const Listing& listing,
                       const common::v1::Snapshot& snapshot, Take take) {
  const auto size = static_cast<int64_t>(items.size());
  const int64_t first = std::min(listing.query.offset, size);
  const int64_t last = std::min(first + listing.query.limit, size);
  for (int64_t i = first; i < last; ++i) take(items[static_cast<size_t>(i)]);
  if (last == size) return "";
  return filter::EncodePage({.snapshot = snapshot.token(), .offset = last}, listing.digest);
}

}  // namespace

grpc::ServerUnaryReactor* Service::ListCompanyAssertions(
    grpc::CallbackServerContext* server, const v1::ListCompanyAssertionsRequest* request,
    v1::ListCompanyAssertionsResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> ids, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const Found found,
                                   FindCompanies(call.context, store_, at.revision, ids));
        STEELYARD_ASSIGN_OR_RETURN(
            const std::vector<Company> records,
            BelievedRecords(call.context, store_, at.revision, found.companies.front().id));
        for (const Company& record : records) *response->add_assertions() = AssertionOf(record);
        *response->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::RetractCompany(grpc::CallbackServerContext* server,
                                                  const v1::RetractCompanyRequest* request,
                                                  v1::RetractCompanyResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kWrite, [=, this](const rpc::Call& call) {
        absl::Status status =
            registry::RetractCompany(call.context, store_, ledger_, *request, *response);
        runtime_.metrics().StoreRevision(runtime_.service(), ledger_.head().revision);
        return status;
      });
}

grpc::ServerUnaryReactor* Service::GetCompanyHistory(grpc::CallbackServerContext* server,
                                                     const v1::GetCompanyHistoryRequest* request,
                                                     v1::GetCompanyHistoryResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const Listing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, listing.read));
        return registry::GetCompanyHistory(call.context, store_, ledger_, at, listing, *response);
      });
}

grpc::ServerUnaryReactor* Service::MergeCompanies(grpc::CallbackServerContext* server,
                                                  const v1::MergeCompaniesRequest* request,
                                                  v1::MergeCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kWrite, [=, this](const rpc::Call& call) {
        absl::Status status =
            registry::MergeCompanies(call.context, store_, ledger_, *request, *response);
        runtime_.metrics().StoreRevision(runtime_.service(), ledger_.head().revision);
        return status;
      });
}

grpc::ServerUnaryReactor* Service::SplitCompany(grpc::CallbackServerContext* server,
                                                const v1::SplitCompanyRequest* request,
                                                v1::SplitCompanyResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kWrite, [=, this](const rpc::Call& call) {
        absl::Status status =
            registry::SplitCompany(call.context, store_, ledger_, *request, *response);
        runtime_.metrics().StoreRevision(runtime_.service(), ledger_.head().revision);
        return status;
      });
}

grpc::ServerUnaryReactor* Service::DistinguishCompanies(
    grpc::CallbackServerContext* server, const v1::DistinguishCompaniesRequest* request,
    v1::DistinguishCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kWrite, [=, this](const rpc::Call& call) {
        absl::Status status =
            registry::DistinguishCompanies(call.context, store_, ledger_, *request, *response);
        runtime_.metrics().StoreRevision(runtime_.service(), ledger_.head().revision);
        return status;
      });
}

grpc::ServerUnaryReactor* Service::ListIdentityDecisions(
    grpc::CallbackServerContext* server, const v1::ListIdentityDecisionsRequest* request,
    v1::ListIdentityDecisionsResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kCheap, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const Listing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, listing.read));
        STEELYARD_ASSIGN_OR_RETURN(std::vector<Decision> decisions,
                                   store_.Decisions(call.context, at.revision));
        if (!listing.ids.empty()) {
          const std::string& company = listing.ids.front();
          std::erase_if(decisions, [&](const Decision& decision) {
            return decision.company != company && decision.other != company;
          });
        }
        *response->mutable_snapshot() = ledger_.Describe(at);
        response->set_next_page_token(TakePageOf(
            decisions, listing, response->snapshot(),
            [&](const Decision& decision) { *response->add_decisions() = ToProto(decision); }));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::ListDuplicateCompanies(
    grpc::CallbackServerContext* server, const v1::ListDuplicateCompaniesRequest* request,
    v1::ListDuplicateCompaniesResponse* response) {
  return rpc::RunHandler(
      runtime_, server, rpc::CallClass::kDear, [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const Listing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger_.Resolve(call.context, listing.read));
        STEELYARD_ASSIGN_OR_RETURN(const auto index, names_.At(call.context, at.revision));
        const std::string company = listing.ids.empty() ? "" : listing.ids.front();
        STEELYARD_ASSIGN_OR_RETURN(
            const std::vector<Duplicate> duplicates,
            FindDuplicates(call.context, store_, *index, at.revision, company));
        *response->mutable_snapshot() = ledger_.Describe(at);
        response->set_next_page_token(TakePageOf(
            duplicates, listing, response->snapshot(),
            [&](const Duplicate& duplicate) { *response->add_pairs() = ToProto(duplicate); }));
        return absl::OkStatus();
      });
}

}  // namespace steelyard::registry
