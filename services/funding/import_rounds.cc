// steelyard-rounds and steelyard-exits: curated files, in which a row that cannot be right is
// rejected rather than guessed at.

#include <array>

#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/funding/import_cells.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

constexpr int kLongestText = 2000;
constexpr int kLongestName = 500;

enum RoundColumn : size_t {
  kId,
  kCompany,
  kAnnounced,
  kLabel,
  kStage,
  kAmount,
  kCurrency,
  kPostMoney,
  kPostMoneyCurrency,
  kLeads,
  kInvestors,
  kSources,
  kNote,
  kClosed,
  kKind
};
constexpr std::array<ColumnSpec, 15> kRoundsColumns = {{{"id", true},
                                                        {"company_id", true},
                                                        {"announced_on", true},
                                                        {"round_label", false},
                                                        {"stage", true},
                                                        {"amount", true},
                                                        {"currency", true},
                                                        {"post_money", false},
                                                        {"post_money_currency", false},
                                                        {"lead_investors", false},
                                                        {"investors", false},
                                                        {"source_ids", false},
                                                        {"note", false},
                                                        {"closed_on", false},
                                                        {"kind", false}}};

enum ExitColumn : size_t {
  kExitId,
  kExitCompany,
  kExitAnnounced,
  kExitType,
  kExitAcquirer,
  kExitAmount,
  kExitCurrency,
  kExitSources,
  kExitNote
};
constexpr std::array<ColumnSpec, 9> kExitsColumns = {{{"id", true},
                                                      {"company_id", true},
                                                      {"announced_on", true},
                                                      {"type", true},
                                                      {"acquirer", true},
                                                      {"amount", true},
                                                      {"currency", true},
                                                      {"source_ids", false},
                                                      {"note", false}}};

// The columns that rounds and exits have in common, in one of the two formats.
struct Cells {
  Cell id, company, announced, amount, currency, sources, note;
};

// A text of at most so many characters; a longer one is cut, with a finding.
std::string ReadText(RowReader& row, const Cell& cell, int most) {
  std::string text = text::Truncate(cell.value, most);
  if (text.size() < cell.value.size()) {
    row.Find(cell.column, cell.value, common::v1::IMPORT_ACTION_REPAIRED,
             StrCat("cut after ", most, " characters"));
  }
  return text;
}

// Reads what rounds and exits share; nullopt when the row was rejected.
std::optional<Round> ReadShared(RowReader& row, const Cells& cells, const AmountCell& amount,
                                const std::string& source) {
  if (!amount.ok) {
    Reject(row, amount.bad_currency ? cells.currency : cells.amount, amount.reason);
    return std::nullopt;
  }
  if (!CheckId(row, cells.id) || !CheckId(row, cells.company)) return std::nullopt;
  const std::optional<PartialDate> announced = ReadDate(row, cells.announced);
  if (!announced) return std::nullopt;
  std::optional<std::vector<std::string>> sources = ReadSources(row, cells.sources, source);
  if (!sources) return std::nullopt;
  Round round;
  round.id = cells.id.value;
  round.company = cells.company.value;
  round.announced = *announced;
  round.amount = amount.money;
  round.sources = *std::move(sources);
  round.note = ReadText(row, cells.note, kLongestText);
  return round;
}

void AddInvestors(RowReader& row, const Cell& cell, ParticipationRole role, Round& round) {
  for (const std::string& name : SplitCell(cell.value)) {
    round.participations.push_back({.investor = ReadText(row, {cell.column, name}, kLongestName),
                                    .role = role,
                                    .country = "",
                                    .investor_kind = ""});
  }
}

// An unknown stage is mended, since the label keeps what was meant.
Stage ReadStage(RowReader& row, const Cell& cell) {
  const std::optional<Stage> stage = StageOf(cell.value);
  if (stage) return *stage;
  row.Find(cell.column, cell.value, common::v1::IMPORT_ACTION_REPAIRED,
           "is no stage; taken as UNKNOWN");
  return v1::STAGE_UNKNOWN;
}

AmountKind ReadKind(RowReader& row, const Cell& cell, Stage stage) {
  if (cell.value.empty()) return KindOfStage(stage);
  const std::optional<AmountKind> kind = KindOf(cell.value);
  if (kind) return *kind;
  Clear(row, cell, "is no kind of money; taken as the one that the stage stands for");
  return KindOfStage(stage);
}

std::optional<PartialDate> ReadClosed(RowReader& row, const Cell& cell) {
  if (cell.value.empty()) return std::nullopt;
  const absl::StatusOr<PartialDate> date = ParseEventDate(cell.value);
  if (date.ok()) return *date;
  Clear(row, cell, ToStd(date.status().message()));
  return std::nullopt;
}

