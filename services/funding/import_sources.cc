// steelyard-sources: of all that the registry keeps of a source, funding takes what source policies
// look at, when it was published and what kind it is. What is wrong with the rest is the registry's
// to report.

#include <array>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/import_cells.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

constexpr size_t kLongestSourceId = 64;

enum Column : size_t { kId, kPublisher, kTitle, kUrl, kPublished, kKind };
constexpr std::array<ColumnSpec, 6> kColumns = {{{"id", true},
                                                 {"publisher", false},
                                                 {"title", false},
                                                 {"url", false},
                                                 {"published_on", false},
                                                 {"kind", false}}};

}  // namespace

absl::Status ImportSources(const Context& context, const ingest::SpooledFile& file,
                           ingest::Reporter& reporter, Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(RowReader row, RowReader::Open(context, file, reporter));
  STEELYARD_ASSIGN_OR_RETURN(const auto columns, row.Columns(kColumns));
  const auto cell = [&](Column column) {
    return Cell{kColumns[column].name, row.Field(columns[column])};
  };
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) return absl::OkStatus();
    const Cell id = cell(kId);
    if (!IsId(id.value, kLongestSourceId)) {
      Reject(row, id, "must be 1 to 64 lower-case letters, digits, '.', '_' or '-'");
      continue;
    }
    SourceFacts facts{.published = std::nullopt, .kind = std::string(cell(kKind).value)};
    if (const Cell published = cell(kPublished); !published.value.empty()) {
      const absl::StatusOr<PartialDate> date = ParseEventDate(published.value);
      if (date.ok()) {
        facts.published = *date;
      } else {
        Clear(row, published, ToStd(date.status().message()));
      }
    }
    if (draft.staged().sources.emplace(std::string(id.value), std::move(facts)).second) {
      row.Accept();
    } else {
      Reject(row, id, "an earlier row of the import has this id");
    }
  }
}

}  // namespace steelyard::funding
