// The RPCs about what sources say of rounds: assertions, retractions, links.

#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/lead_companies.h"
#include "services/funding/read_assertions.h"
#include "services/funding/reference/convert.h"
#include "services/funding/service.h"
#include "services/funding/validate.h"

namespace steelyard::funding {

grpc::ServerUnaryReactor* Service::ListAssertions(grpc::CallbackServerContext* server,
                                                  const v1::ListAssertionsRequest* request,
                                                  v1::ListAssertionsResponse* response) {
  return rpc::RunHandler(
      parts_.runtime, server, rpc::CallClass::kCheap,
      [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const std::string id, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at,
                                   parts_.ledger.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(
            const std::vector<StoredAssertion> assertions,
            parts_.rounds.Assertions(call.context, at.revision, id, request->include_history()));
        for (const StoredAssertion& stored : assertions) {
          *response->add_assertions() = MessageOf(stored);
        }
        *response->mutable_snapshot() = parts_.ledger.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Service::RetractRound(grpc::CallbackServerContext* server,
                                                const v1::RetractRoundRequest* request,
                                                v1::RetractRoundResponse* response) {
  return rpc::RunHandler(
      parts_.runtime, server, rpc::CallClass::kWrite,
      [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const Retraction retraction, Validate(*request));
        std::vector<std::string> sources;
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision revision,
                                   parts_.rounds.Retract(call.context, retraction, sources));
        for (const std::string& source : sources) {
          response->add_retracted(StrCat(kRoundPrefix, retraction.round, "/assertions/", source));
        }
        *response->mutable_snapshot() = parts_.ledger.Describe(revision);
        Committed(revision);
        return absl::OkStatus();
      });
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* Service::Decide(grpc::CallbackServerContext* server,
                                          const Request* request, Response* response) {
  return rpc::RunHandler(parts_.runtime, server, rpc::CallClass::kWrite,
                         [=, this](const rpc::Call& call) -> absl::Status {
                           STEELYARD_ASSIGN_OR_RETURN(const RoundLink link, Validate(*request));
                           STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision revision,
                                                      parts_.rounds.Decide(call.context, link));
                           *response->mutable_link() = MessageOf(link);
                           *response->mutable_snapshot() = parts_.ledger.Describe(revision);
                           Committed(revision);
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* Service::LinkRounds(grpc::CallbackServerContext* server,
                                              const v1::LinkRoundsRequest* request,
                                              v1::LinkRoundsResponse* response) {
  return Decide(server, request, response);
}

grpc::ServerUnaryReactor* Service::UnlinkRounds(grpc::CallbackServerContext* server,
                                                const v1::UnlinkRoundsRequest* request,
                                                v1::UnlinkRoundsResponse* response) {
  return Decide(server, request, response);
}

grpc::ServerUnaryReactor* Service::ListRoundLinks(grpc::CallbackServerContext* server,
                                                  const v1::ListRoundLinksRequest* request,
                                                  v1::ListRoundLinksResponse* response) {
  return rpc::RunHandler(
      parts_.runtime, server, rpc::CallClass::kCheap,
      [=, this](const rpc::Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const PairListing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const auto at,
                                   parts_.ledger.Resolve(call.context, listing.read));
        *response->mutable_snapshot() = parts_.ledger.Describe(at);
        return ListLinks(call.context, parts_.rounds, at.revision, listing, *response);
      });
}

grpc::ServerUnaryReactor* Service::ListDuplicateRounds(
    grpc::CallbackServerContext* server, const v1::ListDuplicateRoundsRequest* request,
    v1::ListDuplicateRoundsResponse* response) {
  return rpc::RunHandler(parts_.runtime, server, rpc::CallClass::kDear,
                         [=, this](const rpc::Call& call) -> absl::Status {
                           STEELYARD_ASSIGN_OR_RETURN(PairListing listing, Validate(*request));
                           STEELYARD_ASSIGN_OR_RETURN(
                               const auto at, parts_.ledger.Resolve(call.context, listing.read));
                           STEELYARD_RETURN_IF_ERROR(
                               LeadCompany(call.context, parts_.rounds, at.revision, listing.only));
                           *response->mutable_snapshot() = parts_.ledger.Describe(at);
                           return ListDuplicates(call.context, parts_.rounds, parts_.reference,
                                                 at.revision, listing, *response);
                         });
}

}  // namespace steelyard::funding
