// What several sources say under one id: what of services/registry/store.h is about records.

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "services/registry/identity.h"
#include "services/registry/record.h"
#include "tests/contract/registry_records.h"
#include "tests/contract/registry_store_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using records::BearersIn;
using records::Decided;
using records::Ids;
using records::KnownIn;
using records::Merge;
using records::Now;
using records::Records;
using records::Simple;
using records::Split;
using registry::Company;
using registry::Decision;
using registry::NameKind;
using registry::Source;
using registry::Written;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const Ids kAcme = {"acme"};

Company Said(std::vector<std::string> sources, std::string name, std::string country = "") {
  Company record{.id = "acme", .display_name = std::move(name), .country = std::move(country)};
  record.sources = std::move(sources);
  Normalize(record);
  return record;
}

registry::Batch Sources(std::vector<Source> sources) {
  return {.companies = {}, .sources = std::move(sources), .codelists = {}};
}

Source OfKind(std::string id, std::string kind) {
  return {.id = std::move(id), .kind = std::move(kind)};
}

}  // namespace

TEST_P(RegistryStoreContract, FieldsOfOneIdAreThoseOfTheSourcesThatGiveThem) {
  Write(Sources({OfKind("list", "database"), OfKind("press", "article")}));
  const Company list = Said({"list"}, "ACME SE", "DE");
  const Company press = Said({"press"}, "Acme");
  EXPECT_EQ(Write(Records({list})).subjects, 1);
  EXPECT_THAT(store().Companies(Now(), 2, kAcme), IsOkAndHolds(ElementsAre(list)));
  const Written second = Write(Records({press}));
  EXPECT_EQ(second.subjects, 1);
  EXPECT_THAT(second.changed_companies, ElementsAre("acme"));

  Company both = press;
  both.country = "DE";
  both.sources = {"press", "list"};
  both.names.push_back({"ACME SE", "und", NameKind::kAlias, "list"});
  EXPECT_THAT(store().Companies(Now(), 3, kAcme), IsOkAndHolds(ElementsAre(both)));
  EXPECT_THAT(store().Records(Now(), 3, kAcme), IsOkAndHolds(ElementsAre(list, press)));
  EXPECT_THAT(store().Records(Now(), 2, kAcme), IsOkAndHolds(ElementsAre(list)));
  EXPECT_EQ(Write(Records({list, press})).revision.revision, 3) << "equal records";
  EXPECT_THAT(store().Count(Now(), 3), IsOkAndHolds(registry::Counts{1, 2, 0, 2}));
}

TEST_P(RegistryStoreContract, WhereACompanyIsIncorporatedIsWhatTheFirstWhoGivesItSays) {
  Write(Sources({OfKind("list", "database"), OfKind("register", "official")}));
  Company list = Said({"list"}, "Acme", "DE");
  list.legal_country = "KY";
  Company silent = Said({"press"}, "Acme", "DE");
  Write(Records({list, silent}));
  const auto legal_country_at = [&](int64_t revision) {
    const auto companies = store().Companies(Now(), revision, kAcme);
    EXPECT_OK(companies);
    return companies.ok() && !companies->empty() ? companies->front().legal_country : "?";
  };
  EXPECT_EQ(legal_country_at(2), "KY");
  Company official = Said({"register"}, "Acme", "DE");
  official.legal_country = "US";
  EXPECT_THAT(Write(Records({official})).changed_companies, ElementsAre("acme"));
  EXPECT_EQ(legal_country_at(3), "US");
  EXPECT_EQ(legal_country_at(2), "KY");
  EXPECT_THAT(store().Records(Now(), 3, kAcme), IsOkAndHolds(ElementsAre(list, silent, official)));
  EXPECT_EQ(Write(Records({list, silent, official})).revision.revision, 3) << "equal records";
  // It is a field as any other: taken back it is no more, and a merge gives it to the other.
  Write(Decided({AboutWord(official, "register", "no")}));
  EXPECT_EQ(legal_country_at(4), "KY");
  Company other = Simple("other", "Other");
  Write(Records({other}));
  Write(Merge("acme", "other"));
  const Ids both = {"acme", "other"};
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> merged, store().Companies(Now(), 6, both));
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_EQ(merged.front().id, "other");
  EXPECT_EQ(merged.front().legal_country, "KY");
  Write(Split("acme", "other"));
  EXPECT_EQ(legal_country_at(7), "KY");
}

