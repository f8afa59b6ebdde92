// steelyard-round-links: which rounds' amounts are part of which others'.

#include <array>
#include <set>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/import_cells.h"
#include "services/funding/importers.h"
#include "services/funding/round_writer.h"

namespace steelyard::funding {
namespace {

enum Column : size_t { kRound, kRelated, kRelation };
constexpr std::array<ColumnSpec, 3> kColumns = {
    {{"round_id", true}, {"related_round_id", true}, {"relation", true}}};

// Ids that the file names and the import does not have: the store has to be asked for them.
absl::StatusOr<std::set<std::string>> StoredIds(const Context& context,
                                                const ingest::SpooledFile& file,
                                                const RoundStore& store, int64_t revision,
                                                const Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(const auto csv, text::CsvReader::Open(file.path, file.name, {}));
  std::vector<std::string> unknown;
  for (absl::StatusOr<bool> more = csv->Next();; more = csv->Next()) {
    STEELYARD_RETURN_IF_ERROR(more.status());
    if (!*more) break;
    for (const std::string& field : csv->fields()) {
      if (IsId(field) && !draft.HasRound(field)) unknown.push_back(field);
    }
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> stored,
                             store.Existing(context, revision, unknown));
  return std::set<std::string>(stored.begin(), stored.end());
}

}  // namespace

absl::Status ImportRoundLinks(const Context& context, const ingest::SpooledFile& file,
                              const RoundStore& store, int64_t revision, ingest::Reporter& reporter,
                              Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(const std::set<std::string> stored,
                             StoredIds(context, file, store, revision, draft));
  STEELYARD_ASSIGN_OR_RETURN(RowReader row, RowReader::Open(context, file, reporter));
  STEELYARD_ASSIGN_OR_RETURN(const auto columns, row.Columns(kColumns));
  const auto cell = [&](Column column) {
    return Cell{kColumns[column].name, row.Field(columns[column])};
  };
  const auto exists = [&](const Cell& id) {
    if (draft.HasRound(id.value) || stored.contains(std::string(id.value))) return true;
    Reject(row, id, "no round of this id in the import or in the store");
    return false;
  };
  // The file says what is true now: what earlier files or revisions said is checked at the commit.
  Inclusions inclusions;
  for (const RoundLink& link : draft.staged().links) inclusions[link.round] = link.included_in;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) return absl::OkStatus();
    const Cell relation = cell(kRelation);
    if (relation.value != "INCLUDED_IN") {
      Reject(row, relation, "must be INCLUDED_IN");
      continue;
    }
    const Cell round = cell(kRound);
    const Cell related = cell(kRelated);
    if (!exists(round) || !exists(related)) continue;
    const auto [place, is_new] =
        inclusions.emplace(std::string(round.value), std::string(related.value));
    if (!is_new) {
      const bool same = place->second == related.value;
      row.Find(round.column, round.value,
               same ? common::v1::IMPORT_ACTION_DUPLICATE : common::v1::IMPORT_ACTION_REJECTED,
               same ? "repeats an earlier row of the import"
                    : "an earlier row of the import includes this round in another one");
      continue;
    }
    if (LeadsBack(inclusions, round.value)) {
      inclusions.erase(place);
      Reject(row, related, "leads back to the round itself");
      continue;
    }
    draft.staged().links.push_back({place->first, place->second});
    row.Accept();
  }
}

}  // namespace steelyard::funding
