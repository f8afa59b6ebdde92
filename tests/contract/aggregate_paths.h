#pragma once

// A drawn world of rounds with a history, and questions about it: whatever answers an aggregate
// must give the same bytes.

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/common/sql/driver.h"
#include "services/funding/columns/columns.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "tests/contract/engines.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

// Funding's stores on an engine.
struct FundingWorld {
  explicit FundingWorld(const SqlDriver& engine);

  int64_t head() const { return ledger->head().revision; }

  FakeClock clock;
  TempDir directory;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<sql::Pool> pool;
  std::unique_ptr<funding::RoundStore> rounds;
  std::unique_ptr<funding::ReferenceStore> reference;
};

// Writes one commit after the other. What it draws depends on the seed alone.
class Writer {
 public:
  Writer(FundingWorld& world, uint32_t seed) : world_(world), random_(seed) {}
  // Rates, price indices, region sets and some rounds.
  void Begin();
  // New and changed rounds, retractions, companies that move, rates.
  void CommitSomething();

 private:
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  PartialDate DrawDate();
  funding::Round DrawRound();
  void Upsert(int count);
  void Retract();
  funding::CompanyFacts DrawCompany(int number);
  void MergeOrSplit();
  void MoveCompanies(int count);
  void AddRates(int year);

  FundingWorld& world_;
  std::mt19937 random_;
  int64_t registry_revision_ = 0;
};

// A request as text; each number gives another one.
std::string DrawQuestion(uint32_t number);

// The answer's bytes, or what the error says.
std::string Ask(FundingWorld& world, const std::string& question, int64_t revision,
                funding::columns::Columns* columns, const Context& context = Context::Background());
// Code and text of an error.
std::string Says(const absl::Status& error);

}  // namespace steelyard::testing
