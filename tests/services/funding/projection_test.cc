#include "services/funding/projection.h"

#include "gmock/gmock.h"
#include "tests/services/funding/funding_fixture.h"
#include "tests/support/watched_registry.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::MakeCompany;
using ::steelyard::testing::WatchedRegistry;
using ::testing::HasSubstr;

class ProjectionTest : public FundingFixture {
 protected:
  std::unique_ptr<Projection> Follow() {
    return std::make_unique<Projection>(
        *rounds_, *ledger_, registry_.Channel(), metrics_,
        Backoff{.first = absl::Milliseconds(1), .most = absl::Milliseconds(5)});
  }
  // Waits until the registry's revision is applied.
  void WaitFor(int64_t registry_revision) {
    while (ledger_->head().registry_revision < registry_revision) {
      ASSERT_OK(ledger_->WaitPast(Context::Background(), head(), absl::Seconds(30)));
    }
  }
  std::string CountryOf(int64_t revision) {
    SelectionQuery query;
    query.scope = {common::v1::AMOUNT_KIND_EQUITY};
    const auto selection = rounds_->Select(Context::Background(), revision, query);
    EXPECT_OK(selection);
    return selection.ok() && !selection->companies.empty() ? selection->companies[0].country : "?";
  }

  WatchedRegistry registry_;
  observe::Metrics metrics_;
};

TEST_F(ProjectionTest, EveryCommitOfTheRegistryIsACommitHere) {
  Upsert({SomeRound("a")});
  registry_.Commit({MakeCompany("acme", "FR")});
  registry_.Commit({MakeCompany("acme", "DE"), MakeCompany("other", "US")});
  registry_.Commit({});
  const auto projection = Follow();
  WaitFor(3);
  EXPECT_EQ(head(), 4);
  EXPECT_EQ(CountryOf(1), "");
  EXPECT_EQ(CountryOf(2), "FR");
  EXPECT_EQ(CountryOf(3), "DE");
  EXPECT_EQ(projection->registry_head(), 3);
  EXPECT_FALSE(projection->unreachable());
}

TEST_F(ProjectionTest, RoundsOfAMergedCompanyAreTheOthers) {
  Upsert({SomeRound("a")});
  registry_.Commit({MakeCompany("acme", "FR")});
  registry::v1::Company survivor = MakeCompany("survivor", "DE");
  survivor.add_merged("companies/acme");
  registry_.Commit({survivor});
  survivor.clear_merged();
  registry_.Commit({survivor, MakeCompany("acme", "FR")});
  const auto projection = Follow();
  WaitFor(3);
  EXPECT_EQ(CountryOf(2), "FR");
  EXPECT_EQ(CountryOf(3), "DE");
  EXPECT_EQ(CountryOf(4), "FR");
  const auto company_at = [&](int64_t revision) {
    const auto round = rounds_->Get(Context::Background(), revision, "a");
    return round.ok() ? round->company : round.status().ToString();
  };
  EXPECT_EQ(company_at(2), "acme");
  EXPECT_EQ(company_at(3), "survivor");
  EXPECT_EQ(company_at(4), "acme");
}

TEST_F(ProjectionTest, ACommitInSeveralMessagesIsOneCommit) {
  registry_.Commit({MakeCompany("a", "FR"), MakeCompany("b", "FR"), MakeCompany("c", "FR")}, 1);
  const auto projection = Follow();
  WaitFor(1);
  EXPECT_EQ(head(), 1);
}

TEST_F(ProjectionTest, ResumesWhereItStopped) {
  registry_.Commit({MakeCompany("acme", "FR")});
  {
    const auto projection = Follow();
    WaitFor(1);
  }
  registry_.Commit({MakeCompany("acme", "DE")});
  const auto projection = Follow();
  WaitFor(2);
  EXPECT_EQ(head(), 2);
  EXPECT_THAT(registry_.asked(), ::testing::ElementsAre(0, 1));
}

TEST_F(ProjectionTest, ComesBackAfterABrokenStream) {
  const auto projection = Follow();
  registry_.Commit({MakeCompany("acme", "FR")});
  WaitFor(1);
  registry_.BreakStreams();
  registry_.Commit({MakeCompany("acme", "DE")});
  WaitFor(2);
  EXPECT_EQ(head(), 2);
}

TEST_F(ProjectionTest, ARegistryThatIsNotThereIsWaitedFor) {
  registry_.Stop();
  const auto projection = Follow();
  while (!projection->unreachable()) {
    std::this_thread::yield();
  }
  Upsert({SomeRound("a")});
  EXPECT_EQ(Get("a").company_name, "acme");  // reads go on
  registry_.Commit({MakeCompany("acme", "FR")});
  registry_.Start();
  WaitFor(1);
  while (projection->unreachable()) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Get("a").company_name, "The acme");
}

TEST_F(ProjectionTest, TellsItsLag) {
  registry_.Commit({MakeCompany("acme", "FR")});
  auto projection = Follow();
  WaitFor(1);
  projection.reset();
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("steelyard_projection_lag_revisions{service=\"funding\"} 0"));
}

}  // namespace
}  // namespace steelyard::funding
