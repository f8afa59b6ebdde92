#include "services/funding/reference/import_mapped.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "services/common/mapping/rows.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/import_ecb_rates.h"
#include "services/funding/reference/import_reference.h"
#include "services/funding/reference/rules.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

using mapping::Cell;
using mapping::Rows;
using mapping::WideColumn;

constexpr int kLongestNote = 500;
constexpr int kLongestScope = 50;  // characters; 200 bytes at most
constexpr size_t kLongestVariable = 100;
constexpr size_t kDigestDigits = 10;

// "NY.GDP.MKTP.CD" -> "ny_gdp_mktp_cd".
std::string VariableOf(std::string_view text) {
  std::string variable;
  for (const char c : text) {
    if (absl::ascii_isalnum(c)) {
      variable += absl::ascii_tolower(c);
    } else if (!variable.empty() && variable.back() != '_') {
      variable += '_';
    }
  }
  variable.resize(std::min(variable.size(), kLongestVariable));
  while (variable.ends_with('_')) variable.pop_back();
  return variable;
}

// "2025Q1" -> "2025-Q1"; years, quarters and months in our own form as they are.
std::string PeriodOf(const Rows& rows, const Cell& cell) {
  std::string text = rows.Translate(cell);
  if (ParsePeriod(text).ok()) return text;
  if (text.size() == 6 && text[4] == 'Q') {
    text.insert(4, 1, '-');
    if (ParsePeriod(text).ok()) return text;
  }
  const mapping::ReadDate date = rows.Date(cell);
  return date.date && !date.date->IsDay() ? date.date->ToString() : cell.text;
}

// An id that the same value has in every import of its source, and after every revision of it.
std::string DerivedId(const PublishedValue& value) {
  text::Sha256Stream digest;
  for (const std::string* part :
       {&value.facet.source, &value.variable, &value.region, &value.period, &value.facet.unit,
        &value.facet.scope, &value.facet.price_basis}) {
    digest.UpdateFramed(*part);
  }
  return StrCat(value.facet.source, ".", value.variable.substr(0, 60), ".",
                value.region.substr(0, 20), ".", value.period, "-",
                digest.FinishHex().substr(0, kDigestDigits));
}

// What became of one value.
enum class Fate { kTaken, kRepeated, kMissing, kFaulty };

// The rows of one file of statistics. Not thread-safe.
class MappedStatistics {
 public:
  MappedStatistics(Rows& rows, std::string_view source, StagedReference& staged)
      : rows_(rows), source_(source), staged_(staged) {
    for (size_t i = 0; i < staged_.observations.size(); ++i) {
      known_.emplace(NameOf(staged_.observations[i]), i);
    }
  }

  // Takes the current row's values.
  void Take() {
    std::optional<PublishedValue> row = ReadRow();
    if (!row) return;
    if (rows_.wide().empty()) {
      Finish(TakeValue(*std::move(row), rows_.Get("value"), true));
      return;
    }
    Fate best = Fate::kMissing;
    for (const WideColumn& column : rows_.wide()) {
      const Cell cell = rows_.GetWide(column, "value");
      if (cell.text.empty()) continue;
      PublishedValue value = *row;
      Apply(column, value);
      const Fate fate = TakeValue(std::move(value), cell, false);
      if (best == Fate::kMissing || fate == Fate::kTaken ||
          (fate == Fate::kRepeated && best != Fate::kTaken)) {
        best = fate;
      }
    }
    // A value that cannot be taken is cleared; the row was read all the same.
    Finish(best == Fate::kFaulty ? Fate::kTaken : best);
  }

 private:
  void Finish(Fate fate) {
    if (fate == Fate::kRepeated) {
      rows_.Duplicate("repeats an earlier row of the import");
    } else if (fate != Fate::kFaulty) {
      if (fate == Fate::kMissing) rows_.Clear(Cell{}, "the row has no value; nothing is stored");
      rows_.Accept();
    }
  }

