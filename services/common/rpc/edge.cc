#include "services/common/rpc/edge.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <random>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/common/observe/log.h"
#include "services/common/rpc/handler.h"
#include "services/common/rpc/sanitizer_order.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::rpc {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(1);
// gRPC's C++ handlers are not told which method they serve; an interceptor writes it here.
constexpr char kMethodKey[] = "steelyard-method";
constexpr std::string_view kUnknownMethod = "unknown";

std::string Hex(uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

uint64_t DrawNonZero() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  uint64_t value = 0;
  while (value == 0) value = generator();
  return value;
}

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
  });
}

class MethodInterceptor final : public grpc::experimental::Interceptor {
 public:
  explicit MethodInterceptor(const char* method) : method_(method) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      auto* metadata = methods->GetRecvInitialMetadata();
      metadata->erase(kMethodKey);  // a caller may not say what it calls
      metadata->emplace(kMethodKey, method_);
    }
    methods->Proceed();
  }

 private:
  const char* method_;
};

class MethodInterceptorFactory final
    : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return new MethodInterceptor(info->method());
  }
};

std::string MethodOf(const grpc::CallbackServerContext& server) {
  const std::string_view method = ClientMetadata(server, kMethodKey);
  return std::string(method.empty() ? kUnknownMethod : method);
}

absl::Time EndOf(const grpc::CallbackServerContext& server, const Runtime& runtime,
                 Edge::Deadline deadline) {
  const absl::Time caller = DeadlineOf(server);
  if (caller != absl::InfiniteFuture() || deadline == Edge::Deadline::kNone) return caller;
  return absl::Now() + runtime.default_deadline();
}

Call MakeCall(const grpc::CallbackServerContext& server, absl::Time deadline, std::string method) {
  const std::optional<std::string> trace = TraceIdOf(ClientMetadata(server, "traceparent"));
  return {.context = Context::WithDeadline(deadline),
          .method = std::move(method),
          .trace_id = trace.has_value() ? *trace : DrawTraceId(),
          .peer = server.peer()};
}

// Writes the trace id into the ErrorInfo of an internal error, unless a backend's is there.
grpc::Status WithTraceId(const grpc::Status& status, const std::string& trace_id) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return status;
  for (auto& any : *details.mutable_details()) {
    google::rpc::ErrorInfo info;
    if (any.Is<google::rpc::ErrorInfo>() && any.UnpackTo(&info)) {
      info.mutable_metadata()->insert({"trace_id", trace_id});
      any.PackFrom(info);
    }
  }
  return {status.error_code(), status.error_message(), details.SerializeAsString()};
}

observe::Severity SeverityOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return observe::Severity::kDebug;
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DATA_LOSS:
      return observe::Severity::kError;
    case grpc::StatusCode::UNAVAILABLE:
      return observe::Severity::kWarning;
    default:
      return observe::Severity::kInfo;
  }
}

std::string ReasonName(const absl::Status& status) {
  constexpr std::string_view kPrefix = "ERROR_REASON_";
  const ErrorReason reason = ReasonOf(status);
  if (reason == common::v1::ERROR_REASON_UNSPECIFIED) return status.ok() ? "" : "INTERNAL";
  return common::v1::ErrorReason_Name(reason).substr(kPrefix.size());
}

}  // namespace

std::optional<std::string> TraceIdOf(std::string_view traceparent) {
  // 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01; later versions may append fields.
  if (traceparent.size() < 55 || (traceparent.size() > 55 && traceparent[55] != '-')) return {};
  const std::string_view version = traceparent.substr(0, 2);
  const std::string_view trace = traceparent.substr(3, 32);
  const std::string_view span = traceparent.substr(36, 16);
  const bool shaped = traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-' &&
                      IsHex(version) && IsHex(trace) && IsHex(span) &&
                      IsHex(traceparent.substr(53, 2));
  const auto zero = [](std::string_view id) {
    return id.find_first_not_of('0') == std::string_view::npos;
  };
  if (!shaped || version == "ff" || zero(trace) || zero(span)) return {};
  if (version == "00" && traceparent.size() != 55) return {};
  return std::string(trace);
}

std::string DrawTraceId() { return Hex(DrawNonZero()) + Hex(DrawNonZero()); }

std::string MakeTraceparent(std::string_view trace_id) {
  return StrCat("00-", trace_id, "-", Hex(DrawNonZero()), "-01");
}

