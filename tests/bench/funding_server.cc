#include "tests/bench/funding_server.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/grpcpp.h"
#include "services/common/status/status.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "tests/bench/generated_rounds.h"
#include "tests/bench/machine.h"
#include "tests/bench/race.h"
#include "tests/support/suite.h"

namespace steelyard::bench {
namespace {

using funding::v1::FundingService;

constexpr int kStarts = 3;
constexpr absl::Duration kLongestExport = absl::Minutes(1);
constexpr int kMixes[] = {1, 8, 32};

// As ./dev run starts it, but alone: the registry is not there, which it waits for in peace.
testing::ServerProcess Start(const std::string& directory) {
  return testing::StartServer("steelyard-funding",
                              {"--listen", "127.0.0.1:0", "--data", directory});
}

std::unique_ptr<FundingService::Stub> Connect(const std::string& address) {
  // A connection for each caller, as different machines have.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return FundingService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

grpc::Status AskCheap(FundingService::Stub& stub, int64_t round, absl::Time until) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(until));
  funding::v1::GetRoundRequest request;
  request.set_name(absl::StrCat("rounds/", World::IdOf(round)));
  funding::v1::GetRoundResponse response;
  return stub.GetRound(&context, request, &response);
}

// `kind` makes it another question than the ones before, which a cache would answer.
grpc::Status AskDear(FundingService::Stub& stub, int64_t kind, absl::Time until) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(until));
  funding::v1::AggregateRoundsRequest request;
  request.add_group_by(funding::v1::DIMENSION_YEAR);
  request.add_group_by(funding::v1::DIMENSION_LAYER);
  request.add_measures(funding::v1::MEASURE_MEDIAN);
  request.mutable_definition()->set_currency("USD");
  request.mutable_period()->mutable_from()->set_year(2005);
  request.mutable_period()->mutable_from()->set_month(1 + static_cast<int>(kind % 12));
  request.mutable_period()->mutable_from()->set_day(1 + static_cast<int>(kind / 12 % 28));
  request.mutable_period()->mutable_to()->set_year(2025);
  funding::v1::AggregateRoundsResponse response;
  return stub.AggregateRounds(&context, request, &response);
}

// Callers of one class: each asks again as soon as it has its answer.
class Crowd {
 public:
  template <typename Ask>
  void Send(const std::string& address, int callers, absl::Time until, Ask ask) {
    for (int i = 0; i < callers; ++i) {
      threads_.emplace_back([this, address, until, ask, i] {
        const auto stub = Connect(address);
        std::mt19937_64 draw(static_cast<uint64_t>(i));
        while (absl::Now() < until) Ask1(*stub, ask, draw);
      });
    }
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
  }
  // After Join.
  absl::StatusOr<Callers> Result() const {
    if (!failure_.ok()) return failure_;
    Callers callers;
    callers.calls = microseconds_.size();
    callers.p50 = Quantile(microseconds_, 0.5);
    callers.p99 = Quantile(microseconds_, 0.99);
    callers.refused = refused_;
    callers.late = late_;
    return callers;
  }

 private:
  template <typename Ask>
  void Ask1(FundingService::Stub& stub, Ask ask, std::mt19937_64& draw) {
    const absl::Time started = absl::Now();
    const grpc::Status status = ask(stub, draw);
    const double took = absl::ToDoubleMicroseconds(absl::Now() - started);
    bool refused = false;
    {
      const std::lock_guard lock(mutex_);
      refused = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
      if (status.ok()) microseconds_.push_back(took);
      const bool late = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
      if (refused) ++refused_;
      if (late) ++late_;
      if (!status.ok() && !refused && !late) failure_ = FromGrpcStatus(status, "funding");
    }
    // As RetryInfo asks, though sooner.
    if (refused) absl::SleepFor(absl::Milliseconds(10));
  }

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::vector<double> microseconds_;
  int64_t refused_ = 0;
  int64_t late_ = 0;
  absl::Status failure_;
};

