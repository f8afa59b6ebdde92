#include "services/common/mapping/rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "services/common/money/currencies.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::mapping {
namespace {

constexpr int64_t kRowsBetweenChecks = 1000;
constexpr size_t kMostUnmapped = 1000;
constexpr int kMostCharacters = 200;
constexpr size_t kMostBytes = size_t{4} * kMostCharacters;
constexpr int kLeastScale = -12;
constexpr int kMostScale = 15;
constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2100;

bool IsYear(std::string_view name) {
  if (name.size() != 4 || !std::all_of(name.begin(), name.end(), absl::ascii_isdigit)) return false;
  const int year = std::stoi(std::string(name));
  return year >= kFirstYear && year <= kLastYear;
}

std::map<std::string, std::string> FoldedValues(const FieldMapping& field) {
  std::map<std::string, std::string> values;
  for (const auto& [from, to] : field.values()) values.emplace(text::Fold(from), to);
  return values;
}

}  // namespace

Rows::Rows(const Context& context, const ingest::SpooledFile& file, TextFile text,
           ingest::Reporter& reporter)
    : context_(context),
      spooled_(file),
      mapping_(file.mapping->mapping),
      file_(std::move(text)),
      reporter_(reporter),
      numbers_(mapping_.numbers()),
      dates_(mapping_.dates()) {
  for (const std::string& token : mapping_.null_tokens()) {
    nulls_.push_back(absl::AsciiStrToLower(ToAbsl(TrimSpaces(token))));
  }
  for (const common::v1::CategoryMeaning& meaning : mapping_.categories()) {
    meanings_.emplace(text::Fold(meaning.category()), &meaning);
  }
}

absl::StatusOr<std::unique_ptr<Rows>> Rows::Open(const Context& context,
                                                 const ingest::SpooledFile& file,
                                                 ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(TextFile text,
                             OpenText(file.path, file.name, file.mapping->mapping.file()));
  reporter.BeginFile(file, text.encoding);
  std::unique_ptr<Rows> rows(new Rows(context, file, std::move(text), reporter));
  STEELYARD_RETURN_IF_ERROR(rows->FindColumns());
  return rows;
}

template <typename Names>
int Rows::Find(const Names& names) const {
  const std::vector<std::string>& header = file_.csv->header();
  for (const std::string& name : names) {
    for (size_t i = 0; i < header.size(); ++i) {
      if (TrimSpaces(header[i]) == TrimSpaces(name)) return static_cast<int>(i);
    }
  }
  return -1;
}

template <typename Names>
absl::Status Rows::Missing(const Names& names, std::string_view field) const {
  return MakeError(
      common::v1::ERROR_REASON_IMPORT_MALFORMED,
      StrCat(spooled_.name, ": the mapping reads ", field, " from the column ",
             StrJoin(names, " or "), ", which is missing; there are ",
             StrJoin(file_.csv->header(), ", ")),
      {{"file", spooled_.name}, {"column", names.Get(0)}, {"field", std::string(field)}});
}

absl::Status Rows::AddWay(const FieldMapping& field, std::vector<Way>& ways) const {
  Way way{.rule = &field, .values = FoldedValues(field)};
  way.column = Find(field.from());
  way.currency_column = Find(field.currency_from());
  way.scale_column = Find(field.scale_from());
  const bool there = way.column >= 0 || !field.constant().empty();
  const bool priced = field.currency_from().empty() || way.currency_column >= 0;
  if (!field.optional() && !there) return Missing(field.from(), field.to());
  if (!field.optional() && !priced) return Missing(field.currency_from(), "the currency");
  if (there && priced) ways.push_back(std::move(way));
  return field.has_otherwise() ? AddWay(field.otherwise(), ways) : absl::OkStatus();
}

absl::Status Rows::FindColumns() {
  for (const FieldMapping& field : mapping_.fields()) {
    STEELYARD_RETURN_IF_ERROR(AddWay(field, fields_[field.to()]));
  }
  for (const common::v1::RowExclusion& rule : mapping_.exclude()) {
    exclusions_.push_back(Find(rule.from()));
  }
  return FindWideColumns();
}

absl::Status Rows::FindWideColumns() {
  const common::v1::WideLayout& wide = mapping_.wide();
  for (const common::v1::ValueColumn& column : wide.columns()) {
    const int at = Find(column.from());
    if (at < 0 && !column.optional()) return Missing(column.from(), "value");
    if (at >= 0) wide_.push_back({.column = at, .name = column.from(0), .rule = &column});
  }
  const std::vector<std::string>& header = file_.csv->header();
  for (size_t i = 0; i < header.size(); ++i) {
    const std::string name(TrimSpaces(header[i]));
    const bool matches = (wide.other_columns() && !name.empty() && !IsTaken(static_cast<int>(i))) ||
                         (wide.year_columns() && IsYear(name)) ||
                         (wide.currency_columns() && CurrencyDigits(name).has_value());
    if (matches) wide_.push_back({.column = static_cast<int>(i), .name = name});
  }
  if (wide_.empty() && (wide.year_columns() || wide.currency_columns() || wide.other_columns())) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_MALFORMED,
                     StrCat(spooled_.name, ": no column has values as the mapping's `wide` says; ",
                            "there are ", StrJoin(header, ", ")),
                     {{"file", spooled_.name}});
  }
  return absl::OkStatus();
}

