#include "services/registry/import.h"

#include "gmock/gmock.h"
#include "services/common/status/status.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using common::v1::ImportFileReport;
using common::v1::ImportReport;
using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kSourceRows[] =
    "id,publisher,title,url,published_on,kind\n"
    "press,The Paper,\"News, mostly\",https://example.org/n,2025-02,article\n"
    "desk,Us,,,,editorial\n";
constexpr char kCodeRows[] =
    "codelist,position,code,label,label_fr,parent\n"
    "LAYER,2,CLOUD,Cloud,,INFRASTRUCTURE\n"
    "LAYER,1,CHIPS,Chips,Puces,INFRASTRUCTURE\n"
    "SECTOR,1,LANGUAGE,Language,Langue,\n";
constexpr char kCompanyRows[] =
    "id,name,legal_name,hq_country,hq_city,founded_year,website,layers,sectors,status,source_ids\n"
    "deepl,DeepL,DeepL SE,DE,Cologne,2017,https://www.deepl.com,CLOUD,LANGUAGE,private,press;desk\n"
    "nebius,Nebius,,NL,Amsterdam,,,CLOUD;CHIPS,,public,\n";
constexpr char kNameRows[] =
    "company_id,name,language,kind,source_id\n"
    "deepl,Profond,fr,MACHINE_TRANSLATION,press\n"
    "deepl,DeepL,und,PREFERRED,press\n"
    "deepl,DeepL SE,de,LEGAL,press\n"
    "nebius,Nébius,fr,,\n";
constexpr char kIdentifierRows[] =
    "company_id,scheme,value,source_id\n"
    "deepl,domain,https://www.deepl.com/,press\n"
    "nebius,ticker,NASDAQ:NBIS,\n";

class ImportTest : public RegistryFixture {
 protected:
  ImportReport MustImport(const std::vector<FileToImport>& files, bool dry_run = false) {
    absl::StatusOr<ImportReport> report = Import(files, dry_run);
    EXPECT_OK(report);
    return report.ok() ? *std::move(report) : ImportReport();
  }
  // Sources and codelists that the other files refer to.
  void ImportBasics() {
    MustImport({{"steelyard-sources", kSourceRows}, {"steelyard-codes", kCodeRows}});
  }
};

TEST_F(ImportTest, AllFilesTogetherMakeCompaniesWhateverTheirOrder) {
  const ImportReport report = MustImport({{"steelyard-identifiers", kIdentifierRows},
                                          {"steelyard-names", kNameRows},
                                          {"steelyard-companies", kCompanyRows},
                                          {"steelyard-codes", kCodeRows},
                                          {"steelyard-sources", kSourceRows}});
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(head(), 1);
  EXPECT_EQ(report.snapshot().registry_revision(), 1);
  EXPECT_FALSE(report.already_imported());
  EXPECT_EQ(report.subjects_changed(), 2 + 2 + 3);  // the import's own source is a third
  ASSERT_EQ(report.files_size(), 5);
  EXPECT_EQ(report.files(0).format(), "steelyard-identifiers");
  EXPECT_EQ(report.files(4).format(), "steelyard-sources");
  EXPECT_EQ(report.files(1).rows_read(), 4);
  EXPECT_EQ(report.files(1).rows_accepted(), 4);
  EXPECT_EQ(report.files(1).encoding(), "UTF-8");

  const Company deepl = Get("deepl");
  EXPECT_EQ(deepl.display_name, "DeepL");
  EXPECT_EQ(deepl.country, "DE");
  EXPECT_EQ(deepl.city, "Cologne");
  EXPECT_EQ(deepl.founded_on, (PartialDate{.year = 2017}));
  EXPECT_EQ(deepl.status, CompanyStatus::kPrivate);
  EXPECT_EQ(deepl.website, "https://www.deepl.com");
  EXPECT_THAT(deepl.layers, ElementsAre("CLOUD"));
  EXPECT_THAT(deepl.sectors, ElementsAre("LANGUAGE"));
  EXPECT_THAT(deepl.sources, ElementsAre("press", "desk"));
  EXPECT_THAT(deepl.names,
              ElementsAre(CompanyName{"DeepL", "und", NameKind::kPreferred, "press"},
                          CompanyName{"DeepL SE", "de", NameKind::kLegal, "press"},
                          CompanyName{"Profond", "fr", NameKind::kMachineTranslation, "press"}));
  EXPECT_THAT(deepl.identifiers, ElementsAre(Identifier{"domain", "deepl.com", "press"}));

  const Company nebius = Get("nebius");
  EXPECT_EQ(nebius.founded_on, std::nullopt);
  EXPECT_THAT(nebius.layers, ElementsAre("CLOUD", "CHIPS"));
  EXPECT_THAT(nebius.sources, ElementsAre("own"));
  EXPECT_THAT(nebius.names, ElementsAre(CompanyName{"Nebius", "und", NameKind::kPreferred, "own"},
                                        CompanyName{"Nébius", "fr", NameKind::kAlias, "own"}));

  const auto lists = store_->Codelists(Context::Background(), 1, "LAYER");
  ASSERT_OK(lists);
  EXPECT_THAT(lists->front().codes,
              ElementsAre(Code{"CHIPS", 1, "Chips", "Puces", "INFRASTRUCTURE"},
                          Code{"CLOUD", 2, "Cloud", "", "INFRASTRUCTURE"}));
}

