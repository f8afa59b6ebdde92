#include "services/common/rpc/keep_grpc.h"

#include <memory>

#include "grpcpp/grpcpp.h"

namespace steelyard::rpc {

void KeepGrpc() {
  // A channel holds the engine; one that is never called connects to nothing. It is not destroyed:
  // at the end of the process nobody would be left to miss it.
  static const auto& kept = *new std::shared_ptr<grpc::Channel>(
      grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
  static_cast<void>(kept);
}

}  // namespace steelyard::rpc
