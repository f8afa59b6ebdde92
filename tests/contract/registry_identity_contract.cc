// Merges, splits and decisions: what of services/registry/store.h is about who is who.

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
using records::DeepL;
using records::DeepLSe;
using records::Ids;
using records::KnownIn;
using records::Merge;
using records::Now;
using records::Records;
using records::Simple;
using records::Split;
using registry::Company;
using registry::CompanyPage;
using registry::Decision;
using registry::DecisionKind;
using registry::NameKind;
using registry::Written;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

}  // namespace

TEST_P(RegistryStoreContract, AMergedCompanyIsGoneAndTheOtherHasEverything) {
  Write(Records({DeepL(), DeepLSe()}));
  const Written merged = Write(Merge("cb-deepl", "deepl"));
  EXPECT_EQ(merged.revision.revision, 2);
  EXPECT_THAT(merged.changed_companies, ElementsAre("deepl"));
  EXPECT_EQ(merged.subjects, 1);

  Company joined = DeepL();
  joined.city = "Cologne";
  joined.founded_on = PartialDate{.year = 2017};
  joined.layers = {"FOUNDATION_MODEL"};
  joined.sources = {"press", "crunchbase"};
  joined.merged = {"cb-deepl"};
  joined.names.push_back({"DeepL SE", "und", NameKind::kAlias, ""});
  joined.identifiers.insert(joined.identifiers.begin(), {"crunchbase", "deepl", "crunchbase"});
  const Ids both = {"deepl", "cb-deepl"};
  EXPECT_THAT(store().Companies(Now(), 2, both), IsOkAndHolds(ElementsAre(joined)));
  EXPECT_THAT(store().ChangedIn(Now(), 2, "", 10), IsOkAndHolds(ElementsAre(joined)));
  EXPECT_THAT(store().Companies(Now(), 1, both), IsOkAndHolds(ElementsAre(DeepLSe(), DeepL())));
  EXPECT_THAT(store().Records(Now(), 2, both), IsOkAndHolds(ElementsAre(DeepLSe(), DeepL())));

  ASSERT_OK_AND_ASSIGN(const CompanyPage page, store().ListCompanies(Now(), 2, {.limit = 10}));
  EXPECT_THAT(page.companies, ElementsAre(joined));
  EXPECT_EQ(page.total, 1);
  std::vector<std::string> begun;
  std::vector<registry::Ended> ended;
  ASSERT_OK(store().ReadStates(
      Now(), 1, 2, [&](const Company& company, int64_t, int64_t) { begun.push_back(company.id); },
      ended));
  EXPECT_THAT(begun, ElementsAre("deepl"));
  EXPECT_THAT(ended, SizeIs(2));  // what was "deepl", and "cb-deepl", which is part of it now
  EXPECT_THAT(store().Count(Now(), 2), IsOkAndHolds(registry::Counts{1, 2, 2, 0}));
}

TEST_P(RegistryStoreContract, ASplitRestoresBoth) {
  Write(Records({DeepL(), DeepLSe()}));
  Write(Merge("cb-deepl", "deepl"));
  const Written split = Write(Split("cb-deepl", "deepl"));
  EXPECT_THAT(split.changed_companies, ElementsAre("cb-deepl", "deepl"));
  const Ids both = {"deepl", "cb-deepl"};
  EXPECT_THAT(store().Companies(Now(), 3, both), IsOkAndHolds(ElementsAre(DeepLSe(), DeepL())));
  EXPECT_THAT(store().Companies(Now(), 2, both), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(store().ChangedIn(Now(), 3, "", 10), IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(store().Count(Now(), 3), IsOkAndHolds(registry::Counts{2, 2, 2, 0}));
}

TEST_P(RegistryStoreContract, WhatIsMergedTwiceLeadsToTheEnd) {
  Write(Records({Simple("a", "A"), Simple("b", "B"), Simple("c", "C")}));
  Write(Merge("a", "b"));
  Write(Merge("b", "c"));
  const Ids all = {"a", "b", "c"};
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> one, store().Companies(Now(), 3, all));
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_EQ(one.front().id, "c");
  EXPECT_THAT(one.front().names, SizeIs(3));
  // A split takes along what was merged into the company itself.
  Write(Split("b", "c"));
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> two, store().Companies(Now(), 4, all));
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_THAT(two[0].names, SizeIs(2));
  EXPECT_EQ(two[1], Simple("c", "C"));
}

