#pragma once

// A reference store in memory, and files read into it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/ingest/ingest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/reference/import_reference.h"
#include "services/funding/reference/sql_reference_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::funding {

class ReferenceFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({}));
    ASSERT_OK_AND_ASSIGN(ledger_, ledger::Ledger::Open(*database_, clock_, ledger::Kind::kFunding,
                                                       ReferenceMigrations()));
    pool_ = std::make_unique<sql::Pool>(*database_, 4);
    store_ = MakeSqlReferenceStore(*pool_, *ledger_);
  }

  // Reads a file of this machine into `staged_` and keeps what was found, for source "own".
  absl::Status ParseFile(std::string_view format, const std::string& path) {
    const ingest::SpooledFile file{
        .name = "file.csv", .format = std::string(format), .path = path, .size = 0};
    findings_.clear();
    ingest::Reporter reporter(
        [this](const common::v1::ImportFinding& finding) {
          findings_.push_back(finding);
          return absl::OkStatus();
        },
        [](const common::v1::ImportProgress& /*progress*/) { return absl::OkStatus(); });
    absl::Status status = ParseReference(Context::Background(), file, "own", reporter, staged_);
    const common::v1::ImportReport report = reporter.TakeReport();
    report_ = report.files().empty() ? common::v1::ImportFileReport() : report.files(0);
    return status;
  }
  absl::Status Parse(std::string_view format, std::string_view bytes) {
    return ParseFile(format, directory_.Write("file.csv", bytes));
  }
  // Likewise a file of the built-in data.
  absl::Status ParseBuiltIn(std::string_view format, const std::string& name) {
    return ParseFile(format, std::string(STEELYARD_SOURCE_DIR) + "/deploy/dataset/" + name);
  }

  // "3 region REPAIRED FRA" for each finding.
  std::vector<std::string> Findings() const {
    std::vector<std::string> lines;
    for (const common::v1::ImportFinding& finding : findings_) {
      lines.push_back(std::to_string(finding.line()) + " " + finding.column() + " " +
                      common::v1::ImportAction_Name(finding.action()).substr(14) + " " +
                      finding.value());
    }
    return lines;
  }

  // Writes what is staged, in one commit.
  ReferenceChanges Commit() {
    ReferenceChanges changes;
    EXPECT_OK(ledger_->Commit(
        Context::Background(),
        [&](sql::Connection& connection, int64_t revision) -> absl::StatusOr<ledger::Changes> {
          STEELYARD_ASSIGN_OR_RETURN(
              changes, WriteReference(Context::Background(), connection, revision, staged_));
          return ledger::Changes{.subjects = changes.subjects(), .registry_revision = std::nullopt};
        }));
    return changes;
  }

  testing::TempDir directory_;
  testing::FakeClock clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<ReferenceStore> store_;
  StagedReference staged_;
  std::vector<common::v1::ImportFinding> findings_;
  common::v1::ImportFileReport report_;
};

}  // namespace steelyard::funding
