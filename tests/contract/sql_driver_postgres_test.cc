#include "tests/contract/engines.h"

namespace steelyard::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(Postgres, SqlDriverContract, ::testing::Values(PostgresEngine()),
                         NameOfParameter<::testing::TestParamInfo<SqlDriver>>);

}  // namespace
}  // namespace steelyard::testing
