#pragma once

// How the registry's tables are written, within a commit.

#include <set>
#include <string>
#include <vector>

#include "services/registry/plan.h"
#include "services/registry/sql_read.h"
#include "services/registry/store.h"

namespace steelyard::registry {

class SqlWriting final : public Writing {
 public:
  // In the transaction of the connection, which becomes the revision.
  SqlWriting(sql::Connection& connection, const Context& context, int64_t revision)
      : connection_(connection), context_(context), revision_(revision) {}

  absl::StatusOr<std::vector<Company>> Records(std::span<const std::string> ids) override;
  absl::StatusOr<Directory> ReadOwnership() override { return reader().ReadOwnership(); }
  absl::Status Put(const Batch& batch) override;
  // What was put, but for the revision.
  Written TakeWritten();

 private:
  // Sees what was put.
  SqlReader reader() const;
  // What is stored under ids; what was asked for last is not read again.
  absl::StatusOr<Stored> StoredOf(const std::vector<std::string>& ids);
  // Writes records and decisions, and what readers see of them.
  absl::Status PutIdentity(const Change& change);

  sql::Connection& connection_;
  const Context& context_;
  const int64_t revision_;
  std::set<std::string> changed_;  // by the last batch
  int64_t subjects_ = 0;
  std::set<std::string> read_;  // the ids of
  Stored stored_;
};

}  // namespace steelyard::registry
