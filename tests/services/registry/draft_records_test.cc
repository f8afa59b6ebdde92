// What of an import goes where: to which source's record of a company.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "services/registry/import.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DraftRecordsTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    Bring({{"steelyard-sources",
            "id,kind\npress,article\ndesk,editorial\nwire,press_release\nreg,official\n"}});
  }
  void Bring(const std::vector<FileToImport>& files, const std::string& source = "own") {
    const auto report = Import(files, /*dry_run=*/false, source);
    ASSERT_OK(report);
    EXPECT_THAT(Findings(), IsEmpty());
  }
  std::vector<Company> Records(const std::string& id) {
    const auto records = store_->Records(Context::Background(), head(), std::vector{id});
    EXPECT_OK(records);
    return records.ok() ? *records : std::vector<Company>();
  }
};

TEST_F(DraftRecordsTest, WhatOtherSourcesSayStaysBeside) {
  Bring({{"steelyard-companies",
          "id,name,hq_country,hq_city,source_ids\ndeepl,DeepL,DE,Cologne,press;desk\n"},
         {"steelyard-names",
          "company_id,name,language,kind,source_id\ndeepl,Profond,fr,MACHINE_TRANSLATION,press\n"
          "deepl,DeepL SE,de,LEGAL,press\n"}});
  // The import's own source is of unknown kind, and the press comes before.
  Bring({{"steelyard-companies", "id,name,hq_city,website\ndeepl,DeepL Group,Bonn,\n"},
         {"steelyard-names", "company_id,name,source_id\ndeepl,Linguee,\ndeepl,Deep,desk\n"}});
  const Company deepl = Get("deepl");
  EXPECT_EQ(deepl.display_name, "DeepL");
  EXPECT_EQ(deepl.city, "Cologne");
  EXPECT_THAT(deepl.sources, ElementsAre("press", "desk", "own"));
  const std::vector<Company> records = Records("deepl");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_THAT(records.at(0).names,
              ElementsAre(CompanyName{"DeepL Group", "und", NameKind::kPreferred, "own"},
                          CompanyName{"Linguee", "und", NameKind::kAlias, "own"}));
  EXPECT_EQ(records.at(0).city, "Bonn");
  EXPECT_EQ(records.at(1).names.size(), 4U) << "with what the desk says now";
  // A row of one of two sources that said all alike is its own from then on.
  Bring({{"steelyard-companies", "id,name,hq_city,source_ids\ndeepl,DeepL,Aachen,desk\n"}});
  const std::vector<Company> apart = Records("deepl");
  ASSERT_EQ(apart.size(), 3U);
  EXPECT_EQ(apart.at(0).sources.front() + " " + apart.at(0).city, "desk Aachen");
  EXPECT_EQ(apart.at(0).country, "DE") << "as the desk said before";
  EXPECT_EQ(apart.at(2).sources.front() + " " + apart.at(2).city, "press Cologne");
  EXPECT_EQ(Get("deepl").city, "Cologne");
}

TEST_F(DraftRecordsTest, AFactGoesWhereItsSourceIsCited) {
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,Acme,press\n"},
         {"steelyard-names", "company_id,name,source_id\nacme,Acme Wire,wire\n"}});
  Bring({{"steelyard-names", "company_id,name,source_id\nacme,Acme Again,wire\n"},
         {"steelyard-identifiers", "company_id,scheme,value,source_id\nacme,github,acme,wire\n"}});
  const std::vector<Company> records = Records("acme");
  ASSERT_THAT(records, SizeIs(1)) << "wire has said no more than what press has from it";
  EXPECT_THAT(records[0].sources, ElementsAre("press"));
  EXPECT_THAT(records[0].names, SizeIs(3));
  EXPECT_THAT(records[0].identifiers, ElementsAre(Identifier{"github", "acme", "wire"}));
  // Once it has a record of its own, there.
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,ACME,wire\n"}});
  Bring({{"steelyard-names", "company_id,name,source_id\nacme,Acme Third,wire\n"}});
  const std::vector<Company> both = Records("acme");
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_THAT(both[1].sources, ElementsAre("wire"));
  EXPECT_THAT(both[1].names, Contains(Field(&CompanyName::text, "Acme Third")));
}

TEST_F(DraftRecordsTest, ARowTakesOverWhatItsOtherSourcesGave) {
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,Acme,press\n"}});
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,ACME Inc,desk\n"},
         {"steelyard-identifiers", "company_id,scheme,value,source_id\nacme,github,acme,desk\n"}});
  EXPECT_THAT(Records("acme"), SizeIs(2));
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,Acme,press;desk\n"}});
  const std::vector<Company> one = Records("acme");
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_THAT(one[0].names, ElementsAre(CompanyName{"Acme", "und", NameKind::kPreferred, "press"},
                                        CompanyName{"ACME Inc", "und", NameKind::kAlias, "desk"}));
  EXPECT_THAT(one[0].identifiers, ElementsAre(Identifier{"github", "acme", "desk"}));
}

TEST_F(DraftRecordsTest, ANewFirstSourceOfARowKeepsWhatTheOthersSaid) {
  Bring(
      {{"steelyard-companies", "id,name,hq_country,hq_city,source_ids\nacme,Acme,FR,Lyon,press\n"},
       {"steelyard-identifiers", "company_id,scheme,value,source_id\nacme,github,acme,press\n"}});
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,Acme,wire;press\n"}});
  const std::vector<Company> one = Records("acme");
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_THAT(one[0].sources, ElementsAre("wire", "press"));
  EXPECT_EQ(one[0].country + " " + one[0].city, "FR Lyon");
  EXPECT_THAT(one[0].identifiers, SizeIs(1));
}

