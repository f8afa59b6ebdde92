#pragma once

// A service whose behaviour the test decides, on a real server.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/common/observe/metrics.h"
#include "services/common/rpc/client.h"
#include "services/common/rpc/handler.h"
#include "services/common/rpc/runtime.h"
#include "services/common/rpc/server.h"
#include "services/common/status/status.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"
#include "tests/support/event.h"

namespace steelyard::rpc {

namespace v1 = funding::v1;

using testing::Event;

// What a server was told, in order.
template <typename T>
class Record {
 public:
  void Add(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
  }
  std::vector<T> all() const {
    const std::lock_guard lock(mutex_);
    return values_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<T> values_;
};

// One unary method, one server stream, one bidirectional stream. Set what they do before the first
// call.
class Funding final : public v1::FundingService::CallbackService {
 public:
  explicit Funding(Runtime& runtime) : runtime_(runtime) {}

  std::function<absl::Status(const Call&, const v1::GetRoundRequest&, v1::GetRoundResponse&)> get;
  std::function<absl::Status(const Call&, const Send<v1::WatchRoundsResponse>&)> watch;
  std::function<absl::Status(const Call&, const Receive<v1::ImportRequest>&,
                             const Send<v1::ImportResponse>&)>
      import;
  Record<Call> calls;

  grpc::ServerUnaryReactor* GetRound(grpc::CallbackServerContext* server,
                                     const v1::GetRoundRequest* request,
                                     v1::GetRoundResponse* response) override {
    return RunHandler(runtime_, server, CallClass::kCheap,
                      [this, request, response](const Call& call) {
                        calls.Add(call);
                        return get ? get(call, *request, *response) : absl::OkStatus();
                      });
  }
  grpc::ServerWriteReactor<v1::WatchRoundsResponse>* WatchRounds(
      grpc::CallbackServerContext* server, const v1::WatchRoundsRequest*) override {
    return RunServerStream<v1::WatchRoundsResponse>(
        runtime_, server, CallClass::kCheap,
        [this](const Call& call, const Send<v1::WatchRoundsResponse>& send) {
          calls.Add(call);
          return watch(call, send);
        });
  }
  grpc::ServerBidiReactor<v1::ImportRequest, v1::ImportResponse>* Import(
      grpc::CallbackServerContext* server) override {
    return RunBidiStream<v1::ImportRequest, v1::ImportResponse>(
        runtime_, server, CallClass::kWrite,
        [this](const Call& call, const Receive<v1::ImportRequest>& receive,
               const Send<v1::ImportResponse>& send) {
          calls.Add(call);
          return import(call, receive, send);
        });
  }

 private:
  Runtime& runtime_;
};

inline config::v1::ServerConfig Loopback() {
  config::v1::ServerConfig config;
  config.set_listen("127.0.0.1:0");
  return config;
}

// The service, running.
class Host {
 public:
  explicit Host(const std::string& name = "funding",
                const config::v1::ServerConfig& config = Loopback(),
                Authorizer authorizer = nullptr)
      : runtime(name, config.limits(), metrics, std::move(authorizer)), service(runtime) {
    auto started = Server::Start(config, runtime, {&service});
    if (!started.ok()) ADD_FAILURE() << started.status();
    server = *std::move(started);
  }

  // Over a socket, as other processes have it.
  std::shared_ptr<grpc::Channel> Connect() const {
    return *MakeChannel(server->address(), config::v1::Tls());
  }

  observe::Metrics metrics;
  Runtime runtime;
  Funding service;
  std::unique_ptr<Server> server;
};

// Calls GetRound over a channel from inside another call.
inline absl::Status CallGetRound(const Call& call, const std::shared_ptr<grpc::Channel>& channel,
                                 std::string_view service = "services/funding") {
  const auto stub = v1::FundingService::NewStub(channel);
  const v1::GetRoundRequest request;
  v1::GetRoundResponse response;
  return Invoke(call, service, [&](grpc::ClientContext* context, auto done) {
    stub->async()->GetRound(context, &request, &response, std::move(done));
  });
}

inline Call TestCall() { return BackgroundCall(Context::Background(), "/test"); }

// Tests that hold over a socket and inside the process alike.
enum class Transport { kSocket, kInProcess };

class TransportTest : public ::testing::TestWithParam<Transport> {
 protected:
  static std::shared_ptr<grpc::Channel> ChannelTo(const Host& host) {
    return GetParam() == Transport::kSocket ? host.Connect() : host.server->InProcessChannel();
  }
};

inline std::string NameOfTransport(const ::testing::TestParamInfo<Transport>& info) {
  return info.param == Transport::kSocket ? "Socket" : "InProcess";
}

}  // namespace steelyard::rpc
