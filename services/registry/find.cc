#include "services/registry/find.h"

#include <iterator>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/identifier.h"
#include "services/registry/record.h"
#include "services/registry/relations.h"

namespace steelyard::registry {
namespace {

using ById = std::map<std::string, Company>;

absl::Status Add(const Context& context, const Store& store, int64_t revision,
                 const std::vector<std::string>& ids, ById& by_id) {
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> found, store.Companies(context, revision, ids));
  for (Company& company : found) {
    std::string id = company.id;
    by_id.emplace(std::move(id), std::move(company));
  }
  return absl::OkStatus();
}

// Finds the companies that ids lead to that are no companies of their own.
absl::Status Follow(const Context& context, const Store& store, int64_t revision,
                    const std::vector<std::string>& ids, Found& found, ById& by_id) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                             store.Decisions(context, revision));
  const Redirects redirects(decisions);
  std::set<std::string> survivors;
  for (const std::string& id : ids) {
    if (redirects.IntoOf(id) == nullptr) continue;
    std::string survivor = redirects.SurvivorOf(id);
    if (!by_id.contains(survivor)) survivors.insert(survivor);
    found.redirects.emplace(id, std::move(survivor));
  }
  return Add(context, store, revision, {survivors.begin(), survivors.end()}, by_id);
}

}  // namespace

absl::StatusOr<std::vector<Company>> RecordsBeside(const Context& context, const Store& store,
                                                   int64_t revision,
                                                   const std::vector<Company>& written) {
  std::vector<std::string> ids;
  for (const Company& record : written) ids.push_back(record.id);
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> stored, store.Records(context, revision, ids));
  std::map<std::string, std::vector<Company>> by_id;
  for (Company& record : stored) by_id[record.id].push_back(std::move(record));
  std::vector<Company> beside;
  for (const Company& record : written) {
    std::vector<Company>& of_id = by_id[record.id];
    TakeIn(record, of_id);
    of_id.pop_back();
  }
  for (auto& [id, of_id] : by_id) {
    beside.insert(beside.end(), std::make_move_iterator(of_id.begin()),
                  std::make_move_iterator(of_id.end()));
  }
  return beside;
}

absl::StatusOr<std::set<std::string>> IdentifiersBeside(const Context& context, const Store& store,
                                                        int64_t revision,
                                                        const std::vector<Company>& written) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> beside,
                             RecordsBeside(context, store, revision, written));
  std::set<std::string> keys;
  for (const Company& record : beside) {
    for (const Identifier& identifier : record.identifiers) {
      keys.insert(IdentifierKeyOf(identifier.scheme, identifier.value));
    }
  }
  return keys;
}

absl::Status CompaniesNotFound(const std::vector<std::string>& ids) {
  std::vector<std::string> names;
  for (const std::string& id : ids) names.push_back(StrCat(kCompanies, id));
  const std::string list = StrJoin(names, ", ");
  return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND,
                   StrCat("no such company at this snapshot: ", list), {{"names", list}});
}

absl::StatusOr<Found> FindCompanies(const Context& context, const Store& store, int64_t revision,
                                    const std::vector<std::string>& ids) {
  Found found;
  ById by_id;
  STEELYARD_RETURN_IF_ERROR(Add(context, store, revision, ids, by_id));
  const auto missing = [&] {
    std::vector<std::string> missed;
    for (const std::string& id : ids) {
      if (!by_id.contains(id) && !found.redirects.contains(id)) missed.push_back(id);
    }
    return missed;
  };
  if (const std::vector<std::string> others = missing(); !others.empty()) {
    STEELYARD_RETURN_IF_ERROR(Follow(context, store, revision, others, found, by_id));
  }
  if (const std::vector<std::string> nobody = missing(); !nobody.empty()) {
    return CompaniesNotFound(nobody);
  }
  for (const std::string& id : ids) {
    const auto redirect = found.redirects.find(id);
    found.companies.push_back(by_id.at(redirect == found.redirects.end() ? id : redirect->second));
  }
  STEELYARD_RETURN_IF_ERROR(FollowRelations(context, store, revision, found.companies));
  return found;
}

}  // namespace steelyard::registry
