#include "services/common/rpc/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "grpcpp/health_check_service_interface.h"
#include "services/common/rpc/handler.h"
#include "services/common/rpc/sanitizer_order.h"
#include "services/common/rpc/tls.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::rpc {
namespace {

constexpr int kSecond = 1000;  // milliseconds
constexpr char kReadiness[] = "readiness";

struct Address {
  std::string host;  // without brackets
  std::string text;  // as written, without the port: "127.0.0.1", "[::1]"
  int port = 0;
};

std::optional<Address> ParseAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  Address parsed;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &parsed.port) || parsed.port < 0 ||
      parsed.port > 65535) {
    return std::nullopt;
  }
  parsed.text = address.substr(0, colon);
  parsed.host = parsed.text;
  if (parsed.host.front() == '[' && parsed.host.back() == ']') {
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  } else if (parsed.host.find_first_of(":[]/") != std::string::npos) {
    return std::nullopt;
  }
  return parsed;
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

absl::Status FieldError(std::string_view field, std::string_view description) {
  FieldErrors errors;
  errors.Add(field, description);
  return errors.ToStatus();
}

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

void ConfigurePublic(const config::v1::ServerConfig& config, grpc::ServerBuilder& builder) {
  const int mib = config.limits().max_message_mib() > 0 ? config.limits().max_message_mib() : 4;
  builder.SetMaxReceiveMessageSize(mib * 1024 * 1024);
  // Clients ping every 60 s.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 30 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * kSecond);
  // Clients look their target's addresses up again when a connection ends, so it ends now and then.
  // Calls in flight stay on the old one: an import over a slow line may take long.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 5 * 60 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60 * 60 * kSecond);
}

// Listens on one address. `*bound` becomes the address with the real port.
absl::StatusOr<std::unique_ptr<grpc::Server>> Listen(
    grpc::ServerBuilder& builder, std::string_view field, const std::string& address,
    const std::shared_ptr<grpc::ServerCredentials>& credentials, std::string* bound) {
  const std::optional<Address> parsed = ParseAddress(address);
  if (!parsed.has_value()) {
    return FieldError(field, StrCat("\"", address, "\" is not HOST:PORT"));
  }
  // Otherwise two processes could share a port, and each would get some of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  int port = 0;
  builder.AddListeningPort(address, credentials, &port);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return FieldError(field, StrCat("cannot listen on \"", address,
                                    "\": it is in use, or not an address of this machine"));
  }
  *bound = StrCat(parsed->text, ":", port);
  return server;
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const config::v1::ServerConfig& config, Runtime& runtime)
      : runtime_(runtime), drain_(config.drain()) {}

  ~GrpcServer() override {
    runtime_.EndStreams();
    Shutdown(absl::ZeroDuration());
  }

  absl::Status Start(const config::v1::ServerConfig& config,
                     const std::vector<grpc::Service*>& services,
                     grpc::CallbackGenericService* generic) {
    const std::optional<Address> address = ParseAddress(config.listen());
    const bool plaintext = !HasTls(config.tls());
    if (address.has_value() && plaintext && !config.insecure() && !IsLoopback(address->host)) {
      return FieldError("listen", StrCat("\"", config.listen(),
                                         "\" is not a loopback address: calls there need `tls`, or "
                                         "`insecure` to allow plaintext"));
    }
    STEELYARD_ASSIGN_OR_RETURN(const auto credentials, ServerCredentials(config.tls()));
    // For all servers of the process that are built from now on.
    static std::once_flag once;
    std::call_once(once, [] { grpc::EnableDefaultHealthCheckService(true); });

    grpc::ServerBuilder builder;
    ConfigurePublic(config, builder);
    InstallEdge(builder);
    for (grpc::Service* service : services) builder.RegisterService(service);
    if (generic != nullptr) builder.RegisterCallbackGenericService(generic);
    STEELYARD_ASSIGN_OR_RETURN(public_,
                               Listen(builder, "listen", config.listen(), credentials, &address_));

    grpc::ServerBuilder admin;
    // gRPC does not start a server whose only services are its own.
    admin.RegisterCallbackGenericService(&unimplemented_);
    const std::string admin_listen =
        config.admin_listen().empty() ? StrCat(address->text, ":0") : config.admin_listen();
    STEELYARD_ASSIGN_OR_RETURN(admin_, Listen(admin, "admin_listen", admin_listen,
                                              grpc::InsecureServerCredentials(), &admin_address_));
    SetReady(false);
    SanitizerOrder();
    return absl::OkStatus();
  }

  const std::string& address() const override { return address_; }
  const std::string& admin_address() const override { return admin_address_; }

  void SetReady(bool ready) override {
    for (grpc::Server* server : {public_.get(), admin_.get()}) {
      server->GetHealthCheckService()->SetServingStatus(kReadiness, ready);
    }
  }

  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    SanitizerOrder();
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    return public_->InProcessChannel(arguments);
  }

  void Drain() override {
    SetReady(false);
    absl::SleepFor(DurationOf(drain_.delay()));
    runtime_.EndStreams();
    Shutdown(drain_.has_deadline() ? DurationOf(drain_.deadline()) : absl::Seconds(10));
  }

 private:
  void Shutdown(absl::Duration patience) {
    // The admin port last: the process is alive until its calls have ended.
    for (grpc::Server* server : {public_.get(), admin_.get()}) {
      if (server == nullptr) continue;
      server->Shutdown(absl::ToChronoTime(absl::Now() + patience));
      patience = absl::ZeroDuration();
    }
    SanitizerOrder();
  }

  Runtime& runtime_;
  const config::v1::Drain drain_;
  std::string address_;
  std::string admin_address_;
  grpc::CallbackGenericService unimplemented_;  // what it says to every call
  std::unique_ptr<grpc::Server> public_;
  std::unique_ptr<grpc::Server> admin_;
};

sigset_t TerminationSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const config::v1::ServerConfig& config,
                                                      Runtime& runtime,
                                                      const std::vector<grpc::Service*>& services,
                                                      grpc::CallbackGenericService* generic) {
  auto server = std::make_unique<GrpcServer>(config, runtime);
  STEELYARD_RETURN_IF_ERROR(server->Start(config, services, generic));
  return server;
}

void BlockTerminationSignals() {
  const sigset_t signals = TerminationSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow is an error of whoever writes it, and no reason to end.
  std::signal(SIGXFSZ, SIG_IGN);
}

std::optional<int> WaitForTermination(absl::Duration patience) {
  const sigset_t signals = TerminationSignals();
  const absl::Time until = absl::Now() + patience;
  while (true) {
    const absl::Duration left = std::max(until - absl::Now(), absl::ZeroDuration());
    const timespec most = absl::ToTimespec(std::min(left, absl::Hours(1)));
    const int signal = sigtimedwait(&signals, nullptr, &most);
    if (signal > 0) return signal;
    if (absl::Now() >= until) return std::nullopt;
  }
}

}  // namespace steelyard::rpc