TEST_F(ImportTest, TheSameContentIsRecognised) {
  const std::vector<FileToImport> files = {{"steelyard-companies", kCompanyRows}};
  const ImportReport first = MustImport(files);
  const ImportReport second = MustImport(files);
  EXPECT_TRUE(second.already_imported());
  EXPECT_EQ(second.subjects_changed(), 0);
  EXPECT_EQ(second.files(0).rows_read(), first.files(0).rows_read());
  EXPECT_EQ(second.snapshot().token(), first.snapshot().token());
  EXPECT_EQ(head(), 1);
  // Other bytes that say the same make a new report, and no new revision.
  const ImportReport third =
      MustImport({{"steelyard-companies", std::string(kCompanyRows) + "\n"}});
  EXPECT_FALSE(third.already_imported());
  EXPECT_EQ(third.subjects_changed(), 0);
  EXPECT_EQ(head(), 1);
}

TEST_F(ImportTest, ADryRunReportsAndWritesNothing) {
  const ImportReport report = MustImport({{"steelyard-companies", kCompanyRows}}, true);
  EXPECT_TRUE(report.dry_run());
  EXPECT_EQ(report.files(0).rows_accepted(), 2);
  EXPECT_EQ(head(), 0);
  EXPECT_FALSE(MustImport({{"steelyard-companies", kCompanyRows}}).already_imported());
  EXPECT_EQ(head(), 1);
}

TEST_F(ImportTest, ARowReplacesFieldsOfItsColumnsAndNothingIsRemoved) {
  ImportBasics();
  MustImport({{"steelyard-companies", kCompanyRows},
              {"steelyard-names", kNameRows},
              {"steelyard-identifiers", kIdentifierRows}});
  MustImport({{"steelyard-companies",
               "id,name,hq_city,status,source_ids\n"
               "deepl,DeepL Group,,closed,press;desk\n"},
              {"steelyard-names",
               "company_id,name,language,kind,source_id\n"
               "deepl,Profond,fr,MACHINE_TRANSLATION,desk\n"}});
  const Company deepl = Get("deepl");
  EXPECT_EQ(deepl.display_name, "DeepL Group");
  EXPECT_EQ(deepl.city, "");       // an empty cell clears
  EXPECT_EQ(deepl.country, "DE");  // a column that is not there leaves
  EXPECT_EQ(deepl.status, CompanyStatus::kClosed);
  EXPECT_THAT(deepl.sources, ElementsAre("press", "desk"));
  EXPECT_THAT(deepl.identifiers, ElementsAre(Identifier{"domain", "deepl.com", "press"}));
  EXPECT_THAT(deepl.names,
              ElementsAre(CompanyName{"DeepL Group", "und", NameKind::kPreferred, "press"},
                          CompanyName{"DeepL", "und", NameKind::kAlias, "press"},
                          CompanyName{"DeepL SE", "de", NameKind::kLegal, "press"},
                          CompanyName{"Profond", "fr", NameKind::kMachineTranslation, "desk"}));
}

