#include "gateway/search.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gateway/snapshot_pin.h"
#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::gateway {
namespace {

bool LooksLikeCountryCode(std::string_view query) {
  return (query.size() == 2 || query.size() == 3) &&
         std::all_of(query.begin(), query.end(),
                     [](unsigned char c) { return absl::ascii_isalpha(c); });
}

// Region sets whose id contains the query, in the order of the list; then the country it is the
// code of.
void MergeRegions(std::string_view query, funding::v1::ListRegionsResponse& sets,
                  funding::v1::GetRegionResponse& country, v1::SearchResponse& response) {
  for (funding::v1::Region& region : *sets.mutable_regions()) {
    if (absl::StrContains(region.region(), ToAbsl(query)))
      *response.add_regions() = std::move(region);
  }
  const bool is_country = country.has_region() && country.region().version().empty();
  if (is_country) *response.add_regions() = std::move(*country.mutable_region());
}

}  // namespace

absl::Status Search(const rpc::Call& call, const Backends& backends,
                    const v1::SearchRequest& request, v1::SearchResponse& response) {
  Unreachable unreachable;
  STEELYARD_ASSIGN_OR_RETURN(Pin pin,
                             PinSnapshotIfReachable(call, backends, request.read(), unreachable));
  const std::string code = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(request.query()));

  registry::v1::SearchCompaniesRequest companies;
  companies.set_query(request.query());
  companies.set_page_size(request.page_size());
  *companies.mutable_read() = pin.read;
  registry::v1::SearchCompaniesResponse found;
  funding::v1::ListRegionsRequest list;
  *list.mutable_read() = pin.read;
  funding::v1::ListRegionsResponse sets;
  funding::v1::GetRegionRequest country;
  country.set_name(StrCat("regions/", code));
  *country.mutable_read() = pin.read;
  funding::v1::GetRegionResponse country_found;

  rpc::FanOut calls(call);
  calls.Add(kRegistry, [&](grpc::ClientContext* context, auto done) {
    backends.registry->async()->SearchCompanies(context, &companies, &found, std::move(done));
  });
  calls.Optional();
  const bool ask_funding = !unreachable.Has(kFunding);
  if (ask_funding) {
    calls.Add(kFunding, [&](grpc::ClientContext* context, auto done) {
      backends.statistics->async()->ListRegions(context, &list, &sets, std::move(done));
    });
    if (LooksLikeCountryCode(code)) {
      calls.Add(kFunding, [&](grpc::ClientContext* context, auto done) {
        backends.statistics->async()->GetRegion(context, &country, &country_found, std::move(done));
      });
    }
  }
  const std::vector<absl::Status> outcomes = calls.Wait();

  STEELYARD_RETURN_IF_ERROR(outcomes[0]);
  // That three letters are no country is no error of a search: the third outcome counts only as
  // silence.
  for (size_t i = 1; i < outcomes.size(); ++i) {
    const absl::Status refused = unreachable.Note(kFunding, outcomes[i]);
    if (i == 1) STEELYARD_RETURN_IF_ERROR(refused);
  }
  Adopt(found.snapshot(), pin);
  response.mutable_companies()->Swap(found.mutable_hits());
  response.set_more_companies(found.more());
  if (!unreachable.Has(kFunding)) MergeRegions(code, sets, country_found, response);
  *response.mutable_snapshot() = pin.snapshot;
  unreachable.CopyTo(response.mutable_unreachable());
  return absl::OkStatus();
}

}  // namespace steelyard::gateway
