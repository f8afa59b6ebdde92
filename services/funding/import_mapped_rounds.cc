// mapped: rounds of anybody's file, as its mapping says.
//
// A file without ids gets them from what makes a round one: source, company, date, stage and
// amount. They do not depend on where a row stands, so that the same file again changes nothing.
// Rows that agree in all of that are one round: the same row again is a duplicate, and one that
// says something else of it is rejected, because nobody can know which of them is right.

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/common/mapping/round_row.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

using mapping::Cell;
using mapping::RoundRow;

constexpr int kLongestName = 500;
constexpr int kLongestText = 2000;
constexpr size_t kLongestId = 128;
constexpr size_t kDigestDigits = 10;

// "SERIES_A" of "Series A": names are read in any case.
std::string CodeOf(std::string_view name) {
  std::string upper = absl::AsciiStrToUpper(ToAbsl(name));
  absl::StrReplaceAll({{" ", "_"}, {"-", "_"}}, &upper);
  return upper;
}

Stage ReadStage(mapping::Rows& rows, const Cell& cell) {
  if (cell.text.empty()) return v1::STAGE_UNKNOWN;
  if (const auto stage = StageOf(CodeOf(rows.Translate(cell)))) return *stage;
  rows.Unmapped(cell, cell.text);
  return v1::STAGE_UNKNOWN;
}

// The kind that the stage stands for where the row names none that is known.
AmountKind ReadKind(mapping::Rows& rows, const Cell& cell, Stage stage) {
  if (cell.text.empty()) return KindOfStage(stage);
  if (const auto kind = KindOf(CodeOf(rows.Translate(cell)))) return *kind;
  rows.Unmapped(cell, cell.text);
  return KindOfStage(stage);
}

// A date that cannot be is cleared: the round is known without it.
std::optional<PartialDate> ReadClosed(mapping::Rows& rows, const Cell& cell,
                                      const PartialDate& latest) {
  if (cell.text.empty()) return std::nullopt;
  const mapping::ReadDate closed = rows.Date(cell);
  const std::string fault = closed.date ? mapping::EventFault(*closed.date, latest) : closed.fault;
  if (fault.empty()) return closed.date;
  rows.Clear(cell, fault);
  return std::nullopt;
}

std::string DerivedId(const Round& round, const std::string& source) {
  text::Sha256Stream digest;
  digest.UpdateFramed(source);
  digest.UpdateFramed(round.company);
  digest.UpdateFramed(round.announced.ToString());
  digest.UpdateFramed(StageName(round.stage));
  digest.UpdateFramed(round.amount ? StrCat(round.amount->minor_units) : "");
  digest.UpdateFramed(round.amount ? round.amount->currency : "");
  const std::string stage = absl::AsciiStrToLower(StageName(round.stage));
  const std::string date = absl::StrReplaceAll(round.announced.ToString(), {{"-", ""}});
  const std::string tail =
      StrCat("-", date, "-", stage, "-", digest.FinishHex().substr(0, kDigestDigits));
  // The digest tells rounds apart, so a long company may be cut.
  return StrCat(round.company.substr(0, kLongestId - tail.size()), tail);
}

// The rows of one file. Not thread-safe.
class MappedRounds {
 public:
  MappedRounds(mapping::Rows& rows, ingest::Reporter& reporter, Draft& draft)
      : rows_(rows), reporter_(reporter), draft_(draft), latest_(mapping::LatestDay()) {}

  // Takes the current row into the draft, or reports why not.
  void Take() {
    RoundRow row = mapping::ReadRoundRow(rows_, latest_);
    const std::optional<Money> amount = row.amount;
    bool repeated = false;
    if (!row.rejected) {
      std::optional<Round> round = Complete(std::move(row));
      repeated = round && Keep(*std::move(round));
    }
    // Totals are over all rows, whatever became of them.
    if (amount) {
      reporter_.Amount(amount->currency, amount->minor_units, repeated);
    } else {
      reporter_.WithoutAmount();
    }
  }

 private:
  // The whole round; nullopt when the row was rejected.
  std::optional<Round> Complete(RoundRow row) {
    Round round;
    round.company = std::move(row.company.id);
    round.announced = row.announced;
    round.amount = std::move(row.amount);
    const Cell stage = rows_.Get("stage");
    round.stage = ReadStage(rows_, stage);
    round.kind = ReadKind(rows_, rows_.Get("kind"), round.stage);
    round.closed = ReadClosed(rows_, rows_.Get("closed"), latest_);
    round.label = rows_.Text(rows_.Has("label") ? rows_.Get("label") : stage, kLongestName);
    round.note = rows_.Text(rows_.Get("note"), kLongestText);
    round.sources = {draft_.source()};
    mapping::Amount post_money = rows_.MoneyOf("post_money");
    if (!post_money.fault.empty()) rows_.Clear(post_money.cell, post_money.fault);
    round.post_money = std::move(post_money.money);
    AddInvestors("lead_investors", v1::PARTICIPATION_ROLE_LEAD, round);
    AddInvestors("investors", v1::PARTICIPATION_ROLE_PARTICIPANT, round);
    round.participations = Ordered(round.participations);
    const Cell id = rows_.Get("id");
    derived_ = id.text.empty();
    round.id = derived_ ? DerivedId(round, draft_.source()) : rows_.Id(id);
    if (IsId(round.id)) return round;
    rows_.Reject(id, "is no id: 1 to 128 lower-case letters, digits, '.', '_' or '-'");
    return std::nullopt;
  }

  void AddInvestors(std::string_view field, ParticipationRole role, Round& round) {
    for (std::string& name : rows_.List(field, kLongestName)) {
      round.participations.push_back(
          {.investor = std::move(name), .role = role, .country = "", .investor_kind = ""});
    }
  }

  // Adds the round to the draft; true when it was there before.
  bool Keep(Round round) {
    const std::string id = round.id;
    const Draft::Added added = draft_.Add(std::move(round), rows_.line());
    const std::string earlier = added.line == 0 ? std::string("an earlier file of the import")
                                                : StrCat("line ", added.line);
    switch (added.outcome) {
      case Draft::Outcome::kNew:
        rows_.Accept();
        return false;
      case Draft::Outcome::kRepeated:
        rows_.Duplicate(StrCat("repeats ", earlier, " and was folded into it"));
        return true;
      case Draft::Outcome::kDifferent:
        break;
    }
    rows_.Reject(
        StrCat(earlier,
               derived_ ? " has the same company, date, stage and amount, which make the round's id"
                        : " has the same id",
               ", and says something else of it; a source can assert a round once: ", id));
    return true;
  }

  mapping::Rows& rows_;
  ingest::Reporter& reporter_;
  Draft& draft_;
  const PartialDate latest_;
  bool derived_ = false;  // the current round's id
};

}  // namespace

absl::Status ImportMappedRounds(const Context& context, const ingest::SpooledFile& file,
                                ingest::Reporter& reporter, Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<mapping::Rows> rows,
                             mapping::Rows::Open(context, file, reporter));
  MappedRounds rounds(*rows, reporter, draft);
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    rounds.Take();
  }
}

}  // namespace steelyard::funding
