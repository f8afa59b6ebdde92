#include "services/common/filter/filter.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::filter {
namespace {

using common::v1::ERROR_REASON_INVALID_FILTER;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::StatusIs;
using ::testing::HasSubstr;

const std::vector<Field>& Fields() {
  static const auto& fields = *new std::vector<Field>{
      {.name = "name", .type = FieldType::kText, .sql = "c.name"},
      {.name = "id", .type = FieldType::kText, .sql = "c.id", .equality_only = true},
      {.name = "year", .type = FieldType::kInteger, .sql = "c.year"},
      {.name = "date", .type = FieldType::kDate, .sql = "c.day"},
      {.name = "amount", .type = FieldType::kDecimal, .sql = "c.amount_e6"},
      {.name = "layer", .type = FieldType::kHas, .sql = "EXISTS (SELECT 1 WHERE l = ?)"},
      {.name = "stage",
       .type = FieldType::kText,
       .sql = "c.stage",
       .equality_only = true,
       .values = {{"SEED", int64_t{1}}, {"SERIES_A", int64_t{2}}, {"UNKNOWN", {}}}},
  };
  return fields;
}

std::string Shown(const sql::Value& value) {
  struct Printer {
    std::string operator()(std::monostate) const { return "NULL"; }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return std::to_string(v); }
    std::string operator()(const std::string& v) const { return "'" + v + "'"; }
    std::string operator()(bool v) const { return v ? "TRUE" : "FALSE"; }
  };
  return std::visit(Printer(), value);
}

// The SQL with its parameters after a bar; the error's message when there is one.
std::string Compiled(const std::string& filter) {
  const auto predicate = Compile(filter, Fields());
  if (!predicate.ok()) {
    return std::string(predicate.status().message());
  }
  std::string text = predicate->sql;
  for (const sql::Value& value : predicate->parameters) {
    text += " | " + Shown(value);
  }
  return text;
}

TEST(Compile, TranslatesComparisons) {
  struct Case {
    std::string filter;
    std::string sql;
  };
  const std::vector<Case> cases = {
      {"", "TRUE"},
      {" \t\n", "TRUE"},
      {"name = x", "(c.name = ?) | 'x'"},
      {"name=x", "(c.name = ?) | 'x'"},
      {"name != x", "(c.name IS DISTINCT FROM ?) | 'x'"},
      {"name >= \"a b\"", "(c.name >= ?) | 'a b'"},
      {"name = (x)", "(c.name = ?) | 'x'"},
      {"name = \"\"", "(c.name = ?) | ''"},
      {"name = 'it\\'s'", "(c.name = ?) | 'it's'"},
      {"name = Forêt", "(c.name = ?) | 'Forêt'"},
      {"name = \"'; DROP TABLE x; --\"", "(c.name = ?) | ''; DROP TABLE x; --'"},
      {"name = Mist*", "(c.name LIKE ? ESCAPE '\\') | 'Mist%'"},
      {"name = \"*100%_\\\\ \\**\"", "(c.name LIKE ? ESCAPE '\\') | '%100\\%\\_\\\\ *%'"},
      {"name != *ai", "(NOT COALESCE((c.name LIKE ? ESCAPE '\\'), FALSE)) | '%ai'"},
      {"name = \"\\*\"", "(c.name = ?) | '*'"},
      {"year > 2015", "(c.year > ?) | 2015"},
      {"year = -5", "(c.year = ?) | -5"},
      {"year=-5", "(c.year = ?) | -5"},
      {"year = \"2015\"", "(c.year = ?) | 2015"},
      {"date = 1970-01-11", "(c.day BETWEEN ? AND ?) | 10 | 10"},
      {"date = 1970", "(c.day BETWEEN ? AND ?) | 0 | 364"},
      {"date != 1970-02", "(NOT COALESCE((c.day BETWEEN ? AND ?), FALSE)) | 31 | 58"},
      {"date < 1970-02", "(c.day < ?) | 31"},
      {"date <= 1970-02", "(c.day <= ?) | 58"},
      {"date > 1970-02", "(c.day > ?) | 58"},
      {"date >= 1970-02", "(c.day >= ?) | 31"},
      {"amount >= 1.5", "(c.amount_e6 >= ?) | 1500000"},
      {"amount < 1e9", "(c.amount_e6 < ?) | 1000000000000000"},
      {"amount < 1e15", "(c.amount_e6 < 1000000000000000000000)"},
      {"amount > -1e15", "(c.amount_e6 > -1000000000000000000000)"},
      {"layer:CHIPS", "(EXISTS (SELECT 1 WHERE l = ?)) | 'CHIPS'"},
      {"layer : 'CHIPS'", "(EXISTS (SELECT 1 WHERE l = ?)) | 'CHIPS'"},
      {"stage = SEED", "(c.stage = ?) | 1"},
      {"stage != SERIES_A", "(c.stage IS DISTINCT FROM ?) | 2"},
      {"stage = UNKNOWN", "(c.stage IS NULL)"},
      {"stage != UNKNOWN", "(c.stage IS NOT NULL)"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Compiled(c.filter), c.sql) << c.filter;
  }
}

