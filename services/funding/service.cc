#include "services/funding/service.h"

#include <utility>

#include "services/common/ingest/import_stream.h"
#include "services/common/rpc/runtime.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/aggregate_rounds.h"
#include "services/funding/convert.h"
#include "services/funding/diff.h"
#include "services/funding/explain.h"
#include "services/funding/export.h"
#include "services/funding/history.h"
#include "services/funding/import.h"
#include "services/funding/lead_companies.h"
#include "services/funding/read_assertions.h"
#include "services/funding/validate.h"
#include "services/funding/watch.h"

namespace steelyard::funding {
namespace {

constexpr absl::Duration kHeartbeat = absl::Seconds(10);

}  // namespace

Service::Service(ServiceParts parts) : parts_(std::move(parts)) {
  SetMessageAllocatorFor_AggregateRounds(&aggregate_messages_);
}

grpc::ServerUnaryReactor* Service::GetRound(grpc::CallbackServerContext* server,
                                            const v1::GetRoundRequest* request,
                                            v1::GetRoundResponse* response) {
  return rpc::RunHandler(parts_.runtime, server, rpc::CallClass::kCheap,
                         [=, this](const rpc::Call& call) -> absl::Status {
                           STEELYARD_ASSIGN_OR_RETURN(const RoundAsked asked, Validate(*request));
                           STEELYARD_ASSIGN_OR_RETURN(
                               const auto at, parts_.ledger.Resolve(call.context, request->read()));
                           *response->mutable_snapshot() = parts_.ledger.Describe(at);
                           return ReadRound(call.context, parts_.rounds, at.revision, asked,
                                            *response);
                         });
}

grpc::ServerUnaryReactor* Service::ListRounds(grpc::CallbackServerContext* server,
                                              const v1::ListRoundsRequest* request,
                                              v1::ListRoundsResponse* response) {
  return rpc::RunHandler(
      parts_.runtime, server, rpc::CallClass::kCheap,
      [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(RoundListing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at,
                                   parts_.ledger.Resolve(call.context, listing.read));
        STEELYARD_RETURN_IF_ERROR(LeadCompanies(call.context, parts_.rounds, at.revision,
                                                listing.query.filter,
                                                listing.history ? Times::kAll : Times::kOne));
        if (listing.history) {
          return ListHistory(call.context, parts_.rounds, parts_.ledger, at, listing, *response);
        }
        STEELYARD_ASSIGN_OR_RETURN(listing.query.updated_after,
                                   UpdatedAfter(call.context, parts_.ledger, *request));
        STEELYARD_ASSIGN_OR_RETURN(const RoundPage page,
                                   parts_.rounds.List(call.context, at.revision, listing.query));
        for (const Round& round : page.rounds) *response->add_rounds() = MessageOf(round);
        response->set_total_size(page.total_size);
        *response->mutable_snapshot() = parts_.ledger.Describe(at);
        const int64_t next = listing.query.offset + response->rounds_size();
        if (next < page.total_size) {
          response->set_next_page_token(filter::EncodePage(
              {.snapshot = response->snapshot().token(), .offset = next}, listing.digest));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::AggregateRounds(grpc::CallbackServerContext* server,
                                                   const v1::AggregateRoundsRequest* request,
                                                   v1::AggregateRoundsResponse* response) {
  return rpc::RunHandler(
      parts_.runtime, server, rpc::CallClass::kDear,
      [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(AggregateAsked asked, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, parts_.ledger.Resolve(call.context, asked.read));
        *response->mutable_snapshot() = parts_.ledger.Describe(at);
        return cache::Answer(
            parts_.runtime.answers(), call.context, call.method, response->snapshot().token(),
            *request, *response, [&]() -> absl::Status {
              STEELYARD_RETURN_IF_ERROR(
                  LeadCompanies(call.context, parts_.rounds, at.revision, asked.selection.filter));
              return funding::AggregateRounds(call.context, parts_.rounds, parts_.reference, at,
                                              asked, *response, parts_.columns);
            });
      });
}

grpc::ServerUnaryReactor* Service::UpsertRounds(grpc::CallbackServerContext* server,
                                                const v1::UpsertRoundsRequest* request,
                                                v1::UpsertRoundsResponse* response) {
  return rpc::RunHandler(
      parts_.runtime, server, rpc::CallClass::kWrite,
      [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const RoundStore::Upsertion upsertion, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const UpsertOutcome outcome,
                                   parts_.rounds.Upsert(call.context, upsertion));
        for (const std::string& id : outcome.changed) {
          response->add_changed(StrCat(kRoundPrefix, id));
        }
        if (upsertion.validate_only) return absl::OkStatus();
        *response->mutable_snapshot() = parts_.ledger.Describe(outcome.revision);
        Committed(outcome.revision);
        return absl::OkStatus();
      });
}

grpc::ServerBidiReactor<v1::ImportRequest, v1::ImportResponse>* Service::Import(
    grpc::CallbackServerContext* server) {
  return ingest::RunImport<v1::ImportRequest, v1::ImportResponse>(
      parts_.runtime, server, parts_.max_import_bytes,
      [this](const Context& context, const ingest::ImportJob& job, ingest::Reporter& reporter) {
        auto report = RunImport(context, parts_.rounds, parts_.ledger, job, reporter);
        Committed(parts_.ledger.head());
        return report;
      });
}

grpc::ServerWriteReactor<v1::WatchRoundsResponse>* Service::WatchRounds(
    grpc::CallbackServerContext* server, const v1::WatchRoundsRequest* request) {
  return rpc::RunServerStream<v1::WatchRoundsResponse>(
      parts_.runtime, server, rpc::CallClass::kCheap,
      [=, this](const rpc::Call& call,
                const rpc::Send<v1::WatchRoundsResponse>& send) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const auto newest, parts_.ledger.Newest(call.context));
        STEELYARD_RETURN_IF_ERROR(Validate(*request, newest.revision));
        return funding::WatchRounds(call.context, parts_.rounds, parts_.ledger,
                                    request->after_revision(), kHeartbeat, send);
      });
}

grpc::ServerWriteReactor<v1::ExportRoundsResponse>* Service::ExportRounds(
    grpc::CallbackServerContext* server, const v1::ExportRoundsRequest* request) {
  return rpc::RunServerStream<v1::ExportRoundsResponse>(
      parts_.runtime, server, rpc::CallClass::kDear,
      [=, this](const rpc::Call& call,
                const rpc::Send<v1::ExportRoundsResponse>& send) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(ExportAsked asked, Validate(*request, parts_.engine));
        STEELYARD_ASSIGN_OR_RETURN(const auto at, parts_.ledger.Resolve(call.context, asked.read));
        STEELYARD_RETURN_IF_ERROR(
            LeadCompanies(call.context, parts_.rounds, at.revision, asked.match.filter));
        return funding::ExportRounds(call.context, parts_.rounds, parts_.reference, at.revision,
                                     parts_.ledger.Describe(at), asked, send);
      });
}

grpc::ServerUnaryReactor* Service::DiffRounds(grpc::CallbackServerContext* server,
                                              const v1::DiffRoundsRequest* request,
                                              v1::DiffRoundsResponse* response) {
  return rpc::RunHandler(parts_.runtime, server, rpc::CallClass::kDear,
                         [=, this](const rpc::Call& call) -> absl::Status {
                           return funding::DiffRounds(call.context, parts_.rounds, parts_.reference,
                                                      parts_.ledger, *request, *response);
                         });
}

grpc::ServerUnaryReactor* Service::ExplainFigure(grpc::CallbackServerContext* server,
                                                 const v1::ExplainFigureRequest* request,
                                                 v1::ExplainFigureResponse* response) {
  return rpc::RunHandler(parts_.runtime, server, rpc::CallClass::kDear,
                         [=, this](const rpc::Call& call) -> absl::Status {
                           return funding::ExplainFigure(call.context, parts_.rounds,
                                                         parts_.reference, parts_.ledger, *request,
                                                         *response);
                         });
}

grpc::ServerUnaryReactor* Service::CompactHistory(grpc::CallbackServerContext* server,
                                                  const v1::CompactHistoryRequest* request,
                                                  v1::CompactHistoryResponse* response) {
  return rpc::RunHandler(parts_.runtime, server, rpc::CallClass::kWrite,
                         [=, this](const rpc::Call& call) -> absl::Status {
                           return funding::CompactHistory(call.context, parts_.ledger, *request,
                                                          *response);
                         });
}

grpc::ServerUnaryReactor* Service::ResolveSnapshot(grpc::CallbackServerContext* server,
                                                   const v1::ResolveSnapshotRequest* request,
                                                   v1::ResolveSnapshotResponse* response) {
  return rpc::RunHandler(parts_.runtime, server, rpc::CallClass::kCheap,
                         [=, this](const rpc::Call& call) -> absl::Status {
                           STEELYARD_ASSIGN_OR_RETURN(
                               const auto at, parts_.ledger.Resolve(call.context, request->read()));
                           *response->mutable_snapshot() = parts_.ledger.Describe(at);
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* Service::GetStatus(grpc::CallbackServerContext* server,
                                             const v1::GetStatusRequest* /*request*/,
                                             v1::GetStatusResponse* response) {
  return rpc::RunHandler(
      parts_.runtime, server, rpc::CallClass::kCheap,
      [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision head, parts_.ledger.Newest(call.context));
        STEELYARD_ASSIGN_OR_RETURN(const RoundCounts rounds,
                                   parts_.rounds.Count(call.context, head.revision));
        STEELYARD_ASSIGN_OR_RETURN(const ReferenceCounts reference,
                                   parts_.reference.Count(call.context, head.revision));
        *response->mutable_snapshot() = parts_.ledger.Describe(head);
        response->set_rounds(rounds.rounds);
        response->set_participations(rounds.participations);
        response->set_observations(reference.observations);
        response->set_exchange_rates(reference.exchange_rates);
        response->set_region_sets(reference.region_sets);
        response->set_registry_head(parts_.projection.registry_head());
        response->set_registry_unreachable(parts_.projection.unreachable());
        response->set_engine(parts_.engine);
        return absl::OkStatus();
      });
}

void Service::Committed(const ledger::Revision& revision) const {
  parts_.runtime.metrics().StoreRevision(parts_.runtime.service(), revision.revision);
}

}  // namespace steelyard::funding
