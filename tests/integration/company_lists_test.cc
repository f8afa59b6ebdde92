// Lists of companies that are told by codes: small files of our own, the real ones when they are at
// hand.

#include <filesystem>

#include "gmock/gmock.h"
#include "services/common/text/strings.h"
#include "tests/services/registry/registry_fixture.h"
#include "tests/support/mapping_files.h"

namespace steelyard::registry {
namespace {

using common::v1::ImportReport;
using ::steelyard::testing::HasReason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// "ja LEGAL 株式会社" for each name.
std::vector<std::string> NamesOf(const Company& company) {
  constexpr const char* kKinds[] = {"",        "PREFERRED", "ALIAS",       "FORMER",
                                    "LEGAL",   "TRADING",   "TRANSLATION", "TRANSLITERATION",
                                    "MACHINE", "TICKER"};
  std::vector<std::string> names;
  for (const CompanyName& name : company.names) {
    names.push_back(
        StrCat(name.language, " ", kKinds[static_cast<int>(name.kind)], " ", name.text));
  }
  return names;
}

class ImportListsTest : public RegistryFixture {
 protected:
  static std::string Fixture(const std::string& name) {
    return testing::BytesOf(std::string(STEELYARD_SOURCE_DIR) + "/tests/fixtures/lists/" + name);
  }
  absl::StatusOr<ImportReport> ImportList(const std::string& format, const std::string& bytes) {
    return Import({{format, bytes}}, false, format);
  }
  // "accepted duplicate rejected" of the first file.
  static std::string Counts(const ImportReport& report) {
    const common::v1::ImportFileReport& file = report.files(0);
    EXPECT_EQ(file.rows_read(),
              file.rows_accepted() + file.rows_duplicate() + file.rows_rejected());
    return StrCat(file.rows_accepted(), " ", file.rows_duplicate(), " ", file.rows_rejected());
  }
};

TEST_F(ImportListsTest, OrganizationsOfCrunchbase) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportList("crunchbase-organizations", Fixture("organizations.csv")));
  EXPECT_EQ(Counts(report), "3 1 3");
  EXPECT_THAT(
      Findings(),
      ElementsAre("0.csv:5 country_code CLEARED XXX", "0.csv:5 founded_on CLEARED 2020-13-01",
                  "0.csv:5 status CLEARED sleeping", "0.csv:6 uuid REJECTED not-a-uuid",
                  "0.csv:7 name REJECTED ",
                  "0.csv:8 uuid DUPLICATE 11111111-1111-4111-8111-111111111111"));
  ASSERT_EQ(report.files(0).unmapped_size(), 1);
  EXPECT_EQ(report.files(0).unmapped(0).value(), "school");

