#include "gateway/company_profile.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "gateway/snapshot_pin.h"
#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::gateway {
namespace {

constexpr int kCandidates = 11;  // one answer and ten alternatives
constexpr int kMostRounds = 1000;
constexpr std::string_view kPrefix = "companies/";

// What a query can mean beside a name.
struct Reading {
  std::optional<std::string> resource_name;                       // "companies/x"
  std::optional<std::pair<std::string, std::string>> identifier;  // scheme, value
  bool id_only = false;                                           // the query said "companies/"
};

bool IsIdCharacter(unsigned char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-';
}

Reading Read(std::string_view query) {
  Reading reading;
  reading.id_only = query.starts_with(kPrefix);
  const std::string_view id = reading.id_only ? query.substr(kPrefix.size()) : query;
  bool is_id = !id.empty() && id.size() <= 128;
  for (const unsigned char c : id) is_id = is_id && IsIdCharacter(c);
  if (is_id || reading.id_only) reading.resource_name = StrCat(kPrefix, id);
  const size_t colon = query.find(':');
  if (!reading.id_only && colon != std::string_view::npos && colon > 0 &&
      colon + 1 < query.size()) {
    reading.identifier.emplace(query.substr(0, colon), query.substr(colon + 1));
  }
  return reading;
}

// The three ways to find a company, asked at once; the first in order that found one wins.
class Finder {
 public:
  Finder(const Backends& backends, std::string_view query, const common::v1::ReadOptions& read)
      : backends_(backends), reading_(Read(query)) {
    search_.set_query(std::string(query));
    search_.set_page_size(kCandidates);
    *search_.mutable_read() = *get_.mutable_read() = *lookup_.mutable_read() = read;
  }

  absl::Status Run(const rpc::Call& call) {
    rpc::FanOut calls(call);
    calls.Optional();  // that one way finds nothing must not stop the others
    int search = -1, get = -1, lookup = -1;
    if (!reading_.id_only) {
      search = calls.Add(kRegistry, [this](grpc::ClientContext* context, auto done) {
        backends_.registry->async()->SearchCompanies(context, &search_, &found_, std::move(done));
      });
    }
    if (reading_.resource_name) {
      get_.set_name(*reading_.resource_name);
      get = calls.Add(kRegistry, [this](grpc::ClientContext* context, auto done) {
        backends_.registry->async()->GetCompany(context, &get_, &got_, std::move(done));
      });
    }
    if (reading_.identifier) {
      lookup_.set_scheme(reading_.identifier->first);
      lookup_.set_value(reading_.identifier->second);
      lookup = calls.Add(kRegistry, [this](grpc::ClientContext* context, auto done) {
        backends_.registry->async()->LookupCompany(context, &lookup_, &looked_up_, std::move(done));
      });
    }
    const std::vector<absl::Status> outcomes = calls.Wait();
    const auto outcome = [&](int index) {
      return index < 0 ? absl::NotFoundError("not asked") : outcomes[static_cast<size_t>(index)];
    };
    if (search >= 0) STEELYARD_RETURN_IF_ERROR(outcome(search));
    return Choose(call, outcome(get), outcome(lookup));
  }

  registry::v1::Company company;
  std::optional<registry::v1::CompanyName> matched;
  std::vector<registry::v1::SearchHit> alternatives;
  common::v1::Snapshot snapshot;

 private:
  absl::Status Choose(const rpc::Call& call, const absl::Status& get, const absl::Status& lookup) {
    for (registry::v1::SearchHit& hit : *found_.mutable_hits()) {
      if (hit.rank() == registry::v1::MATCH_RANK_EXACT) alternatives.push_back(std::move(hit));
    }
    if (!alternatives.empty()) return TakeNamed(call);
    if (get.ok()) return Take(*got_.mutable_company(), *got_.mutable_snapshot());
    if (lookup.ok()) return Take(*looked_up_.mutable_company(), *looked_up_.mutable_snapshot());
    if (reading_.id_only) return get;
    if (!absl::IsNotFound(get) && !absl::IsInvalidArgument(get)) return get;
    return NotFound();
  }

  // The best exact name is the answer; the rest stay alternatives.
  absl::Status TakeNamed(const rpc::Call& call) {
    const registry::v1::SearchHit best = std::move(alternatives.front());
    alternatives.erase(alternatives.begin());
    matched = best.matched();
    get_.set_name(best.company());
    get_.mutable_read()->set_snapshot(found_.snapshot().token());
    STEELYARD_RETURN_IF_ERROR(
        rpc::Invoke(call, kRegistry, [this](grpc::ClientContext* context, auto done) {
          got_.Clear();
          backends_.registry->async()->GetCompany(context, &get_, &got_, std::move(done));
        }));
    return Take(*got_.mutable_company(), *got_.mutable_snapshot());
  }