TEST_F(ImportTest, NamesAndIdentifiersAttachToCompaniesOfTheRegistry) {
  MustImport({{"steelyard-companies", kCompanyRows}});
  const ImportReport report = MustImport(
      {{"steelyard-names", "company_id,name\nnebius,Yandex N.V.\nnobody,X\n"},
       {"steelyard-identifiers", "company_id,scheme,value\nnebius,wikidata,ABC\nno,wikidata,X\n"}});
  EXPECT_THAT(Findings(), UnorderedElementsAre("0.csv:3 company_id REJECTED nobody",
                                               "1.csv:3 company_id REJECTED no"));
  EXPECT_EQ(report.files(0).rows_rejected(), 1);
  EXPECT_EQ(Get("nebius").names.size(), 2U);
  EXPECT_EQ(Get("nebius").country, "NL");
  EXPECT_EQ(Get("nebius").identifiers.size(), 1U);
}

TEST_F(ImportTest, BadValuesAreClearedOrMendedAndTheRowStays) {
  ImportBasics();
  MustImport({{"steelyard-companies",
               "id,name,legal_name,hq_country,hq_city,founded_year,website,layers,sectors,status,"
               "source_ids\n"
               "a,A,,UK,,20x7,a.com,CLOUD;SKY,,bankrupt,press;nobody\n"
               "b,B,,usa,,2017-13,,,,PUBLIC,\n"}});
  EXPECT_THAT(
      Findings(),
      ElementsAre("0.csv:2 hq_country CLEARED UK", "0.csv:2 founded_year CLEARED 20x7",
                  "0.csv:2 status CLEARED bankrupt", "0.csv:2 website CLEARED a.com",
                  "0.csv:2 layers CLEARED CLOUD;SKY", "0.csv:2 source_ids CLEARED press;nobody",
                  "0.csv:3 hq_country REPAIRED usa", "0.csv:3 founded_year CLEARED 2017-13"));
  EXPECT_THAT(findings_[4].reason(), HasSubstr("\"SKY\": not a code of the codelist LAYER"));
  EXPECT_EQ(Get("a").country, "");
  EXPECT_THAT(Get("a").layers, ElementsAre("CLOUD"));
  EXPECT_THAT(Get("a").sources, ElementsAre("press"));
  EXPECT_EQ(Get("b").country, "US");
  EXPECT_EQ(Get("b").status, CompanyStatus::kPublic);
}

TEST_F(ImportTest, WhereCompaniesAreIncorporatedIsAColumnThatFilesNeedNotHave) {
  MustImport({{"steelyard-companies",
               "id,name,hq_country,legal_country\n"
               "a,A,DE,US\nb,B,DE,ky\nc,C,DE,Delaware\nd,D,DE,\n"}});
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 legal_country REPAIRED ky",
                                      "0.csv:4 legal_country CLEARED Delaware"));
  EXPECT_EQ(Get("a").legal_country, "US");
  EXPECT_EQ(Get("a").country, "DE");
  EXPECT_EQ(Get("b").legal_country, "KY");
  EXPECT_EQ(Get("c").legal_country, "");
  EXPECT_EQ(Get("d").legal_country, "");
  // A file without the column leaves what was said, one with an empty cell clears it.
  MustImport({{"steelyard-companies", "id,name,hq_country\na,A,AT\n"}});
  EXPECT_EQ(Get("a").country, "AT");
  EXPECT_EQ(Get("a").legal_country, "US");
  MustImport({{"steelyard-companies", "id,name,legal_country\na,A,\n"}});
  EXPECT_EQ(Get("a").legal_country, "");
}