TEST(Compile, BindsNotBeforeOrBeforeAnd) {
  const std::string a = "(c.id = ?)";
  struct Case {
    std::string filter;
    std::string sql;
  };
  const std::vector<Case> cases = {
      {"id=1 AND id=2", "((c.id = ?) AND (c.id = ?)) | '1' | '2'"},
      {"id=1 id=2", "((c.id = ?) AND (c.id = ?)) | '1' | '2'"},
      {"id=1 OR id=2", "((c.id = ?) OR (c.id = ?)) | '1' | '2'"},
      {"id=1 AND id=2 OR id=3", "((c.id = ?) AND ((c.id = ?) OR (c.id = ?))) | '1' | '2' | '3'"},
      {"id=1 OR id=2 AND id=3", "(((c.id = ?) OR (c.id = ?)) AND (c.id = ?)) | '1' | '2' | '3'"},
      {"id=1 id=2 OR id=3 id=4",
       "((c.id = ?) AND ((c.id = ?) OR (c.id = ?)) AND (c.id = ?)) | '1' | '2' | '3' | '4'"},
      {"(id=1 AND id=2) OR id=3", "(((c.id = ?) AND (c.id = ?)) OR (c.id = ?)) | '1' | '2' | '3'"},
      {"NOT id=1", "(NOT COALESCE((c.id = ?), FALSE)) | '1'"},
      {"-id=1", "(NOT COALESCE((c.id = ?), FALSE)) | '1'"},
      {"-(id=1)", "(NOT COALESCE((c.id = ?), FALSE)) | '1'"},
      {"NOT (id=1 OR id=2)", "(NOT COALESCE(((c.id = ?) OR (c.id = ?)), FALSE)) | '1' | '2'"},
      {"NOT id=1 OR id=2", "((NOT COALESCE((c.id = ?), FALSE)) OR (c.id = ?)) | '1' | '2'"},
      {"((id=1))", "(c.id = ?) | '1'"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Compiled(c.filter), c.sql) << c.filter;
  }
}

