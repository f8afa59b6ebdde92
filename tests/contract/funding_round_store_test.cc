#include "gtest/gtest.h"
#include "services/funding/sql_store.h"
#include "tests/contract/funding_round_store_contract.h"
#include "tests/support/fake_round_store.h"

namespace steelyard::testing {
namespace {

using OnAny = OnEngine<MakeRoundStore>;

std::unique_ptr<funding::RoundStore> MakeFake(sql::Pool& /*pool*/, ledger::Ledger& ledger) {
  return std::make_unique<FakeRoundStore>(ledger);
}

INSTANTIATE_TEST_SUITE_P(Rounds, RoundStoreContract,
                         AlsoOnCitus<OnAny>({{"Fake", DuckDbEngine(), MakeFake},
                                             {"DuckDb", DuckDbEngine(), funding::MakeSqlRoundStore},
                                             {"Postgres", PostgresEngine(),
                                              funding::MakeSqlRoundStore}},
                                            {"Citus", CitusEngine(), funding::MakeSqlRoundStore}),
                         NameOfParameter<::testing::TestParamInfo<OnAny>>);

}  // namespace
}  // namespace steelyard::testing
