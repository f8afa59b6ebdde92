#pragma once

// What every reference store must do; services/funding/reference/reference_store.h in executable
// form. A store is tested by instantiating the suite with an engine and a function that makes one.

#include <functional>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/reference/reference_store.h"
#include "tests/contract/engines.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

struct ReferenceStoreUnderTest {
  std::unique_ptr<funding::ReferenceStore> store;
  // Writes what an import staged, as one commit.
  std::function<absl::StatusOr<funding::ReferenceChanges>(const funding::StagedReference&)> write;
};

// Makes a store on a database whose ledger has the tables of reference data.
using MakeReferenceStore = std::function<ReferenceStoreUnderTest(sql::Pool&, ledger::Ledger&)>;

class ReferenceStoreContract : public ::testing::TestWithParam<OnEngine<MakeReferenceStore>> {
 protected:
  void SetUp() override;

  // Writes what must be right; returns what it changed.
  funding::ReferenceChanges Write(const funding::StagedReference& staged) const;
  // Upserts; the reply is the changed ids, then the revision, with spaces between.
  absl::StatusOr<std::string> Upsert(const std::vector<funding::PublishedValue>& observations,
                                     const funding::WriteOptions& options = {});
  // Withdraws; the reply is the number withdrawn, then the revision, with a space between.
  absl::StatusOr<std::string> Retract(const funding::ObservationRetraction& retraction,
                                      const funding::WriteOptions& options = {});
  int64_t head() const { return ledger_->head().revision; }
  funding::ReferenceStore& store() const { return *under_test_.store; }

 private:
  FakeClock clock_;
  TempDir directory_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
  ReferenceStoreUnderTest under_test_;
};

// What a store must do that the fake, which has no SQL to filter with, leaves out.
class ReferenceStoreFilterContract : public ReferenceStoreContract {};

}  // namespace steelyard::testing
