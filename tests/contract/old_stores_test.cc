// Stores of before companies had a country of incorporation, opened by this program.

#include "gmock/gmock.h"
#include "services/common/ledger/ledger.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/schema.h"
#include "services/funding/sql_store.h"
#include "services/registry/sql_schema.h"
#include "services/registry/sql_store.h"
#include "tests/contract/engines.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kRegistryStep = "registry 6: country of incorporation";
constexpr std::string_view kFundingStep = "funding/0006-company-origins";

const Context& Now() {
  static const Context context = Context::Background();
  return context;
}

// The steps before one.
std::vector<ledger::Migration> Before(std::span<const ledger::Migration> steps,
                                      std::string_view name) {
  std::vector<ledger::Migration> before;
  for (const ledger::Migration& step : steps) {
    if (step.name == name) return before;
    before.push_back(step);
  }
  ADD_FAILURE() << "no step " << name;
  return before;
}

class OldStoreTest : public ::testing::TestWithParam<SqlDriver> {
 protected:
  void SetUp() override {
    if (!GetParam().missing.empty()) GTEST_SKIP() << GetParam().missing;
    ASSERT_OK_AND_ASSIGN(database_, GetParam().open(directory_));
  }

  // Makes a store of these steps, whose first commit runs the statements.
  void MakeOld(ledger::Kind kind, std::span<const ledger::Migration> steps,
               const std::vector<std::string>& statements, int64_t registry_revision) {
    ASSERT_OK_AND_ASSIGN(const auto ledger, ledger::Ledger::Open(*database_, clock_, kind, steps));
    const auto body = [&](sql::Connection& connection,
                          int64_t /*revision*/) -> absl::StatusOr<ledger::Changes> {
      for (const std::string& statement : statements) {
        STEELYARD_RETURN_IF_ERROR(connection.Execute(Now(), statement).status());
      }
      return ledger::Changes{.subjects = 1, .registry_revision = registry_revision};
    };
    ASSERT_OK(ledger->Commit(Now(), body));
  }

  // Opens it as it is made now.
  void Open(ledger::Kind kind, std::span<const ledger::Migration> steps) {
    ASSERT_OK_AND_ASSIGN(ledger_, ledger::Ledger::Open(*database_, clock_, kind, steps));
    pool_ = std::make_unique<sql::Pool>(*database_, 4);
  }

  FakeClock clock_;
  TempDir directory_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<sql::Pool> pool_;
};

TEST_P(OldStoreTest, CompaniesOfTheRegistryAreReadAndKeepTheirDigests) {
  registry::Company acme{.id = "acme", .display_name = "Acme", .country = "FR"};
  Normalize(acme);
  const std::string digest =
      ledger::ContentDigest("4:acme4:Acme2:FR0:0:0;0:0;0;0;0:1;4:Acme3:und1;0:0;");
  MakeOld(ledger::Kind::kRegistry, Before(registry::Migrations(), kRegistryStep),
          {StrCat("INSERT INTO companies VALUES ('acme', 'Acme', 'FR', '', NULL, NULL, 0, '', '', "
                  "'', '', '', '",
                  digest, "', 1, 9223372036854775807)"),
           "INSERT INTO company_names VALUES ('acme', 0, 'Acme', 'und', 1, '', 'acme', 1, "
           "9223372036854775807)"},
          1);
  Open(ledger::Kind::kRegistry, registry::Migrations());
  const auto store = registry::MakeSqlStore(*pool_, *ledger_);
  const std::vector<std::string> ids = {"acme"};
  EXPECT_THAT(store->Companies(Now(), 1, ids), IsOkAndHolds(ElementsAre(acme)));
  const auto write = [&](const registry::Company& company) {
    const auto written = store->WriteBatch(Now(), [&](int64_t) -> absl::StatusOr<registry::Batch> {
      return registry::Batch{.companies = {company}, .sources = {}, .codelists = {}};
    });
    EXPECT_OK(written);
    return written.ok() ? written->changed_companies : std::vector<std::string>{"?"};
  };
  EXPECT_THAT(write(acme), IsEmpty()) << "nothing of it is different";
  EXPECT_THAT(store->ListCompanies(Now(), 1, {.filter = "legal_country = \"\"", .limit = 1}),
              IsOkAndHolds(::testing::Field(&registry::CompanyPage::total, 1)));
  registry::Company incorporated = acme;
  incorporated.legal_country = "US";
  EXPECT_THAT(write(incorporated), ElementsAre("acme"));
  EXPECT_THAT(store->Companies(Now(), 2, ids), IsOkAndHolds(ElementsAre(incorporated)));
  EXPECT_THAT(store->Companies(Now(), 1, ids), IsOkAndHolds(ElementsAre(acme)));
}

TEST_P(OldStoreTest, CompaniesThatFundingFollowsAreReadAndKeptUntilTheyChange) {
  const std::vector<ledger::Migration> steps = funding::FundingMigrations();
  const std::string digest = ledger::ContentDigest("4:acme4:Acme2:FR1:01:00:");
  MakeOld(ledger::Kind::kFunding, Before(steps, kFundingStep),
          {StrCat("INSERT INTO company_projection VALUES ('acme', 'Acme', 'FR', '', '', '', '', "
                  "'', '",
                  digest, "', 1, 9223372036854775807)")},
          1);
  Open(ledger::Kind::kFunding, steps);
  const auto store = funding::MakeSqlRoundStore(*pool_, *ledger_);
  // Revision, country, country of incorporation and of founding of each row.
  const auto rows = [&] {
    std::vector<std::string> lines;
    const auto session = pool_->Borrow(Now());
    EXPECT_OK(session);
    sql::Statement select;
    select.Add(
        "SELECT from_revision, country, legal_country, founding_country FROM company_projection "
        "ORDER BY from_revision");
    EXPECT_OK(sql::ForEachRow(**session, Now(), select, [&](const sql::Rows& row) {
      lines.push_back(StrCat(row.Int(0), " ", row.Text(1), " ", row.Text(2), " ", row.Text(3)));
    }));
    return lines;
  };
  EXPECT_THAT(rows(), ElementsAre("1 FR  "));
  funding::CompanyFacts facts{
      .id = "acme", .display_name = "Acme", .country = "FR", .founding_country = "FR"};
  ASSERT_OK(store->ApplyCompanies(Now(), {facts}, 2));
  EXPECT_THAT(rows(), ElementsAre("1 FR  ")) << "that it was founded there was not denied";
  facts.legal_country = "US";
  ASSERT_OK(store->ApplyCompanies(Now(), {facts}, 3));
  EXPECT_THAT(rows(), ElementsAre("1 FR  ", "3 FR US FR"));
  facts.founding_country = "DE";
  ASSERT_OK(store->ApplyCompanies(Now(), {facts}, 4));
  EXPECT_THAT(rows(), ElementsAre("1 FR  ", "3 FR US FR", "4 FR US DE"));
}

INSTANTIATE_TEST_SUITE_P(Engines, OldStoreTest,
                         AlsoOnCitus<SqlDriver>({DuckDbEngine(), PostgresEngine()}, CitusEngine()),
                         NameOfParameter<::testing::TestParamInfo<SqlDriver>>);

}  // namespace
}  // namespace steelyard::testing
