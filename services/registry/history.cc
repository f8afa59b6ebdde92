#include "services/registry/history.h"

#include <algorithm>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/registry/convert.h"
#include "services/registry/find.h"

namespace steelyard::registry {
namespace {

// When a revision was committed; unset when nobody can know any more.
absl::Status GiveTime(const Context& context, const ledger::Ledger& ledger, int64_t revision,
                      google::protobuf::Timestamp* (v1::CompanyState::*field)(),
                      v1::CompanyState& state) {
  const absl::StatusOr<ledger::Revision> at = ledger.At(context, revision);
  if (ReasonOf(at.status()) == common::v1::ERROR_REASON_SNAPSHOT_COMPACTED) return absl::OkStatus();
  STEELYARD_RETURN_IF_ERROR(at.status());
  *(state.*field)() = ledger.Describe(*at).taken_at();
  return absl::OkStatus();
}

absl::Status AddState(const Context& context, const ledger::Ledger& ledger,
                      const CompanyState& state, const Company& before,
                      v1::GetCompanyHistoryResponse& response) {
  v1::CompanyState& out = *response.add_states();
  *out.mutable_company() = ToProto(state.company);
  for (std::string& field : ChangedFields(before, state.company)) {
    out.add_changed(std::move(field));
  }
  out.set_from_revision(state.from_revision);
  STEELYARD_RETURN_IF_ERROR(
      GiveTime(context, ledger, state.from_revision, &v1::CompanyState::mutable_from_time, out));
  if (state.to_revision == ledger::kOpenRevision) return absl::OkStatus();
  out.set_to_revision(state.to_revision);
  return GiveTime(context, ledger, state.to_revision, &v1::CompanyState::mutable_to_time, out);
}

}  // namespace

std::vector<std::string> ChangedFields(const Company& before, const Company& after) {
  std::vector<std::string> fields;
  const auto compare = [&](const auto& one, const auto& other, const char* field) {
    if (one != other) fields.emplace_back(field);
  };
  compare(before.display_name, after.display_name, "display_name");
  compare(before.country, after.country, "country");
  compare(before.city, after.city, "city");
  compare(before.legal_country, after.legal_country, "legal_country");
  compare(before.founded_on, after.founded_on, "founded_on");
  compare(before.status, after.status, "status");
  compare(before.website, after.website, "website");
  compare(before.layers, after.layers, "layers");
  compare(before.sectors, after.sectors, "sectors");
  compare(before.names, after.names, "names");
  compare(before.identifiers, after.identifiers, "identifiers");
  compare(before.sources, after.sources, "sources");
  compare(before.source_category, after.source_category, "source_category");
  compare(before.merged, after.merged, "merged");
  compare(before.relations, after.relations, "relations");
  compare(before.headquarters, after.headquarters, "headquarters");
  compare(before.status_history, after.status_history, "status_history");
  return fields;
}

absl::Status GetCompanyHistory(const Context& context, const Store& store,
                               const ledger::Ledger& ledger, const ledger::Revision& at,
                               const Listing& listing, v1::GetCompanyHistoryResponse& response) {
  const std::string& id = listing.ids.front();
  const CompanyQuery& query = listing.query;
  // One more tells whether there are more, and what the oldest of the page came from.
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<CompanyState> states,
                             store.States(context, at.revision, id, query.offset, query.limit + 1));
  if (states.empty() && query.offset == 0) return CompaniesNotFound({id});
  *response.mutable_snapshot() = ledger.Describe(at);
  const auto given = std::min(states.size(), static_cast<size_t>(query.limit));
  for (size_t i = 0; i < given; ++i) {
    const Company before = i + 1 < states.size() ? states[i + 1].company : Company();
    STEELYARD_RETURN_IF_ERROR(AddState(context, ledger, states[i], before, response));
  }
  if (states.size() > given) {
    response.set_next_page_token(
        filter::EncodePage({.snapshot = response.snapshot().token(),
                            .offset = query.offset + static_cast<int64_t>(given)},
                           listing.digest));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::registry
