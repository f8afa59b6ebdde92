#include "services/registry/upsert.h"

#include <set>
#include <string>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/find.h"
#include "services/registry/identifier.h"
#include "services/registry/once.h"
#include "services/registry/room.h"
#include "services/registry/validate.h"

namespace steelyard::registry {
namespace {

// Of what the request asks for; lists of companies that mean the same have the same.
std::string DigestOf(const std::vector<Company>& companies) {
  text::Sha256Stream digest;
  for (const Company& company : companies) digest.UpdateFramed(Canonical(company));
  return digest.FinishHex();
}

// Leaves identifiers to the other ids that a company is made of, so that a company can be written
// back as it was read. What the request itself takes from them is not theirs any more.
absl::Status LeaveToMembers(const Context& context, const Store& store, int64_t newest,
                            std::vector<Company>& companies) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> decisions,
                             store.Decisions(context, newest));
  const Redirects redirects(decisions);
  std::vector<std::string> keys;
  std::set<std::string> written;
  for (const Company& company : companies) {
    written.insert(company.id);
    if (!redirects.Concerns(company.id)) continue;
    for (const Identifier& identifier : company.identifiers) {
      keys.push_back(IdentifierKeyOf(identifier.scheme, identifier.value));
    }
  }
  if (keys.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const auto bearers, store.Bearers(context, newest, keys));
  STEELYARD_ASSIGN_OR_RETURN(const std::set<std::string> kept,
                             IdentifiersBeside(context, store, newest, companies));
  for (Company& company : companies) {
    std::erase_if(company.identifiers, [&](const Identifier& identifier) {
      const auto bearer = bearers.find(IdentifierKeyOf(identifier.scheme, identifier.value));
      return bearer != bearers.end() && bearer->second != company.id &&
             (kept.contains(bearer->first) || !written.contains(bearer->second)) &&
             redirects.SurvivorOf(bearer->second) == redirects.SurvivorOf(company.id);
    });
  }
  return absl::OkStatus();
}

absl::Status CheckRoomAt(const Context& context, const Store& store, int64_t newest,
                         const std::vector<Company>& companies) {
  std::vector<std::string> ids;
  for (const Company& company : companies) ids.push_back(company.id);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> stored,
                             store.Records(context, newest, ids));
  return CheckRoom(companies, stored);
}

}  // namespace

absl::Status UpsertCompanies(const Context& context, Store& store, const ledger::Ledger& ledger,
                             const v1::UpsertCompaniesRequest& request,
                             v1::UpsertCompaniesResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> given, Validate(request));
  std::vector<Company> companies = given;
  for (Company& company : companies) Normalize(company);
  const WriteRequest once{.id = request.request_id(),
                          .digest = DigestOf(companies),
                          .validate_only = request.validate_only()};
  return WriteOnce(
      context, store, ledger, once,
      [&](int64_t newest) -> absl::StatusOr<Batch> {
        STEELYARD_RETURN_IF_ERROR(CheckReferences(context, store, newest, given));
        Batch batch{.companies = companies, .sources = {}, .codelists = {}};
        STEELYARD_RETURN_IF_ERROR(LeaveToMembers(context, store, newest, batch.companies));
        STEELYARD_RETURN_IF_ERROR(CheckRoomAt(context, store, newest, batch.companies));
        return batch;
      },
      [&](const Written& written) {
        for (const std::string& id : written.changed_companies) {
          response.add_changed(StrCat(kCompanies, id));
        }
        if (once.validate_only) return;
        *response.mutable_snapshot() = ledger.Describe(written.revision);
      },
      response);
}

}  // namespace steelyard::registry
