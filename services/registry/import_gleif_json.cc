// gleif-api-json: what GLEIF's API answers for lei-records: an object whose "data" is a record or a
// list of them; or a list of records. What it answers for relationship-records is taken likewise:
// relationships are links in the records of the companies themselves.

#include <array>
#include <utility>

#include "nlohmann/json.hpp"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/gleif.h"
#include "services/registry/gleif_relationship.h"
#include "services/registry/importers.h"
#include "services/registry/json_rows.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr LeiPlaces kPlaces = {.lei = "attributes.lei",
                               .country = "attributes.entity.headquartersAddress.country",
                               .city = "attributes.entity.headquartersAddress.city",
                               .jurisdiction = "attributes.entity.jurisdiction",
                               .legal_country = "attributes.entity.legalAddress.country",
                               .authority = "attributes.entity.registeredAt.id",
                               .authority_value = "attributes.entity.registeredAs",
                               .category = "attributes.entity.category",
                               .entity_status = "attributes.entity.status",
                               .record_status = "attributes.registration.status",
                               .created = "attributes.entity.creationDate",
                               .successor = "attributes.entity.successorEntities"};
constexpr RelationshipPlaces kRelationshipPlaces = {
    .start = "attributes.relationship.startNode.id",
    .end = "attributes.relationship.endNode.id",
    .type = "attributes.relationship.type",
    .status = "attributes.relationship.status",
    .record_status = "attributes.registration.status"};
constexpr std::string_view kPeriods = "attributes.relationship.periods";

LeiRecord::Name NameIn(const Json* name, const std::string& place, RowFindings& row) {
  return {.text = TextOf(Member(name, "name"), StrCat(place, ".name"), row),
          .language = TextOf(Member(name, "language"), StrCat(place, ".language"), row),
          .type = TextOf(Member(name, "type"), StrCat(place, ".type"), row),
          .place = StrCat(place, ".name")};
}

void TakeNames(const Json* entity, const std::string& list, LeiRecord& record, RowFindings& row) {
  const std::string place = StrCat("attributes.entity.", list);
  const Json* names = Member(entity, list);
  if (names == nullptr) return;
  if (!names->is_array()) return row.Clear(place, "", "a list of names is expected");
  for (size_t i = 0; i < names->size(); ++i) {
    if (i == kMostNames) {
      return row.Clear(place, "", StrCat("a company has at most ", kMostNames, " names"));
    }
    record.other_names.push_back(NameIn(&(*names)[i], StrCat(place, "[", i, "]"), row));
  }
}

// Whether these members of a record are words, or missing: what one that is not one might have said
// decides whether the record is taken.
using Words = std::array<std::pair<std::string_view, const Json*>, 2>;
bool AreWords(const Words& words, RowFindings& row) {
  for (const auto& [place, word] : words) {
    if (word == nullptr || word->is_string()) continue;
    row.Reject(place, "", "a text is expected");
    return false;
  }
  return true;
}

// One successor in the older form of a record, a list of them in the newer.
void TakeSuccessors(const Json* entity, LeiRecord& record, RowFindings& row) {
  const auto take = [&](const Json* successor) {
    std::string lei = TextOf(Member(successor, "lei"), kPlaces.successor, row);
    if (!lei.empty()) record.successors.push_back(std::move(lei));
  };
  const Json* several = Member(entity, "successorEntities");
  if (several == nullptr) return take(Member(entity, "successorEntity"));
  if (!several->is_array()) {
    return row.Clear(kPlaces.successor, "", "a list of successors is expected");
  }
  for (const Json& successor : *several) take(&successor);
}

