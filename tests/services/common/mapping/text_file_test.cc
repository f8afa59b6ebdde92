#include "services/common/mapping/text_file.h"

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::mapping {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;

class TextFileTest : public ::testing::Test {
 protected:
  // The rows with their header, fields between '|'; with the encoding in front.
  std::vector<std::string> Rows(const std::string& bytes, const common::v1::FileLayout& layout) {
    const auto file = OpenText(directory_.Write("file.csv", bytes), "file.csv", layout);
    EXPECT_OK(file);
    if (!file.ok()) return {};
    std::vector<std::string> rows = {file->encoding, StrJoin(file->csv->header(), "|")};
    while (true) {
      const auto more = file->csv->Next();
      EXPECT_OK(more);
      if (!more.ok() || !*more) return rows;
      rows.push_back(StrCat(file->csv->line(), ":", StrJoin(file->csv->fields(), "|")));
    }
  }
  absl::Status Open(const std::string& bytes, const common::v1::FileLayout& layout) {
    return OpenText(directory_.Write("file.csv", bytes), "file.csv", layout).status();
  }

  testing::TempDir directory_;
  common::v1::FileLayout layout_;
};

// ASCII text as UTF-16, little-endian unless told, with "é" for '?'.
std::string Utf16(const std::string& text, bool big_endian = false) {
  std::string bytes;
  for (const char c : text) {
    const char low = c == '?' ? '\xE9' : c;
    bytes += big_endian ? '\0' : low;
    bytes += big_endian ? low : '\0';
  }
  return bytes;
}

TEST_F(TextFileTest, DetectsTheEncoding) {
  EXPECT_THAT(Rows("a\nx\n", layout_), ElementsAre("UTF-8", "a", "2:x"));
  EXPECT_THAT(Rows("\xEF\xBB\xBF"
                   "a\nQu\xC3\xA9"
                   "bec\n",
                   layout_),
              ElementsAre("UTF-8", "a", "2:Québec"));
  EXPECT_THAT(Rows("a\nQu\xE9"
                   "bec\n",
                   layout_),
              ElementsAre("windows-1252", "a", "2:Québec"));
  EXPECT_THAT(Rows("a\rQu\x8E"
                   "bec\r",
                   layout_),
              ElementsAre("macintosh", "a", "2:Québec"));
  EXPECT_THAT(Rows("a\nQu\x8E"
                   "bec\n",
                   layout_),
              ElementsAre("macintosh", "a", "2:Québec"));
  EXPECT_THAT(Rows("\xFF\xFE" + Utf16("a,b\nQu?bec,2\n"), layout_),
              ElementsAre("UTF-16", "a|b", "2:Québec|2"));
  EXPECT_THAT(Rows("\xFE\xFF" + Utf16("a,b\nQu?bec,2\n", true), layout_),
              ElementsAre("UTF-16", "a|b", "2:Québec|2"));
  EXPECT_THAT(Rows(Utf16("a\nx\n"), layout_), ElementsAre("UTF-16LE", "a", "2:x"));
  EXPECT_THAT(Rows(Utf16("a\nx\n", true), layout_), ElementsAre("UTF-16BE", "a", "2:x"));
}

TEST_F(TextFileTest, TakesTheEncodingThatIsNamed) {
  layout_.set_encoding("ISO-8859-1");
  EXPECT_THAT(Rows("a\nQu\xE9"
                   "bec\n",
                   layout_),
              ElementsAre("ISO-8859-1", "a", "2:Québec"));
  layout_.set_encoding("UTF-16");
  EXPECT_THAT(Rows(Utf16("a\nx\n"), layout_), ElementsAre("UTF-16", "a", "2:x"));
  EXPECT_THAT(Open(Utf16("a\nx\n") + "y", layout_),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  // A lone half of a surrogate pair.
  EXPECT_THAT(Open(Utf16("a\n") + std::string("\x00\xD8", 2) + Utf16("x"), layout_),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
}

TEST_F(TextFileTest, LargeUtf16ComesWhole) {
  std::string text = "a,b\n";
  for (int i = 0; i < 20'000; ++i) StrAppend(&text, i, ",Qu?bec\n");
  const std::vector<std::string> rows = Rows("\xFF\xFE" + Utf16(text), layout_);
  ASSERT_EQ(rows.size(), 20'002U);
  // Nothing stays beside the file.
  const std::filesystem::directory_iterator files(directory_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
  EXPECT_EQ(rows.back(), "20001:19999|Québec");
}

TEST_F(TextFileTest, LineEndsMayBeMixed) {
  EXPECT_THAT(Rows("a,b\r1,2\n3,4\r\n5,6", layout_),
              ElementsAre("UTF-8", "a|b", "2:1|2", "3:3|4", "4:5|6"));
}

TEST_F(TextFileTest, SkipsLinesBeforeTheHeader) {
  layout_.set_skip_lines(4);
  EXPECT_THAT(
      Rows("\"Data Source\",\"WDI\",\r\n\r\n\"Last Updated\",\"x\",\r\n\r\na,b,\r\n1,2,\r\n",
           layout_),
      ElementsAre("UTF-8", "a|b|", "6:1|2|"));
  EXPECT_THAT(Rows("1\r2\r3\r4\ra\rx", layout_), ElementsAre("UTF-8", "a", "6:x"));
  EXPECT_THAT(Open("1\n2\n3", layout_), HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(Open("1\n2\n3\n4\n", layout_), HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
}

TEST_F(TextFileTest, DelimitersAndQuotes) {
  layout_.set_delimiter("detect");
  EXPECT_THAT(Rows("a;b;\"c,d,e,f\"\n1;2;3\n", layout_),
              ElementsAre("UTF-8", "a|b|c,d,e,f", "2:1|2|3"));
  EXPECT_THAT(Rows("a\tb\n1\t2\n", layout_), ElementsAre("UTF-8", "a|b", "2:1|2"));
  EXPECT_THAT(Rows("a\n1\n", layout_), ElementsAre("UTF-8", "a", "2:1"));
  layout_.set_delimiter("tab");
  EXPECT_THAT(Rows("a\tb\n1\t2\n", layout_), ElementsAre("UTF-8", "a|b", "2:1|2"));
  layout_.set_delimiter("|");
  layout_.set_quote("'");
  EXPECT_THAT(Rows("a|b\n'x|y'|\"\n", layout_), ElementsAre("UTF-8", "a|b", "2:x|y|\""));
  layout_.set_quote("none");
  EXPECT_THAT(Rows("a|b\n\"x|'y'\n", layout_), ElementsAre("UTF-8", "a|b", "2:\"x|'y'"));
  EXPECT_THAT(Open(std::string("\0a|b\n", 5), layout_),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
}

}  // namespace
}  // namespace steelyard::mapping
