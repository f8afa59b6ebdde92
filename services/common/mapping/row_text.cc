// Texts, lists and ids of a mapped row.

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/common/mapping/round_row.h"
#include "services/common/mapping/rows.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::mapping {
namespace {

// The text without "<...>", without spaces around it.
std::string WithoutMarkup(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const size_t open = text.find('<');
    const size_t close = open == std::string_view::npos ? open : text.find('>', open);
    plain += text.substr(0, close == std::string_view::npos ? text.size() : open);
    text.remove_prefix(close == std::string_view::npos ? text.size() : close + 1);
  }
  return std::string(TrimSpaces(plain));
}

}  // namespace

std::string Rows::Text(const Cell& cell, int most) {
  std::string text = Translate(cell);
  if (cell.way != nullptr && cell.way->rule->strip_markup()) {
    std::string plain = WithoutMarkup(text);
    if (plain != text) Repair(cell, "markup was taken out");
    text = std::move(plain);
  }
  std::string cut = text::Truncate(text, most);
  if (cut.size() < text.size()) Repair(cell, StrCat("cut after ", most, " characters"));
  return cut;
}

std::vector<std::string> Rows::List(std::string_view field, int most) {
  std::vector<std::string> parts;
  const Cell cell = Get(field);
  if (cell.text.empty()) return parts;
  const std::string& separator = cell.way->rule->separator();
  for (const absl::string_view part :
       absl::StrSplit(cell.text, separator.empty() ? ";" : separator.c_str())) {
    Cell one = cell;
    one.text = TrimSpaces(ToStd(part));
    if (one.text.empty() || IsNull(one.text)) continue;
    std::string name = Text(one, most);
    if (!name.empty()) parts.push_back(std::move(name));
  }
  return parts;
}

std::string Rows::Id(const Cell& cell) const {
  if (cell.text.empty()) return "";
  if (IsListed(cell)) return Translate(cell);
  std::string_view text = cell.text;
  const FieldMapping& rule = *cell.way->rule;
  if (rule.id_style() == "slug") return StrCat(rule.prefix(), SlugOf(text));
  if (rule.id_style() == "permalink") {
    if (const size_t slash = text.rfind('/'); slash != std::string_view::npos) {
      text.remove_prefix(slash + 1);
    }
    if (text.empty()) return "";
  }
  return StrCat(rule.prefix(), absl::AsciiStrToLower(ToAbsl(text)));
}

}  // namespace steelyard::mapping
