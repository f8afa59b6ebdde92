// What files say held for a time: relations, headquarters, status, names.

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kCompanies = "id,name\na,A\nb,B\nc,C\nd,D\n";

// "PARENT b 2010..2020-05 own".
std::vector<std::string> RelationsOf(const Company& company) {
  std::vector<std::string> texts;
  const auto text = [](const std::optional<PartialDate>& date) {
    return date.has_value() ? date->ToString() : "";
  };
  for (const Relation& relation : company.relations) {
    texts.push_back(StrCat(static_cast<int>(relation.kind), " ", relation.object, " ",
                           text(relation.valid.from), "..", text(relation.valid.to), " ",
                           relation.source));
  }
  return texts;
}

class ImportPeriodsTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    ASSERT_OK(Import({{"steelyard-companies", kCompanies}}));
  }
  void Relate(const std::string& rows, const std::string& source = "own") {
    const auto report =
        Import({{"steelyard-relations",
                 "company_id,relation,object_id,valid_from,valid_to,source_id\n" + rows}},
               false, source);
    ASSERT_OK(report);
    report_ = *report;
  }
  int64_t Rejected() const { return report_.files(0).rows_rejected(); }

  common::v1::ImportReport report_;
};

TEST_F(ImportPeriodsTest, RelationsAreAdded) {
  Relate("a,PARENT,b,2010,2020-05,\na,parent,c,2020-06,,\na,BRAND_OF,d,,,own\n");
  EXPECT_THAT(RelationsOf(Get("a")),
              ElementsAre("1 b 2010..2020-05 own", "1 c 2020-06.. own", "4 d .. own"));
  EXPECT_EQ(report_.files(0).rows_accepted(), 3);
}

TEST_F(ImportPeriodsTest, WhatIsWrongNamesItsCell) {
  Relate(
      "z,PARENT,b,,,\na,OWNER,b,,,\na,PARENT,z,,,\na,PARENT,a,,,\n"
      "a,PARENT,b,2020,2010,\na,PARENT,b,soon,,nobody\na,PARENT,b,,,\na,PARENT,b,,soon,\n");
  EXPECT_EQ(Rejected(), 6);
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:2 company_id REJECTED z", "0.csv:3 relation REJECTED OWNER",
                          "0.csv:4 object_id REJECTED z", "0.csv:5 object_id REJECTED a",
                          "0.csv:6 valid_to REJECTED 2010", "0.csv:7 source_id CLEARED nobody",
                          "0.csv:7 valid_from CLEARED soon", "0.csv:9 valid_to REJECTED soon",
                          "0.csv:8 object_id DUPLICATE b"));
  EXPECT_THAT(RelationsOf(Get("a")), ElementsAre("1 b .. own"));
}

TEST_F(ImportPeriodsTest, ASourceMayCorrectWhatItSaid) {
  Relate("a,PARENT,b,2010,,\na,PARENT,c,2015,,\n");
  Relate("a,PARENT,b,2010,,\n", "other");
  Relate("a,PARENT,b,2010,2014,\na,PARENT,b,2018,,\n");
  EXPECT_THAT(RelationsOf(Get("a")), ElementsAre("1 b 2010.. other", "1 b 2010..2014 own",
                                                 "1 b 2018.. own", "1 c 2015.. own"));
  // The same again changes nothing.
  const int64_t before = head();
  Relate("a,PARENT,b,2010,2014,\na,PARENT,b,2018,,\n ,,,,,\n");
  EXPECT_EQ(head(), before);
}

TEST_F(ImportPeriodsTest, OneSourceTakesNothingFromAnother) {
  Relate("a,PARENT,b,,,\n", "first");
  Relate("a,PARENT,b,,,\n", "second");
  EXPECT_THAT(RelationsOf(Get("a")), ElementsAre("1 b .. first", "1 b .. second"));
  Relate("a,PARENT,b,,2020,\n", "second");
  EXPECT_THAT(RelationsOf(Get("a")), ElementsAre("1 b .. first", "1 b ..2020 second"));
}

