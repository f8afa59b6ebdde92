#pragma once

// The calls to other services that every answer makes: which state it reads, and what its sources
// are.

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/common/v1/snapshot.pb.h"
#include "steelyard/common/v1/source.pb.h"

namespace steelyard::strategy {

// The state that `read` stands for, as funding resolves it.
absl::StatusOr<common::v1::Snapshot> PinSnapshot(const rpc::Call& call, const Backends& backends,
                                                 const common::v1::ReadOptions& read);

// Whether another service did not answer: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED.
bool IsUnreachable(const absl::Status& status);

// An error of GatherFacts for a request whose fields have other names: each field that begins with
// a key of `names`, such as "regions[0]", is told under its value, such as "leader".
absl::Status RenameFields(const absl::Status& status,
                          const std::vector<std::pair<std::string, std::string>>& names);

// At most so many sources are told of an answer.
inline constexpr size_t kMostSources = 1000;

// What the registry knows of sources by these names, at most kMostSources.
absl::StatusOr<std::vector<common::v1::SourceRef>> FetchSources(
    const rpc::Call& call, const Backends& backends, const std::string& snapshot,
    const std::vector<std::string>& names);

// Appends the first kMostSources of the names with what the registry knows of them. When it does
// not answer all have their names alone, and it is added to `unreachable`.
absl::Status AskSources(const rpc::Call& call, const Backends& backends,
                        const std::string& snapshot, std::vector<std::string> names,
                        google::protobuf::RepeatedPtrField<common::v1::SourceRef>& out,
                        google::protobuf::RepeatedPtrField<std::string>& unreachable);

}  // namespace steelyard::strategy
