#pragma once

// The database engines that stores must give the same answers on.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/common/sql/driver.h"
#include "tests/contract/sql_driver_contract.h"

namespace steelyard::testing {

// DuckDB in memory.
SqlDriver DuckDbEngine();
// A PostgreSQL of the test's own.
SqlDriver PostgresEngine();
// The Citus whose coordinator the environment variable STEELYARD_TEST_CITUS names, a connection
// string; in a schema of the test's own.
SqlDriver CitusEngine();

// A store made in one of several ways, on an engine.
template <typename Make>
struct OnEngine {
  std::string name;  // of both, for the test's name
  SqlDriver engine;
  Make make;
};

// These, and on Citus too if one is configured: without, the tests do not even exist, and
// CitusTest.IsConfigured says so once.
template <typename Parameter>
auto AlsoOnCitus(std::vector<Parameter> parameters, Parameter on_citus) {
  if (CitusEngine().missing.empty()) parameters.push_back(std::move(on_citus));
  return ::testing::ValuesIn(std::move(parameters));
}

// For INSTANTIATE_TEST_SUITE_P.
template <typename Info>
std::string NameOfParameter(const Info& info) {
  return info.param.name;
}

}  // namespace steelyard::testing
