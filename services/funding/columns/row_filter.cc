#include "services/funding/columns/row_filter.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "absl/strings/numbers.h"
#include "services/common/filter/operand.h"
#include "services/common/text/strings.h"
#include "services/funding/round.h"

namespace steelyard::funding::columns {
namespace {

using filter::Node;

constexpr Int128 kMost = ~(static_cast<Int128>(1) << 127);
constexpr Int128 kLeast = -kMost - 1;
constexpr int kMicroDigits = 6;

// Whether a text is the pieces with anything between them.
bool IsLike(std::string_view text, const std::vector<std::string>& pieces) {
  const std::string& last = pieces.back();
  if (text.size() < pieces.front().size() + last.size()) return false;
  if (text.substr(0, pieces.front().size()) != pieces.front()) return false;
  if (text.substr(text.size() - last.size()) != last) return false;
  text.remove_prefix(pieces.front().size());
  text.remove_suffix(last.size());
  for (size_t i = 1; i + 1 < pieces.size(); ++i) {
    const size_t found = text.find(pieces[i]);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + pieces[i].size());
  }
  return true;
}

bool CompareText(std::string_view text, std::string_view op,
                 const std::vector<std::string>& pieces) {
  if (pieces.size() > 1) return IsLike(text, pieces) == (op == "=");
  const int order = text.compare(pieces.front());
  if (op == "=") return order == 0;
  if (op == "!=") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  return op == ">" ? order > 0 : order >= 0;
}

struct Range {
  Int128 low = kLeast;
  Int128 high = kMost;
};

// What an operator lets through of what a value stands for: `first` to `last`.
Range RangeOf(std::string_view op, Int128 first, Int128 last) {
  if (op == "<") return {kLeast, first - 1};
  if (op == "<=") return {kLeast, last};
  if (op == ">") return {last + 1, kMost};
  if (op == ">=") return {first, kMost};
  return {first, last};
}

Int128 ParseDigits(std::string_view digits) {
  const bool negative = !digits.empty() && digits.front() == '-';
  digits.remove_prefix(negative ? 1 : 0);
  Int128 number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return negative ? -number : number;
}

// First possible days compare as their packed forms.
int32_t PackedFirst(int32_t date) {
  constexpr int32_t kDays = (1 << kMonthShift) - 1;
  constexpr int32_t kMonths = 15 << kMonthShift;
  if ((date & kMonths) == 0) date |= 1 << kMonthShift;
  return (date & kDays) == 0 ? date | 1 : date;
}

// Which codes a text comparison lets through.
std::vector<bool> MatchesOf(const Dictionary& codes, const Node& node) {
  std::vector<bool> matches(codes.size());
  for (size_t i = 0; i < matches.size(); ++i) {
    const std::string& text = codes.Text(static_cast<int32_t>(i));
    matches[i] = node.op == ":"
                     ? text.find(StrCat("|", node.value.Text(), "|")) != std::string::npos
                     : CompareText(text, node.op, node.value.pieces);
  }
  return matches;
}

}  // namespace

std::optional<RowFilter> RowFilter::Make(const Node& tree, const Codes& codes) {
  RowFilter made;
  if (!MakeTest(tree, codes, made.root_)) return std::nullopt;
  for (size_t i = 0; i < codes.currencies.size(); ++i) {
    const absl::StatusOr<int> digits = MinorDigits(codes.currencies.Text(static_cast<int32_t>(i)));
    int64_t micros = 1;
    for (int digit = digits.value_or(kMicroDigits); digit < kMicroDigits; ++digit) micros *= 10;
    made.micros_.push_back(micros);
  }
  return made;
}

bool RowFilter::MakeTest(const Node& node, const Codes& codes, Test& test) {
  test.kind = node.kind;
  if (node.kind == Node::Kind::kComparison) return MakeComparison(node, codes, test);
  for (const Node& child : node.children) {
    if (!MakeTest(child, codes, test.children.emplace_back())) return false;
  }
  return true;
}

