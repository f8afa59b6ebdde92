// crunchbase-2013-rounds: the rounds of Crunchbase's export of October 2013, in US dollars:
// Mac-Roman text with CR line ends that went through a spreadsheet. It is evidence of rounds even
// where a cell is damaged, so only rows without a company or a date are rejected.
//
// The export has no ids. A round's is made of company, day, type and a digest of its row, so that
// the same row has the same id wherever it stands and in whatever file.

#include <array>

#include "absl/strings/str_replace.h"
#include "services/common/status/status.h"
#include "services/common/text/crunchbase.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/funding/import_cells.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

enum Column : size_t { kPermalink, kType, kFundedAt, kFundedMonth, kFundedYear, kAmount };
constexpr std::array<ColumnSpec, 13> kColumns = {{{"company_permalink", true},
                                                  {"funding_round_type", true},
                                                  {"funded_at", true},
                                                  {"funded_month", false},
                                                  {"funded_year", false},
                                                  {"raised_amount_usd", true},
                                                  // The registry's, or repetitions.
                                                  {"company_name", false},
                                                  {"company_category_code", false},
                                                  {"company_country_code", false},
                                                  {"company_state_code", false},
                                                  {"company_region", false},
                                                  {"company_city", false},
                                                  {"funded_quarter", false}}};

struct Type {
  std::string_view name;
  Stage stage;
};
constexpr std::array<Type, 9> kTypes = {{{"venture", v1::STAGE_UNKNOWN},
                                         {"angel", v1::STAGE_ANGEL},
                                         {"series-a", v1::STAGE_SERIES_A},
                                         {"series-b", v1::STAGE_SERIES_B},
                                         {"series-c+", v1::STAGE_SERIES_C},
                                         {"private-equity", v1::STAGE_PRIVATE_EQUITY},
                                         {"post-ipo", v1::STAGE_POST_IPO},
                                         {"crowdfunding", v1::STAGE_CROWDFUNDING},
                                         {"other", v1::STAGE_UNKNOWN}}};

constexpr std::string_view kCurrency = "USD";
constexpr size_t kDigestDigits = 10;
constexpr size_t kLongestId = 128;
constexpr size_t kLongestType = 20;

Stage ReadStage(RowReader& row, const Cell& cell) {
  for (const Type& type : kTypes) {
    if (type.name == cell.value) return type.stage;
  }
  row.Find(cell.column, cell.value, common::v1::IMPORT_ACTION_REPAIRED,
           "is no type of the export; taken as UNKNOWN");
  return v1::STAGE_UNKNOWN;
}

// The day, or where its cell is damaged the month or year of the columns beside it.
std::optional<PartialDate> ReadFundedAt(RowReader& row, const Cell& day, const Cell& month,
                                        const Cell& year) {
  if (const auto date = ParseEventDate(day.value); date.ok() && date->IsDay()) return *date;
  for (const Cell& other : {month, year}) {
    const auto date = ParseEventDate(other.value);
    if (!date.ok()) continue;
    row.Find(day.column, day.value, common::v1::IMPORT_ACTION_REPAIRED,
             StrCat("is no possible date; taken from ", other.column, " as ", date->ToString()));
    return *date;
  }
  Reject(row, day,
         StrCat("must be YYYY-MM-DD from ", kFirstEventYear, " to ", kLastEventYear,
                ", and funded_month and funded_year do not help"));
  return std::nullopt;
}

// Lower-case letters, digits and '-' of a type: "series-c+" becomes "series-c".
std::string IdPartOf(std::string_view type) {
  std::string part;
  for (const char c : type.substr(0, kLongestType)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') part += c;
  }
  return part.empty() ? "unknown" : part;
}

std::string DigestOf(const std::vector<std::string>& fields) {
  text::Sha256Stream digest;
  for (const std::string& field : fields) digest.UpdateFramed(field);
  return digest.FinishHex();
}

std::string IdOf(std::string_view company, const PartialDate& date, std::string_view type,
                 std::string_view digest) {
  const std::string compact = absl::StrReplaceAll(date.ToString(), {{"-", ""}});
  const std::string tail =
      StrCat("-", compact, "-", IdPartOf(type), "-", digest.substr(0, kDigestDigits));
  // The digest tells rounds apart, so a long company may be cut.
  return StrCat(company.substr(0, kLongestId - tail.size()), tail);
}

// The rows of one file. Not thread-safe.
class Rows {
 public:
  Rows(RowReader& row, std::vector<int> columns, ingest::Reporter& reporter, Draft& draft)
      : row_(row), columns_(std::move(columns)), reporter_(reporter), draft_(draft) {}

  // Takes the current row into the draft, or reports why not.
  void Take() {
    const AmountCell amount = ReadAmount(CellOf(kAmount).value, kCurrency);
    if (!amount.ok) Clear(row_, CellOf(kAmount), amount.reason);
    std::optional<Round> round = Read();
    if (round) round->amount = amount.money;
    const bool repeated = round && Keep(*std::move(round));
    // Totals are over all rows, whatever became of them.
    if (amount.money) {
      reporter_.Amount(kCurrency, amount.money->minor_units, repeated);
    } else {
      reporter_.WithoutAmount();
    }
  }

 private:
  Cell CellOf(Column column) const { return {kColumns[column].name, row_.Field(columns_[column])}; }

  // The round without its amount; nullopt when the row was rejected.
  std::optional<Round> Read() {
    const Cell permalink = CellOf(kPermalink);
    Round round;
    round.company = text::CrunchbaseCompanyId(permalink.value);
    if (round.company.empty()) {
      Reject(row_, permalink, "must be a path such as /company/waywire");
      return std::nullopt;
    }
    const std::optional<PartialDate> announced =
        ReadFundedAt(row_, CellOf(kFundedAt), CellOf(kFundedMonth), CellOf(kFundedYear));
    if (!announced) return std::nullopt;
    const Cell type = CellOf(kType);
    round.id = IdOf(round.company, *announced, type.value, DigestOf(row_.fields()));
    round.announced = *announced;
    round.label = type.value;
    round.stage = ReadStage(row_, type);
    round.kind = KindOfStage(round.stage);
    round.sources = {draft_.source()};
    return round;
  }

  // Adds the round to the draft; true when it was there before.
  bool Keep(Round round) {
    const std::string id = round.id;
    const Draft::Added added = draft_.Add(std::move(round), row_.line());
    if (added.outcome == Draft::Outcome::kNew) {
      row_.Accept();
      return false;
    }
    row_.Find("", id, common::v1::IMPORT_ACTION_DUPLICATE,
              added.line == 0
                  ? std::string("repeats a row of an earlier file and was folded into it")
                  : StrCat("repeats line ", added.line, " and was folded into it"));
    return true;
  }

  RowReader& row_;
  std::vector<int> columns_;
  ingest::Reporter& reporter_;
  Draft& draft_;
};

}  // namespace

absl::Status ImportCrunchbaseRounds(const Context& context, const ingest::SpooledFile& file,
                                    ingest::Reporter& reporter, Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(RowReader row,
                             RowReader::Open(context, file, reporter, text::Encoding::kMacRoman));
  STEELYARD_ASSIGN_OR_RETURN(std::vector<int> columns, row.Columns(kColumns));
  Rows rows(row, std::move(columns), reporter, draft);
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) return absl::OkStatus();
    rows.Take();
  }
}

}  // namespace steelyard::funding
