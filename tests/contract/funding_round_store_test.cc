#include "gtest/gtest.h"
#include "services/funding/sql_store.h"
#include "tests/contract/funding_round_store_contract.h"
#include "tests/support/fake_round_store.h"

namespace steelyard::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Fake, RoundStoreContract,
                         ::testing::Values(MakeRoundStore([](sql::Pool&, ledger::Ledger& ledger) {
                           return std::make_unique<FakeRoundStore>(ledger);
                         })));

INSTANTIATE_TEST_SUITE_P(DuckDb, RoundStoreContract,
                         ::testing::Values(MakeRoundStore([](sql::Pool& pool,
                                                             ledger::Ledger& ledger) {
                           return funding::MakeSqlRoundStore(pool, ledger);
                         })));

}  // namespace
}  // namespace steelyard::testing