absl::Status RunMix(const std::string& address, int64_t rounds, int cheap, int dear,
                    absl::Duration time, std::vector<Callers>& results) {
  static std::atomic<int64_t> kind = 0;
  Crowd cheap_crowd;
  Crowd dear_crowd;
  const absl::Time until = absl::Now() + time;
  dear_crowd.Send(address, dear, until, [until](FundingService::Stub& stub, std::mt19937_64&) {
    return AskDear(stub, kind.fetch_add(1), until);
  });
  cheap_crowd.Send(
      address, cheap, until, [rounds, until](FundingService::Stub& stub, std::mt19937_64& draw) {
        const auto round = static_cast<int64_t>(draw() % static_cast<uint64_t>(rounds));
        return AskCheap(stub, round, until);
      });
  cheap_crowd.Join();
  dear_crowd.Join();
  for (auto& [crowd, name] : {std::pair(&cheap_crowd, "cheap"), std::pair(&dear_crowd, "dear")}) {
    STEELYARD_ASSIGN_OR_RETURN(Callers callers, crowd->Result());
    callers.cheap = cheap;
    callers.dear = dear;
    callers.call_class = name;
    const bool there = (crowd == &cheap_crowd ? cheap : dear) > 0;
    if (there) results.push_back(std::move(callers));
  }
  return absl::OkStatus();
}

absl::StatusOr<Exported> Export(FundingService::Stub& stub, funding::v1::ExportFormat format,
                                const std::string& name) {
  grpc::ClientContext context;
  funding::v1::ExportRoundsRequest request;
  request.set_format(format);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kLongestExport));
  Exported exported = {.format = name, .time = absl::ZeroDuration()};
  const absl::Time started = absl::Now();
  const auto stream = stub.ExportRounds(&context, request);
  funding::v1::ExportRoundsResponse response;
  while (stream->Read(&response)) {
    exported.bytes += static_cast<int64_t>(response.chunk().size());
    if (response.has_end()) exported.rows = response.end().rows();
  }
  const grpc::Status status = stream->Finish();
  exported.time = absl::Now() - started;
  exported.complete = status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED;
  if (exported.complete) STEELYARD_RETURN_IF_ERROR(FromGrpcStatus(status, "funding"));
  return exported;
}

absl::StatusOr<Started> MeasureStart(const std::string& directory) {
  Started started;
  std::vector<double> seconds;
  for (int i = 0; i < kStarts; ++i) {
    const absl::Time begin = absl::Now();
    testing::ServerProcess server = Start(directory);
    STEELYARD_RETURN_IF_ERROR(FromGrpcStatus(
        AskCheap(*Connect(server.address), 1, absl::Now() + absl::Minutes(1)), "funding"));
    seconds.push_back(absl::ToDoubleSeconds(absl::Now() - begin));
    started.resident_bytes = ResidentMemory(server.process.pid());
    server.process.Signal(SIGTERM);
    server.process.Wait();
  }
  started.to_ready = absl::Seconds(Quantile(seconds, 0.5));
  return started;
}

}  // namespace

absl::StatusOr<Served> MeasureServer(const std::string& directory, int64_t rounds,
                                     absl::Duration time) {
  Served served;
  STEELYARD_ASSIGN_OR_RETURN(served.started, MeasureStart(directory));
  testing::ServerProcess server = Start(directory);
  const auto stub = Connect(server.address);
  for (const auto& [format, name] : {std::pair(funding::v1::EXPORT_FORMAT_PARQUET, "Parquet"),
                                     std::pair(funding::v1::EXPORT_FORMAT_CSV, "CSV")}) {
    STEELYARD_ASSIGN_OR_RETURN(Exported exported, Export(*stub, format, name));
    served.exports.push_back(std::move(exported));
  }
  for (const int callers : kMixes) {
    for (const int dear : {0, callers}) {
      STEELYARD_RETURN_IF_ERROR(
          RunMix(server.address, rounds, callers, dear, time, served.callers));
    }
  }
  served.resident_after = ResidentMemory(server.process.pid());
  server.process.Signal(SIGTERM);
  server.process.Wait();
  return served;
}

}  // namespace steelyard::bench
