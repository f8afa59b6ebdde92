#include <array>

#include "absl/strings/numbers.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr int kLongestLabel = 500;
constexpr int kLastPosition = 100'000;

enum CodeColumn : size_t { kCodelist, kPosition, kCode, kLabel, kLabelFr, kParent };
constexpr std::array<Column, 6> kColumns = {{{"codelist", true},
                                             {"position", true},
                                             {"code", true},
                                             {"label", true},
                                             {"label_fr"},
                                             {"parent"}}};

// Rejects the row for its first value that is not right.
bool IsRight(RowReader& row) {
  const auto check = [&](size_t column, std::string_view fault) {
    if (!fault.empty()) row.Reject(column, fault);
    return fault.empty();
  };
  int position = 0;
  const bool counts = absl::SimpleAtoi(ToAbsl(row.Cell(kPosition)), &position) && position >= 1 &&
                      position <= kLastPosition;
  return check(kCodelist, CheckCode(row.Cell(kCodelist))) &&
         check(kPosition, counts ? "" : "a whole number from 1 to 100000 is allowed") &&
         check(kCode, CheckCode(row.Cell(kCode))) && check(kLabel, CheckName(row.Cell(kLabel))) &&
         check(kLabelFr, CheckText(row.Cell(kLabelFr), kLongestLabel)) &&
         (row.Cell(kParent).empty() || check(kParent, CheckCode(row.Cell(kParent))));
}

Code TakeCode(const RowReader& row) {
  int position = 0;
  (void)absl::SimpleAtoi(ToAbsl(row.Cell(kPosition)), &position);
  return {.code = std::string(row.Cell(kCode)),
          .position = position,
          .label = std::string(row.Cell(kLabel)),
          .label_fr = std::string(row.Cell(kLabelFr)),
          .parent = std::string(row.Cell(kParent))};
}

}  // namespace

absl::Status ImportCodes(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                         ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<RowReader> row,
      RowReader::Open(context, file, {.columns = kColumns, .others_allowed = false}, reporter));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row->Next());
    if (!more) return absl::OkStatus();
    if (!IsRight(*row)) continue;
    if (draft.AddCode(std::string(row->Cell(kCodelist)), TakeCode(*row))) {
      row->Accept();
    } else {
      row->Reject(kCode, "the import has given this code, or this position, of the list before");
    }
  }
}

}  // namespace steelyard::registry
