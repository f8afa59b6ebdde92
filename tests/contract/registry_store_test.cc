#include "services/registry/sql_store.h"
#include "tests/contract/registry_store_contract.h"
#include "tests/support/fake_registry_store.h"

namespace steelyard::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Fake, RegistryStoreContract,
                         ::testing::Values([](sql::Database& /*database*/, ledger::Ledger& ledger)
                                               -> std::unique_ptr<registry::Store> {
                           return std::make_unique<FakeRegistryStore>(ledger);
                         }));

INSTANTIATE_TEST_SUITE_P(DuckDb, RegistryStoreContract, ::testing::Values(registry::MakeSqlStore));

}  // namespace
}  // namespace steelyard::testing