  absl::Status Take(registry::v1::Company& from, common::v1::Snapshot& at) {
    company = std::move(from);
    snapshot = std::move(at);
    return absl::OkStatus();
  }

  absl::Status NotFound() const {
    std::vector<std::string> near;
    for (const registry::v1::SearchHit& hit : found_.hits()) {
      if (near.size() < 5) near.push_back(StrCat(hit.matched().text(), " (", hit.company(), ")"));
    }
    const std::string candidates = StrJoin(near, ", ");
    return MakeError(common::v1::ERROR_REASON_COMPANY_NOT_FOUND,
                     StrCat("no company is named '", search_.query(), "'",
                            near.empty() ? "" : StrCat("; near it: ", candidates)),
                     {{"query", search_.query()}, {"candidates", candidates}});
  }

  const Backends& backends_;
  Reading reading_;
  registry::v1::SearchCompaniesRequest search_;
  registry::v1::SearchCompaniesResponse found_;
  registry::v1::GetCompanyRequest get_;
  registry::v1::GetCompanyResponse got_;
  registry::v1::LookupCompanyRequest lookup_;
  registry::v1::LookupCompanyResponse looked_up_;
};

// The company's rounds and their total; both from funding, both optional together.
absl::Status AddRounds(const rpc::Call& call, const Backends& backends, const Pin& pin,
                       const v1::GetCompanyProfileRequest& request, Unreachable& unreachable,
                       v1::GetCompanyProfileResponse& response) {
  const std::string_view id = std::string_view(response.company().name()).substr(kPrefix.size());
  funding::v1::ListRoundsRequest list;
  list.set_page_size(kMostRounds);
  list.set_filter(StrCat("company = \"", id, "\""));
  *list.mutable_read() = pin.read;
  funding::v1::ListRoundsResponse rounds;
  funding::v1::AggregateRoundsRequest aggregate;
  aggregate.set_filter(list.filter());
  aggregate.add_measures(funding::v1::MEASURE_SUM);
  aggregate.add_measures(funding::v1::MEASURE_COUNT);
  if (request.has_definition()) *aggregate.mutable_definition() = request.definition();
  *aggregate.mutable_read() = pin.read;
  funding::v1::AggregateRoundsResponse totals;

  rpc::FanOut calls(call);
  calls.Optional();
  calls.Add(kFunding, [&](grpc::ClientContext* context, auto done) {
    backends.funding->async()->ListRounds(context, &list, &rounds, std::move(done));
  });
  calls.Add(kFunding, [&](grpc::ClientContext* context, auto done) {
    backends.funding->async()->AggregateRounds(context, &aggregate, &totals, std::move(done));
  });
  for (const absl::Status& outcome : calls.Wait()) {
    STEELYARD_RETURN_IF_ERROR(unreachable.Note(kFunding, outcome));
  }
  if (unreachable.Has(kFunding)) return absl::OkStatus();

  response.mutable_rounds()->Swap(rounds.mutable_rounds());
  response.set_more_rounds(!rounds.next_page_token().empty());
  if (totals.rows_size() == 1 && totals.rows(0).figures_size() == 2) {
    *response.mutable_total() = totals.rows(0).figures(0).figure();
    *response.mutable_round_count() = totals.rows(0).figures(1).figure();
  }
  *response.mutable_definition() = std::move(*totals.mutable_definition());
  return absl::OkStatus();
}

}  // namespace

absl::Status GetCompanyProfile(const rpc::Call& call, const Backends& backends,
                               const v1::GetCompanyProfileRequest& request,
                               v1::GetCompanyProfileResponse& response) {
  Unreachable unreachable;
  STEELYARD_ASSIGN_OR_RETURN(Pin pin,
                             PinSnapshotIfReachable(call, backends, request.read(), unreachable));
  Finder finder(backends, ToStd(absl::StripAsciiWhitespace(request.query())), pin.read);
  STEELYARD_RETURN_IF_ERROR(finder.Run(call));
  Adopt(finder.snapshot, pin);
  *response.mutable_company() = std::move(finder.company);
  if (finder.matched) *response.mutable_matched() = *std::move(finder.matched);
  for (registry::v1::SearchHit& hit : finder.alternatives)
    *response.add_alternatives() = std::move(hit);
  if (!unreachable.Has(kFunding)) {
    STEELYARD_RETURN_IF_ERROR(AddRounds(call, backends, pin, request, unreachable, response));
  }
  *response.mutable_snapshot() = pin.snapshot;
  unreachable.CopyTo(response.mutable_unreachable());
  return absl::OkStatus();
}

}  // namespace steelyard::gateway