bool Rows::IsTaken(int column) const {
  for (const auto& [name, ways] : fields_) {
    for (const Way& way : ways) {
      if (column == way.column || column == way.currency_column || column == way.scale_column) {
        return true;
      }
    }
  }
  // The other names of a column, which an earlier one hides.
  const std::string_view name = TrimSpaces(file_.csv->header()[static_cast<size_t>(column)]);
  for (const FieldMapping& field : mapping_.fields()) {
    for (const FieldMapping* way = &field; way != nullptr;
         way = way->has_otherwise() ? &way->otherwise() : nullptr) {
      for (const std::string& other : way->from()) {
        if (TrimSpaces(other) == name) return true;
      }
    }
  }
  return std::find(exclusions_.begin(), exclusions_.end(), column) != exclusions_.end();
}

std::string_view Rows::Raw(int column) const {
  return TrimSpaces(file_.csv->fields()[static_cast<size_t>(column)]);
}

bool Rows::IsNull(std::string_view text) const {
  if (text.empty()) return true;
  return !nulls_.empty() && std::find(nulls_.begin(), nulls_.end(),
                                      absl::AsciiStrToLower(ToAbsl(text))) != nulls_.end();
}

std::string Rows::Exclusion() const {
  for (size_t i = 0; i < exclusions_.size(); ++i) {
    if (exclusions_[i] < 0) continue;
    const common::v1::RowExclusion& rule = mapping_.exclude(static_cast<int>(i));
    const std::string text = absl::AsciiStrToLower(ToAbsl(Raw(exclusions_[i])));
    const bool listed =
        std::any_of(rule.values().begin(), rule.values().end(), [&](const std::string& value) {
          return absl::AsciiStrToLower(ToAbsl(TrimSpaces(value))) == text;
        });
    if (listed != rule.unless()) return rule.reason();
  }
  return "";
}

absl::StatusOr<bool> Rows::Next() {
  while (true) {
    if (++rows_ % kRowsBetweenChecks == 0) STEELYARD_RETURN_IF_ERROR(context_.Check());
    STEELYARD_RETURN_IF_ERROR(reporter_.status());
    STEELYARD_ASSIGN_OR_RETURN(const bool more, file_.csv->Next());
    if (!more) {
      FlushUnmapped();
      return false;
    }
    const std::vector<std::string>& fields = file_.csv->fields();
    if (std::all_of(fields.begin(), fields.end(),
                    [](const std::string& field) { return TrimSpaces(field).empty(); })) {
      reporter_.RowBlank();
      continue;
    }
    reporter_.RowRead();
    if (fields.size() != file_.csv->header().size()) {
      Reject(StrCat("the row has ", fields.size(), " fields where the header has ",
                    file_.csv->header().size()));
      continue;
    }
    const std::string exclusion = Exclusion();
    if (exclusion.empty()) return true;
    Reject(StrCat("left out by the mapping: ", exclusion));
  }
}

bool Rows::Has(std::string_view field) const {
  const auto ways = fields_.find(field);
  return ways != fields_.end() && !ways->second.empty();
}

Cell Rows::Get(std::string_view field) const {
  Cell cell{.field = std::string(field), .column = std::string(field), .text = ""};
  const auto ways = fields_.find(field);
  if (ways == fields_.end()) return cell;
  for (const Way& way : ways->second) {
    if (way.column < 0) {
      return {.field = cell.field,
              .column = cell.field,
              .text = way.rule->constant(),
              .way = &way,
              .constant = true};
    }
    if (cell.way == nullptr) {
      cell.column = file_.csv->header()[static_cast<size_t>(way.column)];
      cell.way = &way;
    }
    const std::string_view text = Raw(way.column);
    if (IsNull(text)) continue;
    return {.field = cell.field,
            .column = file_.csv->header()[static_cast<size_t>(way.column)],
            .text = std::string(text),
            .way = &way};
  }
  return cell;
}

Cell Rows::GetWide(const WideColumn& column, std::string_view field) const {
  const std::string_view text = Raw(column.column);
  return {.field = std::string(field),
          .column = file_.csv->header()[static_cast<size_t>(column.column)],
          .text = IsNull(text) ? "" : std::string(text)};
}

bool Rows::IsListed(const Cell& cell) const {
  return cell.way != nullptr && cell.way->values.contains(text::Fold(cell.text));
}

std::string Rows::Translate(const Cell& cell) const {
  if (cell.way == nullptr || cell.way->values.empty()) return cell.text;
  const auto value = cell.way->values.find(text::Fold(cell.text));
  return value == cell.way->values.end() ? cell.text : value->second;
}

