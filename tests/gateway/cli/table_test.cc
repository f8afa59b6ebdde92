#include "gateway/cli/table.h"

#include "gtest/gtest.h"

namespace steelyard::cli {
namespace {

TEST(TableTest, AlignsNumbersToTheRightAndEndsLinesWithoutSpaces) {
  Table table({"region", "total", "note"}, {Align::kLeft, Align::kRight, Align::kLeft});
  EXPECT_TRUE(table.empty());
  table.AddRow({"US", "1.2 bn", "a"});
  table.AddRow({"EUROPE", "950", ""});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.Render(),
            "region   total  note\n"
            "US      1.2 bn  a\n"
            "EUROPE     950\n");
}

TEST(TableTest, WithoutHeadingsThereIsNoHeadingLine) {
  Table table({"", ""}, {Align::kLeft, Align::kRight});
  table.AddRow({"a", "1"});
  table.AddRow({"bb", "22"});
  EXPECT_EQ(table.Render(), "a    1\nbb  22\n");
}

TEST(TableTest, WithoutRowsThereIsNothing) { EXPECT_EQ(Table({"a"}, {Align::kLeft}).Render(), ""); }

TEST(TableTest, WidthIsWhatATerminalShows) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("Forêt"), 5);
  EXPECT_EQ(DisplayWidth("Fore\xCC\x82t"), 5);  // e and a combining circumflex
  EXPECT_EQ(DisplayWidth("トヨタ"), 6);
  Table table({"name", "n"}, {Align::kLeft, Align::kRight});
  table.AddRow({"北京", "1"});
  table.AddRow({"Zoé", "2"});
  EXPECT_EQ(table.Render(), "name  n\n北京  1\nZoé   2\n");
}

}  // namespace
}  // namespace steelyard::cli
