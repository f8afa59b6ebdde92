#pragma once

// How the registry's tables are read, on a session of the caller's. Errors are the session's.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/registry/plan.h"
#include "services/registry/record.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// The tables of companies: as readers see them; and records, but for those that are all that
// readers see of a company, under their keys (KeyOf).
struct CompanyTables {
  std::string_view companies;
  std::string_view names;
  std::string_view identifiers;
  std::string_view details;  // see sql_details.h
};
inline constexpr CompanyTables kSeen = {"companies", "company_names", "company_identifiers",
                                        "company_details"};
inline constexpr CompanyTables kRecords = {"records", "record_names", "record_identifiers",
                                           "record_details"};

// What every read needs.
struct SqlReader {
  sql::Connection& connection;
  const Context& context;
  int64_t revision = 0;
  // Whether long lists of keys may be staged on the session (StageKeys): that of a write's own.
  bool stages = false;

  // As the methods of Store of the same names.
  absl::StatusOr<std::vector<Company>> Companies(std::span<const std::string> ids) const;
  absl::StatusOr<std::vector<Company>> Records(std::span<const std::string> ids) const;
  // The same with the keys of those that are kept apart.
  absl::StatusOr<Stored> StoredRecords(std::span<const std::string> ids) const;
  // The ids that have records apart of which one of these is a source, sorted.
  absl::StatusOr<std::vector<std::string>> IdsOf(std::span<const std::string> sources) const;
  // The kinds of these sources, of those that exist.
  absl::StatusOr<SourceKinds> Kinds(std::span<const std::string> sources) const;
  absl::StatusOr<std::vector<Decision>> Decisions() const;
  absl::StatusOr<std::vector<CompanyPair>> LookAlikes(int limit) const;
  absl::StatusOr<CompanyPage> ListCompanies(const CompanyQuery& query) const;
  absl::StatusOr<std::map<std::string, std::string>> Bearers(
      std::span<const std::string> keys) const;
  absl::StatusOr<std::vector<Company>> ChangedIn(std::string_view after_id, int limit) const;
  absl::StatusOr<std::vector<CompanyState>> States(const std::string& id, int64_t offset,
                                                   int limit) const;
  absl::StatusOr<std::vector<Source>> Sources(std::span<const std::string> ids, int64_t offset,
                                              int limit) const;
  absl::StatusOr<std::vector<Codelist>> Codelists(std::string_view id) const;
  absl::StatusOr<Counts> Count() const;
  absl::StatusOr<Directory> ReadOwnership() const;
  absl::StatusOr<Directory> ReadDirectory() const;

 private:
  // Those whose `key` (an expression of the companies' own columns) is one of `keys`, by id.
  absl::StatusOr<std::vector<Company>> ByIds(const CompanyTables& tables, std::string_view key,
                                             std::span<const std::string> keys) const;
  absl::StatusOr<std::vector<Company>> ByPartsOf(const CompanyTables& tables, std::string_view key,
                                                 std::span<const std::string> keys) const;
  // " AND column IN ..." with its parameters; of too many keys to list nothing, unless it stages.
  absl::StatusOr<std::string> WhichOf(std::string_view column, std::span<const std::string> keys,
                                      std::vector<sql::Value>& parameters) const;
  // The companies' own fields, for a condition and what follows it.
  absl::StatusOr<std::vector<Company>> Fields(const CompanyTables& tables, std::string_view rest,
                                              std::vector<sql::Value> parameters) const;
  // Adds names, identifiers and details.
  absl::Status AddChildren(const CompanyTables& tables, std::vector<Company>& companies) const;
};

// ";A;B;" of a list, and back.
std::string JoinList(const std::vector<std::string>& items);
std::vector<std::string> SplitList(std::string_view text);

}  // namespace steelyard::registry