TEST_P(RegistryStoreContract, ASourceReplacesWhatItSaidAlone) {
  Write(Records({Said({"a", "b"}, "Acme", "FR"), Said({}, "Nobody's", "IT")}));
  const Written written = Write(Records({Said({"a"}, "Acme", "DE")}));
  EXPECT_EQ(written.subjects, 2) << "what a says, and what b says without it";
  EXPECT_THAT(store().Records(Now(), 2, kAcme),
              IsOkAndHolds(ElementsAre(Said({}, "Nobody's", "IT"), Said({"a"}, "Acme", "DE"),
                                       Said({"b"}, "Acme", "FR"))));
  // Written back as it was read, the company is what all of them say.
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> read, store().Companies(Now(), 2, kAcme));
  Write(Records(read));
  EXPECT_THAT(store().Records(Now(), 3, kAcme),
              IsOkAndHolds(ElementsAre(Said({}, "Nobody's", "IT"), read.front())));
  EXPECT_THAT(store().Companies(Now(), 3, kAcme), IsOkAndHolds(ElementsAre(read.front())));
}

TEST_P(RegistryStoreContract, AnotherKindOfASourceChoosesAnew) {
  Write(Sources({OfKind("a", "database"), OfKind("b", "database")}));
  Write(Records({Said({"a"}, "Acme A"), Said({"b"}, "Acme B"), Simple("other", "Other")}));
  const auto name_at = [&](int64_t revision) {
    const auto companies = store().Companies(Now(), revision, kAcme);
    EXPECT_OK(companies);
    return companies.ok() && !companies->empty() ? companies->front().display_name : "";
  };
  EXPECT_EQ(name_at(2), "Acme A");
  const Written ranked = Write(Sources({OfKind("a", "database"), OfKind("b", "official")}));
  EXPECT_THAT(ranked.changed_companies, ElementsAre("acme"));
  EXPECT_EQ(name_at(3), "Acme B");
  EXPECT_EQ(name_at(2), "Acme A");
  EXPECT_THAT(store().ChangedIn(Now(), 3, "", 10), IsOkAndHolds(::testing::SizeIs(1)));
  // In the commit that writes the records, too.
  registry::Batch batch = Records({Said({"c"}, "Acme C")});
  batch.sources = {OfKind("c", "official"), OfKind("b", "database")};
  Write(std::move(batch));
  EXPECT_EQ(name_at(4), "Acme C");
  // Also that of another source than the first.
  Write(Records({Said({"z", "a"}, "Acme Z")}));
  EXPECT_EQ(name_at(5), "Acme C");
  Write(Sources({OfKind("a", "official")}));
  EXPECT_EQ(name_at(6), "Acme C") << "of two official ones the first by id";
  Write(Sources({OfKind("c", "report")}));
  EXPECT_EQ(name_at(7), "Acme Z");
}

