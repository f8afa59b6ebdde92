#pragma once

// Text tables for a terminal: columns as wide as their widest cell, numbers to the right.

#include <string>
#include <string_view>
#include <vector>

namespace steelyard::cli {

enum class Align { kLeft, kRight };

// Columns a text takes on a terminal: wide East Asian characters two, combining marks none.
int DisplayWidth(std::string_view utf8);

class Table {
 public:
  // One heading for each column; empty headings in all columns leave the heading line out.
  Table(std::vector<std::string> headings, std::vector<Align> alignments);
  // As many cells as there are columns.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // Lines with two spaces between columns and none at the end; empty for no rows.
  std::string Render() const;

 private:
  std::vector<std::string> headings_;
  std::vector<Align> alignments_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace steelyard::cli
