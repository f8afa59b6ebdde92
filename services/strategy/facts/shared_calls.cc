#include "services/strategy/facts/shared_calls.h"

#include <utility>

#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/strategy/facts/sources.h"

namespace steelyard::strategy {
absl::StatusOr<common::v1::Snapshot> PinSnapshot(const rpc::Call& call, const Backends& backends,
                                                 const common::v1::ReadOptions& read) {
  funding::v1::ResolveSnapshotRequest request;
  *request.mutable_read() = read;
  funding::v1::ResolveSnapshotResponse response;
  STEELYARD_RETURN_IF_ERROR(
      rpc::Invoke(call, kFundingService, [&](grpc::ClientContext* context, auto done) {
        backends.funding->async()->ResolveSnapshot(context, &request, &response, std::move(done));
      }));
  return response.snapshot();
}

bool IsUnreachable(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

absl::Status RenameFields(const absl::Status& status,
                          const std::vector<std::pair<std::string, std::string>>& names) {
  const auto fields = FieldsOf(status);
  if (fields.empty()) return status;
  FieldErrors renamed;
  for (auto [field, description] : fields) {
    for (const auto& [from, to] : names) {
      if (!field.starts_with(from)) continue;
      field.replace(0, from.size(), to);
      break;
    }
    renamed.Add(field, description, ReasonOf(status));
  }
  return renamed.ToStatus();
}

absl::StatusOr<std::vector<common::v1::SourceRef>> FetchSources(
    const rpc::Call& call, const Backends& backends, const std::string& snapshot,
    const std::vector<std::string>& names) {
  registry::v1::ListSourcesRequest request;
  request.set_page_size(static_cast<int>(kMostSources));
  request.mutable_names()->Add(names.begin(), names.end());
  request.mutable_read()->set_snapshot(snapshot);
  registry::v1::ListSourcesResponse response;
  STEELYARD_RETURN_IF_ERROR(
      rpc::Invoke(call, kRegistryService, [&](grpc::ClientContext* context, auto done) {
        backends.registry->async()->ListSources(context, &request, &response, std::move(done));
      }));
  return std::vector<common::v1::SourceRef>(response.sources().begin(), response.sources().end());
}

absl::Status AskSources(const rpc::Call& call, const Backends& backends,
                        const std::string& snapshot, std::vector<std::string> names,
                        google::protobuf::RepeatedPtrField<common::v1::SourceRef>& out,
                        google::protobuf::RepeatedPtrField<std::string>& unreachable) {
  if (names.empty()) return absl::OkStatus();
  if (names.size() > kMostSources) names.resize(kMostSources);
  const auto known = FetchSources(call, backends, snapshot, names);
  if (!known.ok() && !IsUnreachable(known.status())) return known.status();
  if (!known.ok()) *unreachable.Add() = std::string(kRegistryService);
  AppendSources(names, known.value_or(std::vector<common::v1::SourceRef>()), out);
  return absl::OkStatus();
}

}  // namespace steelyard::strategy