TEST_F(ImportPeriodsTest, OwnersMayChangePlaces) {
  Relate("a,PARENT,b,2010,,\n");
  Relate("b,PARENT,a,2020,,\na,PARENT,b,2010,2020,\n");
  EXPECT_EQ(Rejected(), 0);
  EXPECT_THAT(RelationsOf(Get("a")), ElementsAre("1 b 2010..2020 own"));
  EXPECT_THAT(RelationsOf(Get("b")), ElementsAre("1 a 2020.. own"));
}

// A row that is not taken takes nothing with it.
TEST_F(ImportPeriodsTest, WhatWasSaidStaysWhenARowAboutItIsRejected) {
  Relate("a,PARENT,b,2010,2014,\na,PARENT,b,2018,,\nc,SUCCESSOR,d,2001,,\n");
  Relate(
      "a,PARENT,b,2010,2014,\na,PARENT,b,2018,2016,\nb,PARENT,c,,,\nc,PARENT,a,,,\n"
      "c,SUCCESSOR,d,,never,\n");
  EXPECT_EQ(Rejected(), 4);
  EXPECT_THAT(RelationsOf(Get("a")), ElementsAre("1 b 2010..2014 own", "1 b 2018.. own"));
  EXPECT_THAT(RelationsOf(Get("c")), ElementsAre("3 d 2001.. own"));
}

// The upsert has the same rule: what was right before a merge is no less right after it.
TEST_F(ImportPeriodsTest, AParentThatTheRegistryHasMayBeSaidAgain) {
  Relate("a,PARENT,b,,,\nc,PARENT,a,,,\n");
  const Decision merge = AboutMerge(DecisionKind::kMerged, "b", "c", "", "");
  ASSERT_OK(store_->WriteBatch(Context::Background(),
                               [&](int64_t) { return Batch{.decisions = {merge}}; }));
  Relate("a,PARENT,b,2001,,\nc,PARENT,a,2001,,\nd,PARENT,a,,,\n");
  EXPECT_EQ(Rejected(), 0);
  Relate("b,PARENT,c,,,\n");
  EXPECT_EQ(Rejected(), 1) << "the two are one company";
}

TEST_F(ImportPeriodsTest, ACircleThatAnotherWriteClosesMeanwhileIsRefused) {
  ingest::ImportJob job{.source = "own", .dry_run = false, .files = {}, .import_id = "race"};
  job.files.push_back({.name = "0.csv",
                       .format = "steelyard-relations",
                       .path = directory_.Write(
                           "race", "company_id,relation,object_id\nz,PARENT,a\na,PARENT,b\n")});
  const auto interrupted = [&](const std::string& id, const std::string& parent) {
    ingest::Reporter reporter(
        [&](const common::v1::ImportFinding&) {
          Company other = Get(id);
          other.relations = {
              {.kind = RelationKind::kParent, .object = parent, .valid = {}, .source = ""}};
          return store_
              ->WriteBatch(Context::Background(),
                           [&](int64_t) { return Batch{.companies = {other}}; })
              .status();
        },
        [](const common::v1::ImportProgress&) { return absl::OkStatus(); });
    return RunImport(Context::Background(), *store_, *ledger_, job, reporter);
  };
  const auto refused = interrupted("b", "a");
  EXPECT_THAT(refused, testing::HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(Get("a").relations, IsEmpty());
  Company mended = Get("b");
  mended.relations.clear();
  ASSERT_OK(store_->WriteBatch(Context::Background(),
                               [&](int64_t) { return Batch{.companies = {mended}}; }));
  ASSERT_OK(interrupted("b", "c"));
  EXPECT_THAT(RelationsOf(Get("a")), ElementsAre("1 b .. own"));
}

TEST_F(ImportPeriodsTest, ParentsThatCloseACircleAreLeftOut) {
  Relate("a,PARENT,b,,,\n");
  Relate("b,PARENT,c,,,\nc,PARENT,a,,,\nd,PARENT,a,,,\nc,PARENT,a,2001,2002,\n");
  EXPECT_EQ(Rejected(), 2);
  EXPECT_THAT(findings_.front().reason(),
              HasSubstr("companies/b would be its own parent; the parents that close a circle"));
  EXPECT_THAT(RelationsOf(Get("b")), IsEmpty());
  EXPECT_THAT(RelationsOf(Get("c")), ElementsAre("1 a 2001..2002 own"));
  EXPECT_THAT(RelationsOf(Get("d")), ElementsAre("1 a .. own"));
}

TEST_F(ImportPeriodsTest, ACircleThatAMergeWouldCloseIsOneToo) {
  const Decision merge = AboutMerge(DecisionKind::kMerged, "b", "c", "", "");
  ASSERT_OK(store_->WriteBatch(Context::Background(),
                               [&](int64_t) { return Batch{.decisions = {merge}}; }));
  Relate("a,PARENT,b,,,\n");
  Relate("c,PARENT,a,,,\n");
  EXPECT_EQ(Rejected(), 1);
}

TEST_F(ImportPeriodsTest, HeadquartersAndStatusHaveHistories) {
  ASSERT_OK(Import({{"steelyard-headquarters",
                     "company_id,country,city,valid_from,valid_to\na,FR,Paris,2010,2015\n"
                     "a,US,Austin,2016,\na,XX,,,\na,,,,\nz,FR,,,\na,US,Austin,2016,\n"},
                    {"steelyard-status-history",
                     "company_id,status,valid_from,valid_to\na,private,2010,2019\n"
                     "a,public,2020,\na,,2021,\na,asleep,,\n"}}));
  const Company company = Get("a");
  ASSERT_THAT(company.headquarters, SizeIs(2));
  EXPECT_EQ(company.headquarters[0],
            (Headquarters{.country = "FR",
                          .city = "Paris",
                          .valid = {.from = PartialDate{2010, 0, 0}, .to = PartialDate{2015, 0, 0}},
                          .source = "own"}));
  ASSERT_THAT(company.status_history, SizeIs(2));
  EXPECT_EQ(company.status_history[1].status, CompanyStatus::kPublic);
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:4 country REJECTED XX", "0.csv:5 country REJECTED ",
                          "0.csv:6 company_id REJECTED z", "0.csv:7 DUPLICATE a",
                          "1.csv:4 status REJECTED ", "1.csv:5 status REJECTED asleep"));
}

