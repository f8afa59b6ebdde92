#include "services/common/sql/postgres_statement.h"

#include <string>

#include "gtest/gtest.h"

namespace steelyard::sql::postgres {
namespace {

TEST(NumberParameters, NumbersThem) {
  const Statement statement = NumberParameters("SELECT ?, ? FROM t WHERE a=? AND b IN(?,?)");
  EXPECT_EQ(statement.sql, "SELECT $1, $2 FROM t WHERE a=$3 AND b IN($4,$5)");
  EXPECT_EQ(statement.parameters, 5U);
  EXPECT_EQ(NumberParameters("").sql, "");
  EXPECT_EQ(NumberParameters("?").sql, "$1");
  EXPECT_EQ(NumberParameters("a-?/?*?").sql, "a-$1/$2*$3");
}

TEST(NumberParameters, LeavesLiteralsNamesAndComments) {
  const std::string_view unchanged[] = {
      "'what?'",
      "'it''s ''?'' what'",
      "'a backslash \\'",
      "E'it\\'s ?'",
      "e'?\\\\'",
      "\"what?\"",
      "\"a \"\"?\"\" b\"",
      "-- why?\nx",
      "-- why?",
      "/* ? /* ? */ ? */",
      "/* ?",
      "$$ ? $$",
      "$a1$ ? $$ ? $a1$",
      "$é$ ? $é$",
      "'never ended ?",
      "\"never ended ?",
      "$$never ended ?",
  };
  for (const std::string_view sql : unchanged) {
    const Statement statement = NumberParameters(sql);
    EXPECT_EQ(statement.sql, sql);
    EXPECT_EQ(statement.parameters, 0U) << sql;
  }
}

TEST(NumberParameters, FindsThemBehindLiteralsNamesAndComments) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"'?' || ?", "'?' || $1"},
      {"'a backslash \\' || ?", "'a backslash \\' || $1"},
      {"'''' || ?", "'''' || $1"},
      {"E'\\\\' || ?", "E'\\\\' || $1"},
      {"name'?' || ?", "name'?' || $1"},
      {"\"?\" = ?", "\"?\" = $1"},
      {"-- ?\n?", "-- ?\n$1"},
      {"/* ? */ ?", "/* ? */ $1"},
      {"/*/ ? */ ?", "/*/ ? */ $1"},
      {"$$ ? $$ || ?", "$$ ? $$ || $1"},
      {"a$b$ || ? || c$b$", "a$b$ || $1 || c$b$"},
      {"$1a$ || ?", "$1a$ || $1"},
      {"'ü' || ? || 'é?'", "'ü' || $1 || 'é?'"},
  };
  for (const auto& [sql, numbered] : cases) {
    EXPECT_EQ(NumberParameters(sql).sql, numbered);
    EXPECT_EQ(NumberParameters(sql).parameters, 1U) << sql;
  }
}

TEST(QuoteName, KeepsTheNameWhateverItHolds) {
  EXPECT_EQ(QuoteName("rounds"), "\"rounds\"");
  EXPECT_EQ(QuoteName("a\"; DROP TABLE b; --"), "\"a\"\"; DROP TABLE b; --\"");
}

}  // namespace
}  // namespace steelyard::sql::postgres
