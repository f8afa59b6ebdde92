#pragma once

// The database engines that stores must give the same answers on.

#include <memory>
#include <string>

#include "services/common/sql/driver.h"
#include "tests/contract/sql_driver_contract.h"

namespace steelyard::testing {

// DuckDB in memory.
SqlDriver DuckDbEngine();
// A PostgreSQL of the test's own.
SqlDriver PostgresEngine();

// A store made in one of several ways, on an engine.
template <typename Make>
struct OnEngine {
  std::string name;  // of both, for the test's name
  SqlDriver engine;
  Make make;
};

// For INSTANTIATE_TEST_SUITE_P.
template <typename Info>
std::string NameOfParameter(const Info& info) {
  return info.param.name;
}

}  // namespace steelyard::testing
