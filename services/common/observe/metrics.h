#pragma once

// Prometheus metrics. Names are public: steelyard_rpc_calls_total{service,method,code},
// steelyard_aggregates_total{service,answered_by}, steelyard_analytic_copy_rows{service},
// steelyard_analytic_copy_bytes{service},
// steelyard_rpc_duration_seconds{service,method}, steelyard_rpc_in_flight{service},
// steelyard_pool_queue_length{service,class}, steelyard_pool_running{service,class},
// steelyard_pool_wait_seconds{service,class}, steelyard_pool_refused_total{service,class},
// steelyard_pool_dropped_total{service,class},
// steelyard_answers_total{service,how}, steelyard_answers_bytes{service},
// steelyard_store_revision{service}, steelyard_projection_lag_revisions{service}.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace steelyard::observe {

// Thread-safe. Labels must come from bounded sets: each new combination is kept for good.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  // Serves /metrics over HTTP on HOST:PORT (0 picks one) until destroyed; returns the real address.
  // Call at most once. INVALID_FIELD when it cannot listen there.
  absl::StatusOr<std::string> Serve(const std::string& address);
  // The text that /metrics gives.
  std::string Render() const;

  void CallStarted(std::string_view service);
  // Once for every CallStarted. `code` is the name of the gRPC code, such as "NOT_FOUND".
  void CallEnded(std::string_view service, std::string_view method, std::string_view code,
                 absl::Duration duration);
  // Of the worker pool, by class of calls: those that wait for a worker, and those that have one.
  void QueueLength(std::string_view service, std::string_view call_class, int64_t length);
  void PoolRunning(std::string_view service, std::string_view call_class, int64_t running);
  // A call has been given to a worker, after so long.
  void PoolWait(std::string_view service, std::string_view call_class, absl::Duration waited);
  // A call was refused because the service has enough to do of its class.
  void Refused(std::string_view service, std::string_view call_class);
  // A call left the queue without having run, because nobody waited for it any more.
  void PoolDropped(std::string_view service, std::string_view call_class);
  void StoreRevision(std::string_view service, int64_t revision);
  void ProjectionLag(std::string_view service, int64_t revisions);
  // What the analytic copy holds; nothing while there is none.
  void AnalyticCopy(std::string_view service, int64_t rows, int64_t bytes);
  // An aggregate was answered by "cube", "columns" or "engine".
  void Aggregated(std::string_view service, std::string_view answered_by);
  // An answer at a snapshot was "kept", "shared" with who computed it, or "computed"; and what the
  // kept ones take.
  void Answered(std::string_view service, std::string_view how);
  void AnswerBytes(std::string_view service, int64_t bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steelyard::observe
