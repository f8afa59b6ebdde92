#pragma once

// What every driver of services/common/sql/driver.h must do, whatever the engine. A driver's test
// instantiates the suite with a way to open an empty database.

#include <functional>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

struct SqlDriver {
  std::string name;
  // A database without tables of its own; may keep files in the directory, which outlives it.
  std::function<absl::StatusOr<std::unique_ptr<sql::Database>>(const TempDir& directory)> open;
  std::string missing = {};  // why the driver cannot be tested here; empty: it can
};

class SqlDriverContract : public ::testing::TestWithParam<SqlDriver> {
 protected:
  void SetUp() override;

  std::unique_ptr<sql::Connection> Connect();
  // Runs a statement that must succeed; how many rows it changed.
  int64_t Do(std::string_view sql, std::span<const sql::Value> parameters = {});
  // The first row's first column, which must be an integer.
  int64_t Number(sql::Connection& connection, std::string_view sql,
                 std::span<const sql::Value> parameters = {});
  // Creates the table digits(n) of 1000 rows.
  void CreateDigits();

  TempDir directory_;
  Context context_ = Context::Background();
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
};

}  // namespace steelyard::testing
