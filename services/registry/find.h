#pragma once

// Companies by any id that they ever had.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/registry/store.h"

namespace steelyard::registry {

struct Found {
  std::vector<Company> companies;                // in the order asked for
  std::map<std::string, std::string> redirects;  // ids asked for that were merged -> the company
};

// The companies that ids lead to at a revision, or COMPANY_NOT_FOUND naming each that is missing.
absl::StatusOr<Found> FindCompanies(const Context& context, const Store& store, int64_t revision,
                                    const std::vector<std::string>& ids);

// The records that stay under the ids of records that are written: what others say of them, by id
// and first source.
absl::StatusOr<std::vector<Company>> RecordsBeside(const Context& context, const Store& store,
                                                   int64_t revision,
                                                   const std::vector<Company>& written);

// The identifiers of these, by IdentifierKeyOf: those that stay where they are.
absl::StatusOr<std::set<std::string>> IdentifiersBeside(const Context& context, const Store& store,
                                                        int64_t revision,
                                                        const std::vector<Company>& written);

// COMPANY_NOT_FOUND for ids.
absl::Status CompaniesNotFound(const std::vector<std::string>& ids);

}  // namespace steelyard::registry
