// The second half of the contract: imports, the registry, and what watchers see.

#include <utility>

#include "gmock/gmock.h"
#include "services/common/status/status.h"
#include "tests/contract/funding_round_store_contract.h"
#include "tests/support/spool_of.h"
#include "tests/support/status_matchers.h"

namespace steelyard::testing {

using funding::ImportOutcome;
using funding::Round;
using funding::RoundStore;
using funding::StagedImport;
using ::testing::ElementsAre;

namespace {

std::vector<std::string> IdsOf(const std::vector<Round>& rounds) {
  std::vector<std::string> ids;
  for (const Round& round : rounds) ids.push_back(round.id);
  return ids;
}

RoundStore::Report NoReport() {
  return [](const ImportOutcome&) { return std::string("report"); };
}

}  // namespace

TEST_P(RoundStoreContract, TheRegistryIsFollowedInRevisionsOfItsOwn) {
  const int64_t written = Write(MakeRound("a"));
  const int64_t applied = Apply({{.id = "acme", .display_name = "Acme"}}, 4);
  EXPECT_EQ(applied, written + 1);
  EXPECT_EQ(ledger().head().registry_revision, 4);
  // A commit of the registry that changes nothing here is one, too.
  EXPECT_EQ(Apply({}, 5), applied + 1);
  EXPECT_EQ(ledger().head().registry_revision, 5);
  const int64_t renamed = Apply({{.id = "acme", .display_name = "Acme 2"}}, 6);
  const auto name = [&](int64_t revision) {
    const auto round = store().Get(Now(), revision, "a");
    return round.ok() ? round->company_name : "";
  };
  EXPECT_EQ(name(written), "acme");
  EXPECT_EQ(name(applied), "Acme");
  EXPECT_EQ(name(renamed), "Acme 2");
}

// Replicas follow one registry, and the slower one brings what the other has applied.
TEST_P(RoundStoreContract, ARevisionOfTheRegistryIsAppliedOnce) {
  const int64_t applied = Apply({{.id = "acme", .display_name = "Acme"}}, 2);
  EXPECT_EQ(Apply({{.id = "acme", .display_name = "Old"}, {.id = "new", .display_name = "New"}}, 2),
            applied);
  EXPECT_EQ(Apply({{.id = "acme", .display_name = "Older"}}, 1), applied);
  EXPECT_EQ(ledger().head().revision, applied);
  EXPECT_EQ(ledger().head().registry_revision, 2);
  const int64_t written = Write(MakeRound("a"));
  const auto round = store().Get(Now(), written, "a");
  ASSERT_OK(round);
  EXPECT_EQ(round->company_name, "Acme");
}

TEST_P(RoundStoreContract, CommitsOfRoundsAreFoundInOrder) {
  const int64_t first = Write({MakeRound("a"), MakeRound("b"), MakeRound("c")});
  Apply({{.id = "acme", .display_name = "Acme"}}, 1);
  Round changed = MakeRound("b");
  changed.note = "new";
  const int64_t second = Write(changed);
  ASSERT_OK_AND_ASSIGN(const auto one, store().NextCommit(Now(), 0));
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(one->revision, first);
  ASSERT_OK_AND_ASSIGN(const auto two, store().NextCommit(Now(), first));
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(two->revision, second);
  EXPECT_EQ(two->committed_at, ledger().head().committed_at);
  ASSERT_OK_AND_ASSIGN(const auto three, store().NextCommit(Now(), second));
  EXPECT_FALSE(three.has_value());

  ASSERT_OK_AND_ASSIGN(const auto changes, store().ChangedIn(Now(), first, "", 2));
  EXPECT_THAT(IdsOf(changes), ElementsAre("a", "b"));
  EXPECT_EQ(changes[1].note, "");  // as it was in that revision
  ASSERT_OK_AND_ASSIGN(const auto rest, store().ChangedIn(Now(), first, "b", 2));
  EXPECT_THAT(IdsOf(rest), ElementsAre("c"));
  ASSERT_OK_AND_ASSIGN(const auto later, store().ChangedIn(Now(), second, "", 2));
  EXPECT_THAT(IdsOf(later), ElementsAre("b"));
}

TEST_P(RoundStoreContract, AnImportIsOneCommit) {
  Round round = MakeRound("a");
  round.participations = {{.investor = "Fund"}};
  StagedImport staged;
  staged.rounds = SpoolOf({round, MakeRound("b")});
  staged.investors = {{.name = "Fund", .country = "DE", .kind = "VC"}};
  staged.links = {{.round = "a", .related = "b"}};
  const ImportOutcome outcome = Import(staged, "i1");
  EXPECT_EQ(outcome.revision.revision, 1);
  EXPECT_EQ(outcome.subjects_changed, 3);
  ASSERT_OK_AND_ASSIGN(const Round stored, store().Get(Now(), 1, "a"));
  EXPECT_EQ(stored.included_in, "b");
  EXPECT_EQ(stored.participations[0].country, "DE");
  EXPECT_EQ(stored.participations[0].investor_kind, "VC");
  EXPECT_THAT(store().RecallImport(Now(), "i1"),
              IsOkAndHolds(std::optional<std::string>("report")));
  EXPECT_THAT(store().RecallImport(Now(), "i2"), IsOkAndHolds(std::nullopt));
}

TEST_P(RoundStoreContract, AnImportOfKnownContentKeepsTheRevision) {
  StagedImport staged;
  staged.rounds = SpoolOf({MakeRound("a")});
  Import(staged, "i1");
  const ImportOutcome again = Import(staged, "i2");
  EXPECT_EQ(again.subjects_changed, 0);
  EXPECT_EQ(again.revision.revision, 1);
  EXPECT_THAT(store().RecallImport(Now(), "i2"),
              IsOkAndHolds(std::optional<std::string>("report")));
}

TEST_P(RoundStoreContract, ADryRunSaysWhatWouldChange) {
  StagedImport staged;
  staged.rounds = SpoolOf({MakeRound("a")});
  ASSERT_OK_AND_ASSIGN(const ImportOutcome outcome,
                       store().Import(Now(), staged, "i1", true, NoReport()));
  EXPECT_EQ(outcome.subjects_changed, 1);
  EXPECT_EQ(outcome.revision.revision, 0);
  EXPECT_EQ(head(), 0);
  EXPECT_THAT(store().RecallImport(Now(), "i1"), IsOkAndHolds(std::nullopt));
}

TEST_P(RoundStoreContract, LinksOutliveTheRoundsOfLaterImports) {
  StagedImport first;
  first.rounds = SpoolOf({MakeRound("a"), MakeRound("b")});
  Import(first, "i1");
  StagedImport links;
  links.links = {{.round = "a", .related = "b"}};
  EXPECT_EQ(Import(links, "i2").subjects_changed, 1);
  StagedImport later;
  Round corrected = MakeRound("a");
  corrected.note = "corrected";
  later.rounds = SpoolOf({corrected});
  Import(later, "i3");
  ASSERT_OK_AND_ASSIGN(const Round stored, store().Get(Now(), head(), "a"));
  EXPECT_EQ(stored.included_in, "b");
  EXPECT_EQ(stored.note, "corrected");
}

TEST_P(RoundStoreContract, LinksMustNotLeadBack) {
  StagedImport first;
  first.rounds = SpoolOf({MakeRound("a"), MakeRound("b")});
  first.links = {{.round = "a", .related = "b"}};
  Import(first, "i1");
  StagedImport second;
  second.links = {{.round = "b", .related = "a"}};
  EXPECT_THAT(store().Import(Now(), second, "i2", false, NoReport()),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(head(), 1);
}

TEST_P(RoundStoreContract, InvestorsHaveTheirOwnHistory) {
  Round round = MakeRound("a");
  round.participations = {{.investor = "Fund"}};
  const int64_t before = Write(round);
  StagedImport staged;
  staged.investors = {{.name = "Fund", .country = "NA", .kind = ""}};
  const ImportOutcome outcome = Import(staged, "i1");
  EXPECT_EQ(outcome.subjects_changed, 1);
  ASSERT_OK_AND_ASSIGN(const Round old, store().Get(Now(), before, "a"));
  EXPECT_EQ(old.participations[0].country, "");
  ASSERT_OK_AND_ASSIGN(const Round now, store().Get(Now(), head(), "a"));
  EXPECT_EQ(now.participations[0].country, "NA");
  ASSERT_OK_AND_ASSIGN(const auto next, store().NextCommit(Now(), before));
  EXPECT_FALSE(next.has_value());  // no round changed
}

}  // namespace steelyard::testing
