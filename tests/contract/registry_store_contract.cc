#include "tests/contract/registry_store_contract.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "services/common/status/status.h"
#include "services/registry/company.h"
#include "services/registry/sql_schema.h"
#include "tests/contract/registry_records.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using registry::Batch;
using registry::Codelist;
using registry::Company;
using registry::CompanyName;
using registry::CompanyPage;
using registry::CompanyQuery;
using registry::CompanyStatus;
using registry::Counts;
using registry::NameKind;
using registry::Receipt;
using registry::Source;
using registry::Written;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

Context Now() { return Context::Background(); }

Company Mistral() {
  Company company{
      .id = "mistral-ai",
      .display_name = "Mistral AI",
      .country = "FR",
      .city = "Paris",
      .legal_country = "NL",
      .founded_on = PartialDate{.year = 2023, .month = 4},
      .status = CompanyStatus::kPrivate,
      .website = "https://mistral.ai",
      .layers = {"FOUNDATION_MODEL"},
      .sectors = {"LANGUAGE", "ENTERPRISE_SOFTWARE"},
      .names = {{"Mistral AI SAS", "fr", NameKind::kLegal, "register"}},
      .identifiers = {{"domain", "mistral.ai", "register"}, {"github", "mistralai", "register"}},
      .sources = {"register", "press"},
      .source_category = "ai"};
  Normalize(company);
  return company;
}

Company Named(std::string id, std::string name, std::vector<CompanyName> others = {}) {
  Company company{.id = std::move(id), .display_name = std::move(name)};
  company.names = std::move(others);
  Normalize(company);
  return company;
}

auto Ids(const std::vector<std::string>& ids) {
  std::vector<::testing::Matcher<const Company&>> matchers;
  for (const std::string& id : ids) matchers.push_back(Field("id", &Company::id, id));
  return ::testing::ElementsAreArray(matchers);
}

Batch Companies(std::vector<Company> companies) {
  return {.companies = std::move(companies), .sources = {}, .codelists = {}};
}

}  // namespace

void RegistryStoreContract::SetUp() {
  if (!GetParam().engine.missing.empty()) GTEST_SKIP() << GetParam().engine.missing;
  ASSERT_OK_AND_ASSIGN(database_, GetParam().engine.open(directory_));
  ASSERT_OK_AND_ASSIGN(ledger_, ledger::Ledger::Open(*database_, clock_, ledger::Kind::kRegistry,
                                                     registry::Migrations()));
  pool_ = std::make_unique<sql::Pool>(*database_, 4);
  store_ = GetParam().make(*pool_, *ledger_);
}

Written RegistryStoreContract::Write(Batch batch) {
  absl::StatusOr<Written> written =
      store_->WriteBatch(Now(), [&](int64_t /*newest*/) { return std::move(batch); });
  EXPECT_OK(written);
  return written.ok() ? *std::move(written) : Written();
}