  const Company alpen = Get("cb-11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(alpen.display_name, "Alpenrechner");
  EXPECT_THAT(NamesOf(alpen),
              UnorderedElementsAre("und PREFERRED Alpenrechner", "und LEGAL Alpenrechner GmbH",
                                   "und ALIAS Alpenrechner AI", "und ALIAS AR"));
  EXPECT_THAT(CodesOf(alpen),
              UnorderedElementsAre("crunchbase-uuid:11111111-1111-4111-8111-111111111111",
                                   "crunchbase:alpenrechner", "domain:alpenrechner.example"));
  EXPECT_EQ(alpen.country, "DE");
  EXPECT_EQ(alpen.city, "München");
  EXPECT_EQ(alpen.founded_on, (PartialDate{.year = 2019}));
  EXPECT_EQ(alpen.status, CompanyStatus::kPrivate);
  EXPECT_EQ(alpen.website, "https://www.alpenrechner.example/");
  EXPECT_EQ(alpen.source_category, "Artificial Intelligence (AI),Semiconductor");
  EXPECT_THAT(alpen.sources, ElementsAre("crunchbase-organizations"));
  EXPECT_EQ(Get("cb-22222222-2222-4222-8222-222222222222").status, CompanyStatus::kAcquired);
  // A page on somebody else's site is an address, and says nothing of whose the site is.
  const Company weide = Get("cb-44444444-4444-4444-8444-444444444444");
  EXPECT_EQ(weide.website, "https://bigsite.example/weidelabs");
  EXPECT_THAT(CodesOf(weide), Not(Contains(HasSubstr("domain"))));
}

TEST_F(ImportListsTest, ARowGoesToTheCompanyThatIsKnown) {
  ASSERT_OK(Import(
      {{"steelyard-companies", "id,name,hq_country\nalpen,Alpenrechner,AT\nnord,Nordlicht,NO\n"},
       {"steelyard-identifiers",
        "company_id,scheme,value\nalpen,domain,alpenrechner.example\nnord,crunchbase,Nordlicht-"
        "Capital\n"}}));
  ASSERT_OK(ImportList("crunchbase-organizations", Fixture("organizations.csv")));
  EXPECT_EQ(Get("cb-11111111-1111-4111-8111-111111111111").id, "");
  const Company alpen = Get("alpen");
  EXPECT_EQ(alpen.country, "AT");  // what the registry says of it stays
  EXPECT_THAT(NamesOf(alpen),
              UnorderedElementsAre("und PREFERRED Alpenrechner", "und LEGAL Alpenrechner GmbH",
                                   "und ALIAS Alpenrechner AI", "und ALIAS AR"));
  EXPECT_THAT(CodesOf(alpen), Contains("crunchbase:alpenrechner"));
  EXPECT_THAT(NamesOf(Get("nord")),
              UnorderedElementsAre("und PREFERRED Nordlicht", "und ALIAS Nordlicht Capital"));
  // Other files then find it by the codes that it has got.
  ASSERT_OK(ImportList("crunchbase-organizations",
                       "uuid,name,permalink,roles\n"
                       "11111111-1111-4111-8111-111111111111,Alpenrechner SE,alpen-se,company\n"));
  EXPECT_THAT(NamesOf(Get("alpen")), Contains("und ALIAS Alpenrechner SE"));
}

TEST_F(ImportListsTest, ADomainAloneMakesNoOneCompanyOfTwoInAList) {
  const std::string header = "uuid,name,permalink,roles,homepage_url\n";
  const std::string one = "11111111-1111-4111-8111-111111111111,One,one,company,one.example\n";
  const std::string two = "22222222-2222-4222-8222-222222222222,Two,two,company,one.example\n";
  ASSERT_OK(ImportList("crunchbase-organizations", header + one + two));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 domain CLEARED one.example"));
  EXPECT_EQ(Get("cb-22222222-2222-4222-8222-222222222222").display_name, "Two");
  // Nor in two imports of it.
  const std::string three =
      "33333333-3333-4333-8333-333333333333,Three,three,company,one.example\n";
  ASSERT_OK(ImportList("crunchbase-organizations", header + three));
  EXPECT_EQ(Get("cb-33333333-3333-4333-8333-333333333333").display_name, "Three");
}

TEST_F(ImportListsTest, TheSameListAgainUpdatesItsOwnCompanies) {
  ASSERT_OK(ImportList("crunchbase-organizations", Fixture("organizations.csv")));
  ASSERT_OK(ImportList("crunchbase-organizations",
                       "uuid,name,permalink,roles,status,city\n"
                       "11111111-1111-4111-8111-111111111111,Gipfel,gipfel,company,closed,\n"));
  const Company gipfel = Get("cb-11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(gipfel.display_name, "Gipfel");
  EXPECT_THAT(NamesOf(gipfel), Contains("und ALIAS Alpenrechner"));
  EXPECT_EQ(gipfel.status, CompanyStatus::kClosed);
  EXPECT_EQ(gipfel.city, "München");  // an empty cell says nothing
}

TEST_F(ImportListsTest, TheGoldenCopyOfGleif) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportList("gleif-lei2-csv", Fixture("lei2.csv")));
  EXPECT_EQ(Counts(report), "2 1 3");
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:3 Entity.OtherEntityNames.OtherEntityName.2 REPAIRED NICKNAME",
                          "0.csv:4 Entity.EntityCategory REJECTED SOLE_PROPRIETOR",
                          "0.csv:5 Registration.RegistrationStatus REJECTED DUPLICATE",
                          "0.csv:6 LEI REJECTED TEST00WEIDELABSAAA78",
                          "0.csv:7 LEI DUPLICATE TEST00ALPENRECHNER86"));
  const Company alpen = Get("lei-test00alpenrechner86");
  EXPECT_EQ(alpen.display_name, "株式会社アルペン");
  EXPECT_THAT(NamesOf(alpen),
              UnorderedElementsAre("ja PREFERRED 株式会社アルペン", "ja LEGAL 株式会社アルペン",
                                   "en LEGAL Alpenrechner K.K.", "ja FORMER 旧アルペン",
                                   "ja TRANSLITERATION KABUSHIKIGAISHA ARUPEN"));
  EXPECT_THAT(CodesOf(alpen),
              UnorderedElementsAre("lei:TEST00ALPENRECHNER86", "ra000412:0100-01-123456"));
  EXPECT_EQ(alpen.country, "JP");
  EXPECT_EQ(alpen.city, "東京");
  EXPECT_EQ(alpen.legal_country, "US") << "of the legal address, as the file has no jurisdictions";
  EXPECT_EQ(alpen.founded_on, (PartialDate{.year = 2001, .month = 4, .day = 5}));
  EXPECT_EQ(alpen.status, CompanyStatus::kUnknown);
  EXPECT_EQ(alpen.source_category, "ELF T417");
  const Company foret = Get("lei-test00foretanalyti05");
  EXPECT_EQ(foret.status, CompanyStatus::kClosed);
  EXPECT_EQ(foret.source_category, "");
  EXPECT_THAT(NamesOf(foret), Contains("fr TRADING Forêt"));
  EXPECT_THAT(NamesOf(foret), Contains("und ALIAS Bois"));
  const auto sources = store_->Sources(Context::Background(), head(), {}, 0, 10);
  ASSERT_OK(sources);
  EXPECT_EQ(sources->front().publisher, "Global Legal Entity Identifier Foundation");
}

