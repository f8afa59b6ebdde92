// What GLEIF says of who owns whom, and who succeeded whom.

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kChild = "TEST00TOCHTER0000073";
constexpr const char* kParent = "TEST00MUTTER00000081";
constexpr const char* kTop = "TEST00HOLDING0000032";
constexpr const char* kUnknown = "TEST00NACHFOLGER0012";

std::string IdOf(const std::string& lei) {
  std::string id = "lei-" + lei;
  for (char& c : id) c = static_cast<char>(std::tolower(c));
  return id;
}

std::string Entities() {
  std::string rows =
      "LEI,Entity.LegalName,Entity.HeadquartersAddress.Country,Entity.EntityCategory,"
      "Entity.EntityStatus,Registration.RegistrationStatus,"
      "Entity.SuccessorEntity.1.SuccessorLEI\n";
  for (const char* lei : {kChild, kParent, kTop}) {
    rows += StrCat(lei, ",", lei, " AG,DE,GENERAL,ACTIVE,ISSUED,\n");
  }
  return rows;
}

std::string Relationships(const std::string& rows) {
  return "Relationship.StartNode.NodeID,Relationship.StartNode.NodeIDType,"
         "Relationship.EndNode.NodeID,Relationship.EndNode.NodeIDType,"
         "Relationship.RelationshipType,Relationship.RelationshipStatus,"
         "Relationship.Period.1.startDate,Relationship.Period.1.endDate,"
         "Relationship.Period.1.periodType,Relationship.Period.2.startDate,"
         "Relationship.Period.2.endDate,Relationship.Period.2.periodType,"
         "Registration.RegistrationStatus\n" +
         rows;
}

std::string Row(const std::string& start, const std::string& end, const std::string& type,
                const std::string& rest = "ACTIVE,,,,,,,PUBLISHED") {
  return StrCat(start, ",LEI,", end, ",LEI,", type, ",", rest, "\n");
}

class GleifRelationshipsTest : public RegistryFixture {
 protected:
  absl::StatusOr<common::v1::ImportReport> Relate(const std::string& rows) {
    return Import({{"gleif-rr-csv", Relationships(rows)}, {"gleif-lei2-csv", Entities()}}, false,
                  "gleif");
  }
};

TEST_F(GleifRelationshipsTest, ConsolidationMakesParents) {
  ASSERT_OK(Relate(Row(kChild, kParent, "IS_DIRECTLY_CONSOLIDATED_BY",
                       "ACTIVE,2021-01-01T00:00:00Z,2021-12-31T00:00:00Z,ACCOUNTING_PERIOD,"
                       "2017-12-06T01:00:00+01:00,,RELATIONSHIP_PERIOD,PUBLISHED") +
                   Row(kChild, kTop, "IS_ULTIMATELY_CONSOLIDATED_BY") +
                   Row(kParent, kTop, "IS_DIRECTLY_CONSOLIDATED_BY",
                       "INACTIVE,2001-02-03,2009-08-07,RELATIONSHIP_PERIOD,,,,LAPSED")));
  const Company child = Get(IdOf(kChild));
  ASSERT_THAT(child.relations, SizeIs(2));
  // The year of an account says nothing of who owned whom.
  EXPECT_EQ(child.relations[0], (Relation{.kind = RelationKind::kParent,
                                          .object = IdOf(kParent),
                                          .valid = {.from = PartialDate{2017, 12, 6}, .to = {}},
                                          .source = "gleif"}));
  EXPECT_EQ(child.relations[1].kind, RelationKind::kUltimateParent);
  EXPECT_EQ(child.relations[1].object, IdOf(kTop));
  ASSERT_THAT(Get(IdOf(kParent)).relations, SizeIs(1));
  EXPECT_EQ(Get(IdOf(kParent)).relations[0].valid.to, (PartialDate{2009, 8, 7}));
}