TEST_F(ImportTest, BadRowsAreRejectedAndTheRestIsTaken) {
  ImportBasics();
  const ImportReport report = MustImport({{"steelyard-companies",
                                           "id,name,hq_country\n"
                                           "Bad Id,X,\n"
                                           "a,,\n"
                                           "a,A,FR\n"
                                           "a,A,FR\n"
                                           "a,A,DE\n"
                                           ",,\n"
                                           "b,B\n"
                                           "c,C,FR,more\n"},
                                          {"steelyard-names",
                                           "company_id,name,language,kind\n"
                                           "a,,fr,ALIAS\n"
                                           "a,Nick,fr,NICKNAME\n"
                                           "a,Nick,f,ALIAS\n"
                                           "a,Nick,und,ALIAS\n"},
                                          {"steelyard-identifiers",
                                           "company_id,scheme,value,source_id\n"
                                           "a,LEI,1,\n"
                                           "a,domain,nothing,\n"
                                           "a,wikidata,1,nobody\n"
                                           "a,wikidata,1,\n"},
                                          {"steelyard-sources",
                                           "id,publisher,title,url,published_on,kind\n"
                                           "A!,,,,,\n"
                                           "s,,,nowhere,2025-02-30,blog\n"
                                           "s,,,,,\n"},
                                          {"steelyard-codes",
                                           "codelist,position,code,label\n"
                                           "X,0,A,A\n"
                                           "X,1,a,A\n"
                                           "x,1,A,A\n"
                                           "X,1,A,\n"
                                           "X,1,A,Eh\n"
                                           "X,1,B,Bee\n"}});
  EXPECT_THAT(
      Findings(),
      UnorderedElementsAre(
          "0.csv:2 id REJECTED Bad Id", "0.csv:3 name REJECTED ", "0.csv:5 DUPLICATE a",
          "0.csv:6 id REJECTED a", "0.csv:8 REJECTED b", "0.csv:9 REJECTED c",
          "1.csv:2 name REJECTED ", "1.csv:3 kind REJECTED NICKNAME", "1.csv:4 language CLEARED f",
          "1.csv:5 DUPLICATE a", "2.csv:2 scheme REJECTED LEI", "2.csv:3 value REJECTED nothing",
          "2.csv:4 source_id CLEARED nobody", "2.csv:5 DUPLICATE a", "3.csv:2 id REJECTED A!",
          "3.csv:3 url CLEARED nowhere", "3.csv:3 kind CLEARED blog",
          "3.csv:3 published_on CLEARED 2025-02-30", "3.csv:4 id REJECTED s",
          "4.csv:2 position REJECTED 0", "4.csv:3 code REJECTED a", "4.csv:4 codelist REJECTED x",
          "4.csv:5 label REJECTED ", "4.csv:7 code REJECTED B"));
  const ImportFileReport& companies = report.files(0);
  EXPECT_EQ(companies.rows_read(), 7);
  EXPECT_EQ(companies.rows_accepted(), 1);
  EXPECT_EQ(companies.rows_rejected(), 5);
  EXPECT_EQ(companies.rows_duplicate(), 1);
  EXPECT_EQ(companies.rows_blank(), 1);
  EXPECT_EQ(Get("a").country, "FR");
}

TEST_F(ImportTest, AnIdentifierBelongsToOneCompany) {
  MustImport({{"steelyard-companies", "id,name\na,A\nb,B\n"},
              {"steelyard-identifiers",
               "company_id,scheme,value\na,domain,x.com\nb,domain,https://X.com/\n"}});
  EXPECT_THAT(Findings(), ElementsAre("1.csv:3 value REJECTED https://X.com/"));
  EXPECT_THAT(findings_.front().reason(), HasSubstr("companies/a"));
  MustImport({{"steelyard-identifiers", "company_id,scheme,value\nb,domain,www.x.com\n"}});
  EXPECT_THAT(Findings(), ElementsAre("0.csv:2 value REJECTED www.x.com"));
}