TEST_P(RegistryStoreContract, AnEmptyStoreHasNothing) {
  EXPECT_THAT(store().Companies(Now(), 0, std::vector<std::string>{"x"}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().Sources(Now(), 0, {}, 0, 10), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().Codelists(Now(), 0, ""), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().Count(Now(), 0), IsOkAndHolds(Counts{}));
  ASSERT_OK_AND_ASSIGN(const CompanyPage page, store().ListCompanies(Now(), 0, {.limit = 10}));
  EXPECT_EQ(page.total, 0);
}

TEST_P(RegistryStoreContract, EverythingOfACompanyComesBack) {
  const Written written = Write(Companies({Mistral()}));
  EXPECT_EQ(written.revision.revision, 1);
  EXPECT_THAT(written.changed_companies, ElementsAre("mistral-ai"));
  EXPECT_EQ(written.subjects, 1);
  EXPECT_THAT(store().Companies(Now(), 1, std::vector<std::string>{"mistral-ai"}),
              IsOkAndHolds(ElementsAre(Mistral())));
  EXPECT_THAT(store().Count(Now(), 1), IsOkAndHolds(Counts{1, 2, 2, 0}));
}

TEST_P(RegistryStoreContract, CompaniesComeByIdAndUnknownOnesAreLeftOut) {
  Write(Companies({Named("b", "B"), Named("a", "A"), Named("c", "C")}));
  const std::vector<std::string> ids = {"c", "nobody", "a"};
  EXPECT_THAT(store().Companies(Now(), head(), ids), IsOkAndHolds(Ids({"a", "c"})));
}

TEST_P(RegistryStoreContract, AnEqualCompanyChangesNothing) {
  Write(Companies({Mistral()}));
  const Written again = Write(Companies({Mistral()}));
  EXPECT_EQ(again.revision.revision, 1);
  EXPECT_THAT(again.changed_companies, IsEmpty());
  EXPECT_EQ(again.subjects, 0);
}

TEST_P(RegistryStoreContract, EveryRevisionStaysAsItWas) {
  Write(Companies({Mistral()}));
  Company changed = Mistral();
  changed.city = "Lyon";
  changed.names.pop_back();
  changed.identifiers.clear();
  const Written written = Write(Companies({changed, Named("other", "Other")}));
  EXPECT_THAT(written.changed_companies, ElementsAre("mistral-ai", "other"));
  const std::vector<std::string> ids = {"mistral-ai"};
  EXPECT_THAT(store().Companies(Now(), 1, ids), IsOkAndHolds(ElementsAre(Mistral())));
  EXPECT_THAT(store().Companies(Now(), 2, ids), IsOkAndHolds(ElementsAre(changed)));
  EXPECT_THAT(store().Count(Now(), 1), IsOkAndHolds(Counts{1, 2, 2, 0}));
  EXPECT_THAT(store().Count(Now(), 2), IsOkAndHolds(Counts{2, 2, 0, 0}));
  const std::vector<std::string> keys = {"domain:mistral.ai"};
  EXPECT_THAT(store().Bearers(Now(), 1, keys),
              IsOkAndHolds(ElementsAre(Pair("domain:mistral.ai", "mistral-ai"))));
  EXPECT_THAT(store().Bearers(Now(), 2, keys), IsOkAndHolds(IsEmpty()));
}

TEST_P(RegistryStoreContract, ManyCompaniesAtOnce) {
  std::vector<Company> companies;
  std::vector<std::string> ids;
  for (int i = 0; i < 1500; ++i) {
    ids.push_back("company-" + std::to_string(10000 + i));
    companies.push_back(Named(ids.back(), "Company " + std::to_string(i)));
  }
  EXPECT_EQ(Write(Companies(companies)).subjects, 1500);
  EXPECT_THAT(store().Companies(Now(), 1, ids), IsOkAndHolds(SizeIs(1500)));
  EXPECT_THAT(store().Companies(Now(), 1, std::span(ids).first(1200)), IsOkAndHolds(SizeIs(1200)));
  companies[7].city = "Elsewhere";
  EXPECT_THAT(Write(Companies(companies)).changed_companies, ElementsAre(ids[7]));
}

TEST_P(RegistryStoreContract, ListsByFilterOrderAndPage) {
  Company old = Named("old", "Zeta");
  old.founded_on = PartialDate{.year = 1999};
  old.country = "FR";
  Company young = Named("young", "Alpha");
  young.founded_on = PartialDate{.year = 2024, .month = 2, .day = 29};
  young.country = "FR";
  young.layers = {"CHIPS", "CLOUD"};
  young.website = "https://alpha.fr";
  young.legal_country = "US";
  young.identifiers = {{.scheme = "ticker", .value = "ALPHA", .source = ""}};
  const Company ageless = Named("ageless", "Alpha");
  Write(Companies({old, young, ageless}));
  struct Case {
    CompanyQuery query;
    std::vector<std::string> ids;
    int64_t total;
  };
  const std::vector<Case> cases = {
      {{.filter = "", .order = {}, .offset = 0, .limit = 10}, {"ageless", "old", "young"}, 3},
      {{.filter = "", .order = {}, .offset = 1, .limit = 1}, {"old"}, 3},
      {{.filter = "", .order = {}, .offset = 3, .limit = 10}, {}, 3},
      {{.filter = "country = \"FR\"", .order = {}, .offset = 0, .limit = 10}, {"old", "young"}, 2},
      {{.filter = "country = \"FR\" AND layers:CLOUD", .order = {}, .offset = 0, .limit = 10},
       {"young"},
       1},
      {{.filter = "legal_country = \"US\"", .order = {}, .offset = 0, .limit = 10}, {"young"}, 1},
      {{.filter = "layers:CLOU", .order = {}, .offset = 0, .limit = 10}, {}, 0},
      {{.filter = "website = \"https://alpha.fr\"", .order = {}, .offset = 0, .limit = 10},
       {"young"},
       1},
      {{.filter = "identifiers:\"ticker:Alpha\"", .order = {}, .offset = 0, .limit = 10},
       {"young"},
       1},
      {{.filter = "identifiers:\"ticker:ALPH\"", .order = {}, .offset = 0, .limit = 10}, {}, 0},
      {{.filter = "", .order = {{"display_name", false}}, .offset = 0, .limit = 10},
       {"ageless", "young", "old"},
       3},
      {{.filter = "", .order = {{"founded_year", true}}, .offset = 0, .limit = 10},
       {"young", "old", "ageless"},
       3},
      {{.filter = "", .order = {{"founded_year", false}}, .offset = 0, .limit = 10},
       {"old", "young", "ageless"},
       3},
      {{.filter = "", .order = {{"display_name", true}, {"id", true}}, .offset = 0, .limit = 10},
       {"old", "young", "ageless"},
       3},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.query.filter);
    ASSERT_OK_AND_ASSIGN(const CompanyPage page, store().ListCompanies(Now(), 1, test.query));
    EXPECT_THAT(page.companies, Ids(test.ids));
    EXPECT_EQ(page.total, test.total);
  }
  EXPECT_THAT(store().ListCompanies(Now(), 1, {.filter = "shoe_size = 3", .limit = 1}),
              HasReason(common::v1::ERROR_REASON_INVALID_FILTER));
}

