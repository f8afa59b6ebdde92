#pragma once

// Writes that go on until the suite is killed under them, and the check that it has kept what it
// acknowledged.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

// What was wrong with what a suite holds. All of it must be 0.
struct Losses {
  int64_t lost = 0;    // acknowledged, and not there
  int64_t half = 0;    // writes of which some rows are there
  int64_t back = 0;    // services whose revision is lower than one seen before
  int64_t other = 0;   // services that hold more rows, or fewer, than were written
  int64_t failed = 0;  // questions without an answer, and writes that are refused even now
};

// The writes to one store, none of which is like another: companies and rounds one by one, and
// files of rounds, side by side.
class Workload {
 public:
  Workload();
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  ~Workload() { Join(); }

  // Starts writing to a suite that serves there.
  void Start(const std::string& target);
  // Until that time, or until nothing can be written any more.
  void AwaitMoment(absl::Time moment);
  // Waits for the writers, each of which ends with the first call that fails.
  void Join();
  // Compares what a suite holds with what was written since the last check, or with all of it,
  // after sending again what was not acknowledged, as a client would. Nobody writes meanwhile.
  Losses Check(const std::string& target, bool all);

  // Commits, of all that were ever begun.
  int64_t acknowledged() const { return acknowledged_; }

 private:
  using Channel = std::shared_ptr<grpc::Channel>;
  enum class State { kUnknown, kAcknowledged, kChecked };
  // One kind of write; each has a number.
  struct Kind {
    int64_t rows;               // that one write brings
    int64_t Workload::*newest;  // revision of its service that was acknowledged or seen
    absl::StatusOr<int64_t> (Workload::*write)(const Channel&, size_t number);  // the revision
    absl::StatusOr<int64_t> (Workload::*rows_of)(const Channel&, size_t number);
    std::vector<State> writes = {};
  };

  absl::StatusOr<int64_t> WriteCompany(const Channel& channel, size_t number);
  absl::StatusOr<int64_t> WriteRound(const Channel& channel, size_t number);
  absl::StatusOr<int64_t> ImportRounds(const Channel& channel, size_t number);
  absl::StatusOr<int64_t> CompaniesOf(const Channel& channel, size_t number);
  absl::StatusOr<int64_t> RoundsOf(const Channel& channel, size_t number);
  absl::StatusOr<int64_t> RoundsOfImport(const Channel& channel, size_t number);
  absl::StatusOr<int64_t> CountRounds(const Channel& channel, const std::string& filter);

  void RunWriter(const Channel& channel, std::vector<Kind*> kinds);
  absl::StatusOr<int64_t> Write(const Channel& channel, Kind& kind, size_t number);
  void CheckWrite(const Channel& channel, Kind& kind, size_t number, Losses& losses);
  void CheckTotals(const Channel& channel, Losses& losses);

  TempDir files_;
  std::vector<std::thread> writers_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable ended_;
  size_t running_ = 0;
  int64_t acknowledged_ = 0;
  int64_t registry_ = 0;
  int64_t funding_ = 0;
  Kind companies_;
  Kind rounds_;
  Kind imports_;
};

}  // namespace steelyard::testing
