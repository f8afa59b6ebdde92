#include "services/common/rpc/in_process_server.h"

#include "absl/time/clock.h"
#include "services/common/rpc/handler.h"
#include "services/common/rpc/sanitizer_order.h"

namespace steelyard::rpc {

InProcessServer::InProcessServer(const std::vector<grpc::Service*>& services, Runtime& runtime)
    : runtime_(runtime) {
  grpc::ServerBuilder builder;
  // What comes in has passed the limit of the server that faces the callers.
  builder.SetMaxReceiveMessageSize(-1);
  InstallEdge(builder);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
}

InProcessServer::~InProcessServer() {
  runtime_.EndStreams();
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  SanitizerOrder();
}

std::shared_ptr<grpc::Channel> InProcessServer::Channel() {
  SanitizerOrder();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  return server_->InProcessChannel(arguments);
}

}  // namespace steelyard::rpc
