#include "services/allinone/move_stores.h"

#include <filesystem>
#include <memory>
#include <ostream>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include "services/common/ledger/ledger.h"
#include "services/common/ledger/move.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"
#include "services/common/store/open_store.h"
#include "services/common/text/strings.h"
#include "services/funding/schema.h"
#include "services/registry/sql_schema.h"

namespace steelyard::allinone {
namespace {

// Opening a file that is not there would create it.
bool IsThere(const config::v1::Storage& storage, std::string_view service) {
  if (storage.has_postgres()) return true;
  std::error_code ignored;
  return std::filesystem::exists(
      std::filesystem::path(storage.duckdb().directory()) / StrCat(service, ".duckdb"), ignored);
}

absl::Status MoveOne(const config::v1::Storage& from, const config::v1::Storage& to,
                     std::string_view service, ledger::Kind kind,
                     std::span<const ledger::Migration> migrations, std::ostream& out) {
  STEELYARD_ASSIGN_OR_RETURN(const auto source, store::OpenDatabase(from, service));
  STEELYARD_ASSIGN_OR_RETURN(const auto target, store::OpenDatabase(to, service));
  out << service << ": " << source->Engine() << " -> " << target->Engine() << std::endl;
  STEELYARD_ASSIGN_OR_RETURN(const ledger::TableRows moved,
                             ledger::MoveStore(*source, *target, kind, migrations,
                                               [&out](std::string_view table, int64_t rows) {
                                                 out << "  " << table << ": " << rows << " rows"
                                                     << std::endl;
                                               }));
  int64_t rows = 0;
  for (const auto& [table, count] : moved) rows += count;
  out << service << ": moved " << rows << " rows of " << moved.size()
      << " tables, read back and compared" << std::endl;
  return absl::OkStatus();
}

}  // namespace

absl::Status MoveStores(const config::v1::Storage& from, const config::v1::Storage& to,
                        const std::string& only, std::ostream& out) {
  const bool registry = (only.empty() || only == "registry") && IsThere(from, "registry");
  const bool funding = (only.empty() || only == "funding") && IsThere(from, "funding");
  if (!registry && !funding) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     StrCat("nothing to move: the directory ", from.duckdb().directory(),
                            " has no store of ", only.empty() ? "registry or funding" : only),
                     {{"directory", from.duckdb().directory()}});
  }
  if (registry) {
    STEELYARD_RETURN_IF_ERROR(
        MoveOne(from, to, "registry", ledger::Kind::kRegistry, registry::Migrations(), out));
  }
  if (funding) {
    const std::vector<ledger::Migration> migrations = funding::FundingMigrations();
    STEELYARD_RETURN_IF_ERROR(
        MoveOne(from, to, "funding", ledger::Kind::kFunding, migrations, out));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::allinone
