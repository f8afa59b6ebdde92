#include "services/common/text/csv.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::text {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::IsOk;
using ::steelyard::testing::IsOkAndHolds;
using ::steelyard::testing::StatusIs;
using ::steelyard::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using namespace std::string_literals;
using Rows = std::vector<std::vector<std::string>>;

struct Result {
  absl::Status status;
  std::vector<std::string> header;
  Rows rows;
  std::vector<int64_t> lines;
};

Result Read(std::string_view bytes, const CsvOptions& options = {}) {
  const TempDir directory;
  Result result;
  auto reader = CsvReader::Open(directory.Write("in.csv", bytes), "in.csv", options);
  if (!reader.ok()) {
    result.status = reader.status();
    return result;
  }
  result.header = (*reader)->header();
  while (true) {
    const auto more = (*reader)->Next();
    if (!more.ok() || !*more) {
      result.status = more.status();
      return result;
    }
    result.rows.push_back((*reader)->fields());
    result.lines.push_back((*reader)->line());
  }
}

TEST(CsvReader, ReadsEveryLineEnd) {
  for (const std::string end : {"\n", "\r", "\r\n"}) {
    for (const std::string& last : {end, ""s}) {
      const Result result = Read("a,b" + end + "1,2" + end + "3,4" + last);
      EXPECT_THAT(result.status, IsOk());
      EXPECT_THAT(result.header, ElementsAre("a", "b"));
      EXPECT_EQ(result.rows, (Rows{{"1", "2"}, {"3", "4"}}));
      EXPECT_THAT(result.lines, ElementsAre(2, 3));
    }
  }
}

TEST(CsvReader, ReadsMixedLineEnds) {
  const Result result = Read("a\r1\n2\r\n3\r\r4\n\n");
  EXPECT_EQ(result.rows, (Rows{{"1"}, {"2"}, {"3"}, {""}, {"4"}, {""}}));
  EXPECT_THAT(result.lines, ElementsAre(2, 3, 4, 5, 6, 7));
}

TEST(CsvReader, ReadsQuotedFields) {
  struct Case {
    std::string text;
    std::vector<std::string> fields;
  };
  const std::vector<Case> cases = {
      {R"("1","2")", {"1", "2"}},
      {R"("a,b",2)", {"a,b", "2"}},
      {R"("say ""hi""",2)", {"say \"hi\"", "2"}},
      {R"("","")", {"", "x"}},  // replaced below: all-empty is blank
      {R"("""",2)", {"\"", "2"}},
      {R"("1"  ,2)", {"1", "2"}},
      {R"(a "quoted" word,2)", {"a \"quoted\" word", "2"}},
      {R"( "x",2)", {" \"x\"", "2"}},
      {R"(5" disk,2)", {"5\" disk", "2"}},
      {"\"two\nlines\",2", {"two\nlines", "2"}},
      {"\"two\r\nlines\",2", {"two\r\nlines", "2"}},
      {"\"two\rlines\",2", {"two\rlines", "2"}},
  };
  for (const Case& c : cases) {
    if (c.fields[1] == "x") {
      EXPECT_EQ(Read("a,b\n" + c.text).rows, (Rows{{"", ""}}));
      continue;
    }
    EXPECT_EQ(Read("a,b\n" + c.text + "\n").rows, (Rows{c.fields})) << c.text;
    EXPECT_EQ(Read("a,b\n" + c.text).rows, (Rows{c.fields})) << c.text;
  }
}

TEST(CsvReader, CountsLinesInsideQuotes) {
  for (const std::string end : {"\n", "\r", "\r\n"}) {
    const Result result = Read("a" + end + "\"x" + end + end + "y\"" + end + "z" + end);
    EXPECT_EQ(result.rows, (Rows{{"x" + end + end + "y"}, {"z"}}));
    EXPECT_THAT(result.lines, ElementsAre(2, 5));
  }
}

TEST(CsvReader, SkipsAByteOrderMark) {
  EXPECT_THAT(Read("\xEF\xBB\xBF"
                   "a,b\n1,2\n")
                  .header,
              ElementsAre("a", "b"));
  EXPECT_THAT(Read("\xEF\xBB\xBF\"a\",b\n1,2\n").header, ElementsAre("a", "b"));
}

