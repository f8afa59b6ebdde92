#include "services/funding/projection.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "services/common/context/wait.h"
#include "services/common/observe/log.h"
#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/reference/convert.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kRegistry = "services/registry";
constexpr std::string_view kService = "funding";

}  // namespace

Projection::Projection(RoundStore& store, const ledger::Ledger& ledger,
                       const std::shared_ptr<grpc::Channel>& registry, observe::Metrics& metrics,
                       Backoff backoff)
    : store_(store),
      ledger_(ledger),
      registry_(registry::v1::RegistryService::NewStub(registry)),
      metrics_(metrics),
      backoff_(backoff),
      context_(Context::Background()),
      pause_(backoff.first),
      heard_of_(ledger.head().registry_revision),
      thread_([this] { Run(); }) {}

Projection::~Projection() {
  context_.Cancel();
  thread_.join();
}

int64_t Projection::registry_head() const {
  return std::max(heard_of_.load(), ledger_.head().registry_revision);
}

void Projection::Run() {
  while (!context_.cancelled()) {
    const absl::Status ended = Follow();
    if (context_.cancelled()) return;
    Lost(ended);
    Pause(pause_);
    pause_ = std::min(pause_ * 2, backoff_.most);
  }
}

absl::Status Projection::Follow() {
  pending_.clear();
  rpc::OutgoingContext outgoing(rpc::BackgroundCall(context_, "follow registry"));
  registry::v1::WatchCompaniesRequest request;
  request.set_after_revision(ledger_.head().registry_revision);
  const auto stream = registry_->WatchCompanies(outgoing.get(), request);
  registry::v1::WatchCompaniesResponse message;
  while (stream->Read(&message)) {
    Reached();
    if (absl::Status taken = Take(message); !taken.ok()) {
      outgoing.get()->TryCancel();
      stream->Finish();
      return taken;
    }
    pause_ = backoff_.first;
  }
  const grpc::Status ended = stream->Finish();
  if (!ended.ok()) return FromGrpcStatus(ended, kRegistry);
  return MakeError(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE, "the registry ended its stream",
                   {{"service", std::string(kRegistry)}});
}

absl::Status Projection::Take(const registry::v1::WatchCompaniesResponse& message) {
  heard_of_ = std::max(heard_of_.load(), message.revision());
  for (const registry::v1::Company& company : message.companies()) {
    pending_.push_back(FactsOf(company));
  }
  if (message.more()) return absl::OkStatus();
  const std::vector<CompanyFacts> companies = std::exchange(pending_, {});
  if (message.revision() > ledger_.head().registry_revision) {
    STEELYARD_RETURN_IF_ERROR(
        store_.ApplyCompanies(context_, companies, message.revision()).status());
  }
  Report();
  return absl::OkStatus();
}

void Projection::Reached() {
  if (!unreachable_.exchange(false)) return;
  observe::Log(observe::Severity::kInfo, "following the registry again",
               {{"registry_revision", ledger_.head().registry_revision}});
}

void Projection::Lost(const absl::Status& why) {
  if (unreachable_.exchange(true)) return;
  observe::Log(observe::Severity::kWarning, "cannot follow the registry",
               {{"reason", std::string(ToStd(why.message()))},
                {"registry_revision", ledger_.head().registry_revision}});
}

void Projection::Pause(absl::Duration duration) const {
  std::mutex mutex;
  std::condition_variable changed;
  const CancelWake wake(context_, mutex, changed);
  std::unique_lock lock(mutex);
  WaitUntil(
      changed, lock, context_, [] { return false; }, absl::Now() + duration);
}

void Projection::Report() const {
  const ledger::Revision head = ledger_.head();
  metrics_.StoreRevision(kService, head.revision);
  metrics_.ProjectionLag(kService, registry_head() - head.registry_revision);
}

}  // namespace steelyard::funding
