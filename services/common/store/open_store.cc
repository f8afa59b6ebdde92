#include "services/common/store/open_store.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::store {
namespace {

absl::StatusOr<std::unique_ptr<sql::Database>> OpenEmbedded(const config::v1::DuckDb& duckdb,
                                                            std::string_view service) {
  std::error_code error;
  std::filesystem::create_directories(duckdb.directory(), error);
  if (error) {
    return MakeError(
        common::v1::ERROR_REASON_STORE_UNAVAILABLE,
        StrCat("cannot create the directory ", duckdb.directory(), ": ", error.message()),
        {{"directory", duckdb.directory()}});
  }
  const std::filesystem::path directory = duckdb.directory();
  return sql::OpenDuckDb({.path = (directory / StrCat(service, ".duckdb")).string(),
                          .memory_limit_mib = duckdb.memory_limit_mib(),
                          .threads = duckdb.threads()});
}

}  // namespace

absl::StatusOr<std::unique_ptr<sql::Database>> OpenDatabase(const config::v1::Storage& storage,
                                                            std::string_view service) {
  if (!storage.has_postgres()) return OpenEmbedded(storage.duckdb(), service);
  const config::v1::Postgres& postgres = storage.postgres();
  return sql::OpenPostgres(
      {.dsn = "",
       .dsn_file = postgres.dsn_file(),
       .schema = postgres.schema().empty() ? std::string(service) : postgres.schema()});
}

int SessionsOf(const config::v1::Storage& storage, int wanted) {
  return storage.has_postgres() ? storage.postgres().sessions() : wanted;
}

}  // namespace steelyard::store
