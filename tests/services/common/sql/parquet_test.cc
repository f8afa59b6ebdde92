#include "services/common/sql/parquet.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "tests/support/status_matchers.h"

namespace steelyard::sql {
namespace {

using ::testing::ElementsAre;

const std::vector<ParquetColumn>& Columns() {
  static const auto& columns = *new std::vector<ParquetColumn>{
      {.name = "id", .type = ParquetType::kText},
      {.name = "count \"x\"", .type = ParquetType::kInteger},
      {.name = "day", .type = ParquetType::kDate},
      {.name = "amount", .type = ParquetType::kDecimal, .precision = 23, .scale = 4},
      {.name = "names", .type = ParquetType::kTexts},
      {.name = "parts", .type = ParquetType::kTextRows, .members = {"who", "role's"}}};
  return columns;
}

std::vector<Value> Row(const std::string& id) {
  return {id,
          int64_t{7},
          int64_t{-1},
          std::string("9223372036854775807.1234"),
          std::string("[\"a;b\",\"c\\\"d\"]"),
          std::string("[{\"who\":\"A\",\"role's\":null}]")};
}

class ParquetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, OpenDuckDb({}));
    ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
  }
  static std::string BytesOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // A file of so many rows.
  static std::string Write(int rows) {
    const auto writer = ParquetWriter::Create(Columns());
    EXPECT_OK(writer);
    for (int i = 0; i < rows; ++i) EXPECT_OK((*writer)->Append(Row(StrCat("r", i))));
    const auto path = (*writer)->Finish(kContext, {{"a key", "it's"}});
    EXPECT_OK(path);
    return BytesOf(*path);
  }
  // The columns of the first row of a query, each as text.
  std::vector<std::string> First(const std::string& query, int columns) {
    std::vector<std::string> values;
    const auto rows = connection_->Query(kContext, query);
    EXPECT_OK(rows);
    EXPECT_THAT((*rows)->Next(), testing::IsOkAndHolds(true));
    for (int i = 0; i < columns; ++i) values.emplace_back((*rows)->Text(i));
    return values;
  }

  static inline const Context kContext = Context::Background();
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(ParquetTest, ValuesTypesAndMetadataComeBack) {
  ASSERT_OK_AND_ASSIGN(const auto writer, ParquetWriter::Create(Columns()));
  ASSERT_OK(writer->Append(Row("it's")));
  ASSERT_OK(writer->Append(std::vector<Value>(6)));
  ASSERT_OK_AND_ASSIGN(const std::string path, writer->Finish(kContext, {{"a key", "it's"}}));
  const std::string from = StrCat(" FROM read_parquet('", path, "')");
  EXPECT_THAT(First("SELECT id, CAST(\"count \"\"x\"\"\" AS VARCHAR), CAST(day AS VARCHAR), "
                    "CAST(amount AS VARCHAR), names[1], names[2], parts[1].who, "
                    "COALESCE(parts[1].\"role's\", 'none'), typeof(amount), typeof(parts)" +
                        from,
                    10),
              ElementsAre("it's", "7", "1969-12-31", "9223372036854775807.1234", "a;b", "c\"d", "A",
                          "none", "DECIMAL(23,4)", "STRUCT(who VARCHAR, \"role's\" VARCHAR)[]"));
  EXPECT_THAT(First("SELECT CAST(COUNT(*) AS VARCHAR), CAST(COUNT(COALESCE(id, CAST(day AS "
                    "VARCHAR), CAST(amount AS VARCHAR), CAST(names AS VARCHAR))) AS VARCHAR)" +
                        from,
                    2),
              ElementsAre("2", "1"));
  EXPECT_THAT(
      First(StrCat("SELECT decode(key), decode(value) FROM parquet_kv_metadata('", path, "')"), 2),
      ElementsAre("a key", "it's"));
}

TEST_F(ParquetTest, EqualRowsGiveEqualBytes) {
  // Several groups of rows, which the engine writes side by side.
  const std::string bytes = Write(130'000);
  EXPECT_GT(bytes.size(), 1000U);
  EXPECT_TRUE(bytes == Write(130'000));
  EXPECT_FALSE(Write(1000) == Write(999));
}

TEST_F(ParquetTest, AFileWithoutRowsHasItsColumns) {
  ASSERT_OK_AND_ASSIGN(const auto writer, ParquetWriter::Create(Columns()));
  ASSERT_OK_AND_ASSIGN(const std::string path, writer->Finish(kContext, {{"k", "v"}}));
  EXPECT_THAT(First(StrCat("SELECT CAST(COUNT(*) AS VARCHAR) FROM read_parquet('", path, "')"), 1),
              ElementsAre("0"));
}

TEST_F(ParquetTest, NothingStaysOnDisk) {
  std::string path;
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, ParquetWriter::Create(Columns()));
    ASSERT_OK_AND_ASSIGN(path, writer->Finish(kContext, {{"k", "v"}}));
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST_F(ParquetTest, AValueThatItsColumnDoesNotHoldIsAnError) {
  ASSERT_OK_AND_ASSIGN(const auto writer, ParquetWriter::Create(Columns()));
  std::vector<Value> row = Row("a");
  row[3] = std::string("many");
  ASSERT_OK(writer->Append(row));
  EXPECT_THAT(writer->Finish(kContext, {{"k", "v"}}),
              testing::HasReason(common::v1::ERROR_REASON_INTERNAL));
}

TEST(JsonStringTest, QuotesWhatMustBe) {
  EXPECT_EQ(JsonString("a\"b\\c\n\x01é"), "\"a\\\"b\\\\c\\u000a\\u0001é\"");
}

}  // namespace
}  // namespace steelyard::sql