TEST_P(RegistryStoreContract, WhatIsSaidUnderAMergedIdIsKeptThere) {
  Write(Records({DeepL(), DeepLSe()}));
  Write(Merge("cb-deepl", "deepl"));
  EXPECT_EQ(Write(Records({DeepLSe(), DeepL()})).revision.revision, 2) << "equal records";

  Company renamed = DeepLSe();
  renamed.names.push_back({"DeepL GmbH", "de", NameKind::kFormer, ""});
  Normalize(renamed);
  const Written written = Write(Records({renamed}));
  EXPECT_THAT(written.changed_companies, ElementsAre("deepl"));
  EXPECT_EQ(written.subjects, 1);
  const Ids both = {"deepl", "cb-deepl"};
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> now, store().Companies(Now(), 3, both));
  ASSERT_THAT(now, SizeIs(1));
  EXPECT_THAT(now.front().names, SizeIs(3));

  // What the survivor gives itself hides it, and a split shows it.
  renamed.country = "FR";
  renamed.city = "";
  Company whole = DeepL();
  whole.city = "Bonn";
  EXPECT_THAT(Write(Records({renamed, whole})).changed_companies, ElementsAre("deepl"));
  renamed.country = "IT";
  const Written hidden = Write(Records({renamed}));
  EXPECT_THAT(hidden.changed_companies, IsEmpty());
  EXPECT_EQ(hidden.subjects, 1);
  EXPECT_EQ(hidden.revision.revision, 5);
  Write(Split("cb-deepl", "deepl"));
  EXPECT_THAT(store().Companies(Now(), 6, both), IsOkAndHolds(ElementsAre(renamed, whole)));
}

TEST_P(RegistryStoreContract, RelationsAndHistoriesComeBackAndAreJoined) {
  const PartialDate y2010{.year = 2010};
  const PartialDate may2015{.year = 2015, .month = 5};
  Company one = DeepL();
  one.names.push_back({"Linguee", "en", NameKind::kFormer, "press", {y2010, may2015}});
  one.relations = {{registry::RelationKind::kParent, "a", {y2010, std::nullopt}, "press"},
                   {registry::RelationKind::kBrandOf, "b", {}, ""}};
  one.headquarters = {{"DE", "Cologne", {may2015, std::nullopt}, "press"},
                      {"FR", "", {std::nullopt, may2015}, ""}};
  one.status_history = {{registry::CompanyStatus::kPrivate, {std::nullopt, std::nullopt}, "press"}};
  Normalize(one);
  EXPECT_EQ(one.headquarters.front().country, "FR");
  Company other = DeepLSe();
  other.relations = {{registry::RelationKind::kSuccessor, "b", {}, ""}};
  Normalize(other);
  Write(Records({one, other}));
  EXPECT_EQ(Write(Records({one, other})).subjects, 0);
  const Ids both = {"deepl", "cb-deepl"};
  EXPECT_THAT(store().Companies(Now(), 1, both), IsOkAndHolds(ElementsAre(other, one)));
  Write(Merge("cb-deepl", "deepl"));
  ASSERT_OK_AND_ASSIGN(const std::vector<Company> joined, store().Companies(Now(), 2, both));
  ASSERT_THAT(joined, SizeIs(1));
  EXPECT_EQ(joined.front(), Join(std::vector{one, other}));
  EXPECT_THAT(joined.front().relations, SizeIs(3));
  EXPECT_THAT(store().Records(Now(), 2, both), IsOkAndHolds(ElementsAre(other, one)));
  one.relations.front().valid.to = may2015;
  EXPECT_THAT(Write(Records({one})).changed_companies, ElementsAre("deepl"));
}