std::optional<Money> ReadPostMoney(RowReader& row, const Cell& amount, const Cell& currency) {
  const AmountCell post_money = ReadAmount(amount.value, currency.value);
  if (!post_money.ok) Clear(row, post_money.bad_currency ? currency : amount, post_money.reason);
  return post_money.money;
}

// Adds a round to the draft and reports how that went; true when it repeats an earlier row.
bool Keep(RowReader& row, Draft& draft, Round round) {
  const std::string id = round.id;
  const Draft::Added added = draft.Add(std::move(round), row.line());
  if (added.outcome == Draft::Outcome::kNew) {
    row.Accept();
    return false;
  }
  const std::string first = added.line == 0 ? std::string("a row of an earlier file of the import")
                                            : StrCat("line ", added.line);
  if (added.outcome == Draft::Outcome::kRepeated) {
    row.Find("id", id, common::v1::IMPORT_ACTION_DUPLICATE, StrCat("repeats ", first));
    return true;
  }
  Reject(row, {"id", id}, StrCat(first, " has this id and other content"));
  return false;
}

// Reads every row: `complete` turns what is shared into the whole round, or rejects the row.
template <size_t kColumns, typename CellsOf, typename Complete>
absl::Status ReadRows(const Context& context, const ingest::SpooledFile& file,
                      const std::array<ColumnSpec, kColumns>& specs, CellsOf cells_of,
                      Complete complete, ingest::Reporter& reporter, Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(RowReader row, RowReader::Open(context, file, reporter));
  STEELYARD_ASSIGN_OR_RETURN(const auto columns, row.Columns(specs));
  const auto cell = [&](size_t column) {
    return Cell{specs[column].name, row.Field(columns[column])};
  };
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) return absl::OkStatus();
    const Cells cells = cells_of(cell);
    const AmountCell amount = ReadAmount(cells.amount.value, cells.currency.value);
    std::optional<Round> round = ReadShared(row, cells, amount, draft.source());
    const bool repeated =
        round && complete(row, cell, *round) && Keep(row, draft, *std::move(round));
    // Totals are over all rows, whatever became of them.
    if (amount.money) {
      reporter.Amount(amount.money->currency, amount.money->minor_units, repeated);
    } else if (amount.ok) {
      reporter.WithoutAmount();
    }
  }
}

}  // namespace

absl::Status ImportRounds(const Context& context, const ingest::SpooledFile& file,
                          ingest::Reporter& reporter, Draft& draft) {
  const auto cells_of = [](const auto& cell) {
    return Cells{.id = cell(kId),
                 .company = cell(kCompany),
                 .announced = cell(kAnnounced),
                 .amount = cell(kAmount),
                 .currency = cell(kCurrency),
                 .sources = cell(kSources),
                 .note = cell(kNote)};
  };
  const auto complete = [](RowReader& row, const auto& cell, Round& round) {
    round.label = ReadText(row, cell(kLabel), kLongestName);
    round.stage = ReadStage(row, cell(kStage));
    round.kind = ReadKind(row, cell(kKind), round.stage);
    round.closed = ReadClosed(row, cell(kClosed));
    round.post_money = ReadPostMoney(row, cell(kPostMoney), cell(kPostMoneyCurrency));
    AddInvestors(row, cell(kLeads), v1::PARTICIPATION_ROLE_LEAD, round);
    AddInvestors(row, cell(kInvestors), v1::PARTICIPATION_ROLE_PARTICIPANT, round);
    if (!round.participations.empty()) round.participations = Ordered(round.participations);
    return true;
  };
  return ReadRows(context, file, kRoundsColumns, cells_of, complete, reporter, draft);
}

absl::Status ImportExits(const Context& context, const ingest::SpooledFile& file,
                         ingest::Reporter& reporter, Draft& draft) {
  const auto cells_of = [](const auto& cell) {
    return Cells{.id = cell(kExitId),
                 .company = cell(kExitCompany),
                 .announced = cell(kExitAnnounced),
                 .amount = cell(kExitAmount),
                 .currency = cell(kExitCurrency),
                 .sources = cell(kExitSources),
                 .note = cell(kExitNote)};
  };
  const auto complete = [](RowReader& row, const auto& cell, Round& round) {
    const Cell type = cell(kExitType);
    if (type.value != "ACQUISITION" && type.value != "MERGER") {
      Reject(row, type, "must be ACQUISITION or MERGER");
      return false;
    }
    round.label = type.value;
    round.stage = v1::STAGE_ACQUISITION;
    round.kind = KindOfStage(round.stage);
    AddInvestors(row, cell(kExitAcquirer), v1::PARTICIPATION_ROLE_ACQUIRER, round);
    return true;
  };
  return ReadRows(context, file, kExitsColumns, cells_of, complete, reporter, draft);
}

}  // namespace steelyard::funding