TEST_F(ImportListsTest, AnswersOfGleifsApi) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportList("gleif-api-json", Fixture("lei-records.json")));
  EXPECT_EQ(Counts(report), "1 0 4");
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:5 attributes.entity.otherNames[1].name CLEARED 7",
                          "0.csv:19 attributes.entity.category REJECTED SOLE_PROPRIETOR",
                          "0.csv:23 attributes.relationship.type REJECTED ",
                          "0.csv:24 attributes.lei REJECTED ", "0.csv:25 data REJECTED 17"));
  const Company foret = Get("lei-test00foretanalyti05");
  EXPECT_EQ(foret.display_name, "Forêt Analytique SA");  // composed
  EXPECT_THAT(NamesOf(foret),
              UnorderedElementsAre("fr PREFERRED Forêt Analytique SA",
                                   "fr LEGAL Forêt Analytique SA", "en LEGAL Forest Analytics Ltd",
                                   "fr TRANSLITERATION FORET ANALYTIQUE SA"));
  EXPECT_THAT(CodesOf(foret), Contains("ra000189:552 100 554"));
  EXPECT_EQ(foret.founded_on, (PartialDate{.year = 1999, .month = 11, .day = 30}));
}

TEST_F(ImportListsTest, TickersOfTheSec) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportList("sec-tickers", Fixture("company_tickers.json")));
  EXPECT_EQ(Counts(report), "5 1 3");
  EXPECT_THAT(
      Findings(),
      ElementsAre("0.csv:1 title REPAIRED ALPENRECHNER CORP /DE/",
                  "0.csv:2 title REPAIRED ALPENRECHNER CORP /DE/", "0.csv:4 cik_str REJECTED ",
                  "0.csv:5 ticker CLEARED lower", "0.csv:6 title REJECTED ",
                  "0.csv:7 6 REJECTED [79,\"ARR\",\"Array Inc\"]",
                  "0.csv:8 title REPAIRED ALPENRECHNER CORP /DE/",
                  "0.csv:8 cik_str DUPLICATE 0001234567", "0.csv:9 ticker CLEARED WEIDE"));
  const Company alpen = Get("cik-0001234567");
  EXPECT_EQ(alpen.display_name, "ALPENRECHNER CORP");
  EXPECT_THAT(NamesOf(alpen), UnorderedElementsAre("und PREFERRED ALPENRECHNER CORP",
                                                   "und TICKER ALPN", "und TICKER ALPN-PA"));
  EXPECT_THAT(CodesOf(alpen),
              UnorderedElementsAre("cik:0001234567", "ticker:ALPN", "ticker:ALPN-PA"));
  EXPECT_EQ(Get("cik-0000000042").display_name, "Weide Labs, Inc.");
}

