#pragma once

// Prometheus metrics. Names are public: steelyard_rpc_calls_total{service,method,code},
// steelyard_aggregates_total{service,answered_by}, steelyard_analytic_copy_rows{service},
// steelyard_analytic_copy_bytes{service},
// steelyard_rpc_duration_seconds{service,method}, steelyard_rpc_in_flight{service},
// steelyard_pool_queue_length{service}, steelyard_pool_refused_total{service},
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
  void QueueLength(std::string_view service, int64_t length);
  // A call was refused because the service has enough to do.
  void Refused(std::string_view service);
  void StoreRevision(std::string_view service, int64_t revision);
  void ProjectionLag(std::string_view service, int64_t revisions);
  // What the analytic copy holds; nothing while there is none.
  void AnalyticCopy(std::string_view service, int64_t rows, int64_t bytes);
  // An aggregate was answered by "cube", "columns" or "engine".
  void Aggregated(std::string_view service, std::string_view answered_by);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steelyard::observe
