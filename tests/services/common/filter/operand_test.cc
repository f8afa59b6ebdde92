#include "services/common/filter/operand.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::filter {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOkAndHolds;

TEST(ScaledDecimal, IsExact) {
  struct Case {
    std::string text;
    std::string scaled;
  };
  const std::vector<Case> cases = {
      {"0", "0"},
      {"-0", "0"},
      {"0.000000", "0"},
      {"0e30", "0"},
      {"1", "1000000"},
      {"-2.5", "-2500000"},
      {"0.000001", "1"},
      {"0.100", "100000"},
      {"007.5", "7500000"},
      {"1.23456700", "1234567"},
      {"1e9", "1000000000000000"},
      {"1.5E+9", "1500000000000000"},
      {"1500e-3", "1500000"},
      {"0.0000001e1", "1"},
      {"9223372036854.775807", "9223372036854775807"},
      {"123456789012345678901234567890.123456", "123456789012345678901234567890123456"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(ScaledDecimal(c.text), IsOkAndHolds(c.scaled)) << c.text;
  }
}

TEST(ScaledDecimal, RefusesOtherTexts) {
  for (const std::string text :
       {"",      "-",         "--1",   "+1",   ".5",
        "1.",    "1.2.3",     "1,000", "1e",   "e5",
        "1e5.5", "1e99999",   "0x10",  "nan",  "inf",
        "1 ",    "0.0000001", "1e-7",  "1e30", "1000000000000000000000000000000"}) {
    EXPECT_THAT(ScaledDecimal(text), HasReason(common::v1::ERROR_REASON_INVALID_FILTER)) << text;
  }
}

TEST(Compare, AppendsItsParameters) {
  const Field field = {.name = "d", .type = FieldType::kDate, .sql = "d"};
  std::vector<sql::Value> parameters = {sql::Value(int64_t{7})};
  EXPECT_THAT(Compare(field, "=", {0, {"1970-01-02"}}, parameters),
              IsOkAndHolds("(d BETWEEN ? AND ?)"));
  EXPECT_EQ(parameters, (std::vector<sql::Value>{int64_t{7}, int64_t{1}, int64_t{1}}));
}

TEST(Compare, GivesHasTheListedValue) {
  const Field field = {
      .name = "layer", .type = FieldType::kHas, .sql = "has(?)", .values = {{"CHIPS", int64_t{2}}}};
  std::vector<sql::Value> parameters;
  EXPECT_THAT(Compare(field, ":", {0, {"CHIPS"}}, parameters), IsOkAndHolds("(has(?))"));
  EXPECT_EQ(parameters, (std::vector<sql::Value>{int64_t{2}}));
  EXPECT_THAT(Compare(field, ":", {0, {"CHIP"}}, parameters),
              HasReason(common::v1::ERROR_REASON_INVALID_FILTER));
}

// The rows of a small table that a filter finds, by their ids.
class Engine : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({}));
    ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
    for (const char* statement :
         {"CREATE TABLE t (id BIGINT, name VARCHAR, day BIGINT, amount HUGEINT, stage BIGINT)",
          "INSERT INTO t VALUES (1, 'Mistral AI', 18262, 1500000, 1)",
          "INSERT INTO t VALUES (2, '100% *', 18300, 2000000000000000000000000, 2)",
          "INSERT INTO t VALUES (3, NULL, NULL, NULL, NULL)",
          "INSERT INTO t VALUES (4, 'mistral', 18628, -1, 1)"}) {
      ASSERT_OK(connection_->Execute(Context::Background(), statement));
    }
  }

  std::string Find(const std::string& filter) {
    const std::vector<Field> fields = {
        {.name = "name", .type = FieldType::kText, .sql = "name"},
        {.name = "day", .type = FieldType::kDate, .sql = "day"},
        {.name = "amount", .type = FieldType::kDecimal, .sql = "amount"},
        {.name = "stage",
         .type = FieldType::kText,
         .sql = "stage",
         .values = {{"SEED", int64_t{1}}, {"GROWTH", int64_t{2}}, {"UNKNOWN", {}}}},
        {.name = "letter", .type = FieldType::kHas, .sql = "contains(name, ?)"},
    };
    const auto predicate = Compile(filter, fields);
    if (!predicate.ok()) {
      return predicate.status().ToString();
    }
    auto rows = connection_->Query(Context::Background(),
                                   "SELECT id FROM t WHERE " + predicate->sql + " ORDER BY id",
                                   predicate->parameters);
    if (!rows.ok()) {
      return rows.status().ToString();
    }
    std::string ids;
    for (auto more = (*rows)->Next(); more.ok() && *more; more = (*rows)->Next()) {
      ids += std::to_string((*rows)->Int(0));
    }
    return ids;
  }

  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
};

TEST_F(Engine, FindsWhatTheFilterMeans) {
  struct Case {
    std::string filter;
    std::string ids;
  };
  const std::vector<Case> cases = {
      {"", "1234"},
      {"name = \"Mistral AI\"", "1"},
      {"name != \"Mistral AI\"", "234"},
      {"NOT name = \"Mistral AI\"", "234"},
      {"name < n", "124"},
      {"NOT name < n", "3"},
      {"name = *istral*", "14"},
      {"name = mis*", "4"},
      {"name != mis*", "123"},
      {"name = \"100% \\*\"", "2"},
      {"name = \"100%*\"", "2"},
      {"name = \"1__%*\"", ""},
      {"day = 2020", "12"},
      {"day = 2020-01", "1"},
      {"day != 2020-01", "234"},
      {"day > 2020", "4"},
      {"day <= 2020", "12"},
      {"day >= 2020-01-02", "24"},
      {"amount = 1.5", "1"},
      {"amount > 1", "12"},
      {"amount > 1e15", "2"},
      {"amount = 2e18", "2"},
      {"amount < 1e20", "124"},
      {"amount < 0", "4"},
      {"amount != 1.5", "234"},
      {"stage = SEED", "14"},
      {"stage = UNKNOWN", "3"},
      {"stage != UNKNOWN", "124"},
      {"-stage = SEED", "23"},
      {"letter:AI OR stage = GROWTH", "12"},
      {"NOT letter:AI", "234"},
      {"stage = SEED AND name = mistral OR amount = 1.5", "14"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Find(c.filter), c.ids) << c.filter;
  }
}

}  // namespace
}  // namespace steelyard::filter
