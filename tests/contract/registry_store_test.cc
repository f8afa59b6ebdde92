#include "services/registry/sql_store.h"
#include "tests/contract/registry_store_contract.h"
#include "tests/support/fake_registry_store.h"

namespace steelyard::testing {
namespace {

using OnAny = OnEngine<MakeRegistryStore>;

std::unique_ptr<registry::Store> MakeFake(sql::Pool& /*pool*/, ledger::Ledger& ledger) {
  return std::make_unique<FakeRegistryStore>(ledger);
}

INSTANTIATE_TEST_SUITE_P(Registry, RegistryStoreContract,
                         AlsoOnCitus<OnAny>({{"Fake", DuckDbEngine(), MakeFake},
                                             {"DuckDb", DuckDbEngine(), registry::MakeSqlStore},
                                             {"Postgres", PostgresEngine(),
                                              registry::MakeSqlStore}},
                                            {"Citus", CitusEngine(), registry::MakeSqlStore}),
                         NameOfParameter<::testing::TestParamInfo<OnAny>>);

}  // namespace
}  // namespace steelyard::testing
