// steelyard-round-links: which rounds' amounts are part of which others', and which are the same.

#include <array>
#include <set>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/import_cells.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

enum Column : size_t { kRound, kRelated, kRelation };
constexpr std::array<ColumnSpec, 3> kColumns = {
    {{"round_id", true}, {"related_round_id", true}, {"relation", true}}};

std::optional<RoundRelation> ReadRelation(RowReader& row, const Cell& cell) {
  if (cell.value == "INCLUDED_IN") return v1::ROUND_RELATION_INCLUDED_IN;
  if (cell.value == "SAME_AS") return v1::ROUND_RELATION_SAME_AS;
  Reject(row, cell, "must be INCLUDED_IN or SAME_AS");
  return std::nullopt;
}

// Whether a link is new and fits those before it; reports it when not.
bool Keep(RowReader& row, const Cell& round, const Cell& related, const RoundLink& link,
          const LinkTable& links) {
  if (links.links().contains(KeyOf(link))) {
    row.Find(round.column, round.value, common::v1::IMPORT_ACTION_DUPLICATE,
             "repeats an earlier row of the import");
    return false;
  }
  const bool same = link.relation == v1::ROUND_RELATION_SAME_AS;
  if (same ? links.RootOf(link.round) != link.round : !links.DirectInclusion(link.round).empty()) {
    Reject(row, round,
           same ? "an earlier row of the import says that this round is the same as another one"
                : "an earlier row of the import includes this round in another one");
    return false;
  }
  if (!links.LeadsBack(link)) return true;
  Reject(row, related, "leads back to the round itself");
  return false;
}

}  // namespace

absl::StatusOr<std::set<std::string>> StoredRounds(const Context& context,
                                                   const ingest::SpooledFile& file,
                                                   const RoundStore& store, int64_t revision,
                                                   const Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(const auto csv, text::CsvReader::Open(file.path, file.name, {}));
  std::vector<std::string> unknown;
  for (absl::StatusOr<bool> more = csv->Next();; more = csv->Next()) {
    STEELYARD_RETURN_IF_ERROR(more.status());
    if (!*more) break;
    STEELYARD_RETURN_IF_ERROR(CheckStaged(unknown.size(), "rounds of the store"));
    for (const std::string& field : csv->fields()) {
      if (IsId(field) && !draft.HasRound(field)) unknown.push_back(field);
    }
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> stored,
                             store.Existing(context, revision, unknown));
  return std::set<std::string>(stored.begin(), stored.end());
}

absl::Status ImportRoundLinks(const Context& context, const ingest::SpooledFile& file,
                              const RoundStore& store, int64_t revision, ingest::Reporter& reporter,
                              Draft& draft) {
  STEELYARD_ASSIGN_OR_RETURN(const std::set<std::string> stored,
                             StoredRounds(context, file, store, revision, draft));
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
  LinkTable links;
  for (const RoundLink& link : draft.staged().links) links.Put(link);
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row.Next());
    if (!more) return absl::OkStatus();
    STEELYARD_RETURN_IF_ERROR(CheckStaged(draft.staged().links.size(), "links"));
    const std::optional<RoundRelation> relation = ReadRelation(row, cell(kRelation));
    if (!relation || !exists(cell(kRound)) || !exists(cell(kRelated))) continue;
    RoundLink link{.round = std::string(cell(kRound).value),
                   .related = std::string(cell(kRelated).value),
                   .relation = *relation};
    if (!Keep(row, cell(kRound), cell(kRelated), link, links)) continue;
    links.Put(link);
    draft.staged().links.push_back(std::move(link));
    row.Accept();
  }
}

}  // namespace steelyard::funding
