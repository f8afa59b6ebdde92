#pragma once

// Funding's stores in memory, and files imported into them.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/ingest/ingest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/funding/import.h"
#include "services/funding/reference/sql_reference_store.h"
#include "services/funding/schema.h"
#include "services/funding/sql_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::funding {

struct FileToImport {
  std::string format;
  std::string bytes;
  std::shared_ptr<const mapping::Loaded> mapping = nullptr;
};

// A round as an upsert would bring it.
inline Round SomeRound(const std::string& id, const std::string& company = "acme",
                       PartialDate announced = {2024, 5, 6}) {
  Round round;
  round.id = id;
  round.company = company;
  round.company_name = company;
  round.announced = announced;
  round.stage = v1::STAGE_SEED;
  round.amount = Money{.minor_units = 100'000'000, .currency = "USD"};
  round.sources = {"press"};
  return round;
}

class FundingFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({.path = ""}));
    ASSERT_OK_AND_ASSIGN(ledger_, ledger::Ledger::Open(*database_, clock_, ledger::Kind::kFunding,
                                                       FundingMigrations()));
    pool_ = std::make_unique<sql::Pool>(*database_, 4);
    rounds_ = MakeSqlRoundStore(*pool_, *ledger_);
    reference_ = MakeSqlReferenceStore(*pool_, *ledger_);
  }

  // Imports files named "0.csv", "1.csv" ..., and keeps what was found.
  absl::StatusOr<common::v1::ImportReport> Import(const std::vector<FileToImport>& files,
                                                  bool dry_run = false,
                                                  const std::string& source = "own") {
    ingest::ImportJob job{.source = source, .dry_run = dry_run, .files = {}, .import_id = ""};
    text::Sha256Stream digest;
    for (size_t i = 0; i < files.size(); ++i) {
      const std::string name = StrCat(i, ".csv");
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
    return RunImport(Context::Background(), *rounds_, *ledger_, job, reporter);
  }

  // "1.csv:3 currency REJECTED XXX" for each finding.
  std::vector<std::string> Findings() const {
    std::vector<std::string> lines;
    for (const common::v1::ImportFinding& finding : findings_) {
      lines.push_back(StrCat(finding.file(), ":", finding.line(), " ", finding.column(),
                             finding.column().empty() ? "" : " ",
                             common::v1::ImportAction_Name(finding.action()).substr(14), " ",
                             finding.value()));
    }
    return lines;
  }

  int64_t head() const { return ledger_->head().revision; }
  // The round as it is now.
  Round Get(const std::string& id) const {
    const auto round = rounds_->Get(Context::Background(), head(), id);
    EXPECT_OK(round);
    return round.ok() ? *round : Round();
  }
  void Upsert(const std::vector<Round>& rounds) {
    EXPECT_OK(
        rounds_->Upsert(Context::Background(), {.rounds = rounds, .request_id = "", .digest = ""}));
  }

  testing::TempDir directory_;
  testing::FakeClock clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<RoundStore> rounds_;
  std::unique_ptr<ReferenceStore> reference_;
  std::vector<common::v1::ImportFinding> findings_;
};

}  // namespace steelyard::funding
