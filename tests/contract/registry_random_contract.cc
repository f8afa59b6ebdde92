// Any order of writes, retractions, merges and splits.

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "services/registry/record.h"
#include "tests/contract/registry_records.h"
#include "tests/contract/registry_store_contract.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {
namespace {

using records::Ids;
using records::Merge;
using records::Now;
using records::Records;
using records::Simple;
using records::Split;
using registry::Batch;
using registry::Company;
using registry::CompanyPage;
using registry::Decision;
using registry::Redirects;

// Random writes, retractions, merges and splits of a few ids, and kinds of their sources; and what
// must hold after each of them.
class RandomHistory {
 public:
  RandomHistory(registry::Store& store, unsigned seed) : store_(store), random_(seed) {}

  void Step() {
    const int kind = Draw(14);
    if (kind < 6) {
      Upsert();
    } else if (kind < 7) {
      Rank();
    } else if (kind < 8) {
      Retract();
    } else if (kind < 12) {
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
    for (const auto& [id, of_id] : records_) {
      records.insert(records.end(), of_id.begin(), of_id.end());
    }
    const int64_t before = head_;
    Apply(Records(records));
    EXPECT_EQ(head_, before);
    for (const auto& [revision, companies] : seen_) EXPECT_EQ(Seen(revision), companies);
  }

 private:
  int Draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void Apply(const Batch& batch) {
    const auto written = store_.WriteBatch(Now(), [&](int64_t /*newest*/) { return batch; });
    ASSERT_OK(written);
    head_ = written->revision.revision;
  }

  std::vector<Company> Seen(int64_t revision) const {
    Ids ids;
    for (const auto& [id, of_id] : records_) ids.push_back(id);
    const auto companies = store_.Companies(Now(), revision, ids);
    EXPECT_OK(companies);
    return companies.ok() ? *companies : std::vector<Company>();
  }

  std::string AnyId() const {
    auto of_id = records_.begin();
    std::advance(of_id, static_cast<int>(random_() % records_.size()));
    return of_id->first;
  }

  void Upsert() {
    const std::string id = "c" + std::to_string(Draw(8));
    Company record = Simple(id, "Name " + std::to_string(Draw(4)));
    if (Draw(2) == 0) record.country = Draw(2) == 0 ? "FR" : "DE";
    if (Draw(2) == 0) record.city = "City " + std::to_string(Draw(3));
    if (Draw(2) == 0) record.legal_country = Draw(2) == 0 ? "FR" : "US";
    if (Draw(2) == 0) record.founded_on = PartialDate{.year = 2000 + Draw(3)};
    if (Draw(2) == 0) record.layers = {"CHIPS"};
    while (Draw(3) > 0) record.sources.push_back("s" + std::to_string(Draw(4)));
    if (Draw(2) == 0) record.identifiers = {{"wikidata", id, ""}};
    Normalize(record);
    Apply(Records({record}));
    std::vector<Company> kept = {record};
    for (const std::string& source : std::vector<std::string>(record.sources)) {
      if (retracted_.contains({id, source, RetractedContent(record)})) TakeOut(source, kept);
    }
    std::vector<Company>& of_id = records_[id];
    for (const std::string& source : record.sources) TakeOut(source, of_id);
    if (kept.empty() && of_id.empty()) kept = {record};
    if (!kept.empty()) TakeIn(kept.front(), of_id);
  }

  // Another kind of a source.
  void Rank() {
    const std::string source = "s" + std::to_string(Draw(4));
    const std::vector<std::string> kinds = {"official", "article", "database", "editorial"};
    kinds_[source] = kinds[static_cast<size_t>(Draw(4))];
    Apply({.companies = {}, .sources = {{.id = source, .kind = kinds_[source]}}, .codelists = {}});
  }

  void Retract() {
    if (records_.empty()) return;
    std::vector<Company>& of_id = records_[AnyId()];
    if (of_id.size() < 2) return;
    const Company record = of_id[static_cast<size_t>(Draw(static_cast<int>(of_id.size())))];
    if (record.sources.empty()) return;
    const std::string source = record.sources.front();
    Apply(records::Decided({AboutWord(record, source, "wrong")}));
    retracted_.insert({record.id, source, RetractedContent(record)});
    TakeOut(source, of_id);
    const std::vector<Company> before = Seen(head_);
    Apply(Records({record}));
    if (record.sources.size() == 1) EXPECT_EQ(Seen(head_), before) << "it stays withdrawn";
    Apply(Records(of_id));
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

  // What readers see follows from records, decisions and kinds alone.
  void CheckNow() const {
    std::map<std::string, std::vector<Company>> members;  // by survivor
    for (const auto& [id, of_id] : records_) {
      std::string survivor = id;
      while (into_.contains(survivor)) survivor = into_.at(survivor);
      std::vector<Company>& of = members[survivor];
      of.insert(of.end(), of_id.begin(), of_id.end());
    }
    std::vector<Company> expected;
    for (auto& [survivor, records] : members) {
      Believe(survivor, kinds_, records);
      expected.push_back(Join(records));
    }
    ASSERT_EQ(Seen(head_), expected);
    ASSERT_OK_AND_ASSIGN(const std::vector<Decision> decisions, store_.Decisions(Now(), head_));
    const Redirects redirects(decisions);
    for (const auto& [id, of_id] : records_) {
      EXPECT_TRUE(members.contains(redirects.SurvivorOf(id))) << id << " leads nowhere";
    }
    ASSERT_OK_AND_ASSIGN(const CompanyPage page,
                         store_.ListCompanies(Now(), head_, {.limit = 100}));
    EXPECT_EQ(page.companies, expected);
  }

  registry::Store& store_;
  mutable std::mt19937 random_;
  std::map<std::string, std::vector<Company>> records_;
  std::map<std::string, std::string> into_;
  registry::SourceKinds kinds_;
  std::set<std::tuple<std::string, std::string, std::string>> retracted_;  // id, source, content
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
