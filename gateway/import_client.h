#pragma once

// The client's half of an import: streams local files to a service and gathers what it reports.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "steelyard/common/v1/import.pb.h"

namespace steelyard::gateway {

// A file on this machine and how the service should read it.
struct ImportSource {
  std::string path;
  std::string format;
  // Of the format "mapped": its mapping as JSON, or the name of a preset; one of them.
  std::string mapping_json = {};
  std::string mapping_preset = {};
  // What reports call it; the last part of its path when empty.
  std::string name = {};
};

// One import: one call, one commit.
struct ImportPlan {
  enum class Into { kRegistry, kFunding } into = Into::kRegistry;
  common::v1::ImportBegin begin;
  std::vector<ImportSource> files;
};

// What is called while an import runs; both may be empty. Called on the thread that runs the
// import.
struct ImportEvents {
  std::function<void(const common::v1::ImportProgress&)> progress;
  std::function<void(const common::v1::ImportFinding&)> finding;
};

// The files of the built-in data under `directory`, registry first, in the order that makes them
// one.
std::vector<ImportPlan> PlanDataset(const std::string& directory);
// CSV files of `directory` that no plan reads, by name bytewise.
std::vector<std::string> LeftOut(const std::string& directory,
                                 const std::vector<ImportPlan>& plans);
// Crunchbase's export of October 2013: the registry reads both files, funding the rounds.
std::vector<ImportPlan> PlanCrunchbase2013(const std::string& companies, const std::string& rounds,
                                           const std::string& source, bool dry_run);

// INVALID_FIELD naming the first file that cannot be read; nothing has been sent then.
absl::Status CheckReadable(const std::vector<ImportPlan>& plans);

// Runs one import over a channel to the gateway, or to the service itself. Errors are those of the
// service; a file that ends or breaks while it is read gives INVALID_FIELD and nothing is written.
absl::StatusOr<common::v1::ImportReport> RunImport(const std::shared_ptr<grpc::Channel>& channel,
                                                   const ImportPlan& plan,
                                                   const ImportEvents& events, absl::Time deadline);

// Waits until funding has applied the registry's `revision`, so that its sums know every company.
absl::Status WaitForProjection(const std::shared_ptr<grpc::Channel>& channel, int64_t revision,
                               absl::Time deadline);

}  // namespace steelyard::gateway
