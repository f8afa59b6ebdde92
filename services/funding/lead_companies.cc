#include "services/funding/lead_companies.h"

#include "services/common/status/status.h"
#include "services/funding/redirects.h"
#include "services/funding/round_filter.h"

namespace steelyard::funding {

absl::Status LeadCompanies(const Context& context, const RoundStore& rounds, int64_t revision,
                           filter::Predicate& filter) {
  if (filter.tree == nullptr) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const Redirects redirects, rounds.CompanyRedirects(context, revision));
  if (redirects.empty()) return absl::OkStatus();
  filter = filter::Renamed(filter, RoundFilterFields(), "company", [&](const std::string& id) {
    return std::string(CompanyOf(redirects, id));
  });
  return absl::OkStatus();
}

absl::Status LeadCompany(const Context& context, const RoundStore& rounds, int64_t revision,
                         std::string& company) {
  if (company.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const Redirects redirects, rounds.CompanyRedirects(context, revision));
  company = std::string(CompanyOf(redirects, company));
  return absl::OkStatus();
}

}  // namespace steelyard::funding