LeiRecord RecordOf(const Json& value, RowFindings& row) {
  const Json* attributes = Member(&value, "attributes");
  const Json* entity = Member(attributes, "entity");
  const Json* seat = Member(entity, "headquartersAddress");
  LeiRecord record;
  record.lei = TextOf(Member(attributes, "lei"), kPlaces.lei, row);
  record.legal_name = NameIn(Member(entity, "legalName"), "attributes.entity.legalName", row);
  TakeNames(entity, "otherNames", record, row);
  TakeNames(entity, "transliteratedOtherNames", record, row);
  record.country = TextOf(Member(seat, "country"), kPlaces.country, row);
  record.city = TextOf(Member(seat, "city"), kPlaces.city, row);
  record.jurisdiction = TextOf(Member(entity, "jurisdiction"), kPlaces.jurisdiction, row);
  record.legal_country =
      TextOf(Member(Member(entity, "legalAddress"), "country"), kPlaces.legal_country, row);
  record.authority = TextOf(Member(Member(entity, "registeredAt"), "id"), kPlaces.authority, row);
  record.authority_value = TextOf(Member(entity, "registeredAs"), kPlaces.authority_value, row);
  record.category = TextOf(Member(entity, "category"), kPlaces.category, row);
  record.legal_form =
      TextOf(Member(Member(entity, "legalForm"), "id"), "attributes.entity.legalForm.id", row);
  record.entity_status = TextOf(Member(entity, "status"), kPlaces.entity_status, row);
  record.record_status =
      TextOf(Member(Member(attributes, "registration"), "status"), kPlaces.record_status, row);
  record.created = TextOf(Member(entity, "creationDate"), kPlaces.created, row);
  TakeSuccessors(entity, record, row);
  return record;
}

RelationshipRecord RelationshipOf(const Json& value, RowFindings& row) {
  const Json* attributes = Member(&value, "attributes");
  const Json* relationship = Member(attributes, "relationship");
  const RelationshipPlaces& places = kRelationshipPlaces;
  RelationshipRecord record{
      .start = TextOf(Member(Member(relationship, "startNode"), "id"), places.start, row),
      .end = TextOf(Member(Member(relationship, "endNode"), "id"), places.end, row),
      .type = TextOf(Member(relationship, "type"), places.type, row),
      .status = TextOf(Member(relationship, "status"), places.status, row),
      .record_status =
          TextOf(Member(Member(attributes, "registration"), "status"), places.record_status, row),
      .periods = {}};
  const Json* periods = Member(relationship, "periods");
  if (periods == nullptr) return record;
  if (!periods->is_array()) {
    row.Clear(kPeriods, "", "a list of periods is expected");
    return record;
  }
  for (size_t i = 0; i < periods->size(); ++i) {
    const Json& period = (*periods)[i];
    const std::string place = StrCat(kPeriods, "[", i, "]");
    record.periods.push_back({.from = TextOf(Member(&period, "startDate"), place, row),
                              .to = TextOf(Member(&period, "endDate"), place, row),
                              .type = TextOf(Member(&period, "type"), place, row),
                              .place = place});
  }
  return record;
}

}  // namespace

absl::Status ImportGleifJson(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                             ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<JsonRows> rows,
                             JsonRows::Open(context, file, {.list = "data"}, reporter));
  ListTaker taker(draft, "");
  Successors successors(draft, reporter);
  PendingRelations relations(draft, reporter, kRelationshipPlaces.end);
  LeftOut left_out(reporter, kRelationshipPlaces.type);
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) break;
    if (!rows->is_row()) continue;
    RowFindings row = rows->findings();
    const Json* type = Member(&rows->value(), "type");
    const Json* attributes = Member(&rows->value(), "attributes");
    const Json* status = Member(Member(attributes, "registration"), "status");
    if (type != nullptr && *type == "relationship-records") {
      const Json* held = Member(Member(attributes, "relationship"), "status");
      if (!AreWords(
              {{{kRelationshipPlaces.status, held}, {kRelationshipPlaces.record_status, status}}},
              row)) {
        continue;
      }
      TakeRelationship(RelationshipOf(rows->value(), row), kRelationshipPlaces, draft, relations,
                       left_out, row);
    } else if (type != nullptr && *type != "lei-records") {
      row.Reject("type", TextOf(type, "type", row),
                 "lei-records and relationship-records are taken");
    } else if (AreWords({{{kPlaces.category, Member(Member(attributes, "entity"), "category")},
                          {kPlaces.record_status, status}}},
                        row)) {
      const LeiRecord record = RecordOf(rows->value(), row);
      const std::string company = TakeLeiRecord(record, kPlaces, draft, taker, row);
      successors.Add(rows->line(), company, record.successors);
    }
  }
  successors.Settle(kPlaces.successor);
  return relations.Settle(context);
}

}  // namespace steelyard::registry
