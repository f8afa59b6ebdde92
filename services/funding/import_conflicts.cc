// steelyard-round-conflicts and steelyard-exit-conflicts: what a source says of one field of a
// round otherwise than the row of the round does.

#include <array>

#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/funding/import_cells.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

constexpr size_t kLongestSourceId = 64;
constexpr int kLongestName = 500;
constexpr int kLongestText = 2000;

enum Column : size_t { kRound, kField, kValue, kCurrency, kSource };

// The two formats differ in the name of the first column alone.
std::array<ColumnSpec, 5> ColumnsOf(std::string_view format) {
  return {{{format == kExitConflictsFormat ? "exit_id" : "round_id", true},
           {"field", true},
           {"value", true},
           {"currency", true},
           {"source_id", true}}};
}

// A row, and why it is not taken, with the cell that is at fault.
struct Row {
  Cell field, value, currency;
  std::string fault;
  Cell at;

  void Fail(const Cell& cell, std::string_view reason) {
    at = cell;
    fault = reason;
  }
};

void TakeAmount(Row& row, std::optional<Money>& to) {
  const AmountCell amount = ReadAmount(row.value.value, row.currency.value);
  if (!amount.ok) return row.Fail(amount.bad_currency ? row.currency : row.value, amount.reason);
  to = amount.money;
}

void TakeDate(Row& row, std::optional<PartialDate>& to) {
  const absl::StatusOr<PartialDate> date = ParseEventDate(row.value.value);
  if (!date.ok()) return row.Fail(row.value, ToStd(date.status().message()));
  to = *date;
}

void TakeText(Row& row, int most, std::string& to) {
  if (text::Truncate(row.value.value, most).size() < row.value.value.size()) {
    return row.Fail(row.value, StrCat("must be at most ", most, " characters"));
  }
  to = row.value.value;
}

void TakeStage(Row& row, Stage& to) {
  const std::optional<Stage> stage = StageOf(row.value.value);
  if (!stage) return row.Fail(row.value, "is no stage");
  to = *stage;
}

void TakeInvestors(Row& row, ParticipationRole role, Assertion& assertion) {
  for (const std::string& name : SplitCell(row.value.value)) {
    if (text::Truncate(name, kLongestName).size() < name.size()) {
      return row.Fail(row.value, StrCat("a name must be at most ", kLongestName, " characters"));
    }
    assertion.participations.push_back(
        {.investor = name, .role = role, .country = "", .investor_kind = ""});
  }
}

// The row's value as an assertion that says nothing else.
Assertion TakeValue(Row& row) {
  Assertion said;
  const std::string_view field = row.field.value;
  if (row.value.value.empty()) {
    row.Fail(row.value, "must not be empty");
  } else if (field == "amount") {
    TakeAmount(row, said.amount);
  } else if (field == "post_money") {
    TakeAmount(row, said.post_money);
  } else if (field == "announced_on") {
    TakeDate(row, said.announced);
  } else if (field == "closed_on") {
    TakeDate(row, said.closed);
  } else if (field == "round_label") {
    TakeText(row, kLongestName, said.label);
  } else if (field == "note") {
    TakeText(row, kLongestText, said.note);
  } else if (field == "stage") {
    TakeStage(row, said.stage);
  } else if (field == "lead_investors") {
    TakeInvestors(row, v1::PARTICIPATION_ROLE_LEAD, said);
  } else if (field == "acquirer") {
    TakeInvestors(row, v1::PARTICIPATION_ROLE_ACQUIRER, said);
  } else {
    row.Fail(row.field,
             "must be amount, post_money, announced_on, closed_on, round_label, stage, "
             "lead_investors, acquirer or note");
  }
  return said;
}

// Whether both say something of a field.
bool Overlap(const Assertion& a, const Assertion& b) {
  for (const AssertedField& field : AssertedFields()) {
    if (field.given(a) && field.given(b)) return true;
  }
  return false;
}

}  // namespace

absl::Status ImportConflicts(const Context& context, const ingest::SpooledFile& file,
                             const RoundStore& store, int64_t revision, ingest::Reporter& reporter,
                             Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(const std::set<std::string> stored,
                             StoredRounds(context, file, store, revision, draft));
  const std::array<ColumnSpec, 5> specs = ColumnsOf(file.format);
  STEELYARD_ASSIGN_OR_RETURN(RowReader reader, RowReader::Open(context, file, reporter));
  STEELYARD_ASSIGN_OR_RETURN(const auto columns, reader.Columns(specs));
  const auto cell = [&](Column column) {
    return Cell{specs[column].name, reader.Field(columns[column])};
  };
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, reader.Next());
    if (!more) return absl::OkStatus();
    STEELYARD_RETURN_IF_ERROR(CheckStaged(draft.staged().amendments.size(), "conflicts"));
    const Cell round = cell(kRound);
    const Cell source = cell(kSource);
    Row row{cell(kField), cell(kValue), cell(kCurrency), "", {}};
    const Assertion said = TakeValue(row);
    if (!draft.HasRound(round.value) && !stored.contains(std::string(round.value))) {
      row.Fail(round, "no round of this id in the import or in the store");
    } else if (!IsId(source.value, kLongestSourceId)) {
      row.Fail(source, "must be 1 to 64 lower-case letters, digits, '.', '_' or '-'");
    }
    if (!row.fault.empty()) {
      Reject(reader, row.at, row.fault);
      continue;
    }
    Assertion& amendment = draft.AmendmentOf(std::string(round.value), std::string(source.value));
    if (Overlap(amendment, said)) {
      Reject(reader, row.value, "an earlier row says something of this field for this source");
      continue;
    }
    Amend(said, amendment);
    reader.Accept();
  }
}

}  // namespace steelyard::funding