TEST_P(RegistryStoreContract, ARetractedWordIsGoneAndStaysSo) {
  const Company wrong = Said({"a"}, "Acme", "US");
  Write(Records({wrong, Said({"b"}, "Acme", "FR")}));
  const Decision word = AboutWord(wrong, "a", "another Acme");
  const Written retracted = Write(Decided({word}));
  EXPECT_THAT(retracted.changed_companies, ElementsAre("acme"));
  EXPECT_EQ(retracted.subjects, 1);
  EXPECT_THAT(store().Records(Now(), 2, kAcme),
              IsOkAndHolds(ElementsAre(Said({"b"}, "Acme", "FR"))));
  EXPECT_THAT(store().Companies(Now(), 2, kAcme),
              IsOkAndHolds(ElementsAre(Said({"b"}, "Acme", "FR"))));
  EXPECT_EQ(Write(Records({wrong})).revision.revision, 2) << "it stays withdrawn";
  EXPECT_EQ(Write(Records({Said({"a"}, "Acme", "BE")})).subjects, 1) << "this is a new word";
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> now, store().Companies(Now(), 3, kAcme));
  EXPECT_EQ(now.front().country, "BE");
  ASSERT_OK_AND_ASSIGN(const std::vector<Decision> decisions, store().Decisions(Now(), 3));
  EXPECT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions.front().comment, "another Acme");
}

TEST_P(RegistryStoreContract, MergedIdsHaveTheRecordsOfAllTheirSources) {
  Company list{.id = "acme-se", .display_name = "ACME SE", .country = "DE"};
  list.sources = {"list"};
  Normalize(list);
  Company other = list;
  other.sources = {"press"};
  other.country = "AT";
  other.identifiers = {{"lei", "A", "press"}};
  Normalize(other);
  Write(Records({Said({"press"}, "Acme"), list, other}));
  Write(Merge("acme-se", "acme"));
  const Ids both = {"acme", "acme-se"};
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> merged, store().Companies(Now(), 2, both));
  ASSERT_THAT(merged, ::testing::SizeIs(1));
  EXPECT_THAT(merged.front().sources, ElementsAre("press", "list"));
  EXPECT_EQ(merged.front().country, "DE") << "of the other id the first source";
  EXPECT_THAT(store().Records(Now(), 2, both),
              IsOkAndHolds(ElementsAre(Said({"press"}, "Acme"), list, other)));
  EXPECT_THAT(store().Bearers(Now(), 2, Ids{"lei:a"}),
              IsOkAndHolds(ElementsAre(Pair("lei:a", "acme-se"))));
  ASSERT_OK_AND_ASSIGN(const registry::Directory directory, store().ReadDirectory(Now(), 2));
  EXPECT_THAT(KnownIn(directory), ElementsAre("acme", "acme-se"));
  EXPECT_THAT(BearersIn(directory), ElementsAre(Pair("lei:a", "acme-se")));
  // A word about the merged id is withdrawn where it was said.
  EXPECT_THAT(Write(Decided({AboutWord(list, "list", "no")})).changed_companies,
              ElementsAre("acme"));
  Write(Split("acme-se", "acme"));
  EXPECT_THAT(store().Companies(Now(), 4, both),
              IsOkAndHolds(ElementsAre(Said({"press"}, "Acme"), other)));
}

TEST_P(RegistryStoreContract, ARecordOfNamesAloneMakesACompanyThatHasAName) {
  Company names{.id = "acme", .sources = {"names"}};
  names.names = {{"Acme", "en", NameKind::kAlias, "names"}};
  Write(Records({names}));
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> seen, store().Companies(Now(), 1, kAcme));
  EXPECT_EQ(seen.front().display_name, "Acme");
  EXPECT_THAT(store().Records(Now(), 1, kAcme), IsOkAndHolds(ElementsAre(names)));
  EXPECT_EQ(Write(Records({names})).revision.revision, 1);
  const Written named = Write(Records({Said({"names"}, "Acme")}));
  EXPECT_EQ(named.subjects, 1);
  EXPECT_THAT(store().Records(Now(), 2, kAcme), IsOkAndHolds(ElementsAre(Said({"names"}, "Acme"))));
}

