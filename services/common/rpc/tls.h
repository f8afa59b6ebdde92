#pragma once

// Credentials from a configuration. For the files of this directory.

#include <memory>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "steelyard/config/v1/config.pb.h"

namespace steelyard::rpc {

// Whether anything is configured; plaintext otherwise.
bool HasTls(const config::v1::Tls& tls);

// Files are read again when they change, within half a minute. A server with client_ca_file wants a
// certificate from every caller. INVALID_FIELD for files that cannot be read, do not hold what they
// should, or do not belong together.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls);

// client_ca_file holds the authorities that the server's certificate must come from; the system's
// when it is empty. The certificate, if there is one, is shown to servers that ask for it.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls);

}  // namespace steelyard::rpc
