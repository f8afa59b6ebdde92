// Merges, splits and decisions: what of services/registry/store.h is about who is who.

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "services/registry/identity.h"
#include "tests/contract/registry_store_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using registry::Batch;
using registry::Company;
using registry::CompanyPage;
using registry::CompanyPair;
using registry::Decision;
using registry::DecisionKind;
using registry::NameKind;
using registry::Redirects;
using registry::Written;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using Ids = std::vector<std::string>;

Context Now() { return Context::Background(); }

Company Simple(std::string id, std::string name) {
  Company company{.id = std::move(id), .display_name = std::move(name)};
  Normalize(company);
  return company;
}

Batch Records(std::vector<Company> companies) {
  return {.companies = std::move(companies), .sources = {}, .codelists = {}};
}

Batch Decided(std::vector<Decision> decisions) {
  return {.companies = {}, .sources = {}, .codelists = {}, .decisions = std::move(decisions)};
}

Batch Merge(const std::string& company, const std::string& into) {
  return Decided({AboutMerge(DecisionKind::kMerged, company, into, "desk", "one firm")});
}

Batch Split(const std::string& company, const std::string& from) {
  return Decided({AboutMerge(DecisionKind::kSplit, company, from, "desk", "two firms")});
}

Company DeepL() {
  Company company = Simple("deepl", "DeepL");
  company.country = "DE";
  company.sources = {"press"};
  company.identifiers = {{"domain", "deepl.com", "press"}};
  return company;
}

Company DeepLSe() {
  Company company = Simple("cb-deepl", "DeepL SE");
  company.country = "DE";
  company.city = "Cologne";
  company.founded_on = PartialDate{.year = 2017};
  company.layers = {"FOUNDATION_MODEL"};
  company.sources = {"crunchbase", "press"};
  company.identifiers = {{"crunchbase", "deepl", "crunchbase"}};
  return company;
}

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
      Now(), 1, 2,
      [&](const Company& company, int64_t, int64_t) { begun.push_back(company.id); }, ended));
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

