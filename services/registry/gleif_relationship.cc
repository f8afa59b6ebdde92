#include "services/registry/gleif_relationship.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "services/common/text/strings.h"
#include "services/registry/known_codes.h"
#include "services/registry/listed.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr std::array<std::pair<std::string_view, RelationKind>, 2> kTypes = {
    {{"IS_DIRECTLY_CONSOLIDATED_BY", RelationKind::kParent},
     {"IS_ULTIMATELY_CONSOLIDATED_BY", RelationKind::kUltimateParent}}};

// The company that bears a node's LEI; empty, and the row rejected, when none does.
std::string BearerOf(std::string_view node, std::string_view place, const Draft& draft,
                     RowFindings& row) {
  const std::string lei = LeiOf(node);
  std::string company = lei.empty() ? "" : draft.BearerOf("lei", lei);
  if (company.empty()) {
    row.Reject(place, node,
               lei.empty() ? "no LEI: only companies that have one are taken"
                           : "no company of this LEI is in the registry, or was read before");
  }
  return company;
}

// When the relationship held; nullopt, and the row rejected, when that cannot be.
std::optional<Validity> ValidityOf(const RelationshipRecord& record,
                                   const RelationshipPlaces& places, RowFindings& row) {
  const auto period = std::find_if(
      record.periods.begin(), record.periods.end(),
      [](const RelationshipRecord::Period& each) { return each.type == "RELATIONSHIP_PERIOD"; });
  Validity valid;
  if (period != record.periods.end()) {
    valid.from = TakeListedDate(period->from, period->place, row);
    // An end that cannot be read is no open one.
    const absl::StatusOr<PartialDate> to = ListedDate(period->to);
    if (!period->to.empty() && to.ok()) valid.to = *to;
    std::string fault;
    if (!period->to.empty() && !to.ok()) fault = ToStd(to.status().message());
    if (fault.empty()) fault = CheckValidity(valid);
    if (!fault.empty()) {
      row.Reject(period->place, period->to, fault);
      return std::nullopt;
    }
  }
  if (record.status == "INACTIVE" && !valid.to.has_value()) {
    row.Reject(places.status, record.status,
               "the relationship ended, and the end of a RELATIONSHIP_PERIOD does not say when");
    return std::nullopt;
  }
  return valid;
}

}  // namespace

void TakeRelationship(const RelationshipRecord& record, const RelationshipPlaces& places,
                      const Draft& draft, PendingRelations& relations, LeftOut& left_out,
                      RowFindings& row) {
  if (record.type.empty()) return row.Reject(places.type, "", "must not be empty");
  const auto* const type = std::find_if(
      kTypes.begin(), kTypes.end(), [&](const auto& known) { return known.first == record.type; });
  if (type == kTypes.end()) return left_out.Add(record.type);
  if (record.record_status == "ANNULLED" || record.record_status == "DUPLICATE") {
    return row.Reject(places.record_status, record.record_status, "GLEIF took this record back");
  }
  const std::string company = BearerOf(record.start, places.start, draft, row);
  if (company.empty()) return;
  const std::string object = BearerOf(record.end, places.end, draft, row);
  if (object.empty()) return;
  Relation relation{.kind = type->second, .object = object, .valid = {}, .source = draft.source()};
  const std::optional<Validity> valid = ValidityOf(record, places, row);
  if (!valid.has_value()) return relations.Keep(company, relation);
  relation.valid = *valid;
  relations.Add(row.line(), company, std::move(relation), record.end);
}

}  // namespace steelyard::registry
