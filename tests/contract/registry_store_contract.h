#pragma once

// What every store of the registry must do; services/registry/store.h in executable form. A store
// is tested by instantiating the suite with an engine and a function that makes one.

#include <functional>
#include <memory>

#include "gtest/gtest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/registry/store.h"
#include "tests/contract/engines.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

// Makes a store on a database whose ledger has the registry's tables.
using MakeRegistryStore =
    std::function<std::unique_ptr<registry::Store>(sql::Pool&, ledger::Ledger&)>;

class RegistryStoreContract : public ::testing::TestWithParam<OnEngine<MakeRegistryStore>> {
 protected:
  void SetUp() override;

  // Writes a batch that must be right; returns what the commit did.
  registry::Written Write(registry::Batch batch);
  int64_t head() const { return ledger_->head().revision; }
  registry::Store& store() { return *store_; }
  ledger::Ledger& ledger() { return *ledger_; }

 private:
  FakeClock clock_;
  TempDir directory_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<registry::Store> store_;
};

}  // namespace steelyard::testing