TEST_F(DraftRecordsTest, ANewCompanyDoesNotHideTheNextOne) {
  Bring({{"steelyard-companies", "id,name,hq_country\nab,Stored,FR\nad,Stored too,DE\n"}});
  Bring({{"steelyard-companies", "id,name\naa,New\nac,New too\n"},
         {"steelyard-names", "company_id,name\nab,Also\nad,Also too\n"}});
  EXPECT_EQ(Get("ab").country, "FR");
  EXPECT_THAT(Get("ab").names, SizeIs(2));
  EXPECT_EQ(Get("ad").country, "DE");
  EXPECT_THAT(Get("ad").names, SizeIs(2));
}

TEST_F(DraftRecordsTest, AParentThatOthersKeepClosesNoCircle) {
  Bring({{"steelyard-companies", "id,name,source_ids\nx,X,press;desk\np,P,press\n"},
         {"steelyard-relations", "company_id,relation,object_id,source_id\nx,PARENT,p,press\n"}});
  // The desk, who had it from the press, says it still.
  const int64_t before = head();
  const auto report = Import({{"steelyard-companies", "id,name,source_ids\nx,X Inc,press\n"},
                              {"steelyard-relations",
                               "company_id,relation,object_id,valid_to,source_id\nx,PARENT,p,2020,"
                               "press\np,PARENT,x,,press\n"}});
  EXPECT_THAT(report, testing::HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(report.status().message()),
              ::testing::HasSubstr("would be its own parent"));
  EXPECT_EQ(head(), before);
}

TEST_F(DraftRecordsTest, WhatASourceSaidIsReplacedWhereverItIsCited) {
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,Acme,press\nowner,Owner,press\n"},
         {"steelyard-relations",
          "company_id,relation,object_id,source_id\nacme,PARENT,owner,reg\n"}});
  Bring({{"steelyard-companies", "id,name,source_ids\nacme,Acme,reg\n"}});
  ASSERT_THAT(Records("acme"), SizeIs(2));
  Bring({{"steelyard-relations",
          "company_id,relation,object_id,valid_to,source_id\nacme,PARENT,owner,2020,reg\n"}});
  const std::vector<Relation> relations = Get("acme").relations;
  ASSERT_THAT(relations, SizeIs(1))
      << "the parent has ended for press as well, who had it from reg";
  EXPECT_EQ(relations[0].valid.to, (PartialDate{.year = 2020}));
  EXPECT_THAT(Records("acme")[0].relations, IsEmpty());
}

TEST_F(DraftRecordsTest, AnImportDoesNotBringAWithdrawnWordBack) {
  const std::string row = "id,name,hq_country,source_ids\nacme,Acme,US,wire\n";
  Bring({{"steelyard-companies", "id,name,hq_country,source_ids\nacme,Acme,FR,press\n"}});
  Bring({{"steelyard-companies", row}});
  EXPECT_EQ(Get("acme").country, "US");
  const Company wrong = Records("acme").back();
  ASSERT_OK(store_->WriteBatch(Context::Background(), [&](int64_t) {
    return absl::StatusOr<Batch>(Batch{.decisions = {AboutWord(wrong, "wire", "another firm")}});
  }));
  EXPECT_EQ(Get("acme").country, "FR");
  Bring({{"steelyard-companies", row + "other,Other,US,wire\n"}});
  EXPECT_EQ(Get("acme").country, "FR");
  EXPECT_THAT(Get("acme").sources, ElementsAre("press"));
  EXPECT_EQ(Get("other").country, "US");
}

TEST_F(DraftRecordsTest, MoreThanIsInMemoryComesInOneCommit) {
  constexpr int kMany = 10'050;
  std::string companies = "id,name\n";
  std::string names = "company_id,name\n";
  for (int i = 0; i < kMany; ++i) {
    companies += "c" + std::to_string(i) + ",Company " + std::to_string(i) + "\n";
  }
  // Of companies that are on disk by then, and of the last ones.
  for (const int i : {kMany - 1, 0, 1, 0, kMany - 2}) {
    names += "c" + std::to_string(i) + ",Also " + std::to_string(names.size()) + "\n";
  }
  const int64_t before = head();
  Bring({{"steelyard-companies", companies},
         {"steelyard-names", names},
         {"steelyard-relations",
          "company_id,relation,object_id\nc" + std::to_string(kMany - 1) + ",PARENT,c0\n"}});
  EXPECT_EQ(head(), before + 1);
  EXPECT_EQ(store_->Count(Context::Background(), head())->companies, kMany);
  EXPECT_THAT(Get("c0").names, SizeIs(3));
  EXPECT_THAT(Get("c1").names, SizeIs(2));
  const Company last = Get("c" + std::to_string(kMany - 1));
  EXPECT_THAT(last.names, SizeIs(2));
  EXPECT_THAT(last.relations, SizeIs(1));
  // A repeated row is known whether it is in memory or not.
  const auto again = Import({{"steelyard-companies", companies + "c0,Company 0\nc0,Other\n"}});
  ASSERT_OK(again);
  EXPECT_EQ(again->subjects_changed(), 0);
  EXPECT_EQ(again->files(0).rows_duplicate(), 1);
  EXPECT_EQ(again->files(0).rows_rejected(), 1);
}

}  // namespace
}  // namespace steelyard::registry
