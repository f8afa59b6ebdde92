#pragma once

// One run of the client: where it asks, how it prints, and how a failure becomes an exit code.

#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "grpcpp/grpcpp.h"
#include "steelyard/common/v1/snapshot.pb.h"

namespace steelyard::cli {

// Exit codes; part of the client's contract.
enum ExitCode : int {
  kOk = 0,
  kRefused = 1,      // the server answered with an error: not found, invalid, ...
  kWrongUsage = 2,   // the command line, or a local file that it names
  kUnavailable = 3,  // no answer: unreachable, overloaded, out of time
};

// Flags that every verb takes.
struct GlobalOptions {
  std::string target;
  bool json = false;
  double timeout_seconds = 30;
  std::string snapshot;
  std::string as_of;
};

// To the nanosecond.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

class Session {
 public:
  Session(const GlobalOptions& options, std::ostream& out, std::ostream& err);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // Makes a context with the deadline of --timeout.
  std::unique_ptr<grpc::ClientContext> NewContext() const;
  absl::Time Deadline() const;
  // What --snapshot and --as-of stand for. INVALID_FIELD when both are given or the time is none.
  absl::StatusOr<common::v1::ReadOptions> Read() const;

  bool json() const { return options_.json; }
  std::ostream& out() const { return out_; }
  std::ostream& err() const { return err_; }

  // Prints a message as JSON in protobuf's mapping, and a line end.
  int PrintJson(const google::protobuf::Message& message) const;
  // Prints an error of the server on stderr and gives its exit code.
  int Fail(const absl::Status& status) const;
  // Prints an error of the command line on stderr and gives its exit code.
  int WrongUsage(const absl::Status& status) const;
  // The status of a call to the gateway.
  static absl::Status ToStatus(const grpc::Status& status);

 private:
  GlobalOptions options_;
  std::ostream& out_;
  std::ostream& err_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace steelyard::cli
