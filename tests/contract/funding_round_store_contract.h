#pragma once

// What every store of rounds must do; services/funding/store.h in executable form. A store is
// tested by instantiating the suite with a function that makes one.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/store.h"
#include "tests/contract/engines.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

// Makes a store on a ledger whose database has funding's tables.
using MakeRoundStore =
    std::function<std::unique_ptr<funding::RoundStore>(sql::Pool&, ledger::Ledger&)>;

class RoundStoreContract : public ::testing::TestWithParam<OnEngine<MakeRoundStore>> {
 protected:
  void SetUp() override;

  // Writes rounds that must be right; returns the revision.
  int64_t Write(const std::vector<funding::Round>& rounds);
  int64_t Write(const funding::Round& round) { return Write(std::vector{round}); }
  int64_t Apply(const std::vector<funding::CompanyFacts>& companies, int64_t registry_revision);
  // Imports what must be right; returns what it did.
  funding::ImportOutcome Import(const funding::StagedImport& staged, const std::string& id);
  // Ids of all rounds of a revision, as listed.
  std::vector<std::string> List(int64_t revision, const funding::RoundQuery& query = {});
  // Ids of the companies whose rounds are selected, once a round.
  std::vector<std::string> Select(int64_t revision, const funding::SelectionQuery& query);
  int64_t head() const { return ledger_->head().revision; }
  funding::RoundStore& store() { return *store_; }
  ledger::Ledger& ledger() { return *ledger_; }

 private:
  FakeClock clock_;
  TempDir directory_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<funding::RoundStore> store_;
};

// A context without a deadline.
const Context& Now();
// Rounds of equity.
funding::SelectionQuery Equity();
// A round of the company "acme" of one million dollars, in as few words as possible.
funding::Round MakeRound(const std::string& id, PartialDate announced = {2024, 5, 6});

}  // namespace steelyard::testing