  // What the row says of all its values; nullopt when it was rejected.
  std::optional<PublishedValue> ReadRow() {
    PublishedValue value;
    value.facet.source = source_;
    const Cell region = rows_.Get("region");
    value.region = NormalRegion(rows_.Translate(region));
    value.period = PeriodOf(rows_, rows_.Get("period"));
    value.variable = VariableOf(rows_.Translate(rows_.Get("variable")));
    value.facet.unit = UnitOf(rows_.Get("unit"));
    value.facet.scope = rows_.Text(rows_.Get("scope"), kLongestScope);
    value.facet.price_basis = rows_.Translate(rows_.Get("price_basis"));
    value.note = rows_.Text(rows_.Get("note"), kLongestNote);
    std::replace_if(
        value.note.begin(), value.note.end(), [](char c) { return absl::ascii_iscntrl(c); }, ' ');
    const Cell qualifier = rows_.Get("qualifier");
    const auto known = QualifierOf(absl::AsciiStrToLower(rows_.Translate(qualifier)));
    if (!known) {
      rows_.Reject(qualifier,
                   "must be exact, approx, at_least, greater_than, at_most or less_than");
      return std::nullopt;
    }
    value.qualifier = *known;
    const Cell vintage = rows_.Get("vintage");
    if (!vintage.text.empty()) {
      const mapping::ReadDate date = rows_.Date(vintage);
      if (!date.date) {
        rows_.Reject(vintage, date.fault);
        return std::nullopt;
      }
      value.vintage = date.date;
    }
    return CheckRegion(region, value) ? std::optional(std::move(value)) : std::nullopt;
  }

  bool CheckRegion(const Cell& region, const PublishedValue& value) {
    for (const Problem& problem : ProblemsOf(value)) {
      if (problem.field != "region") continue;
      rows_.Reject(region, region.text.empty() ? "the row names no region" : problem.reason);
      if (!region.text.empty()) rows_.Unmapped(region, region.text);
      return false;
    }
    return true;
  }

  // A unit that nobody knows is a plain number, and is listed.
  std::string UnitOf(const Cell& cell) {
    const std::string text = rows_.Translate(cell);
    std::string lower = absl::AsciiStrToLower(text);
    std::string upper = absl::AsciiStrToUpper(text);
    if (text.empty() || IsUnit(lower)) return lower;
    if (IsUnit(upper)) return upper;
    rows_.Unmapped(cell, cell.text);
    return "1";
  }

  // What a wide column says of its values.
  void Apply(const WideColumn& column, PublishedValue& value) const {
    if (column.rule == nullptr) {
      if (rows_.mapping().wide().year_columns()) value.period = column.name;
      if (value.variable.empty()) value.variable = VariableOf(column.name);
      return;
    }
    if (!column.rule->variable().empty()) value.variable = column.rule->variable();
    if (!column.rule->unit().empty()) value.facet.unit = column.rule->unit();
    if (!column.rule->scope().empty()) value.facet.scope = column.rule->scope();
    if (!column.rule->qualifier().empty()) {
      value.qualifier = QualifierOf(column.rule->qualifier()).value_or(value.qualifier);
    }
  }

  // A fault of a value: of the row where it is the row's only one.
  Fate Fault(const Cell& cell, std::string_view reason, bool rejects) {
    if (rejects) {
      rows_.Reject(cell, reason);
    } else {
      rows_.Clear(cell, reason);
    }
    return Fate::kFaulty;
  }

  Fate TakeValue(PublishedValue value, const Cell& cell, bool rejects) {
    if (cell.text.empty()) return Fate::kMissing;
    const mapping::ReadNumber number = rows_.Number(cell);
    if (!number.fault.empty()) return Fault(cell, number.fault, rejects);
    bool rounded = false;
    value.value = mapping::RoundDecimal(number.decimal, kValueDecimals, rounded);
    if (rounded) rows_.Repair(cell, StrCat("rounded to ", kValueDecimals, " decimals"));
    const Cell id = rows_.Get("id");
    value.id = id.text.empty() ? DerivedId(value) : rows_.Id(id);
    if (const std::vector<Problem> problems = ProblemsOf(value); !problems.empty()) {
      const Problem& first = problems.front();
      return Fault(cell, StrCat(first.field, " \"", first.value, "\": ", first.reason), rejects);
    }
    const auto [entry, is_new] = known_.emplace(NameOf(value), staged_.observations.size());
    if (is_new) {
      staged_.observations.push_back(std::move(value));
      return Fate::kTaken;
    }
    if (staged_.observations[entry->second] == value) return Fate::kRepeated;
    return Fault(cell, StrCat("an earlier row of the import says something else of it: ", value.id),
                 rejects);
  }

