#include "services/common/observe/metrics.h"

#include <exception>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::observe {
namespace {

// From an answer in memory to the default deadline.
const prometheus::Histogram::BucketBoundaries& DurationBuckets() {
  static const prometheus::Histogram::BucketBoundaries buckets = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
      0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};
  return buckets;
}

// The family's own look-up copies and hashes maps of labels on every call; this remembers the
// result.
template <typename Metric>
class Cache {
 public:
  // The metric with the labels; `make` adds it to its family the first time.
  template <typename Make>
  Metric& Get(std::initializer_list<std::string_view> labels, Make make) {
    std::string key;
    for (const std::string_view label : labels) {
      key += label;
      key += '\0';
    }
    const std::lock_guard lock(mutex_);
    Metric*& metric = metrics_[key];
    if (metric == nullptr) metric = &make();
    return *metric;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, Metric*> metrics_;
};

// Metrics by service and one label more.
template <typename Metric>
class ByServiceAnd {
 public:
  ByServiceAnd(std::string label, prometheus::Family<Metric>& family)
      : label_(std::move(label)), family_(family) {}
  template <typename... Arguments>
  Metric& Get(std::string_view service, std::string_view value, Arguments&&... arguments) {
    return cache_.Get({service, value}, [&]() -> Metric& {
      return family_.Add({{"service", std::string(service)}, {label_, std::string(value)}},
                         std::forward<Arguments>(arguments)...);
    });
  }

 private:
  const std::string label_;
  prometheus::Family<Metric>& family_;
  Cache<Metric> cache_;
};

template <typename Metric>
class ByService {
 public:
  explicit ByService(prometheus::Family<Metric>& family) : family_(family) {}
  Metric& operator[](std::string_view service) {
    return cache_.Get({service}, [&]() -> Metric& {
      return family_.Add({{"service", std::string(service)}});
    });
  }

 private:
  prometheus::Family<Metric>& family_;
  Cache<Metric> cache_;
};

}  // namespace

struct Metrics::State {
  prometheus::Family<prometheus::Counter>& Counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(*registry);
  }
  prometheus::Family<prometheus::Gauge>& Gauges(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(*registry);
  }

  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  prometheus::Family<prometheus::Counter>& calls =
      Counters("steelyard_rpc_calls_total", "Calls that ended, by code.");
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram()
          .Name("steelyard_rpc_duration_seconds")
          .Help("From a call's arrival to its end.")
          .Register(*registry);
  Cache<prometheus::Counter> call_cache;
  Cache<prometheus::Histogram> duration_cache;
  ByService<prometheus::Gauge> in_flight{
      Gauges("steelyard_rpc_in_flight", "Calls that have arrived and not ended.")};
  ByServiceAnd<prometheus::Gauge> queue_length{
      "class", Gauges("steelyard_pool_queue_length", "Calls that wait for a worker.")};
  ByServiceAnd<prometheus::Gauge> pool_running{
      "class", Gauges("steelyard_pool_running", "Calls that have a worker.")};
  ByServiceAnd<prometheus::Histogram> pool_wait{"class",
                                                prometheus::BuildHistogram()
                                                    .Name("steelyard_pool_wait_seconds")
                                                    .Help("From a call's admission to its worker.")
                                                    .Register(*registry)};
  ByServiceAnd<prometheus::Counter> refused{
      "class",
      Counters("steelyard_pool_refused_total", "Calls refused because too many were running.")};
  ByServiceAnd<prometheus::Counter> dropped{
      "class",
      Counters("steelyard_pool_dropped_total",
               "Calls that left the queue unrun because nobody waited for them any more.")};
  ByService<prometheus::Gauge> store_revision{
      Gauges("steelyard_store_revision", "Last committed revision of the store.")};
  ByService<prometheus::Gauge> projection_lag{
      Gauges("steelyard_projection_lag_revisions",
             "Revisions of the registry that have not been applied yet.")};
  ByService<prometheus::Gauge> copy_rows{
      Gauges("steelyard_analytic_copy_rows", "Versions of rounds in the analytic copy.")};
  ByService<prometheus::Gauge> copy_bytes{
      Gauges("steelyard_analytic_copy_bytes", "Memory of the analytic copy.")};
  ByServiceAnd<prometheus::Counter> aggregates{
      "answered_by", Counters("steelyard_aggregates_total", "Aggregates by what answered them.")};
  ByServiceAnd<prometheus::Counter> answers{
      "how", Counters("steelyard_answers_total", "Answers at a snapshot by how they came to be.")};
  ByService<prometheus::Gauge> answer_bytes{
      Gauges("steelyard_answers_bytes", "Memory of the kept answers.")};
  // Last: it stops before what it shows goes.
  std::unique_ptr<prometheus::Exposer> exposer;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