TEST_P(RegistryStoreContract, StatesAreThoseOfAnIdNewestFirst) {
  Write(Records({DeepL(), DeepLSe()}));
  Write(Merge("cb-deepl", "deepl"));
  Write(Records({Simple("z", "Z")}));
  Write(Split("cb-deepl", "deepl"));
  ASSERT_OK_AND_ASSIGN(const auto merged, store().States(Now(), 4, "cb-deepl", 0, 10));
  EXPECT_THAT(merged, ElementsAre(registry::CompanyState{DeepLSe(), 4, ledger::kOpenRevision},
                                  registry::CompanyState{DeepLSe(), 1, 2}));
  ASSERT_OK_AND_ASSIGN(const auto survivor, store().States(Now(), 3, "deepl", 0, 10));
  ASSERT_THAT(survivor, SizeIs(2));
  EXPECT_THAT(survivor[0].company.merged, ElementsAre("cb-deepl"));
  EXPECT_EQ(survivor[0].from_revision, 2);
  EXPECT_EQ(survivor[0].to_revision, ledger::kOpenRevision) << "it ended later";
  EXPECT_EQ(survivor[1], (registry::CompanyState{DeepL(), 1, 2}));
  EXPECT_THAT(store().States(Now(), 4, "deepl", 1, 1),
              IsOkAndHolds(ElementsAre(registry::CompanyState{survivor[0].company, 2, 4})));
  EXPECT_THAT(store().States(Now(), 4, "nobody", 0, 10), IsOkAndHolds(IsEmpty()));
}

TEST_P(RegistryStoreContract, IdentifiersAndIdsAreThoseOfRecords) {
  Write(Records({DeepL(), DeepLSe(), Simple("z", "Z")}));
  Write(Merge("cb-deepl", "deepl"));
  EXPECT_THAT(store().Bearers(Now(), 2, Ids{"domain:deepl.com", "crunchbase:deepl"}),
              IsOkAndHolds(ElementsAre(Pair("crunchbase:deepl", "cb-deepl"),
                                       Pair("domain:deepl.com", "deepl"))));
  ASSERT_OK_AND_ASSIGN(const registry::Directory directory, store().ReadDirectory(Now(), 2));
  EXPECT_THAT(KnownIn(directory), ElementsAre("cb-deepl", "deepl", "z"));
  EXPECT_THAT(BearersIn(directory),
              ElementsAre(Pair("crunchbase:deepl", "cb-deepl"), Pair("domain:deepl.com", "deepl")));
}

TEST_P(RegistryStoreContract, TheDirectoryKnowsWhoOwnsWhom) {
  const auto owned = [](const std::string& id, std::vector<registry::Relation> relations) {
    Company company = Simple(id, id);
    company.relations = std::move(relations);
    return company;
  };
  const registry::RelationKind parent = registry::RelationKind::kParent;
  const registry::Validity ended{.from = {}, .to = PartialDate{2020, 0, 0}};
  Write(Records({owned("a", {{.kind = parent, .object = "b", .valid = {}, .source = "press"},
                             {.kind = parent, .object = "d", .valid = ended, .source = ""}}),
                 owned("b", {{.kind = parent, .object = "c", .valid = {}, .source = ""},
                             {.kind = registry::RelationKind::kUltimateParent,
                              .object = "d",
                              .valid = {},
                              .source = ""}}),
                 Simple("c", "C"), Simple("d", "D")}));
  const auto owned_at = [&](int64_t revision) {
    std::vector<std::string> texts;
    const auto directory = store().ReadOwnership(Now(), revision);
    EXPECT_OK(directory);
    if (!directory.ok()) return texts;
    for (const registry::Ownership& owned : directory->owned) {
      texts.push_back(owned.company + " " + owned.parent + " " + owned.source);
    }
    return texts;
  };
  EXPECT_THAT(owned_at(1), ElementsAre("a b press", "b c "));
  // "b" and its parent are one company, which is no parent of its own.
  Write(Merge("b", "c"));
  EXPECT_THAT(owned_at(2), ElementsAre("a c press"));
  ASSERT_OK_AND_ASSIGN(const registry::Directory after, store().ReadDirectory(Now(), 2));
  EXPECT_EQ(after.owned.size(), 1U);
  EXPECT_EQ(after.redirects.SurvivorOf("b"), "c");
}

