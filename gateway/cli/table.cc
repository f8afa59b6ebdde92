#include "gateway/cli/table.h"

#include <algorithm>
#include <utility>

#include "unicode/uchar.h"
#include "unicode/utf8.h"

namespace steelyard::cli {
namespace {

int WidthOf(UChar32 character) {
  const int type = u_charType(character);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

std::string Pad(const std::string& text, int width, Align align) {
  const std::string space(static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ');
  return align == Align::kLeft ? text + space : space + text;
}

}  // namespace

int DisplayWidth(std::string_view utf8) {
  int width = 0;
  const int length = static_cast<int>(utf8.size());
  for (int i = 0; i < length;) {
    UChar32 character = 0;
    U8_NEXT_OR_FFFD(utf8.data(), i, length, character);
    width += WidthOf(character);
  }
  return width;
}

Table::Table(std::vector<std::string> headings, std::vector<Align> alignments)
    : headings_(std::move(headings)), alignments_(std::move(alignments)) {}

void Table::AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string Table::Render() const {
  if (rows_.empty()) return "";
  std::vector<std::vector<std::string>> lines = rows_;
  const bool headed = std::any_of(headings_.begin(), headings_.end(),
                                  [](const std::string& heading) { return !heading.empty(); });
  if (headed) lines.insert(lines.begin(), headings_);
  std::vector<int> widths(headings_.size(), 0);
  for (const std::vector<std::string>& line : lines) {
    for (size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], DisplayWidth(line[i]));
  }
  std::string text;
  for (const std::vector<std::string>& line : lines) {
    std::string row;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (i > 0) row += "  ";
      row += Pad(line[i], widths[i], alignments_[i]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + '\n';
  }
  return text;
}

}  // namespace steelyard::cli