TEST_F(GleifRelationshipsTest, WhatIsNotTakenIsReported) {
  ASSERT_OK_AND_ASSIGN(
      const auto report,
      Relate(Row(kChild, kUnknown, "IS_DIRECTLY_CONSOLIDATED_BY") +
             Row("no-lei", kParent, "IS_DIRECTLY_CONSOLIDATED_BY") +
             Row(kChild, kParent, "IS_DIRECTLY_CONSOLIDATED_BY", "ACTIVE,,,,,,,ANNULLED") +
             Row(kChild, kParent, "IS_DIRECTLY_CONSOLIDATED_BY", "INACTIVE,,,,,,,PUBLISHED") +
             Row(kChild, kParent, "IS_DIRECTLY_CONSOLIDATED_BY",
                 "ACTIVE,2020-01-01,2019-01-01,RELATIONSHIP_PERIOD,,,,PUBLISHED") +
             Row(kChild, kParent, "IS_FUND-MANAGED_BY") +
             Row(kChild, kChild, "IS_ULTIMATELY_CONSOLIDATED_BY")));
  EXPECT_EQ(report.files(0).rows_rejected(), 7);
  EXPECT_THAT(Findings(),
              ElementsAre(StrCat("0.csv:2 Relationship.EndNode.NodeID REJECTED ", kUnknown),
                          "0.csv:3 Relationship.StartNode.NodeID REJECTED no-lei",
                          "0.csv:4 Registration.RegistrationStatus REJECTED ANNULLED",
                          "0.csv:5 Relationship.RelationshipStatus REJECTED INACTIVE",
                          "0.csv:6 Relationship.Period.1.endDate REJECTED 2019-01-01",
                          StrCat("0.csv:8 Relationship.EndNode.NodeID REJECTED ", kChild)));
  ASSERT_EQ(report.files(0).unmapped_size(), 1);
  EXPECT_EQ(report.files(0).unmapped(0).value(), "IS_FUND-MANAGED_BY");
  EXPECT_THAT(Get(IdOf(kChild)).relations, IsEmpty());
}

TEST_F(GleifRelationshipsTest, ALaterCopyEndsAParent) {
  ASSERT_OK(Relate(Row(kChild, kParent, "IS_DIRECTLY_CONSOLIDATED_BY",
                       "ACTIVE,2001-02-03,,RELATIONSHIP_PERIOD,,,,PUBLISHED")));
  ASSERT_OK(Relate(Row(kChild, kParent, "IS_DIRECTLY_CONSOLIDATED_BY",
                       "INACTIVE,2001-02-03,2024-01-01,RELATIONSHIP_PERIOD,,,,RETIRED") +
                   Row(kChild, kTop, "IS_DIRECTLY_CONSOLIDATED_BY")));
  const Company child = Get(IdOf(kChild));
  ASSERT_THAT(child.relations, SizeIs(2));
  EXPECT_EQ(child.relations[1].object, IdOf(kParent));
  EXPECT_EQ(child.relations[1].valid.to, (PartialDate{2024, 1, 1}));
}

TEST_F(GleifRelationshipsTest, SuccessorsMayComeLater) {
  const std::string rows =
      Entities() +
      StrCat(kUnknown, ",Vorher AG,DE,GENERAL,INACTIVE,RETIRED,TEST00ALPENRECHNER86\n") +
      "TEST00ALPENRECHNER86,Alpen AG,DE,GENERAL,ACTIVE,ISSUED,TEST00NIRGENDS\n";
  ASSERT_OK(Import({{"gleif-lei2-csv", rows}}, false, "gleif"));
  const Company before = Get(IdOf(kUnknown));
  ASSERT_THAT(before.relations, SizeIs(1));
  EXPECT_EQ(before.relations[0].kind, RelationKind::kSuccessor);
  EXPECT_EQ(before.relations[0].object, "lei-test00alpenrechner86");
  EXPECT_THAT(Findings(), ElementsAre("0.csv:6 Entity.SuccessorEntity CLEARED "
                                      "TEST00NIRGENDS"));
}

TEST_F(GleifRelationshipsTest, TheApiSaysTheSame) {
  const std::string entity = R"({"type":"lei-records","attributes":{"lei":")" +
                             std::string(kUnknown) +
                             R"(","entity":{"legalName":{"name":"Vorher AG"},"category":"GENERAL",
      "successorEntities":[{"lei":")" +
                             kChild + R"("}]}}})";
  const std::string relationship =
      R"({"type":"relationship-records","attributes":{"relationship":{"startNode":{"id":")" +
      std::string(kChild) + R"(","type":"LEI"},"endNode":{"id":")" + kParent +
      R"(","type":"LEI"},"type":"IS_DIRECTLY_CONSOLIDATED_BY","status":"ACTIVE","periods":[
      {"startDate":"2011-01-01T00:00:00Z","endDate":null,"type":"RELATIONSHIP_PERIOD"}]},
      "registration":{"status":"PUBLISHED"}}})";
  ASSERT_OK(Import({{"gleif-lei2-csv", Entities()},
                    {"gleif-api-json", R"({"data":[)" + entity + "," + relationship + "]}"},
                    {"gleif-api-json", R"({"data":{"type":"reporting-exceptions"}})"}},
                   false, "gleif"));
  EXPECT_THAT(Findings(), ElementsAre("2.csv:1 type REJECTED reporting-exceptions"));
  ASSERT_THAT(Get(IdOf(kUnknown)).relations, SizeIs(1));
  EXPECT_EQ(Get(IdOf(kUnknown)).relations[0].object, IdOf(kChild));
  ASSERT_THAT(Get(IdOf(kChild)).relations, SizeIs(1));
  EXPECT_EQ(Get(IdOf(kChild)).relations[0].valid.from, (PartialDate{2011, 1, 1}));
}

}  // namespace
}  // namespace steelyard::registry