  Rows& rows_;
  const std::string source_;
  StagedReference& staged_;
  absl::flat_hash_map<std::string, size_t> known_;
};

// The rows of one file of rates. Not thread-safe.
class MappedRates {
 public:
  MappedRates(Rows& rows, StagedReference& staged) : rows_(rows), staged_(staged) {
    for (const DailyRate& rate : staged_.rates) {
      known_.emplace(std::pair(rate.day, rate.currency), rate.rate);
    }
  }

  void Take() {
    const Cell date_cell = rows_.Get("date");
    const mapping::ReadDate date = rows_.Date(date_cell);
    if (!date.date || !date.date->IsDay()) {
      rows_.Reject(date_cell, date.date ? "must be a day" : date.fault);
      return;
    }
    const int32_t day = date.date->ToDays();
    if (rows_.wide().empty()) {
      TakeLong(day);
      return;
    }
    for (const WideColumn& column : rows_.wide()) {
      const Cell cell = rows_.GetWide(column, "rate");
      if (cell.text.empty()) continue;
      std::string fault;
      if (!Add(day, column.name, cell, fault) && !fault.empty()) rows_.Clear(cell, fault);
    }
    rows_.Accept();
  }

 private:
  void TakeLong(int32_t day) {
    const Cell currency = rows_.Get("currency");
    const std::string code = absl::AsciiStrToUpper(rows_.Translate(currency));
    if (!MinorDigits(code).ok()) {
      rows_.Reject(currency, "is no ISO 4217 code");
      return;
    }
    const Cell cell = rows_.Get("rate");
    std::string fault;
    if (Add(day, code, cell, fault)) {
      rows_.Accept();
    } else if (fault.empty()) {
      rows_.Duplicate("repeats an earlier row of the import");
    } else {
      rows_.Reject(cell, fault);
    }
  }

  // Adds a rate; false with a fault, or without one when it was there before.
  bool Add(int32_t day, const std::string& currency, const Cell& cell, std::string& fault) {
    const mapping::ReadNumber number = rows_.Number(cell);
    fault = number.fault;
    if (!fault.empty()) return false;
    bool rounded = false;
    const std::string decimal = mapping::RoundDecimal(number.decimal, kRateDecimals, rounded);
    const std::optional<int64_t> rate = ParseRate(decimal);
    if (!rate) {
      fault = "must be a positive number below 100,000,000";
      return false;
    }
    if (rounded) rows_.Repair(cell, StrCat("rounded to ", kRateDecimals, " decimals"));
    const auto [entry, is_new] = known_.emplace(std::pair(day, currency), *rate);
    if (is_new) {
      staged_.rates.push_back({day, currency, *rate});
    } else if (entry->second != *rate) {
      fault = "an earlier row of the import has this day and currency, and another rate";
    }
    return is_new;
  }

  Rows& rows_;
  StagedReference& staged_;
  std::map<std::pair<int32_t, std::string>, int64_t> known_;
};

template <typename Taker>
absl::Status TakeAll(Rows& rows, const StagedReference& staged, Taker taker) {
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows.Next());
    if (!more) return absl::OkStatus();
    taker.Take();
    STEELYARD_RETURN_IF_ERROR(CheckStaged(staged.observations.size(), "published values"));
    STEELYARD_RETURN_IF_ERROR(CheckStaged(staged.rates.size(), "exchange rates"));
  }
}

}  // namespace

absl::Status ParseMapped(const Context& context, const ingest::SpooledFile& file,
                         std::string_view source, ingest::Reporter& reporter,
                         StagedReference& staged) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<Rows> rows, Rows::Open(context, file, reporter));
  if (file.mapping->mapping.kind() == mapping::kRatesKind) {
    return TakeAll(*rows, staged, MappedRates(*rows, staged));
  }
  return TakeAll(*rows, staged, MappedStatistics(*rows, source, staged));
}

}  // namespace steelyard::funding
