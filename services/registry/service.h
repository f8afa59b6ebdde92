#pragma once

// The registry's RPCs: check, call, convert. What each means is in the contract.

#include <string>

#include "services/common/ledger/ledger.h"
#include "services/common/rpc/handler.h"
#include "services/registry/match/names.h"
#include "services/registry/store.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::registry {

// Thread-safe. Everything given must outlive it.
class Service final : public v1::RegistryService::CallbackService {
 public:
  // `engine`: name and version of the storage engine. `max_import_bytes`: largest import taken.
  Service(rpc::Runtime& runtime, ledger::Ledger& ledger, Store& store, match::Names& names,
          std::string engine, int64_t max_import_bytes);

  grpc::ServerUnaryReactor* GetCompany(grpc::CallbackServerContext* server,
                                       const v1::GetCompanyRequest* request,
                                       v1::GetCompanyResponse* response) override;
  grpc::ServerUnaryReactor* BatchGetCompanies(grpc::CallbackServerContext* server,
                                              const v1::BatchGetCompaniesRequest* request,
                                              v1::BatchGetCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* ListCompanies(grpc::CallbackServerContext* server,
                                          const v1::ListCompaniesRequest* request,
                                          v1::ListCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* LookupCompany(grpc::CallbackServerContext* server,
                                          const v1::LookupCompanyRequest* request,
                                          v1::LookupCompanyResponse* response) override;
  grpc::ServerUnaryReactor* SearchCompanies(grpc::CallbackServerContext* server,
                                            const v1::SearchCompaniesRequest* request,
                                            v1::SearchCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* MatchCompanies(grpc::CallbackServerContext* server,
                                           const v1::MatchCompaniesRequest* request,
                                           v1::MatchCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* UpsertCompanies(grpc::CallbackServerContext* server,
                                            const v1::UpsertCompaniesRequest* request,
                                            v1::UpsertCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* ListCompanyAssertions(
      grpc::CallbackServerContext* server, const v1::ListCompanyAssertionsRequest* request,
      v1::ListCompanyAssertionsResponse* response) override;
  grpc::ServerUnaryReactor* RetractCompany(grpc::CallbackServerContext* server,
                                           const v1::RetractCompanyRequest* request,
                                           v1::RetractCompanyResponse* response) override;
  grpc::ServerUnaryReactor* GetCompanyHistory(grpc::CallbackServerContext* server,
                                              const v1::GetCompanyHistoryRequest* request,
                                              v1::GetCompanyHistoryResponse* response) override;
  grpc::ServerUnaryReactor* MergeCompanies(grpc::CallbackServerContext* server,
                                           const v1::MergeCompaniesRequest* request,
                                           v1::MergeCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* SplitCompany(grpc::CallbackServerContext* server,
                                         const v1::SplitCompanyRequest* request,
                                         v1::SplitCompanyResponse* response) override;
  grpc::ServerUnaryReactor* DistinguishCompanies(
      grpc::CallbackServerContext* server, const v1::DistinguishCompaniesRequest* request,
      v1::DistinguishCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* ListIdentityDecisions(
      grpc::CallbackServerContext* server, const v1::ListIdentityDecisionsRequest* request,
      v1::ListIdentityDecisionsResponse* response) override;
  grpc::ServerUnaryReactor* ListDuplicateCompanies(
      grpc::CallbackServerContext* server, const v1::ListDuplicateCompaniesRequest* request,
      v1::ListDuplicateCompaniesResponse* response) override;
  grpc::ServerBidiReactor<v1::ImportRequest, v1::ImportResponse>* Import(
      grpc::CallbackServerContext* server) override;
  grpc::ServerWriteReactor<v1::WatchCompaniesResponse>* WatchCompanies(
      grpc::CallbackServerContext* server, const v1::WatchCompaniesRequest* request) override;
  grpc::ServerUnaryReactor* GetSource(grpc::CallbackServerContext* server,
                                      const v1::GetSourceRequest* request,
                                      v1::GetSourceResponse* response) override;
  grpc::ServerUnaryReactor* ListSources(grpc::CallbackServerContext* server,
                                        const v1::ListSourcesRequest* request,
                                        v1::ListSourcesResponse* response) override;
  grpc::ServerUnaryReactor* GetCodelist(grpc::CallbackServerContext* server,
                                        const v1::GetCodelistRequest* request,
                                        v1::GetCodelistResponse* response) override;
  grpc::ServerUnaryReactor* ListCodelists(grpc::CallbackServerContext* server,
                                          const v1::ListCodelistsRequest* request,
                                          v1::ListCodelistsResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* server,
                                      const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override;

 private:
  rpc::Runtime& runtime_;
  ledger::Ledger& ledger_;
  Store& store_;
  match::Names& names_;
  const std::string engine_;
  const int64_t max_import_bytes_;
};

}  // namespace steelyard::registry