TEST_F(ImportListsTest, BrandsOfTheNameSuggestionIndex) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportList("name-suggestion-index", Fixture("brands.json")));
  EXPECT_EQ(Counts(report), "4 1 2");
  EXPECT_THAT(Findings(), ElementsAre("0.csv:13 tags.brand:wikidata CLEARED Q1;Q2",
                                      "0.csv:15 templateSource REJECTED brands/shop/car",
                                      "0.csv:16 tags.brand REJECTED ",
                                      "0.csv:17 id DUPLICATE heideladen-5b5b5b"));
  const Company yamada = Get("wikidata-q90000001");
  EXPECT_EQ(yamada.display_name, "山田マート");
  EXPECT_THAT(
      NamesOf(yamada),
      UnorderedElementsAre("ja PREFERRED 山田マート", "en TRANSLATION Yamada Mart",
                           "ja-Latn TRANSLITERATION Yamada Māto", "zh-Hans TRANSLATION 山田便利店",
                           "und ALIAS 山田", "und ALIAS YM", "ja FORMER 山田商店"));
  EXPECT_THAT(CodesOf(yamada), ElementsAre("wikidata:Q90000001"));
  EXPECT_EQ(yamada.country, "");  // its items say Japan and the United States
  EXPECT_EQ(yamada.source_category, "shop/convenience");
  const Company heide = Get("nsi-heideladen-5b5b5b");
  EXPECT_EQ(heide.country, "DE");
  EXPECT_THAT(CodesOf(heide), ElementsAre("nsi:heideladen-5b5b5b"));
  EXPECT_EQ(Get("nsi-worldwide-777777").country, "");
}

TEST_F(ImportListsTest, EntitiesOfOpenSanctions) {
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportList("opensanctions-entities", Fixture("entities.ftm.json")));
  EXPECT_EQ(Counts(report), "3 0 8");
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:5 properties.leiCode CLEARED TEST00ALPENRECHNER87",
                          "0.csv:8 caption REJECTED ", "0.csv:9 properties REJECTED ",
                          "0.csv:10 id CLEARED 7", "0.csv:10 id REJECTED ",
                          "0.csv:11 schema REJECTED ", "0.csv:12 REJECTED [\"no object\"]"));
  ASSERT_EQ(report.files(0).unmapped_size(), 2);
  EXPECT_EQ(report.files(0).unmapped(0).value(), "Person");
  EXPECT_EQ(report.files(0).unmapped(0).rows(), 2);

  const Company alpen = Get("lei-test00alpenrechner86");
  EXPECT_THAT(
      NamesOf(alpen),
      UnorderedElementsAre("und PREFERRED Alpenrechner GmbH", "und ALIAS ООО Альпенрехнер",
                           "und ALIAS Alpenrechner", "und ALIAS AR", "und FORMER Talrechner GmbH"));
  EXPECT_THAT(CodesOf(alpen),
              UnorderedElementsAre("lei:TEST00ALPENRECHNER86", "wikidata:Q90000002",
                                   "opensanctions:NK-AlpenRechner1", "registration-de:HRB 1234",
                                   "domain:alpenrechner.example"));
  EXPECT_EQ(alpen.country, "DE");
  EXPECT_EQ(alpen.founded_on, (PartialDate{.year = 2019, .month = 4}));
  EXPECT_EQ(Get("wikidata-q90000003").status, CompanyStatus::kClosed);
  const Company two = Get("os-nk-two");
  EXPECT_EQ(two.display_name, "Zwei AG");
  EXPECT_THAT(CodesOf(two), ElementsAre("opensanctions:NK-Two"));
  EXPECT_EQ(Get("os-nk-person").id, "");
}

// One company in four lists.
TEST_F(ImportListsTest, ListsMeetInTheCodes) {
  ASSERT_OK(ImportList("gleif-lei2-csv", Fixture("lei2.csv")));
  ASSERT_OK(ImportList("opensanctions-entities", Fixture("entities.ftm.json")));
  ASSERT_OK(ImportList("crunchbase-organizations", Fixture("organizations.csv")));
  const Company alpen = Get("lei-test00alpenrechner86");
  // All of them are databases: whichever came first, the source's id decides. The first one knows
  // the company by its domain alone, and says only what it is called.
  EXPECT_EQ(alpen.display_name, "株式会社アルペン");
  EXPECT_THAT(alpen.sources,
              ElementsAre("crunchbase-organizations", "gleif-lei2-csv", "opensanctions-entities"));
  EXPECT_EQ(alpen.country, "JP");
  EXPECT_THAT(NamesOf(alpen), Contains("und ALIAS Alpenrechner"));
  EXPECT_THAT(CodesOf(alpen), Contains("crunchbase:alpenrechner"));
  EXPECT_THAT(CodesOf(alpen), Contains("wikidata:Q90000002"));
  EXPECT_EQ(Get("cb-11111111-1111-4111-8111-111111111111").id, "");
}

struct Malformed {
  const char* format;
  std::string bytes;
  const char* message;
};