TEST_F(ImportPeriodsTest, NamesMayHaveATime) {
  ASSERT_OK(Import({{"steelyard-names",
                     "company_id,name,kind,valid_from,valid_to\na,Old A,FORMER,2001,2009-03\n"}}));
  const auto old_name = [&] {
    const Company company = Get("a");
    for (const CompanyName& name : company.names) {
      if (name.text == "Old A") return name.valid;
    }
    return Validity();
  };
  const Validity valid{.from = PartialDate{2001, 0, 0}, .to = PartialDate{2009, 3, 0}};
  EXPECT_EQ(old_name(), valid);
  // A file that does not say when leaves it.
  ASSERT_OK(Import({{"steelyard-names", "company_id,name,kind\na,Old A,FORMER\n"}}));
  EXPECT_EQ(old_name(), valid);
}

TEST_F(ImportPeriodsTest, ACompanyHasRoomForSoMany) {
  std::string rows;
  for (int i = 0; i <= 100; ++i) rows += StrCat("a,FR,City ", i, "\n");
  ASSERT_OK_AND_ASSIGN(const auto report,
                       Import({{"steelyard-headquarters", "company_id,country,city\n" + rows}}));
  EXPECT_EQ(report.files(0).rows_rejected(), 1);
  EXPECT_THAT(Get("a").headquarters, SizeIs(100));
}

TEST_F(ImportPeriodsTest, ACompanyDoesNotGrowByOneImportAfterAnother) {
  const auto places = [](int first, int count) {
    std::string rows = "company_id,country,city\n";
    for (int i = first; i < first + count; ++i) rows += StrCat("a,FR,City ", i, "\n");
    return rows;
  };
  ASSERT_OK(Import({{"steelyard-headquarters", places(0, 80)}}));
  const int64_t before = head();
  const auto second = Import({{"steelyard-headquarters", places(60, 80)}});
  EXPECT_THAT(second, testing::HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(second.status().message(),
              HasSubstr("companies/a would have 140 headquarters; at most 100 are allowed"));
  EXPECT_EQ(head(), before);
  ASSERT_OK(Import({{"steelyard-headquarters", places(60, 40)}}));
  EXPECT_THAT(Get("a").headquarters, SizeIs(100));
}

}  // namespace
}  // namespace steelyard::registry