TEST_P(RegistryStoreContract, IdentifiersAndIdsAreThoseOfRecords) {
  Write(Records({DeepL(), DeepLSe(), Simple("z", "Z")}));
  Write(Merge("cb-deepl", "deepl"));
  EXPECT_THAT(store().Bearers(Now(), 2, Ids{"domain:deepl.com", "crunchbase:deepl"}),
              IsOkAndHolds(ElementsAre(Pair("crunchbase:deepl", "cb-deepl"),
                                       Pair("domain:deepl.com", "deepl"))));
  ASSERT_OK_AND_ASSIGN(const registry::Directory directory, store().ReadDirectory(Now(), 2));
  EXPECT_THAT(directory.companies, ElementsAre("cb-deepl", "deepl", "z"));
  EXPECT_THAT(directory.bearers,
              ElementsAre(Pair("crunchbase:deepl", "cb-deepl"), Pair("domain:deepl.com", "deepl")));
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

namespace {

// Random writes, merges and splits of a few ids, and what must hold after each of them.
class RandomHistory {
 public:
  RandomHistory(registry::Store& store, unsigned seed) : store_(store), random_(seed) {}

  void Step() {
    const int kind = Draw(10);
    if (kind < 4) {
      Upsert();
    } else if (kind < 8) {
      MergeTwo();
    } else {
      SplitOne();
    }
    CheckNow();
    seen_.emplace(head_, Seen(head_));
  }

  // Equal records change nothing, and every earlier state is as it was.
  void CheckAll() {
    std::vector<Company> records;
    for (const auto& [id, record] : records_) records.push_back(record);
    const int64_t before = head_;
    Apply(Records(records));
    EXPECT_EQ(head_, before);
    for (const auto& [revision, companies] : seen_) EXPECT_EQ(Seen(revision), companies);
  }

 private:
  int Draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void Apply(const Batch& batch) {
    const auto written = store_.Write(Now(), [&](int64_t /*newest*/) { return batch; });
    ASSERT_OK(written);
    head_ = written->revision.revision;
  }

  std::vector<Company> Seen(int64_t revision) const {
    Ids ids;
    for (const auto& [id, record] : records_) ids.push_back(id);
    const auto companies = store_.Companies(Now(), revision, ids);
    EXPECT_OK(companies);
    return companies.ok() ? *companies : std::vector<Company>();
  }

  std::string AnyId() const {
    auto record = records_.begin();
    std::advance(record, static_cast<int>(random_() % records_.size()));
    return record->first;
  }

  void Upsert() {
    const std::string id = "c" + std::to_string(Draw(8));
    Company record = Simple(id, "Name " + std::to_string(Draw(4)));
    if (Draw(2) == 0) record.country = Draw(2) == 0 ? "FR" : "DE";
    if (Draw(2) == 0) record.city = "City " + std::to_string(Draw(3));
    if (Draw(2) == 0) record.founded_on = PartialDate{.year = 2000 + Draw(3)};
    if (Draw(2) == 0) record.layers = {"CHIPS"};
    if (Draw(2) == 0) record.sources = {"s" + std::to_string(Draw(3))};
    if (Draw(2) == 0) record.identifiers = {{"wikidata", id, ""}};
    Normalize(record);
    records_[id] = record;
    Apply(Records({record}));
  }

  void MergeTwo() {
    if (records_.empty()) return;
    const std::string company = AnyId();
    const std::string into = AnyId();
    if (company == into || into_.contains(company) || into_.contains(into)) return;
    const std::vector<Company> before = Seen(head_);
    Apply(Merge(company, into));
    Apply(Split(company, into));
    EXPECT_EQ(Seen(head_), before) << "a split undoes the merge";
    Apply(Merge(company, into));
    into_[company] = into;
  }

  void SplitOne() {
    if (into_.empty()) return;
    const std::string company =
        std::next(into_.begin(), Draw(static_cast<int>(into_.size())))->first;
    Apply(Split(company, into_[company]));
    into_.erase(company);
  }

  // What readers see follows from records and decisions alone.
  void CheckNow() const {
    std::map<std::string, std::vector<Company>> members;  // by survivor, itself first
    for (const auto& [id, record] : records_) {
      std::string survivor = id;
      while (into_.contains(survivor)) survivor = into_.at(survivor);
      std::vector<Company>& of = members[survivor];
      of.insert(id == survivor ? of.begin() : of.end(), record);
    }
    std::vector<Company> expected;
    for (const auto& [survivor, records] : members) expected.push_back(Join(records));
    ASSERT_EQ(Seen(head_), expected);
    ASSERT_OK_AND_ASSIGN(const std::vector<Decision> decisions, store_.Decisions(Now(), head_));
    const Redirects redirects(decisions);
    for (const auto& [id, record] : records_) {
      EXPECT_TRUE(members.contains(redirects.SurvivorOf(id))) << id << " leads nowhere";
    }
    ASSERT_OK_AND_ASSIGN(const CompanyPage page,
                         store_.ListCompanies(Now(), head_, {.limit = 100}));
    EXPECT_EQ(page.companies, expected);
  }

  registry::Store& store_;
  mutable std::mt19937 random_;
  std::map<std::string, Company> records_;
  std::map<std::string, std::string> into_;
  std::map<int64_t, std::vector<Company>> seen_;
  int64_t head_ = 0;
};

}  // namespace

TEST_P(RegistryStoreContract, IdsOutliveAnyOrderOfWritesMergesAndSplits) {
  RandomHistory history(store(), 20261130);
  for (int step = 0; step < 80; ++step) {
    SCOPED_TRACE(step);
    history.Step();
    if (HasFailure()) return;
  }
  history.CheckAll();
}

}  // namespace steelyard::testing
