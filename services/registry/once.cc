#include "services/registry/once.h"

#include <optional>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::registry {
namespace {

using Memory = ledger::Ledger::Memory;

// Whether the request came before; then `response` is that of then.
absl::StatusOr<bool> CameBefore(const Context& context, const ledger::Ledger& ledger,
                                const WriteRequest& request,
                                google::protobuf::MessageLite& response) {
  if (request.id.empty()) return false;
  STEELYARD_ASSIGN_OR_RETURN(const std::optional<ledger::Remembered> remembered,
                             ledger.Recall(context, Memory::Of::kRequest, request.id));
  if (!remembered.has_value()) return false;
  if (remembered->digest != request.digest) {
    return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED,
                     StrCat("the request_id \"", request.id,
                            "\" came before with other content; use a new one for a new change"),
                     {{"request_id", request.id}});
  }
  if (!response.ParseFromString(remembered->reply)) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL, "a remembered reply is damaged");
  }
  return true;
}

}  // namespace

absl::Status WriteOnce(const Context& context, Store& store, const ledger::Ledger& ledger,
                       const WriteRequest& request, const Store::EditOnce& edit,
                       const std::function<void(const Written&)>& fill,
                       google::protobuf::MessageLite& response) {
  STEELYARD_ASSIGN_OR_RETURN(bool before, CameBefore(context, ledger, request, response));
  if (before) return absl::OkStatus();
  const auto respond = [&](const Written& written) {
    response.Clear();
    fill(written);
    return response.SerializeAsString();
  };
  const Receipt receipt{
      .of = Memory::Of::kRequest, .id = request.id, .digest = request.digest, .reply = respond};
  const absl::StatusOr<Written> written = store.WriteBatch(context, edit, request.validate_only,
                                                           request.id.empty() ? nullptr : &receipt);
  if (written.ok()) {
    respond(*written);
    return absl::OkStatus();
  }
  // The same request_id may have been committed since it was looked up.
  if (context.Check().ok()) {
    STEELYARD_ASSIGN_OR_RETURN(before, CameBefore(context, ledger, request, response));
  }
  return before ? absl::OkStatus() : written.status();
}

}  // namespace steelyard::registry