TEST_P(RegistryStoreContract, ALargeWriteIsPutInBatchesThatSeeEachOther) {
  Write(Records({Said({"a"}, "Acme A"), Simple("other", "Other")}));
  const auto put = [&](int64_t newest, registry::Writing& writing) -> absl::Status {
    EXPECT_EQ(newest, 1);
    EXPECT_OK(writing.Put(Sources({OfKind("b", "official")})));
    EXPECT_OK(writing.Put(Records({Said({"b"}, "Acme B"), Simple("new", "New")})));
    const auto records = writing.Records(Ids{"acme", "new", "nobody"});
    EXPECT_THAT(records, IsOkAndHolds(ElementsAre(Said({"a"}, "Acme A"), Said({"b"}, "Acme B"),
                                                  Simple("new", "New"))));
    // The same company again, and a merge of what was put.
    EXPECT_OK(writing.Put(Records({Said({"b"}, "Acme C")})));
    EXPECT_OK(writing.Put(Merge("new", "acme")));
    EXPECT_THAT(writing.Records(Ids{"acme"}),
                IsOkAndHolds(ElementsAre(Said({"a"}, "Acme A"), Said({"b"}, "Acme C"))));
    return absl::OkStatus();
  };
  ASSERT_OK_AND_ASSIGN(const Written written, store().Write(Now(), put));
  EXPECT_EQ(written.revision.revision, 2);
  EXPECT_THAT(written.changed_companies, ::testing::Contains("acme"));
  const Ids all = {"acme", "new", "other"};
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> seen, store().Companies(Now(), 2, all));
  ASSERT_THAT(seen, ::testing::SizeIs(2));
  EXPECT_EQ(seen.front().display_name, "Acme C");
  EXPECT_THAT(seen.front().merged, ElementsAre("new"));
  EXPECT_THAT(store().Companies(Now(), 1, all),
              IsOkAndHolds(ElementsAre(Said({"a"}, "Acme A"), Simple("other", "Other"))));
  EXPECT_THAT(store().Count(Now(), 2),
              IsOkAndHolds(::testing::Field(&registry::Counts::companies, 2)));
}

TEST_P(RegistryStoreContract, AWriteThatFailsAfterABatchLeavesNothing) {
  Write(Records({Simple("other", "Other")}));
  const auto put = [&](int64_t /*newest*/, registry::Writing& writing) -> absl::Status {
    EXPECT_OK(writing.Put(Records({Said({"b"}, "Acme B")})));
    return absl::CancelledError("no");
  };
  EXPECT_THAT(store().Write(Now(), put), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(head(), 1);
  EXPECT_THAT(store().Companies(Now(), 1, kAcme), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(Write(Records({Said({"b"}, "Acme B")})).revision.revision, 2);
}

TEST_P(RegistryStoreContract, RecordsOfMoreIdsThanAListHasAreFound) {
  std::vector<Company> many;
  Ids ids;
  for (int i = 0; i < 1500; ++i) {
    ids.push_back("c" + std::to_string(i));
    many.push_back(Simple(ids.back(), "Company " + std::to_string(i)));
  }
  Write(Records(many));
  std::vector<Company> said = {many.begin(), many.begin() + 1200};
  for (Company& company : said) {
    company.sources = {"s"};
    Normalize(company);
  }
  ids.emplace_back("acme");
  const auto put = [&](int64_t /*newest*/, registry::Writing& writing) -> absl::Status {
    const auto before = writing.Records(ids);
    EXPECT_THAT(before, IsOkAndHolds(::testing::SizeIs(1500)));
    EXPECT_OK(writing.Put(Records(said)));
    EXPECT_THAT(writing.Records(ids), IsOkAndHolds(::testing::SizeIs(2700)));
    return absl::OkStatus();
  };
  ASSERT_OK_AND_ASSIGN(const Written written, store().Write(Now(), put));
  EXPECT_EQ(written.subjects, 1200);
  EXPECT_THAT(store().Records(Now(), 2, ids), IsOkAndHolds(::testing::SizeIs(2700)));
}

}  // namespace steelyard::testing