// What ReadStates says, in one line each: "a@1-2 A" began, "a@1-2" ended.
std::vector<std::string> ReadStates(const registry::Store& store, int64_t after, int64_t upto) {
  std::vector<std::string> read;
  const auto end = [](int64_t to) {
    return to == ledger::kOpenRevision ? std::string("open") : std::to_string(to);
  };
  std::vector<registry::Ended> ended;
  EXPECT_OK(store.ReadStates(
      Now(), after, upto,
      [&](const Company& company, int64_t from, int64_t to) {
        read.push_back(company.id + "@" + std::to_string(from) + "-" + end(to) + " " +
                       company.display_name + " " + std::to_string(company.names.size()) + " " +
                       std::to_string(company.identifiers.size()));
      },
      ended));
  for (const registry::Ended& state : ended) {
    read.push_back(state.company + "@" + std::to_string(state.from) + "-" + end(state.to));
  }
  return read;
}

TEST_P(RegistryStoreContract, StatesComeWholeWithTheRevisionsOverWhichTheyHeld) {
  Write(Companies({Named("b", "B"), Mistral(), Named("a", "A")}));
  Write(Companies({Named("a", "AA"), Named("c", "C")}));
  Write(Companies({Named("a", "AAA")}));
  EXPECT_THAT(ReadStates(store(), 0, 0), IsEmpty());
  EXPECT_THAT(ReadStates(store(), 0, 1),
              ElementsAre("a@1-open A 1 0", "b@1-open B 1 0", "mistral-ai@1-open Mistral AI 2 2"));
  EXPECT_THAT(ReadStates(store(), 0, 3),
              ElementsAre("a@1-2 A 1 0", "a@2-3 AA 1 0", "a@3-open AAA 1 0", "b@1-open B 1 0",
                          "c@2-open C 1 0", "mistral-ai@1-open Mistral AI 2 2"));
  // What was known by revision 1, and what happened to it since.
  EXPECT_THAT(ReadStates(store(), 1, 3),
              ElementsAre("a@2-3 AA 1 0", "a@3-open AAA 1 0", "c@2-open C 1 0", "a@1-2"));
  EXPECT_THAT(ReadStates(store(), 1, 2), ElementsAre("a@2-open AA 1 0", "c@2-open C 1 0", "a@1-2"));
  EXPECT_THAT(ReadStates(store(), 3, 3), IsEmpty());
}