absl::StatusOr<std::string> Metrics::Serve(const std::string& address) {
  try {
    state_->exposer = std::make_unique<prometheus::Exposer>(address);
    state_->exposer->RegisterCollectable(state_->registry);
    const std::vector<int> ports = state_->exposer->GetListeningPorts();
    if (!ports.empty()) {
      return StrCat(address.substr(0, address.rfind(':') + 1), ports.front());
    }
  } catch (const std::exception&) {
    // The library says only that it could not start.
  }
  state_->exposer.reset();
  FieldErrors errors;
  errors.Add("metrics_listen",
             StrCat("cannot listen on \"", address,
                    "\": it must be HOST:PORT, an address of this machine that is free"));
  return errors.ToStatus();
}

std::string Metrics::Render() const {
  return prometheus::TextSerializer().Serialize(state_->registry->Collect());
}

void Metrics::CallStarted(std::string_view service) { state_->in_flight[service].Increment(); }

void Metrics::CallEnded(std::string_view service, std::string_view method, std::string_view code,
                        absl::Duration duration) {
  const auto labels = [&] {
    return prometheus::Labels{{"service", std::string(service)}, {"method", std::string(method)}};
  };
  state_->call_cache
      .Get({service, method, code},
           [&]() -> prometheus::Counter& {
             prometheus::Labels all = labels();
             all.emplace("code", std::string(code));
             return state_->calls.Add(all);
           })
      .Increment();
  state_->duration_cache
      .Get({service, method},
           [&]() -> prometheus::Histogram& {
             return state_->durations.Add(labels(), DurationBuckets());
           })
      .Observe(absl::ToDoubleSeconds(duration));
  state_->in_flight[service].Decrement();
}

void Metrics::QueueLength(std::string_view service, std::string_view call_class, int64_t length) {
  state_->queue_length.Get(service, call_class).Set(static_cast<double>(length));
}

void Metrics::PoolRunning(std::string_view service, std::string_view call_class, int64_t running) {
  state_->pool_running.Get(service, call_class).Set(static_cast<double>(running));
}

void Metrics::PoolWait(std::string_view service, std::string_view call_class,
                       absl::Duration waited) {
  state_->pool_wait.Get(service, call_class, DurationBuckets())
      .Observe(absl::ToDoubleSeconds(waited));
}

void Metrics::Refused(std::string_view service, std::string_view call_class) {
  state_->refused.Get(service, call_class).Increment();
}

void Metrics::PoolDropped(std::string_view service, std::string_view call_class) {
  state_->dropped.Get(service, call_class).Increment();
}

void Metrics::StoreRevision(std::string_view service, int64_t revision) {
  state_->store_revision[service].Set(static_cast<double>(revision));
}

void Metrics::ProjectionLag(std::string_view service, int64_t revisions) {
  state_->projection_lag[service].Set(static_cast<double>(revisions));
}

void Metrics::AnalyticCopy(std::string_view service, int64_t rows, int64_t bytes) {
  state_->copy_rows[service].Set(static_cast<double>(rows));
  state_->copy_bytes[service].Set(static_cast<double>(bytes));
}

void Metrics::Aggregated(std::string_view service, std::string_view answered_by) {
  state_->aggregates.Get(service, answered_by).Increment();
}

void Metrics::Answered(std::string_view service, std::string_view how) {
  state_->answers.Get(service, how).Increment();
}

void Metrics::AnswerBytes(std::string_view service, int64_t bytes) {
  state_->answer_bytes[service].Set(static_cast<double>(bytes));
}

}  // namespace steelyard::observe
