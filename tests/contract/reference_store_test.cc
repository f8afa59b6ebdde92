#include "services/common/status/status.h"
#include "services/funding/reference/import_reference.h"
#include "services/funding/reference/sql_reference_store.h"
#include "tests/contract/reference_store_contract.h"
#include "tests/support/fake_reference_store.h"

namespace steelyard::testing {
namespace {

ReferenceStoreUnderTest MakeFake(sql::Pool& /*pool*/, ledger::Ledger& ledger) {
  auto store = std::make_unique<FakeReferenceStore>(ledger);
  FakeReferenceStore& fake = *store;
  return {.store = std::move(store),
          .write = [&fake](const funding::StagedReference& staged) { return fake.Write(staged); }};
}

ReferenceStoreUnderTest MakeSql(sql::Pool& pool, ledger::Ledger& ledger) {
  const auto write =
      [&ledger](
          const funding::StagedReference& staged) -> absl::StatusOr<funding::ReferenceChanges> {
    const Context context = Context::Background();
    funding::ReferenceChanges changes;
    STEELYARD_RETURN_IF_ERROR(
        ledger
            .Commit(context,
                    [&](sql::Connection& connection,
                        int64_t revision) -> absl::StatusOr<ledger::Changes> {
                      STEELYARD_ASSIGN_OR_RETURN(
                          changes, WriteReference(context, connection, revision, staged));
                      return ledger::Changes{.subjects = changes.subjects(),
                                             .registry_revision = std::nullopt};
                    })
            .status());
    return changes;
  };
  return {.store = funding::MakeSqlReferenceStore(pool, ledger), .write = write};
}

using OnAny = OnEngine<MakeReferenceStore>;

const auto kName = NameOfParameter<::testing::TestParamInfo<OnAny>>;

INSTANTIATE_TEST_SUITE_P(Reference, ReferenceStoreContract,
                         AlsoOnCitus<OnAny>({{"Fake", DuckDbEngine(), MakeFake},
                                             {"DuckDb", DuckDbEngine(), MakeSql},
                                             {"Postgres", PostgresEngine(), MakeSql}},
                                            {"Citus", CitusEngine(), MakeSql}),
                         kName);
INSTANTIATE_TEST_SUITE_P(Reference, ReferenceStoreFilterContract,
                         AlsoOnCitus<OnAny>({{"DuckDb", DuckDbEngine(), MakeSql},
                                             {"Postgres", PostgresEngine(), MakeSql}},
                                            {"Citus", CitusEngine(), MakeSql}),
                         kName);

}  // namespace
}  // namespace steelyard::testing
