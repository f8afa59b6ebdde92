#pragma once

// What an import did, for people: a report for each service, and its findings line by line.

#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "steelyard/common/v1/import.pb.h"

namespace steelyard::cli {

// Which findings go to files. Empty paths: none.
struct FindingsFiles {
  std::string all;         // every one: service, file, line, column, action, value, reason
  std::string rejects;     // rejected rows: line, column, value, reason
  std::string rejects_of;  // the service whose rejected rows are meant
};

// Gathers findings: counts them by kind, keeps the first for the screen, and writes them to CSV
// files where paths are given.
class Findings {
 public:
  explicit Findings(FindingsFiles files) : files_(std::move(files)) {}
  // Creates the files; INVALID_FIELD when that fails. Harmless without paths.
  absl::Status Open();
  void Add(std::string_view service, const common::v1::ImportFinding& finding);
  // Closes a service's findings: when some of them were not sent, the files say so in a last row.
  void Finish(std::string_view service, const common::v1::ImportReport& report);

  struct Group {
    std::string title;  // "registry: repaired name: ..."
    int64_t count = 0;
    std::vector<common::v1::ImportFinding> first;  // at most three
  };
  // In the order that they first came.
  const std::vector<Group>& groups() const { return groups_; }
  // What was found and not sent, a line for each service; empty when everything was sent.
  const std::string& left_out() const { return left_out_; }
  const std::string& path() const { return files_.all; }

 private:
  FindingsFiles files_;
  std::ofstream file_;
  std::ofstream rejects_;
  std::vector<Group> groups_;
  std::map<std::string, size_t> index_;
  std::map<std::string, int64_t, std::less<>> rejected_;  // rows that were sent, by service
  std::string left_out_;
};

// The service, its files with their counts and exact totals, and the revision.
std::string RenderReport(std::string_view service, const common::v1::ImportReport& report);
// The groups with their first lines; empty when nothing was found.
std::string RenderFindings(const Findings& findings);

}  // namespace steelyard::cli
