#include "gateway/cli/session.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "services/common/rpc/keep_grpc.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

// Answers may be large; requests are small.
constexpr int kMostAnswerBytes = 64 << 20;

std::shared_ptr<grpc::Channel> Connect(const std::string& target) {
  rpc::KeepGrpc();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostAnswerBytes);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

bool IsNoAnswer(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(time));
  timestamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(timestamp.seconds()))));
  return timestamp;
}

Session::Session(const GlobalOptions& options, std::ostream& out, std::ostream& err)
    : options_(options), out_(out), err_(err), channel_(Connect(options.target)) {}

std::unique_ptr<grpc::ClientContext> Session::NewContext() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(Deadline()));
  return context;
}

absl::Time Session::Deadline() const {
  return absl::Now() + absl::Seconds(options_.timeout_seconds);
}

absl::StatusOr<common::v1::ReadOptions> Session::Read() const {
  common::v1::ReadOptions read;
  FieldErrors errors;
  if (!options_.snapshot.empty() && !options_.as_of.empty()) {
    errors.Add("--as-of", "cannot be given together with --snapshot");
  }
  if (!options_.snapshot.empty()) read.set_snapshot(options_.snapshot);
  if (!options_.as_of.empty()) {
    absl::Time time;
    std::string why;
    if (!absl::ParseTime(absl::RFC3339_full, options_.as_of, &time, &why)) {
      errors.Add("--as-of",
                 StrCat("'", options_.as_of, "' is not a time such as 2026-11-23T10:00:00Z"));
    }
    *read.mutable_as_of() = ToTimestamp(time);
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return read;
}

int Session::PrintJson(const google::protobuf::Message& message) const {
  google::protobuf::util::JsonPrintOptions how;
  how.add_whitespace = true;
  std::string json;
  if (const auto status = google::protobuf::util::MessageToJsonString(message, &json, how);
      !status.ok()) {
    err_ << "steelyard: the answer cannot be printed as JSON\n";
    return kRefused;
  }
  out_ << json;
  if (json.empty() || json.back() != '\n') out_ << '\n';
  return kOk;
}

int Session::Fail(const absl::Status& status) const {
  err_ << "steelyard: " << ToStd(status.message()) << '\n';
  const std::string trace = MetadataOf(status, "trace_id");
  if (!trace.empty()) err_ << "  trace " << trace << '\n';
  if (!IsNoAnswer(status)) return kRefused;
  // A store that says why it cannot serve is there.
  const bool told = ReasonOf(status) == common::v1::ERROR_REASON_STORE_UNAVAILABLE;
  if (absl::IsUnavailable(status) && !told) {
    err_ << "  asked " << options_.target
         << "; is the suite running there? ./dev run starts one, --target names another\n";
  }
  if (absl::IsDeadlineExceeded(status)) {
    err_ << "  waited " << options_.timeout_seconds << " s; --timeout SECONDS waits longer\n";
  }
  return kUnavailable;
}

int Session::WrongUsage(const absl::Status& status) const {
  err_ << "steelyard: " << ToStd(status.message()) << '\n';
  return kWrongUsage;
}

absl::Status Session::ToStatus(const grpc::Status& status) {
  return FromGrpcStatus(status, "services/gateway");
}

}  // namespace steelyard::cli