bool RowFilter::MakeComparison(const Node& node, const Codes& codes, Test& test) {
  static const auto& by_code =
      *new std::map<std::string_view, std::pair<Column, Dictionary Codes::*>>{
          {"country", {Column::kCountry, &Codes::countries}},
          {"layer", {Column::kLayer, &Codes::layers}},
          {"sector", {Column::kSector, &Codes::sectors}},
          {"source_category", {Column::kCategory, &Codes::categories}},
          {"currency", {Column::kCurrency, &Codes::currencies}},
          {"sources", {Column::kSources, &Codes::sources}}};
  if (const auto found = by_code.find(node.field); found != by_code.end()) {
    test.column = found->second.first;
    test.matches = MatchesOf(codes.*found->second.second, node);
    return true;
  }
  const std::string text = node.value.Text();
  test.negated = node.op == "!=";
  Range range;
  if (node.field == "company") {
    test.column = Column::kCompany;
    test.negated = false;
    test.op = node.op;
    test.pieces = node.value.pieces;
  } else if (node.field == "stage") {
    test.column = Column::kStage;
    const Int128 number = StageOf(text).value_or(v1::STAGE_UNSPECIFIED);
    range = RangeOf(node.op, number, number);
  } else if (node.field == "kind") {
    test.column = Column::kKind;
    const Int128 number = KindOf(text).value_or(common::v1::AMOUNT_KIND_UNSPECIFIED);
    range = RangeOf(node.op, number, number);
  } else if (node.field == "year") {
    test.column = Column::kYear;
    range = RangeOf(node.op, ParseDigits(text), ParseDigits(text));
  } else if (node.field == "announced_on") {
    test.column = Column::kDay;
    const absl::StatusOr<PartialDate> date = ParseDate(text);
    if (!date.ok()) return false;
    range = RangeOf(node.op, Pack(date->FirstDay()), Pack(date->LastDay()));
  } else if (node.field == "amount") {
    test.column = Column::kAmount;
    const absl::StatusOr<std::string> digits = filter::ScaledDecimal(text);
    if (!digits.ok()) return false;
    range = RangeOf(node.op, ParseDigits(*digits), ParseDigits(*digits));
  } else {
    return false;
  }
  test.low = range.low;
  test.high = range.high;
  return true;
}

bool RowFilter::Holds(const Test& test, const Block& block, size_t company,
                      const CompanyVersion* version, uint32_t row) const {
  const auto holds = [&](const Test& child) { return Holds(child, block, company, version, row); };
  switch (test.kind) {
    case Node::Kind::kAnd:
      return std::all_of(test.children.begin(), test.children.end(), holds);
    case Node::Kind::kOr:
      return std::any_of(test.children.begin(), test.children.end(), holds);
    case Node::Kind::kNot:
      return !holds(test.children.front());
    case Node::Kind::kComparison:
      break;
  }
  return Compare(test, block, company, version, row);
}

bool RowFilter::Compare(const Test& test, const Block& block, size_t company,
                        const CompanyVersion* version, uint32_t row) const {
  const auto in_range = [&](Int128 value) {
    return (test.low <= value && value <= test.high) != test.negated;
  };
  switch (test.column) {
    case Column::kCountry:
      return test.matches[version == nullptr ? 0 : version->country];
    case Column::kLayer:
      return test.matches[version == nullptr ? 0 : version->layer];
    case Column::kSector:
      return test.matches[version == nullptr ? 0 : version->sector];
    case Column::kCategory:
      return test.matches[version == nullptr ? 0 : version->category];
    case Column::kCurrency:
      return test.matches[block.currency[row]];
    case Column::kSources:
      return test.matches[static_cast<size_t>(block.sources[row])];
    case Column::kStage:
      return in_range(block.stage[row]);
    case Column::kKind:
      return in_range(block.kind[row]);
    case Column::kYear:
      return in_range(block.announced[row] >> kYearShift);
    case Column::kDay:
      return in_range(PackedFirst(block.announced[row]));
    case Column::kAmount:
      if (block.amount[row] == kUndisclosed) return test.negated;
      return in_range(static_cast<Int128>(block.amount[row]) * micros_[block.currency[row]]);
    default:
      return CompareText(block.IdOf(company), test.op, test.pieces);
  }
}

}  // namespace steelyard::funding::columns
