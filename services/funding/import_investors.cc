// steelyard-investors: where investors come from and what they are.

#include <algorithm>
#include <array>

#include "services/common/status/status.h"
#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/funding/import_cells.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

constexpr size_t kLongestNameBytes = 2000;

enum Column : size_t { kName, kCountry, kKind };
constexpr std::array<ColumnSpec, 3> kColumns = {
    {{"name", true}, {"country", true}, {"kind", true}}};

std::string ReadCountry(RowReader& row, const Cell& cell) {
  if (cell.value.empty() || text::IsCountry(cell.value)) return std::string(cell.value);
  Clear(row, cell, "must be an ISO 3166-1 alpha-2 code");
  return "";
}

std::string ReadKind(RowReader& row, const Cell& cell) {
  const std::vector<std::string>& kinds = InvestorKinds();
  if (cell.value.empty() || std::find(kinds.begin(), kinds.end(), cell.value) != kinds.end()) {
    return std::string(cell.value);
  }
  Clear(row, cell, StrCat("must be one of ", StrJoin(kinds, ", ")));
  return "";
}

}  // namespace

absl::Status ImportInvestors(const Context& context, const ingest::SpooledFile& file,
                             ingest::Reporter& reporter, Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(RowReader row, RowReader::Open(context, file, reporter));
  STEELYARD_ASSIGN_OR_RETURN(const auto columns, row.Columns(kColumns));
  const auto cell = [&](Column column) {
    return Cell{kColumns[column].name, row.Field(columns[column])};
  };
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) return absl::OkStatus();
    STEELYARD_RETURN_IF_ERROR(CheckStaged(draft.staged().investors.size(), "investors"));
    const Cell name = cell(kName);
    if (name.value.empty() || name.value.size() > kLongestNameBytes) {
      Reject(row, name, "must be 1 to 2000 bytes");
      continue;
    }
    Investor investor{.name = std::string(name.value),
                      .country = ReadCountry(row, cell(kCountry)),
                      .kind = ReadKind(row, cell(kKind))};
    switch (draft.Add(std::move(investor))) {
      case Draft::Outcome::kNew:
        row.Accept();
        break;
      case Draft::Outcome::kRepeated:
        row.Find(name.column, name.value, common::v1::IMPORT_ACTION_DUPLICATE,
                 "repeats an earlier row of the import");
        break;
      case Draft::Outcome::kDifferent:
        Reject(row, name, "an earlier row of the import has this name and other content");
        break;
    }
  }
}

}  // namespace steelyard::funding