TEST_F(ImportListsTest, WhatCannotBeReadWritesNothing) {
  const int64_t before = head();
  const std::string brands = Fixture("brands.json");
  for (const Malformed& file : std::vector<Malformed>{
           {"name-suggestion-index", brands.substr(0, brands.size() / 2), "cut off"},
           {"name-suggestion-index", "{\"brands\":[]}", "no member \"items\""},
           {"name-suggestion-index", "", "the file is empty"},
           {"sec-tickers", "{\"0\":{\"cik_str\":1,\"ticker\":\"A\",\"title\":\"\xff\"}}",
            "line 1: the value that starts here is no JSON"},
           {"sec-tickers", "{\"0\":{\"cik_str\":1,}}", "no JSON"},
           {"sec-tickers", "{\"0\":{\"cik_str\":1e999}}", "no JSON"},
           {"gleif-api-json", "<html>", "a JSON object or array is expected"},
           {"opensanctions-entities", "{\"id\":\"a\",\"schema\":\"Company\"}\n{\"id\":\n",
            "line 2: the JSON value that starts here is cut off"},
           {"opensanctions-entities", "{\"id\":\"\\ud800\"}\n", "no JSON"},
           {"gleif-lei2-csv", "LEI,Entity.LegalName\n", "is missing"},
           {"crunchbase-organizations", "uuid,name,permalink\n", "\"roles\" is missing"}}) {
    const absl::StatusOr<ImportReport> report = ImportList(file.format, file.bytes);
    EXPECT_THAT(report, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED)) << file.bytes;
    EXPECT_THAT(std::string(report.status().message()), HasSubstr(file.message)) << file.bytes;
    EXPECT_THAT(std::string(report.status().message()), HasSubstr("0.csv"));
  }
  EXPECT_EQ(head(), before);
}

// Bytes that change under way: the import ends, with a report or with what is wrong.
TEST_F(ImportListsTest, DamagedFilesAreReadOrRefused) {
  const std::vector<std::pair<std::string, std::string>> lists = {
      {"gleif-lei2-csv", "lei2.csv"},           {"gleif-api-json", "lei-records.json"},
      {"sec-tickers", "company_tickers.json"},  {"crunchbase-organizations", "organizations.csv"},
      {"name-suggestion-index", "brands.json"}, {"opensanctions-entities", "entities.ftm.json"}};
  for (const auto& [format, name] : lists) {
    const std::string whole = Fixture(name);
    for (size_t round = 0; round < 12; ++round) {
      std::string damaged = whole;
      for (size_t at = 37 * round; at < damaged.size(); at += 401) {
        damaged[at] = "\"{}[]:,0\\\n\xC3\0"[(at + round) % 12];
      }
      const absl::StatusOr<ImportReport> report = Import({{format, damaged}}, true, format);
      if (report.ok()) {
        Counts(*report);
      } else {
        EXPECT_THAT(report, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED)) << format;
      }
    }
  }
}

// However often a row comes, a company stays within its bounds.
TEST_F(ImportListsTest, ACompanyHasNoMoreNamesThanItMay) {
  std::string bytes = "[";
  for (int i = 0; i < 1'200; ++i) {
    const std::string number = std::to_string(i);
    bytes += (i == 0 ? "" : ",") + std::string(R"({"cik_str":7,"ticker":"T)") + number +
             R"(","title":"Name )" + number + "\"}";
  }
  ASSERT_OK(ImportList("sec-tickers", bytes + "]"));
  EXPECT_LE(Get("cik-0000000007").names.size(), 1'001U);
}

TEST_F(ImportListsTest, TextsThatNoNameCanHaveAreCleared) {
  const std::string many(501, 'x');
  ASSERT_OK(ImportList("opensanctions-entities",
                       "{\"id\":\"a\",\"schema\":\"Company\",\"caption\":\"A\",\"properties\":{"
                       "\"alias\":[\"b\\u0000c\",\"" +
                           many +
                           "\",{},null,\"\"],\"website\":[\"ftp:"
                           "//x\"],\"wikidataId\":{\"a\":1}}}\n"));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:1 properties.wikidataId CLEARED {\"a\":1}",
                                      "0.csv:1 properties.alias CLEARED {}",
                                      "0.csv:1 properties.alias CLEARED null",
                                      ::testing::StartsWith("0.csv:1 properties.alias CLEARED b"),
                                      ::testing::StartsWith("0.csv:1 properties.alias CLEARED xxx"),
                                      "0.csv:1 properties.website CLEARED ftp://x"));
  EXPECT_THAT(NamesOf(Get("os-a")), ElementsAre("und PREFERRED A"));
}

}  // namespace
}  // namespace steelyard::registry
