#pragma once

// The RPCs of steelyard.funding.v1.FundingService: check, call, convert. What each means is in the
// contract.

#include <string>

#include "services/common/ledger/ledger.h"
#include "services/common/rpc/arena_messages.h"
#include "services/common/rpc/handler.h"
#include "services/funding/columns/columns.h"
#include "services/funding/projection.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::funding {

// What the service works with; all of it must outlive the service.
struct ServiceParts {
  rpc::Runtime& runtime;
  ledger::Ledger& ledger;
  RoundStore& rounds;
  ReferenceStore& reference;
  const Projection& projection;
  std::string engine;                   // name and version of the storage engine
  int64_t max_import_bytes = 0;         // largest import taken
  columns::Columns* columns = nullptr;  // null: the store answers every aggregate
};

// Thread-safe.
class Service final : public v1::FundingService::CallbackService {
 public:
  explicit Service(ServiceParts parts);

  grpc::ServerUnaryReactor* GetRound(grpc::CallbackServerContext* server,
                                     const v1::GetRoundRequest* request,
                                     v1::GetRoundResponse* response) override;
  grpc::ServerUnaryReactor* ListRounds(grpc::CallbackServerContext* server,
                                       const v1::ListRoundsRequest* request,
                                       v1::ListRoundsResponse* response) override;
  grpc::ServerUnaryReactor* AggregateRounds(grpc::CallbackServerContext* server,
                                            const v1::AggregateRoundsRequest* request,
                                            v1::AggregateRoundsResponse* response) override;
  grpc::ServerUnaryReactor* ListAssertions(grpc::CallbackServerContext* server,
                                           const v1::ListAssertionsRequest* request,
                                           v1::ListAssertionsResponse* response) override;
  grpc::ServerUnaryReactor* RetractRound(grpc::CallbackServerContext* server,
                                         const v1::RetractRoundRequest* request,
                                         v1::RetractRoundResponse* response) override;
  grpc::ServerUnaryReactor* LinkRounds(grpc::CallbackServerContext* server,
                                       const v1::LinkRoundsRequest* request,
                                       v1::LinkRoundsResponse* response) override;
  grpc::ServerUnaryReactor* UnlinkRounds(grpc::CallbackServerContext* server,
                                         const v1::UnlinkRoundsRequest* request,
                                         v1::UnlinkRoundsResponse* response) override;
  grpc::ServerUnaryReactor* ListRoundLinks(grpc::CallbackServerContext* server,
                                           const v1::ListRoundLinksRequest* request,
                                           v1::ListRoundLinksResponse* response) override;
  grpc::ServerUnaryReactor* ListDuplicateRounds(grpc::CallbackServerContext* server,
                                                const v1::ListDuplicateRoundsRequest* request,
                                                v1::ListDuplicateRoundsResponse* response) override;
  grpc::ServerUnaryReactor* UpsertRounds(grpc::CallbackServerContext* server,
                                         const v1::UpsertRoundsRequest* request,
                                         v1::UpsertRoundsResponse* response) override;
  grpc::ServerBidiReactor<v1::ImportRequest, v1::ImportResponse>* Import(
      grpc::CallbackServerContext* server) override;
  grpc::ServerWriteReactor<v1::WatchRoundsResponse>* WatchRounds(
      grpc::CallbackServerContext* server, const v1::WatchRoundsRequest* request) override;
  grpc::ServerWriteReactor<v1::ExportRoundsResponse>* ExportRounds(
      grpc::CallbackServerContext* server, const v1::ExportRoundsRequest* request) override;
  grpc::ServerUnaryReactor* DiffRounds(grpc::CallbackServerContext* server,
                                       const v1::DiffRoundsRequest* request,
                                       v1::DiffRoundsResponse* response) override;
  grpc::ServerUnaryReactor* ExplainFigure(grpc::CallbackServerContext* server,
                                          const v1::ExplainFigureRequest* request,
                                          v1::ExplainFigureResponse* response) override;
  grpc::ServerUnaryReactor* CompactHistory(grpc::CallbackServerContext* server,
                                           const v1::CompactHistoryRequest* request,
                                           v1::CompactHistoryResponse* response) override;
  grpc::ServerUnaryReactor* ResolveSnapshot(grpc::CallbackServerContext* server,
                                            const v1::ResolveSnapshotRequest* request,
                                            v1::ResolveSnapshotResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* server,
                                      const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override;

 private:
  // Writes a decision and answers with it.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Decide(grpc::CallbackServerContext* server, const Request* request,
                                   Response* response);
  // Metrics of what a write left.
  void Committed(const ledger::Revision& revision) const;

  const ServiceParts parts_;
  rpc::ArenaMessages<v1::AggregateRoundsRequest, v1::AggregateRoundsResponse> aggregate_messages_;
};

}  // namespace steelyard::funding