TEST(CsvReader, GivesRaggedRowsAsTheyAre) {
  EXPECT_EQ(Read("a,b\n1\n1,2,3\n1,\n,\n").rows,
            (Rows{{"1"}, {"1", "2", "3"}, {"1", ""}, {"", ""}}));
}

TEST(CsvReader, GivesBlankRowsAsEmptyFields) {
  EXPECT_EQ(Read("a,b,c\n\n  \n , ,\n,,,,\n").rows,
            (Rows{{""}, {""}, {"", "", ""}, {"", "", "", "", ""}}));
  EXPECT_EQ(Read("a,b\n 1 , \n").rows, (Rows{{" 1 ", " "}}));
}

TEST(CsvReader, ReadsOtherDelimiters) {
  CsvOptions options;
  options.delimiter = ';';
  EXPECT_EQ(Read("a;b\n1,5;\"x;y\"\n", options).rows, (Rows{{"1,5", "x;y"}}));
  options.delimiter = '\t';
  EXPECT_EQ(Read("a\tb\n1\t2\n", options).rows, (Rows{{"1", "2"}}));
}

TEST(CsvReader, ReadsMacRomanWithCarriageReturns) {
  CsvOptions options;
  options.encoding = Encoding::kMacRoman;
  const Result result = Read(
      "permalink,name,city\r"
      "/company/caf\x8E,Caf\x8E \xCA,Z\x9Frich\r"
      "/company/x,\"A, B\",S\x8Bo Paulo\r,,\r",
      options);
  EXPECT_THAT(result.status, IsOk());
  EXPECT_EQ(result.rows, (Rows{{"/company/café", "Café \xC2\xA0", "Zürich"},
                               {"/company/x", "A, B", "São Paulo"},
                               {"", "", ""}}));
}

TEST(CsvReader, ComposesAccents) { EXPECT_EQ(Read("a\nFore\xCC\x82t\n").rows, (Rows{{"Forêt"}})); }

TEST(CsvReader, TrimsNamesOfColumns) {
  EXPECT_THAT(Read(" Date , USD,\"JPY\", \n").header, ElementsAre("Date", "USD", "JPY", ""));
  EXPECT_THAT(Read("a,,\n").header, ElementsAre("a", "", ""));
}

TEST(CsvReader, FindsColumns) {
  const TempDir directory;
  const auto reader = CsvReader::Open(directory.Write("in.csv", "a,b\n"), "rounds.csv", {});
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT((*reader)->Column("b"), IsOkAndHolds(1));
  const auto missing = (*reader)->Column("amount");
  EXPECT_THAT(missing, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("there are a, b")));
  EXPECT_EQ(MetadataOf(missing.status(), "column"), "amount");
  EXPECT_EQ(MetadataOf(missing.status(), "file"), "rounds.csv");
}

TEST(CsvReader, NamesThePlaceOfWhatItCannotRead) {
  struct Case {
    std::string text;
    std::string line;
    std::string problem;
    std::string column;
  };
  const std::vector<Case> cases = {
      {"", "1", "empty", ""},
      {"\n1\n", "1", "header is blank", ""},
      {",,\n1\n", "1", "header is blank", ""},
      {"a,b,a\n", "1", "\"a\" twice", "a"},
      {"a,\"b\n", "1", "ends inside quotes", ""},
      {"a,b\n1,2\n3,\"4\n5,6\n", "3", "ends inside quotes", "b"},
      {"a,b\n1,\"2\"x\n", "2", "behind a closing quote", "b"},
      {"a,b\n1,\"2\" \"3\"\n", "2", "behind a closing quote", "b"},
      {"a,b\n1,\"x\ny\"z\n", "3", "behind a closing quote", "b"},
      {"a\0b\n"s, "1", "NUL", ""},
      {"a,b\n1,2\n3,\0\n"s, "3", "NUL", ""},
      {"a,b\n1,2\n3,\"\0\"\n"s, "3", "NUL", ""},
      {"a\0,\0b\0\n\0"s, "1", "UTF-16", ""},
      {"a,b\n1,2\n3,caf\xE9\n", "3", "not UTF-8 in column b", "b"},
      {"a,b\n1,2\n3,4,caf\xE9\n", "3", "not UTF-8 in column 3", ""},
      {"caf\xE9,b\n", "1", "not UTF-8", ""},
      {"a,b\n1,cut\xC3", "2", "not UTF-8", "b"},
  };
  for (const Case& c : cases) {
    const absl::Status status = Read(c.text).status;
    EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED)) << c.text;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 HasSubstr("in.csv, line " + c.line + ": ")));
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.problem)));
    EXPECT_EQ(MetadataOf(status, "line"), c.line);
    EXPECT_EQ(MetadataOf(status, "file"), "in.csv");
    EXPECT_EQ(MetadataOf(status, "column"), c.column);
  }
}

