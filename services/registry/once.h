#pragma once

// Writes whose repetition is recognised by their request_id.

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message_lite.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// A request to write.
struct WriteRequest {
  std::string id;      // request_id; empty when its repetition need not be recognised
  std::string digest;  // of all that it asks for
  bool validate_only = false;
};

// Writes what `edit` gives, as Store::WriteBatch says, and has `fill` set `response`, which is
// empty then. A request that came before gets the response of then. REQUEST_ID_REUSED when its id
// came before with another digest. Thread-safe.
absl::Status WriteOnce(const Context& context, Store& store, const ledger::Ledger& ledger,
                       const WriteRequest& request, const Store::EditOnce& edit,
                       const std::function<void(const Written&)>& fill,
                       google::protobuf::MessageLite& response);

}  // namespace steelyard::registry
