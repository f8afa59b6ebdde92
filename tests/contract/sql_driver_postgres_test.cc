#include "tests/contract/engines.h"

namespace steelyard::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Postgres, SqlDriverContract,
                         AlsoOnCitus<SqlDriver>({PostgresEngine()}, CitusEngine()),
                         NameOfParameter<::testing::TestParamInfo<SqlDriver>>);

}  // namespace
}  // namespace steelyard::testing