TEST_P(RegistryStoreContract, TheLastDecisionOfASubjectStands) {
  Write(Records({Simple("a", "A"), Simple("b", "B")}));
  const Decision distinct = AboutPair(DecisionKind::kDistinct, "b", "a", "desk", "other owners");
  EXPECT_EQ(Write(Decided({distinct})).subjects, 1);
  EXPECT_EQ(Write(Decided({distinct})).subjects, 0);
  const Decision withdrawn = AboutPair(DecisionKind::kWithdrawn, "a", "b", "", "");
  Write(Decided({withdrawn}));
  Write(Merge("b", "a"));
  Decision stored = distinct;
  stored.revision = 2;
  EXPECT_EQ(stored.company, "a");
  EXPECT_THAT(store().Decisions(Now(), 1), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store().Decisions(Now(), 2), IsOkAndHolds(ElementsAre(stored)));
  ASSERT_OK_AND_ASSIGN(const std::vector<Decision> now, store().Decisions(Now(), 4));
  ASSERT_THAT(now, SizeIs(2));
  EXPECT_EQ(now[0].kind, DecisionKind::kWithdrawn);
  EXPECT_EQ(now[0].revision, 3);
  EXPECT_EQ(now[1].comment, "one firm");
  EXPECT_EQ(now[1].revision, 4);
}

TEST_P(RegistryStoreContract, LookAlikesShareANameOrADomain) {
  const auto company = [](const std::string& id, const std::string& name,
                          const std::string& country, const std::string& website = "") {
    Company made = Simple(id, name);
    made.country = country;
    made.website = website;
    return made;
  };
  std::vector<Company> companies = {
      company("a", "Élan", "FR"),
      company("b", "ELAN", "FR", "https://www.elan.example/en?x"),
      company("c", "Elan", "US"),
      company("d", "élan", ""),
      company("e", "Other", "US", "http://user@elan.example:80"),
      company("f", "Elsewhere", "US"),
      company("g", "Ticker", "US"),
      company("h", "!", "US"),
      company("i", "?", "US"),
  };
  companies[5].identifiers = {{"domain", "elan.example", ""}};
  companies[5].names.push_back({"Other", "en", NameKind::kTicker, ""});
  companies[6].names.push_back({"Elsewhere", "en", NameKind::kTicker, ""});
  // What everybody is called tells nothing.
  for (int i = 0; i < 21; ++i) {
    companies.push_back(company("x" + std::to_string(i), "Common", "", "https://common.example"));
  }
  for (Company& each : companies) Normalize(each);
  Write(Records(companies));
  EXPECT_THAT(
      store().LookAlikes(Now(), 1, 100),
      IsOkAndHolds(ElementsAre(Pair("a", "b"), Pair("a", "d"), Pair("b", "d"), Pair("b", "e"),
                               Pair("b", "f"), Pair("c", "d"), Pair("e", "f"))));
  EXPECT_THAT(store().LookAlikes(Now(), 1, 2),
              IsOkAndHolds(ElementsAre(Pair("a", "b"), Pair("a", "d"))));
  companies[0].website = "https://elan.example";
  Write(Records({companies[0]}));
  EXPECT_THAT(store().LookAlikes(Now(), 2, 1), IsOkAndHolds(ElementsAre(Pair("a", "b"))));
  Write(Merge("b", "a"));
  EXPECT_THAT(store().LookAlikes(Now(), 3, 100),
              IsOkAndHolds(ElementsAre(Pair("a", "d"), Pair("a", "e"), Pair("a", "f"),
                                       Pair("c", "d"), Pair("e", "f"))));
}

}  // namespace steelyard::testing