TEST(Compile, NamesThePlaceAndWhatIsAllowed) {
  struct Case {
    std::string filter;
    std::string position;
    std::string problem;
  };
  const std::string all_fields = "allowed are name, id, year, date, amount, layer, stage";
  const std::vector<Case> cases = {
      {"contry = US", "0", "unknown field \"contry\"; " + all_fields},
      {"name = x AND contry = US", "13", "unknown field \"contry\""},
      {"-contry = US", "1", "unknown field \"contry\""},
      {"name.first = x", "0", "unknown field \"name.first\"; " + all_fields},
      {"Name = x", "0", "unknown field \"Name\""},
      {"New York", "0", "\"New\" alone is not searched for; write FIELD = VALUE"},
      {"name = New York", "11", "quotes around a value of several words"},
      {"\"New York\"", "0", "unexpected \"New York\""},
      {"name", "0", "\"name\" alone is not searched for"},
      {"name = x and year = 5", "9", "\"and\" alone is not searched for"},
      {"lower(name) = x", "0", "there are no functions such as lower()"},
      {"name = lower(x)", "7", "values are not computed by functions"},
      {"id > x", "3", "\">\" is not allowed for \"id\"; allowed are = !="},
      {"name : x", "5", "\":\" is not allowed for \"name\"; allowed are = != < <= > >="},
      {"layer = CHIPS", "6", "\"=\" is not allowed for \"layer\"; allowed are :"},
      {"layer:*", "6", "\":\" takes no wildcard"},
      {"name < a*", "7", "\"<\" takes no wildcard"},
      {"year = x", "7", "\"x\" is not a whole number"},
      {"year = 1.5", "7", "\"1.5\" is not a whole number"},
      {"year = 9223372036854775808", "7", "is not a whole number of 64 bits"},
      {"date = 2021-13", "7", "there is no month 13"},
      {"date = yesterday", "7", "YYYY-MM-DD"},
      {"amount > 1.2345678", "9", "more than six decimals"},
      {"amount > 1e40", "9", "10^30 or more"},
      {"amount > ten", "9", "is not a number such as"},
      {"stage = SERIES_Z", "8",
       "\"SERIES_Z\" is not a value of \"stage\"; allowed are SEED, "
       "SERIES_A, UNKNOWN"},
      {"stage = seed", "8", "\"seed\" is not a value"},
      {"<", "0", "unexpected <"},
      {"name =", "6", "unexpected end; a value is expected"},
      {"name = AND", "7", "unexpected AND; a value is expected"},
      {"name = x AND", "12", "unexpected end; a comparison"},
      {"name = x OR OR", "12", "unexpected OR; a comparison"},
      {"AND name = x", "0", "unexpected AND"},
      {"NOT", "3", "unexpected end"},
      {"NOT NOT name = x", "4", "unexpected NOT"},
      {"(name = x", "9", "a closing parenthesis is missing"},
      {"name = x)", "8", "unexpected )"},
      {"name = (x", "9", "a closing parenthesis is missing"},
      {"()", "1", "unexpected )"},
      {"name = = x", "7", "unexpected =; a value"},
      {"name = a=b", "8", "put values that hold such characters in quotes"},
      {"name = 12:30", "9", "unexpected :; put values"},
      {"name ! x", "5", "\"!=\" compares"},
      {"name = x, year = 5", "8", "join comparisons with AND"},
      {"name = \"foo", "7", "unterminated string"},
      {"name = 'foo\"", "7", "unterminated string"},
      {"name = \"foo\\", "11", "unterminated string"},
      {"name = \"\\q\"", "8", "unknown escape"},
      {"name = \"\\u00\"", "8", "unknown escape"},
      {"name = \"\\ud800\"", "8", "unknown escape"},
      {"name = \"\\U00110000\"", "8", "unknown escape"},
      {"name = \"\\000\"", "8", "unknown escape"},
      {"name = \x01", "7", "unexpected control character"},
      {"name = caf\xE9", "10", "not UTF-8"},
      {"name = x\xFF", "8", "not UTF-8"},
  };
  for (const Case& c : cases) {
    const auto predicate = Compile(c.filter, Fields());
    EXPECT_THAT(predicate, HasReason(ERROR_REASON_INVALID_FILTER)) << c.filter;
    EXPECT_THAT(predicate, StatusIs(absl::StatusCode::kInvalidArgument,
                                    HasSubstr("filter, byte " + c.position + ": ")))
        << c.filter;
    EXPECT_THAT(predicate, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.problem)))
        << c.filter;
    EXPECT_EQ(MetadataOf(predicate.status(), "position"), c.position);
    EXPECT_EQ(MetadataOf(predicate.status(), "allowed"),
              "name, id, year, date, amount, layer, stage");
  }
}

