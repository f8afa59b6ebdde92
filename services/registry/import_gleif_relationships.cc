// gleif-rr-csv: GLEIF's golden copy of relationship records, as CSV. Its columns are named by the
// paths of the XML that it is made from; periods are numbered.

#include <array>
#include <string>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/gleif_relationship.h"
#include "services/registry/importers.h"
#include "services/registry/rows.h"

namespace steelyard::registry {
namespace {

// Most periods of a record; golden copies have five.
constexpr int kMostNumbered = 10;

enum RelationshipColumn : size_t { kStart, kEnd, kType, kStatus, kRecordStatus, kPeriods };
constexpr std::array<Column, kPeriods> kColumns = {{{"Relationship.StartNode.NodeID", true},
                                                    {"Relationship.EndNode.NodeID", true},
                                                    {"Relationship.RelationshipType", true},
                                                    {"Relationship.RelationshipStatus", true},
                                                    {"Registration.RegistrationStatus", true}}};
constexpr RelationshipPlaces kPlaces = {.start = kColumns[kStart].name,
                                        .end = kColumns[kEnd].name,
                                        .type = kColumns[kType].name,
                                        .status = kColumns[kStatus].name,
                                        .record_status = kColumns[kRecordStatus].name};

// The names of the numbered columns: start, end and type of each period.
const std::vector<std::string>& NumberedNames() {
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> all;
    for (int i = 1; i <= kMostNumbered; ++i) {
      for (const char* part : {"startDate", "endDate", "periodType"}) {
        all.push_back(StrCat("Relationship.Period.", i, ".", part));
      }
    }
    return all;
  }());
  return names;
}

const std::vector<Column>& Columns() {
  static const auto& columns = *new std::vector<Column>(WithColumns(kColumns, NumberedNames()));
  return columns;
}

RelationshipRecord RecordOf(const RowReader& row) {
  const auto text = [&row](size_t column) { return std::string(row.Cell(column)); };
  RelationshipRecord record{.start = text(kStart),
                            .end = text(kEnd),
                            .type = text(kType),
                            .status = text(kStatus),
                            .record_status = text(kRecordStatus),
                            .periods = {}};
  for (size_t column = kPeriods; column < Columns().size(); column += 3) {
    if (row.Cell(column + 2).empty()) continue;
    record.periods.push_back({.from = text(column),
                              .to = text(column + 1),
                              .type = text(column + 2),
                              .place = std::string(Columns()[column + 1].name)});
  }
  return record;
}

}  // namespace

absl::Status ImportGleifRelationships(const Context& context, const ingest::SpooledFile& file,
                                      Draft& draft, ingest::Reporter& reporter) {
  PendingRelations relations(draft, reporter, kPlaces.end);
  // Reports what it counted before the file's report ends.
  LeftOut left_out(reporter, kPlaces.type);
  STEELYARD_RETURN_IF_ERROR(ForEachRow(
      context, file, {.columns = Columns(), .others_allowed = true}, reporter, [&](RowReader& row) {
        RowFindings findings(reporter, row.line());
        TakeRelationship(RecordOf(row), kPlaces, draft, relations, left_out, findings);
      }));
  return relations.Settle(context);
}

}  // namespace steelyard::registry