const common::v1::CategoryMeaning* Rows::MeaningOf(std::string_view category) const {
  const auto meaning = meanings_.find(text::Fold(category));
  return meaning == meanings_.end() ? nullptr : meaning->second;
}

ReadDate Rows::Date(const Cell& cell) const {
  if (!cell.constant) return dates_.Read(cell.text);
  const absl::StatusOr<PartialDate> date = ParseDate(cell.text);
  if (!date.ok())
    return {.date = std::nullopt, .fault = std::string(ToStd(date.status().message()))};
  return {.date = *date, .fault = ""};
}

ReadNumber Rows::Number(const Cell& cell) {
  int scale = cell.way == nullptr ? 0 : cell.way->rule->scale();
  if (cell.way != nullptr && cell.way->scale_column >= 0 && !IsNull(Raw(cell.way->scale_column))) {
    int power = 0;
    if (!absl::SimpleAtoi(ToAbsl(Raw(cell.way->scale_column)), &power) || power < kLeastScale ||
        power > kMostScale) {
      return {.decimal = "", .fault = "its power of ten is no number from -12 to 15"};
    }
    scale += power;
  }
  ReadNumber number = numbers_.Read(cell.text, scale);
  if (number.fault.empty() && number.irregular) {
    Repair(cell, StrCat("its digits are grouped in an odd way; read as ", number.decimal));
  }
  return number;
}

Amount Rows::MoneyOf(std::string_view field) {
  Amount amount{.cell = Get(field)};
  const auto ways = fields_.find(field);
  if (ways == fields_.end()) return amount;
  for (const Way& way : ways->second) {
    const std::string_view text = Raw(way.column);
    if (IsNull(text)) continue;
    Cell cell{.field = std::string(field),
              .column = file_.csv->header()[static_cast<size_t>(way.column)],
              .text = std::string(text),
              .way = &way};
    const std::string_view written =
        way.currency_column < 0 ? std::string_view(way.rule->currency()) : Raw(way.currency_column);
    const std::string currency = absl::AsciiStrToUpper(ToAbsl(written));
    const std::optional<int> digits = CurrencyDigits(currency);
    amount = {.cell = cell};
    if (!digits) {
      amount.fault = IsNull(written) ? std::string("the row names no currency for it")
                                     : StrCat("\"", currency, "\" is no ISO 4217 currency");
      continue;
    }
    const ReadNumber number = Number(cell);
    amount.fault = number.fault;
    if (!number.fault.empty()) continue;
    bool rounded = false;
    const std::string decimal = RoundDecimal(number.decimal, *digits, rounded);
    absl::StatusOr<Money> money = ParseMoney(decimal, currency);
    if (!money.ok()) {
      amount.fault = ToStd(money.status().message());
      amount.out_of_range = true;
      return amount;
    }
    if (rounded) Repair(cell, StrCat("rounded to the currency's decimals: ", decimal));
    amount.money = *std::move(money);
    return amount;
  }
  return amount;
}

void Rows::Reject(const Cell& cell, std::string_view reason) {
  reporter_.Find(line(), cell.column, cell.text, common::v1::IMPORT_ACTION_REJECTED, reason);
}

void Rows::Reject(std::string_view reason) {
  reporter_.Find(line(), "", "", common::v1::IMPORT_ACTION_REJECTED, reason);
}

void Rows::Duplicate(std::string_view reason) {
  reporter_.Find(line(), "", "", common::v1::IMPORT_ACTION_DUPLICATE, reason);
}

void Rows::Repair(const Cell& cell, std::string_view reason) {
  reporter_.Find(line(), cell.column, cell.text, common::v1::IMPORT_ACTION_REPAIRED, reason);
}

void Rows::Clear(const Cell& cell, std::string_view reason) {
  reporter_.Find(line(), cell.column, cell.text, common::v1::IMPORT_ACTION_CLEARED, reason);
}

void Rows::Unmapped(const Cell& cell, std::string_view value) {
  const auto key =
      std::make_tuple(cell.field, text::ToUtf8(cell.column),
                      text::Truncate(text::ToUtf8(value.substr(0, kMostBytes)), kMostCharacters));
  if (const auto known = unmapped_.find(key); known != unmapped_.end()) {
    ++known->second;
  } else if (unmapped_.size() < kMostUnmapped) {
    unmapped_.emplace(key, 1);
  } else {
    ++unmapped_omitted_;
  }
}

void Rows::FlushUnmapped() {
  std::vector<common::v1::UnmappedValue> values;
  for (const auto& [key, rows] : unmapped_) {
    common::v1::UnmappedValue& value = values.emplace_back();
    std::tie(*value.mutable_field(), *value.mutable_column(), *value.mutable_value()) = key;
    value.set_rows(rows);
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const auto& a, const auto& b) { return a.rows() > b.rows(); });
  reporter_.Unmapped(std::move(values), unmapped_omitted_);
}

}  // namespace steelyard::mapping
