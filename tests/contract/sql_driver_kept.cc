// The contract of drivers on statements that are sent again after the data have changed: drivers
// may keep plans, and none may rest on what the data were.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/contract/sql_driver_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using ::testing::ElementsAre;

TEST_P(SqlDriverContract, ValuesOutsideOfFormerLimitsAreFound) {
  CreateDigits();
  const std::string_view filter = "SELECT count(*) FROM digits WHERE n = 5000";
  const std::string_view extremes = "SELECT max(n) - min(n) FROM digits";
  const std::string_view joined =
      "SELECT count(*) FROM digits a JOIN digits b ON a.n = b.n WHERE b.n > 900";
  EXPECT_EQ(Number(*connection_, filter), 0);
  EXPECT_EQ(Number(*connection_, extremes), 999);
  EXPECT_EQ(Number(*connection_, joined), 99);
  Do("INSERT INTO digits VALUES (5000), (-7)");
  EXPECT_EQ(Number(*connection_, filter), 1);
  EXPECT_EQ(Number(*connection_, extremes), 5007);
  EXPECT_EQ(Number(*connection_, joined), 100);
}

TEST_P(SqlDriverContract, WhatWasEmptyIsSeenToFill) {
  Do("CREATE TABLE later(name VARCHAR, open BIGINT)");
  const std::string_view count = "SELECT count(*) FROM later WHERE open = 1 AND name IS NOT NULL";
  EXPECT_EQ(Number(*connection_, count), 0);
  Do("INSERT INTO later VALUES ('a', 1), ('b', 1), (NULL, 1)");
  EXPECT_EQ(Number(*connection_, count), 2);
}

TEST_P(SqlDriverContract, TextsThatGrowComeWhole) {
  Do("CREATE TABLE texts(n BIGINT, text VARCHAR)");
  Do("INSERT INTO texts VALUES (1, ''), (2, '')");
  const auto read = [&] {
    std::vector<std::string> texts;
    auto rows = connection_->Query(context_, "SELECT text FROM texts ORDER BY n");
    EXPECT_OK(rows);
    while (rows.ok()) {
      const auto more = (*rows)->Next();
      EXPECT_OK(more);
      if (!more.ok() || !*more) break;
      texts.emplace_back((*rows)->Text(0));
    }
    return texts;
  };
  EXPECT_THAT(read(), ElementsAre("", ""));
  Do("UPDATE texts SET text = 'US' WHERE n = 1");
  Do("UPDATE texts SET text = 'a text of more than sixteen bytes' WHERE n = 2");
  EXPECT_THAT(read(), ElementsAre("US", "a text of more than sixteen bytes"));
}

}  // namespace steelyard::testing
