#pragma once

// A registry in memory, and files imported into it.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/ingest/ingest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/text/digest.h"
#include "services/registry/import.h"
#include "services/registry/sql_schema.h"
#include "services/registry/sql_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::registry {

struct FileToImport {
  std::string format;
  std::string bytes;
  std::shared_ptr<const mapping::Loaded> mapping = nullptr;
};

// "lei:5493..." for each identifier.
inline std::vector<std::string> CodesOf(const Company& company) {
  std::vector<std::string> codes;
  for (const Identifier& one : company.identifiers) codes.push_back(one.scheme + ":" + one.value);
  return codes;
}

class RegistryFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({}));
    ASSERT_OK_AND_ASSIGN(
        ledger_, ledger::Ledger::Open(*database_, clock_, ledger::Kind::kRegistry, Migrations()));
    pool_ = std::make_unique<sql::Pool>(*database_, 4);
    store_ = MakeSqlStore(*pool_, *ledger_);
  }

  // Imports files named "0.csv", "1.csv" ..., and keeps what was found.
  absl::StatusOr<common::v1::ImportReport> Import(const std::vector<FileToImport>& files,
                                                  bool dry_run = false,
                                                  const std::string& source = "own") {
    ingest::ImportJob job{.source = source, .dry_run = dry_run, .files = {}, .import_id = ""};
    text::Sha256Stream digest;
    for (size_t i = 0; i < files.size(); ++i) {
      const std::string name = std::to_string(i) + ".csv";
      job.files.push_back({.name = name,
                           .format = files[i].format,
                           .path = directory_.Write(name, files[i].bytes),
                           .size = static_cast<int64_t>(files[i].bytes.size()),
                           .mapping = files[i].mapping});
      digest.UpdateFramed(files[i].format);
      digest.UpdateFramed(files[i].bytes);
      if (files[i].mapping != nullptr) digest.UpdateFramed(files[i].mapping->json);
    }
    digest.UpdateFramed(source);
    job.import_id = digest.FinishHex();
    findings_.clear();
    ingest::Reporter reporter(
        [this](const common::v1::ImportFinding& finding) {
          findings_.push_back(finding);
          return absl::OkStatus();
        },
        [](const common::v1::ImportProgress&) { return absl::OkStatus(); });
    return RunImport(Context::Background(), *store_, *ledger_, job, reporter);
  }

  // "1.csv:3 hq_country CLEARED UK" for each finding.
  std::vector<std::string> Findings() const {
    std::vector<std::string> lines;
    for (const common::v1::ImportFinding& finding : findings_) {
      lines.push_back(finding.file() + ":" + std::to_string(finding.line()) + " " +
                      finding.column() + (finding.column().empty() ? "" : " ") +
                      common::v1::ImportAction_Name(finding.action()).substr(14) + " " +
                      finding.value());
    }
    return lines;
  }

  int64_t head() const { return ledger_->head().revision; }

  // The company as it is now; an empty one when there is none.
  Company Get(const std::string& id) const {
    const auto companies =
        store_->Companies(Context::Background(), head(), std::vector<std::string>{id});
    EXPECT_OK(companies);
    return companies.ok() && !companies->empty() ? companies->front() : Company();
  }

  testing::TempDir directory_;
  testing::FakeClock clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<Store> store_;
  std::vector<common::v1::ImportFinding> findings_;
};

}  // namespace steelyard::registry