TEST(CsvReader, RefusesAFileThatIsNotThere) {
  const auto reader = CsvReader::Open("/nonexistent/x.csv", "x.csv", {});
  EXPECT_THAT(reader, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
}

TEST(CsvReader, GoesOnFailingAfterAnError) {
  const TempDir directory;
  const auto reader = CsvReader::Open(directory.Write("in.csv", "a\n\xFF\nb\n"), "in.csv", {});
  ASSERT_THAT(reader, IsOk());
  EXPECT_FALSE((*reader)->Next().ok());
  EXPECT_FALSE((*reader)->Next().ok());
}

TEST(CsvReader, StaysAtTheEnd) {
  const TempDir directory;
  const auto reader = CsvReader::Open(directory.Write("in.csv", "a\n1\n"), "in.csv", {});
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT((*reader)->Next(), IsOkAndHolds(true));
  EXPECT_THAT((*reader)->Next(), IsOkAndHolds(false));
  EXPECT_THAT((*reader)->Next(), IsOkAndHolds(false));
}

TEST(CsvReader, BoundsTheLengthOfRows) {
  const std::string text(2 << 20, 'x');
  const absl::Status plain = Read("a,b\n1,2\n" + text + "\n").status;
  EXPECT_THAT(plain, StatusIs(absl::StatusCode::kInvalidArgument,
                              HasSubstr("in.csv, line 3: the row is longer than 1048576 bytes")));
  const absl::Status quoted = Read("a,b\n1,\"2\n" + text + "\n").status;
  EXPECT_THAT(quoted,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a quote is never closed")));
  CsvOptions options;
  options.max_row_bytes = 8;
  EXPECT_THAT(Read("a,b,c\n1,2,3,4,", options).status, IsOk());
  for (const std::string end : {"", "\n", "\"", "5"}) {
    EXPECT_THAT(Read("a,b,c\n1,2,3,4,," + end, options).status,
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("longer than 8 bytes")));
  }
  options.max_row_bytes = 3 << 20;
  const Result result = Read("a,b\n" + text + ",\"" + text.substr(0, 100) + "\"\n", options);
  EXPECT_THAT(result.status, IsOk());
  EXPECT_EQ(result.rows, (Rows{{text, text.substr(0, 100)}}));
}

// Everything that a row can hold, moved over the borders of the 64 KiB blocks that are read.
TEST(CsvReader, DoesNotSeeTheBordersOfBlocks) {
  const std::string row = "x,\"q \"\"q\"\"\r\nq\",caf\xC3\xA9\r\n";
  const std::vector<std::string> fields = {"x", "q \"q\"\r\nq", "café"};
  for (size_t shift = 0; shift <= row.size() + 4; ++shift) {
    const size_t filler = 64 * 1024 - 7 - shift;  // the header and the filler's line end take 7
    const Result result = Read("a,b,c\n" + std::string(filler, 'f') + "\n" + row + row);
    ASSERT_THAT(result.status, IsOk()) << shift;
    ASSERT_EQ(result.rows.size(), 3U) << shift;
    ASSERT_EQ(result.rows[1], fields) << shift;
    ASSERT_EQ(result.rows[2], fields) << shift;
    ASSERT_THAT(result.lines, ElementsAre(2, 3, 5)) << shift;
  }
}

}  // namespace
}  // namespace steelyard::text
