#pragma once

// The facts that the suite ships with, and when they are loaded.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "grpcpp/channel.h"

namespace steelyard::allinone {

// Where they are installed: share/steelyard/dataset beside the directory of the executable.
std::string InstalledDataset();

// Imports the data set when funding holds nothing yet. Each of its two commits is all or nothing,
// and a start that was killed between them goes on where it was. Waits until funding has applied
// the registry. INVALID_FIELD when the directory does not hold the data set; other errors are those
// of the import.
absl::Status LoadIntoEmptyStores(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& directory);

}  // namespace steelyard::allinone
