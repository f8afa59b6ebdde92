#include <array>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr int kLongestText = 1000;

enum SourceColumn : size_t { kId, kPublisher, kTitle, kUrl, kPublishedOn, kKind };
constexpr std::array<Column, 6> kColumns = {
    {{"id", true}, {"publisher"}, {"title"}, {"url"}, {"published_on"}, {"kind"}}};

// The row's source; values that are not right are cleared.
Source TakeSource(RowReader& row) {
  Source source{.id = std::string(row.Cell(kId))};
  const auto take = [&](size_t column, const std::string& fault, std::string& to) {
    if (row.ClearIf(column, fault)) to = row.Cell(column);
  };
  take(kPublisher, CheckText(row.Cell(kPublisher), kLongestText), source.publisher);
  take(kTitle, CheckText(row.Cell(kTitle), kLongestText), source.title);
  take(kUrl, CheckAddress(row.Cell(kUrl)), source.uri);
  if (!row.Cell(kKind).empty()) take(kKind, CheckSourceKind(row.Cell(kKind)), source.kind);
  if (!row.Cell(kPublishedOn).empty()) {
    const absl::StatusOr<PartialDate> date = ParseDate(row.Cell(kPublishedOn));
    if (row.ClearIf(kPublishedOn, date.ok() ? "" : ToStd(date.status().message()))) {
      source.published_on = *date;
    }
  }
  return source;
}

}  // namespace

std::string SourceOrOwn(RowReader& row, size_t column, const Draft& draft) {
  const std::string_view source = row.Cell(column);
  if (source.empty()) return draft.source();
  if (!draft.HasSource(source)) {
    row.Clear(column,
              "no source of this id is in the import or the registry; the import's own is "
              "taken instead");
    return draft.source();
  }
  return std::string(source);
}

std::optional<Validity> TakeValidity(RowReader& row, size_t from, size_t to) {
  Validity valid;
  if (const std::string_view text = row.Cell(from); !text.empty()) {
    const absl::StatusOr<PartialDate> date = ParseDate(text);
    if (row.ClearIf(from, date.ok() ? "" : ToStd(date.status().message()))) valid.from = *date;
  }
  std::string fault;
  if (const std::string_view text = row.Cell(to); !text.empty()) {
    const absl::StatusOr<PartialDate> date = ParseDate(text);
    if (date.ok()) {
      valid.to = *date;
    } else {
      fault = ToStd(date.status().message());
    }
  }
  if (fault.empty()) fault = CheckValidity(valid);
  if (fault.empty()) return valid;
  row.Reject(to, fault);
  return std::nullopt;
}

absl::Status ImportSources(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                           ingest::Reporter& reporter) {
  return ForEachRow(context, file, {.columns = kColumns}, reporter, [&](RowReader& row) {
    const std::string fault = CheckSourceId(row.Cell(kId));
    if (!fault.empty()) return row.Reject(kId, fault);
    if (draft.AddSource(TakeSource(row))) return row.Accept();
    row.Reject(kId, "the import has given this source before; an id occurs once");
  });
}

}  // namespace steelyard::registry