TEST_P(RegistryStoreContract, StatesAreThoseThatWereWritten) {
  Write(Companies({Mistral()}));
  std::vector<Company> read;
  std::vector<registry::Ended> ended;
  ASSERT_OK(store().ReadStates(
      Now(), 0, 1, [&](Company company, int64_t, int64_t) { read.push_back(std::move(company)); },
      ended));
  EXPECT_THAT(read, ElementsAre(Mistral()));
}

TEST_P(RegistryStoreContract, ChangedInGivesACommitsCompaniesAsTheyWereThen) {
  Write(Companies({Named("a", "A"), Named("b", "B"), Named("c", "C")}));
  Company second = Named("b", "Bee");
  Write(Companies({Named("a", "A"), second}));
  second.city = "Later";
  Write(Companies({second}));
  EXPECT_THAT(store().ChangedIn(Now(), 1, "", 10), IsOkAndHolds(Ids({"a", "b", "c"})));
  EXPECT_THAT(store().ChangedIn(Now(), 1, "a", 1), IsOkAndHolds(Ids({"b"})));
  EXPECT_THAT(store().ChangedIn(Now(), 2, "", 10), IsOkAndHolds(ElementsAre(Named("b", "Bee"))));
  EXPECT_THAT(store().ChangedIn(Now(), 4, "", 10), IsOkAndHolds(IsEmpty()));
}

TEST_P(RegistryStoreContract, SourcesAndCodelists) {
  const Source press{.id = "press",
                     .publisher = "The Paper",
                     .title = "News",
                     .uri = "https://example.org/news",
                     .published_on = PartialDate{.year = 2025, .month = 2},
                     .kind = "article"};
  const Source blank{.id = "blank"};
  const Codelist layers{
      "LAYER", {{"CHIPS", 1, "Chips", "Puces", "INFRASTRUCTURE"}, {"CLOUD", 2, "Cloud", "", ""}}};
  const Codelist sectors{"SECTOR", {{"HEALTH", 1, "Health", "Santé", ""}}};
  const Written written =
      Write({.companies = {}, .sources = {press, blank}, .codelists = {sectors, layers}});
  EXPECT_EQ(written.subjects, 4);
  EXPECT_THAT(written.changed_companies, IsEmpty());
  EXPECT_THAT(store().Sources(Now(), 1, {}, 0, 10), IsOkAndHolds(ElementsAre(blank, press)));
  EXPECT_THAT(store().Sources(Now(), 1, {}, 1, 1), IsOkAndHolds(ElementsAre(press)));
  const std::vector<std::string> ids = {"press", "nobody"};
  EXPECT_THAT(store().Sources(Now(), 1, ids, 0, 10), IsOkAndHolds(ElementsAre(press)));
  EXPECT_THAT(store().Codelists(Now(), 1, ""), IsOkAndHolds(ElementsAre(layers, sectors)));
  EXPECT_THAT(store().Codelists(Now(), 1, "SECTOR"), IsOkAndHolds(ElementsAre(sectors)));

  const Codelist shorter{"LAYER", {{"CLOUD", 1, "Clouds", "", ""}}};
  Write({.companies = {}, .sources = {}, .codelists = {shorter}});
  EXPECT_THAT(store().Codelists(Now(), 1, "LAYER"), IsOkAndHolds(ElementsAre(layers)));
  EXPECT_THAT(store().Codelists(Now(), 2, "LAYER"), IsOkAndHolds(ElementsAre(shorter)));
}

