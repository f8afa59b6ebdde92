#include "tests/contract/sql_driver_contract.h"

namespace steelyard::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(
    DuckDb, SqlDriverContract,
    ::testing::Values(SqlDriver{"Memory", [](const TempDir&) { return sql::OpenDuckDb({}); }},
                      SqlDriver{"File",
                                [](const TempDir& directory) {
                                  return sql::OpenDuckDb({.path = directory.File("x.duckdb")});
                                }}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace steelyard::testing
