#include "services/funding/reference/statistics_service.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/reference/series_query.h"
#include "services/funding/reference/validate.h"

namespace steelyard::funding {

using rpc::Call;
using rpc::CallClass;
using rpc::RunHandler;

namespace {

// Reads a reply that a store gave, perhaps for an earlier call.
absl::Status Remembered(const std::string& bytes, google::protobuf::MessageLite& reply) {
  return reply.ParseFromString(bytes)
             ? absl::OkStatus()
             : MakeError(common::v1::ERROR_REASON_INTERNAL, "a remembered reply is damaged");
}

}  // namespace

StatisticsService::StatisticsService(rpc::Runtime& runtime, const ledger::Ledger& ledger,
                                     ReferenceStore& store)
    : runtime_(runtime), ledger_(ledger), store_(store) {}

grpc::ServerUnaryReactor* StatisticsService::GetSeries(grpc::CallbackServerContext* server,
                                                       const v1::GetSeriesRequest* request,
                                                       v1::GetSeriesResponse* reply) {
  return RunHandler(
      runtime_, server, CallClass::kCheap, [=, this](const Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const SeriesAsked asked, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision at,
                                   ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(SeriesAnswer answer,
                                   ReadSeries(call.context, store_, at.revision, asked));
        for (const ResolvedRegion& region : answer.regions) {
          *reply->add_regions() = MessageOf(region);
        }
        for (SeriesRow& row : answer.series.rows) {
          *reply->add_series() = MessageOf(std::move(row), request->show_choice());
        }
        for (const MissingCell& cell : answer.series.missing) {
          *reply->add_missing() = MessageOf(cell);
        }
        if (asked.resolution.has_value()) {
          reply->set_source_policy(std::string(IdOf(asked.resolution->rule.policy)));
        }
        *reply->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* StatisticsService::ListSeries(grpc::CallbackServerContext* server,
                                                        const v1::ListSeriesRequest* request,
                                                        v1::ListSeriesResponse* reply) {
  return RunHandler(
      runtime_, server, CallClass::kCheap, [=, this](const Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const SeriesListing listing, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision at,
                                   ledger_.Resolve(call.context, listing.read));
        STEELYARD_ASSIGN_OR_RETURN(const SeriesPage page,
                                   store_.ListSeries(call.context, at.revision,
                                                     {.filter = listing.filter,
                                                      .offset = listing.offset,
                                                      .limit = listing.limit,
                                                      .include_periods = listing.include_periods}));
        for (const SeriesSummary& summary : page.series) {
          *reply->add_series() = MessageOf(summary);
        }
        reply->set_total_size(page.total_size);
        *reply->mutable_snapshot() = ledger_.Describe(at);
        const int64_t next = listing.offset + reply->series_size();
        if (next < page.total_size) {
          reply->set_next_page_token(
              filter::EncodePage({reply->snapshot().token(), next}, listing.digest));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* StatisticsService::UpsertObservations(
    grpc::CallbackServerContext* server, const v1::UpsertObservationsRequest* request,
    v1::UpsertObservationsResponse* reply) {
  return RunHandler(runtime_, server, CallClass::kWrite,
                    [=, this](const Call& call) -> absl::Status {
                      STEELYARD_ASSIGN_OR_RETURN(const UpsertAsked asked, Validate(*request));
                      const auto answer = [&](const std::vector<std::string>& changed,
                                              const ledger::Revision& at) {
                        v1::UpsertObservationsResponse response;
                        for (const std::string& id : changed) {
                          response.add_changed(StrCat(kObservationPrefix, id));
                        }
                        if (!request->validate_only()) {
                          *response.mutable_snapshot() = ledger_.Describe(at);
                        }
                        return response.SerializeAsString();
                      };
                      STEELYARD_ASSIGN_OR_RETURN(
                          const std::string bytes,
                          store_.UpsertObservations(call.context, asked.observations,
                                                    {.request_id = request->request_id(),
                                                     .digest = asked.digest,
                                                     .validate_only = request->validate_only()},
                                                    answer));
                      return Remembered(bytes, *reply);
                    });
}

grpc::ServerUnaryReactor* StatisticsService::RetractObservations(
    grpc::CallbackServerContext* server, const v1::RetractObservationsRequest* request,
    v1::RetractObservationsResponse* reply) {
  return RunHandler(runtime_, server, CallClass::kWrite,
                    [=, this](const Call& call) -> absl::Status {
                      STEELYARD_ASSIGN_OR_RETURN(const RetractionAsked asked, Validate(*request));
                      const auto answer = [&](int64_t retracted, const ledger::Revision& at) {
                        v1::RetractObservationsResponse response;
                        response.set_retracted(retracted);
                        if (!request->validate_only()) {
                          *response.mutable_snapshot() = ledger_.Describe(at);
                        }
                        return response.SerializeAsString();
                      };
                      STEELYARD_ASSIGN_OR_RETURN(
                          const std::string bytes,
                          store_.RetractObservations(call.context, asked.retraction,
                                                     {.request_id = request->request_id(),
                                                      .digest = asked.digest,
                                                      .validate_only = request->validate_only()},
                                                     answer));
                      return Remembered(bytes, *reply);
                    });
}

grpc::ServerUnaryReactor* StatisticsService::GetRegion(grpc::CallbackServerContext* server,
                                                       const v1::GetRegionRequest* request,
                                                       v1::GetRegionResponse* reply) {
  return RunHandler(
      runtime_, server, CallClass::kCheap, [=, this](const Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const std::string term, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision at,
                                   ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const auto catalogue, store_.Regions(call.context, at.revision));
        const std::vector<RegionAlias> aliases = AliasesOf(request->region_bindings());
        STEELYARD_RETURN_IF_ERROR(catalogue->CheckAliases(aliases, "region_bindings"));
        STEELYARD_ASSIGN_OR_RETURN(const ResolvedRegion region, catalogue->Resolve(term, aliases));
        *reply->mutable_region() = MessageOf(region);
        *reply->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* StatisticsService::ListRegions(grpc::CallbackServerContext* server,
                                                         const v1::ListRegionsRequest* request,
                                                         v1::ListRegionsResponse* reply) {
  return RunHandler(
      runtime_, server, CallClass::kCheap, [=, this](const Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision at,
                                   ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const auto catalogue, store_.Regions(call.context, at.revision));
        for (const RegionSet& set : catalogue->sets()) {
          *reply->add_regions() = MessageOf(set);
        }
        *reply->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* StatisticsService::GetExchangeRate(
    grpc::CallbackServerContext* server, const v1::GetExchangeRateRequest* request,
    v1::GetExchangeRateResponse* reply) {
  return RunHandler(
      runtime_, server, CallClass::kCheap, [=, this](const Call& call) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const RateAsked asked, Validate(*request));
        STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision at,
                                   ledger_.Resolve(call.context, request->read()));
        STEELYARD_ASSIGN_OR_RETURN(const auto rates, store_.Rates(call.context, at.revision));
        const FxRule rule{.method = common::v1::FX_METHOD_TRANSACTION_DATE,
                          .max_staleness_days = asked.max_staleness_days,
                          .fixed_date = {}};
        STEELYARD_ASSIGN_OR_RETURN(
            const CrossRate rate, rates->Find(request->base(), request->quote(), asked.date, rule));
        reply->set_rate(rate.ToDecimal());
        *reply->mutable_rate_date() = ToProto(rate.rate_date().value_or(asked.date));
        if (rate.days() > 0) {
          reply->set_source(StrCat(kSourcePrefix, kRatesSource));
        }
        *reply->mutable_snapshot() = ledger_.Describe(at);
        return absl::OkStatus();
      });
}

}  // namespace steelyard::funding