TEST_F(ImportTest, FilesThatCannotBeReadChangeNothing) {
  struct Case {
    FileToImport file;
    common::v1::ErrorReason reason;
    std::string message;
    std::string line;
    std::string column;
  };
  const auto malformed = common::v1::ERROR_REASON_IMPORT_MALFORMED;
  for (const Case& test : {
           Case{{"steelyard-companies", "name,hq_country\nA,FR\n"},
                malformed,
                "\"id\" is missing",
                "1",
                "id"},
           Case{{"steelyard-companies", "id,name,hq_contry\na,A,FR\n"},
                malformed,
                "\"hq_contry\" is not known",
                "1",
                "hq_contry"},
           Case{{"steelyard-companies", ""}, malformed, "1.csv", "1", ""},
           Case{{"steelyard-companies", "id,name\na,A\nb,\"B\nc,C\n"}, malformed, "1.csv", "3", ""},
           Case{{"steelyard-companies", "id,name\na,Caf\xE9\n"}, malformed, "1.csv", "2", ""},
           Case{{"crunchbase-2013-companies", "id,name\na,A\n"},
                malformed,
                "\"permalink\" is missing",
                "1",
                "permalink"},
           Case{{"parquet", "PAR1"},
                common::v1::ERROR_REASON_IMPORT_FORMAT_UNKNOWN,
                "steelyard-companies",
                "",
                ""},
       }) {
    SCOPED_TRACE(test.file.format + ": " + test.file.bytes);
    const auto report = Import({{"steelyard-sources", kSourceRows}, test.file});
    EXPECT_THAT(report, HasReason(test.reason));
    EXPECT_THAT(std::string(report.status().message()), HasSubstr(test.message));
    EXPECT_EQ(MetadataOf(report.status(), "file"), "1.csv");
    if (!test.line.empty()) EXPECT_EQ(MetadataOf(report.status(), "line"), test.line);
    if (!test.column.empty()) EXPECT_EQ(MetadataOf(report.status(), "column"), test.column);
    EXPECT_EQ(head(), 0);
  }
  EXPECT_THAT(Import({}), HasReason(common::v1::ERROR_REASON_IMPORT_PROTOCOL));
  EXPECT_THAT(Import({{"steelyard-sources", kSourceRows}}, false, "Bad Source"),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(ImportTest, ACancelledImportChangesNothing) {
  ingest::ImportJob job{.source = "own", .files = {}, .import_id = "x"};
  job.files.push_back(
      {.name = "c", .format = "steelyard-companies", .path = directory_.Write("c", kCompanyRows)});
  // The one who takes the findings has gone.
  ingest::Reporter reporter([](const common::v1::ImportFinding&) { return absl::OkStatus(); },
                            [](const common::v1::ImportProgress&) { return absl::OkStatus(); });
  Context context = Context::Background();
  context.Cancel();
  EXPECT_THAT(RunImport(context, *store_, *ledger_, job, reporter),
              HasReason(common::v1::ERROR_REASON_CANCELLED));
  EXPECT_EQ(head(), 0);
}

TEST_F(ImportTest, WritesInBetweenAreSeenByTheCommit) {
  MustImport({{"steelyard-companies", "id,name\na,A\nb,B\n"}});
  // Another write comes while the first row's finding is being sent.
  const auto interrupted = [&](Company other) {
    ingest::ImportJob job{.source = "own", .files = {}, .import_id = other.id + "-meanwhile"};
    job.files.push_back({.name = "i",
                         .format = "steelyard-identifiers",
                         .path = directory_.Write(
                             "i", "company_id,scheme,value\nnobody,wikidata,0\na,wikidata,1\n")});
    ingest::Reporter reporter(
        [&](const common::v1::ImportFinding&) {
          return store_
              ->WriteBatch(Context::Background(),
                           [&](int64_t) {
                             return Batch{.companies = {other}, .sources = {}, .codelists = {}};
                           })
              .status();
        },
        [](const common::v1::ImportProgress&) { return absl::OkStatus(); });
    return RunImport(Context::Background(), *store_, *ledger_, job, reporter);
  };
  Company thief = Get("b");
  thief.identifiers = {{"wikidata", "1", ""}};
  EXPECT_THAT(interrupted(thief), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(Get("a").identifiers, IsEmpty());

  thief.identifiers.clear();
  Company other = Get("a");
  other.city = "Paris";
  ASSERT_OK(store_->WriteBatch(Context::Background(), [&](int64_t) {
    return Batch{.companies = {thief}, .sources = {}, .codelists = {}};
  }));
  ASSERT_OK(interrupted(other));
  EXPECT_EQ(Get("a").city, "Paris");
  EXPECT_EQ(Get("a").identifiers.size(), 1U);
}

}  // namespace
}  // namespace steelyard::registry
