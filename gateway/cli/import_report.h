#pragma once

// What an import did, for people: a report for each service, and its findings line by line.

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "steelyard/common/v1/import.pb.h"

namespace steelyard::cli {

// Gathers findings: counts them by kind, keeps the first for the screen, and writes every one to a
// CSV file when a path is given (service, file, line, column, action, value, reason).
class Findings {
 public:
  explicit Findings(std::string path) : path_(std::move(path)) {}
  // Creates the file; INVALID_FIELD when that fails. Harmless without a path.
  absl::Status Open();
  void Add(std::string_view service, const common::v1::ImportFinding& finding);

  struct Group {
    std::string title;  // "registry: repaired name: ..."
    int64_t count = 0;
    std::vector<common::v1::ImportFinding> first;  // at most three
  };
  // In the order that they first came.
  const std::vector<Group>& groups() const { return groups_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::ofstream file_;
  std::vector<Group> groups_;
  std::map<std::string, size_t> index_;
};

// The service, its files with their counts and exact totals, and the revision.
std::string RenderReport(std::string_view service, const common::v1::ImportReport& report);
// The groups with their first lines; empty when nothing was found.
std::string RenderFindings(const Findings& findings);

}  // namespace steelyard::cli
