#include "services/funding/lead_companies.h"

#include <string_view>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/funding/redirects.h"
#include "services/funding/round_filter.h"

namespace steelyard::funding {
namespace {

constexpr std::string_view kCompany = "company";

}  // namespace

absl::Status LeadCompanies(const Context& context, const RoundStore& rounds, int64_t revision,
                           filter::Predicate& filter, Times times) {
  const std::vector<std::string> ids = filter::TextsOf(filter, kCompany);
  if (ids.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const Redirects redirects,
                             rounds.CompanyRedirects(context, revision, ids));
  if (redirects.empty()) return absl::OkStatus();
  filter = filter::Renamed(filter, RoundFilterFields(), kCompany, [&](const std::string& id) {
    std::string company(CompanyOf(redirects, id));
    if (times == Times::kOne || company == id) return std::vector<std::string>{std::move(company)};
    return std::vector<std::string>{id, std::move(company)};
  });
  return absl::OkStatus();
}

absl::Status LeadCompany(const Context& context, const RoundStore& rounds, int64_t revision,
                         std::string& company) {
  if (company.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const Redirects redirects,
                             rounds.CompanyRedirects(context, revision, {company}));
  company = std::string(CompanyOf(redirects, company));
  return absl::OkStatus();
}

}  // namespace steelyard::funding