std::string_view ClientMetadata(const grpc::CallbackServerContext& server, std::string_view key) {
  const auto& metadata = server.client_metadata();
  const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

absl::Time DeadlineOf(const grpc::CallbackServerContext& server) {
  const auto deadline = server.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

std::string_view NameOfCode(grpc::StatusCode code) {
  static constexpr std::array<std::string_view, 17> kNames = {"OK",
                                                              "CANCELLED",
                                                              "UNKNOWN",
                                                              "INVALID_ARGUMENT",
                                                              "DEADLINE_EXCEEDED",
                                                              "NOT_FOUND",
                                                              "ALREADY_EXISTS",
                                                              "PERMISSION_DENIED",
                                                              "RESOURCE_EXHAUSTED",
                                                              "FAILED_PRECONDITION",
                                                              "ABORTED",
                                                              "OUT_OF_RANGE",
                                                              "UNIMPLEMENTED",
                                                              "INTERNAL",
                                                              "UNAVAILABLE",
                                                              "DATA_LOSS",
                                                              "UNAUTHENTICATED"};
  const auto index = static_cast<size_t>(code);
  return index < kNames.size() ? kNames.at(index) : "UNKNOWN";
}

Call BackgroundCall(const Context& context, std::string_view name) {
  return {.context = context,
          .method = std::string(name),
          .trace_id = DrawTraceId(),
          .peer = "internal"};
}

void InstallEdge(grpc::ServerBuilder& builder) {
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
  creators.push_back(std::make_unique<MethodInterceptorFactory>());
  builder.experimental().SetInterceptorCreators(std::move(creators));
}

Edge::Edge(Runtime& runtime, grpc::CallbackServerContext* server, Deadline deadline)
    : Edge(runtime, server, deadline, MethodOf(*server), "") {}

Edge::Edge(Runtime& runtime, grpc::CallbackServerContext* server, Deadline deadline,
           std::string method, std::string label)
    : runtime_(runtime),
      server_(server),
      started_(absl::Now()),
      call_(MakeCall(*server, EndOf(*server, runtime, deadline), std::move(method))),
      label_(label.empty() ? call_.method : std::move(label)) {
  SanitizerOrder();
  runtime_.metrics().CallStarted(runtime_.service());
}

absl::Status Edge::Authorize() const { return runtime_.Authorize(*server_, call_.method); }

absl::Status Edge::Overloaded(std::string_view what) const {
  runtime_.metrics().Refused(runtime_.service(), what);
  return MakeRetryableError(common::v1::ERROR_REASON_OVERLOADED,
                            "the server has as many calls as it takes; try again later",
                            kRetryAfter);
}

void Edge::EndWithStreams() {
  end_streams_ = runtime_.OnEndStreams([this] {
    ended_with_streams_ = true;
    call_.context.Cancel();
  });
}

absl::Status Edge::Run(const std::function<absl::Status()>& handler) const {
  std::string what = "an exception that is not a std::exception";
  try {
    absl::Status over = call_.context.Check();
    return over.ok() ? handler() : over;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
  }
  // Without a reason: the text goes to the log, not to the caller.
  return absl::InternalError(ToAbsl(StrCat("exception: ", what)));
}

absl::Status Edge::Translate(absl::Status status) const {
  if (status.code() != absl::StatusCode::kCancelled) return status;
  if (ended_with_streams_) {
    return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                              "the server is shutting down", kRetryAfter);
  }
  // gRPC cancels calls at their deadline.
  if (absl::Now() >= call_.context.deadline()) {
    return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "the call's deadline passed");
  }
  return status;
}

grpc::Status Edge::End(absl::Status status) {
  end_streams_ = {};
  status = Translate(std::move(status));
  return Finish(status, ToGrpcStatus(status));
}

grpc::Status Edge::EndHandedOn(const grpc::Status& status, std::string_view backend) {
  end_streams_ = {};
  const absl::Status ours = Translate(FromGrpcStatus(status, backend));
  const bool as_it_is = !status.error_details().empty() &&
                        static_cast<int>(ours.code()) == static_cast<int>(status.error_code());
  return Finish(ours, as_it_is ? status : ToGrpcStatus(ours));
}

grpc::Status Edge::Finish(const absl::Status& status, grpc::Status answer) {
  if (answer.error_code() == grpc::StatusCode::INTERNAL) {
    answer = WithTraceId(answer, call_.trace_id);
  }
  const bool from_backend = !MetadataOf(status, "service").empty();
  if (answer.error_code() == grpc::StatusCode::UNAVAILABLE && from_backend) {
    server_->AddTrailingMetadata(kPushbackKey, kNoRetry);
  }

  SanitizerOrder();
  const absl::Duration duration = absl::Now() - started_;
  const std::string_view code = NameOfCode(answer.error_code());
  runtime_.metrics().CallEnded(runtime_.service(), label_, code, duration);
  if (const auto severity = SeverityOf(answer.error_code()); observe::LogEnabled(severity)) {
    observe::Log(severity, "call",
                 {{"service", runtime_.service()},
                  {"method", call_.method},
                  {"code", code},
                  {"reason", ReasonName(status)},
                  {"error", ToStd(status.message())},
                  {"duration_ms", absl::ToDoubleMilliseconds(duration)},
                  {"trace_id", call_.trace_id},
                  {"peer", call_.peer}});
  }
  return answer;
}

}  // namespace steelyard::rpc