TEST(Compile, BoundsLengthTermsAndNesting) {
  const auto repeat = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) {
      all += text;
    }
    return all;
  };
  EXPECT_THAT(Compile(repeat("id=1 ", 100), Fields()), IsOk());
  EXPECT_THAT(Compile(repeat("id=1 ", 101), Fields()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 100")));
  EXPECT_THAT(Compile(repeat("(", 20) + "id=1" + repeat(")", 20), Fields()), IsOk());
  EXPECT_THAT(Compile(repeat("(", 21) + "id=1" + repeat(")", 21), Fields()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 20 levels")));
  EXPECT_THAT(Compile(repeat("-(", 20) + "id=1" + repeat(")", 20), Fields()), IsOk());
  EXPECT_THAT(Compile("id = " + repeat("(", 21) + "1" + repeat(")", 21), Fields()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 20 levels")));
  EXPECT_THAT(Compile("id = " + std::string(3995, 'x'), Fields()), IsOk());
  EXPECT_THAT(Compile("id = " + std::string(3996, 'x'), Fields()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("longer than 4000 bytes")));
}

// Filters as AIP-160 and its implementations write them, over fields that exist here.
TEST(Compile, TakesTheSyntaxOfAip160) {
  std::vector<Field> fields;
  for (const char* name : {"a", "b", "msg", "foo", "package", "driver", "start_driver", "author"}) {
    fields.push_back({.name = name, .type = FieldType::kText, .sql = name});
  }
  fields.push_back({.name = "file", .type = FieldType::kHas, .sql = "f(?)"});
  fields.push_back({.name = "annotations", .type = FieldType::kHas, .sql = "g(?)"});
  fields.push_back({.name = "annotations.schedule", .type = FieldType::kText, .sql = "s"});
  for (const std::string filter : {
           "a < 10 OR a >= 100",
           "NOT (a = 1 OR b = 2)",
           "-file:\".java\"",
           "package=com.google",
           "msg != 'hello'",
           "msg != \"hello\"",
           "msg != \"\"",
           "msg != \"\\\"\"",
           "msg != \"\\\\\"",
           "msg != \"\\303\\277\"",
           "msg != \"\\377\"",
           "msg != \"\\u263A\\u263A\"",
           "msg != \"\\a\\b\\f\\n\\r\\t\\v\\'\\\"\\\\\\? Legal escapes\"",
           "msg != \"[ 'hello' ]\"",
           "msg != \"[ \\'hello\\' ]\"",
           "msg != \"[ \\\"hello\\\" ]\"",
           "foo >= -2.4",
           "foo >= (-2.4)",
           "(driver = \"driver1\" OR start_driver = \"driver1\")",
           "author = \"Karin Boye\" AND NOT foo = read",
           "annotations:schedule",
           "annotations.schedule = \"test\"",
       }) {
    EXPECT_THAT(Compile(filter, fields), IsOk()) << filter;
  }
  for (const std::string filter : {
           "New York Giants",
           "New York (Giants OR Yankees)",
           "a b AND c AND d",
           "a OR b OR c",
           "-30",
           "1 > 0",
           "-2.5 >= -2.4",
           "yesterday < request.time",
           "prod",
           "expr.type_map.1.type",
           "regex(m.key, '^.*prod.*$')",
           "math.mem('30mb')",
           "(msg.endsWith('world') AND retries < 10)",
           "time.now()",
           "duration(\"32s\")",
           "<",
           "(-2.5) >= -2.4",
           "a = \"foo",
           "foo = cohort(request.user)",
       }) {
    EXPECT_THAT(Compile(filter, fields), HasReason(ERROR_REASON_INVALID_FILTER)) << filter;
  }
}

TEST(Renamed, TextsOfAFieldAreReplacedAndNothingElse) {
  const auto predicate =
      Compile("(name = 'a' OR name != 'b') AND NOT name = 'a*' AND year = 1", Fields());
  ASSERT_OK(predicate);
  EXPECT_THAT(TextsOf(*predicate, "name"), ::testing::ElementsAre("a", "b"));
  EXPECT_THAT(TextsOf(*predicate, "id"), ::testing::IsEmpty());
  const auto rename = [](const std::string& text) {
    return text == "a" ? std::vector<std::string>{"it's"} : std::vector<std::string>{text, "c"};
  };
  const Predicate renamed = Renamed(*predicate, Fields(), "name", rename);
  const auto expected =
      Compile("(name = \"it's\" OR (name != 'b' AND name != 'c')) AND NOT name = 'a*' AND year = 1",
              Fields());
  EXPECT_EQ(renamed.sql, expected->sql);
  EXPECT_EQ(renamed.parameters, expected->parameters);
  EXPECT_NE(renamed.tree, predicate->tree);
  EXPECT_EQ(Renamed(*Compile("name = 'x'", Fields()), Fields(), "name", rename).sql,
            Compile("(name = 'x' OR name = 'c')", Fields())->sql);
  EXPECT_EQ(Renamed({}, Fields(), "name", nullptr).sql, Predicate().sql);
  EXPECT_THAT(TextsOf({}, "name"), ::testing::IsEmpty());
}

TEST(Compile, ReadsEscapesAsCodePoints) {
  const auto value = [](const std::string& literal) {
    const auto predicate = Compile("name = " + literal, Fields());
    return predicate.ok() ? std::get<std::string>(predicate->parameters.at(0)) : "(refused)";
  };
  EXPECT_EQ(value(R"("\303\277")"), "Ã¿");
  EXPECT_EQ(value(R"("\x41\X7a")"), "Az");
  EXPECT_EQ(value(R"("\u263A")"), "☺");
  EXPECT_EQ(value(R"("\U0001F600")"), "😀");
  EXPECT_EQ(value(R"('\a\b\f\n\r\t\v\\\'\"\?\`')"), "\a\b\f\n\r\t\v\\'\"?`");
}

}  // namespace
}  // namespace steelyard::filter