TEST_P(RegistryStoreContract, TheDirectoryKnowsEverything) {
  Write({.companies = {Mistral(), Named("a", "A")}, .sources = {{.id = "s"}}, .codelists = {}});
  ASSERT_OK_AND_ASSIGN(const registry::Directory directory, store().ReadDirectory(Now(), 1));
  EXPECT_THAT(records::KnownIn(directory), ElementsAre("a", "mistral-ai"));
  EXPECT_THAT(directory.sources, ElementsAre("s"));
  EXPECT_THAT(records::BearersIn(directory), ElementsAre(Pair("domain:mistral.ai", "mistral-ai"),
                                                         Pair("github:mistralai", "mistral-ai")));
}

TEST_P(RegistryStoreContract, AnEditReadsTheNewestStateAndMayRefuse) {
  Write(Companies({Named("a", "A")}));
  const auto rename = [&](int64_t newest) -> absl::StatusOr<Batch> {
    EXPECT_EQ(newest, 1);
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> companies,
                               store().Companies(Now(), newest, std::vector<std::string>{"a"}));
    companies.front().city = "Berlin";
    return Companies(std::move(companies));
  };
  ASSERT_OK(store().WriteBatch(Now(), rename));
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> now,
                       store().Companies(Now(), 2, std::vector<std::string>{"a"}));
  EXPECT_EQ(now.front().city, "Berlin");

  const auto refuse = [](int64_t /*newest*/) -> absl::StatusOr<Batch> {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, "no");
  };
  EXPECT_THAT(store().WriteBatch(Now(), refuse), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(head(), 2);
}

TEST_P(RegistryStoreContract, ValidateOnlyWritesNothing) {
  const auto edit = [](int64_t /*newest*/) { return Companies({Named("a", "A")}); };
  const Receipt receipt{.id = "r", .digest = "d", .reply = [](const Written&) { return "reply"; }};
  ASSERT_OK_AND_ASSIGN(const Written written, store().WriteBatch(Now(), edit, true, &receipt));
  EXPECT_THAT(written.changed_companies, ElementsAre("a"));
  EXPECT_EQ(head(), 0);
  EXPECT_THAT(ledger().Recall(Now(), ledger::Ledger::Memory::Of::kRequest, "r"),
              IsOkAndHolds(::testing::Eq(std::nullopt)));
  EXPECT_THAT(store().Companies(Now(), 1, std::vector<std::string>{"a"}), IsOkAndHolds(IsEmpty()));
  // What was only tried does not stand in the way of the real thing.
  EXPECT_EQ(Write(Companies({Named("a", "A")})).revision.revision, 1);
}

TEST_P(RegistryStoreContract, AReceiptIsKeptEvenWhenNothingChanged) {
  const auto edit = [](int64_t /*newest*/) { return Companies({Named("a", "A")}); };
  for (const std::string id : {"first", "second"}) {
    const Receipt receipt{.of = ledger::Ledger::Memory::Of::kImport,
                          .id = id,
                          .digest = "d-" + id,
                          .reply = [](const Written& written) {
                            return std::to_string(written.revision.revision) + "/" +
                                   std::to_string(written.subjects);
                          }};
    ASSERT_OK(store().WriteBatch(Now(), edit, false, &receipt));
  }
  EXPECT_EQ(head(), 1);
  const auto recall = [&](const std::string& id) {
    const auto remembered = ledger().Recall(Now(), ledger::Ledger::Memory::Of::kImport, id);
    EXPECT_OK(remembered);
    return remembered.ok() && remembered->has_value()
               ? (*remembered)->digest + " " + (*remembered)->reply
               : std::string();
  };
  EXPECT_EQ(recall("first"), "d-first 1/1");
  EXPECT_EQ(recall("second"), "d-second 1/0");
}

}  // namespace steelyard::testing
