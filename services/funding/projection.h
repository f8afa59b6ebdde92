#pragma once

// Follows the registry: every commit of it becomes a commit here, which records the registry's
// revision. So one funding revision implies the registry revision that it had applied.

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/common/observe/metrics.h"
#include "services/funding/store.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::funding {

// How long the follower waits before it tries again: doubled from one failure to the next.
struct Backoff {
  absl::Duration first = absl::Milliseconds(200);
  absl::Duration most = absl::Seconds(5);
};

// A thread that follows from its start to its end. What it is made of must outlive it. Thread-safe.
class Projection {
 public:
  // Resumes after the last revision applied.
  Projection(RoundStore& store, const ledger::Ledger& ledger,
             const std::shared_ptr<grpc::Channel>& registry, observe::Metrics& metrics,
             Backoff backoff = {});
  // Breaks the stream off and waits for the thread.
  ~Projection();
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;

  // Newest revision of the registry heard of; at least the one applied.
  int64_t registry_head() const;
  // True while the registry's changes cannot be followed.
  bool unreachable() const { return unreachable_; }

 private:
  void Run();
  // One stream, until it ends; never OK.
  absl::Status Follow();
  // Takes one message in; commits when it is the last one of its revision.
  absl::Status Take(const registry::v1::WatchCompaniesResponse& message);
  void Reached();
  void Lost(const absl::Status& why);
  // Waits before the next attempt, unless the end comes first.
  void Pause(absl::Duration duration) const;
  void Report() const;

  RoundStore& store_;
  const ledger::Ledger& ledger_;
  std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
  observe::Metrics& metrics_;
  const Backoff backoff_;
  Context context_;                    // cancelled at the end
  std::vector<CompanyFacts> pending_;  // of a revision that comes in several messages
  absl::Duration pause_;               // before the next attempt
  std::atomic<int64_t> heard_of_ = 0;
  std::atomic<bool> unreachable_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace steelyard::funding
