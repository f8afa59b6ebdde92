#include "services/funding/validate.h"

#include <set>
#include <utility>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/page_asked.h"
#include "services/funding/reference/convert.h"
#include "services/funding/round_filter.h"
#include "services/funding/round_rules.h"

namespace steelyard::funding {
namespace {

constexpr int kListPage = 50;
constexpr int kMostListPage = 1000;
constexpr int kAggregatePage = 1000;
constexpr int kMostAggregatePage = 10000;
constexpr int kMostRegions = 100;
constexpr int kMostDimensions = 4;
constexpr int kMostTop = 100;
constexpr int kMostRounds = 1000;
constexpr int kLongestRequestId = 64;
constexpr size_t kLongestTerm = 130;  // an id, '@' and a version

// Values of an enum that must be known, set and different.
template <typename Enum, typename Values, typename IsValid>
std::vector<Enum> TakeEnums(const Values& values, std::string_view field, std::string_view name,
                            IsValid is_valid, FieldErrors& errors) {
  std::vector<Enum> taken;
  std::set<int> seen;
  for (int i = 0; i < values.size(); ++i) {
    const int value = values.Get(i);
    const std::string path = StrCat(field, "[", i, "]");
    if (value == 0 || !is_valid(value)) {
      errors.Add(path, StrCat("must be a value of ", name, " other than the unspecified one"));
    } else if (!seen.insert(value).second) {
      errors.Add(path, "must not repeat an earlier one");
    }
    taken.push_back(static_cast<Enum>(value));
  }
  return taken;
}

std::vector<std::string> TakeRegions(const v1::AggregateRoundsRequest& request,
                                     FieldErrors& errors) {
  if (request.regions_size() > kMostRegions) {
    errors.Add("regions", StrCat("at most ", kMostRegions, " regions are allowed"));
  }
  for (int i = 0; i < request.regions_size(); ++i) {
    if (request.regions(i).empty() || request.regions(i).size() > kLongestTerm) {
      errors.Add(StrCat("regions[", i, "]"), "must be a country, region set or alias");
    }
  }
  return {request.regions().begin(), request.regions().end()};
}

void CheckGrouping(const v1::AggregateRoundsRequest& request, FieldErrors& errors) {
  if (request.group_by_size() > kMostDimensions) {
    errors.Add("group_by", StrCat("at most ", kMostDimensions, " dimensions are allowed"));
  }
  for (int i = 0; i < request.group_by_size(); ++i) {
    if (request.group_by(i) == v1::DIMENSION_REGION && request.regions().empty()) {
      errors.Add(StrCat("group_by[", i, "]"), "DIMENSION_REGION needs `regions`");
    }
  }
  if (request.measures().empty()) errors.Add("measures", "at least one measure is required");
  if (request.top_k() < 0 || request.top_k() > kMostTop) {
    errors.Add("top_k", StrCat("must be in [0, ", kMostTop, "]"));
  }
}

// What goes with include_history, and what does not.
void CheckHistory(const v1::ListRoundsRequest& request, FieldErrors& errors) {
  if (request.updated_after_revision() < 0) {
    errors.Add("updated_after_revision", "must not be negative");
  }
  if (request.history_since_revision() < 0) {
    errors.Add("history_since_revision", "must not be negative");
  }
  if (!request.include_history()) {
    if (request.history_since_revision() != 0) {
      errors.Add("history_since_revision", "needs include_history");
    }
    return;
  }
  if (!request.order_by().empty()) {
    errors.Add("order_by", "must be empty with include_history: states are ordered by id and time");
  }
  if (request.updated_after_case() != v1::ListRoundsRequest::UPDATED_AFTER_NOT_SET) {
    errors.Add("updated_after", "must be unset with include_history");
  }
}

// Takes a request's period; an unset one is open.
DateRange TakePeriod(const common::v1::Period& period, FieldErrors& errors) {
  absl::StatusOr<DateRange> range = FromProto(period);
  if (range.ok()) return *std::move(range);
  errors.Add("period", range.status());
  return {};
}

}  // namespace

absl::StatusOr<RoundListing> Validate(const v1::ListRoundsRequest& request) {
  FieldErrors errors;
  RoundListing listing;
  listing.digest = DigestOf("rounds", request);
  listing.query.period = TakePeriod(request.period(), errors);
  listing.query.policy =
      TakeSourcePolicy(request.definition(), "definition", RoundRuleFields(), errors);
  CheckHistory(request, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  listing.history = request.include_history();
  listing.history_since = request.history_since_revision();
  STEELYARD_ASSIGN_OR_RETURN(listing.query.filter,
                             filter::Compile(request.filter(), RoundFilterFields()));
  STEELYARD_ASSIGN_OR_RETURN(listing.query.order,
                             filter::ParseOrderBy(request.order_by(), RoundOrderFields()));
  STEELYARD_ASSIGN_OR_RETURN(PageAsked page,
                             TakePage(request, listing.digest, kListPage, kMostListPage));
  listing.query.limit = page.limit;
  listing.query.offset = page.offset;
  listing.read = std::move(page.read);
  return listing;
}

absl::StatusOr<AggregateAsked> Validate(const v1::AggregateRoundsRequest& request) {
  FieldErrors errors;
  AggregateAsked asked;
  asked.digest = DigestOf("aggregate", request);
  asked.selection.period = TakePeriod(request.period(), errors);
  asked.regions = TakeRegions(request, errors);
  asked.group_by = TakeEnums<v1::Dimension>(request.group_by(), "group_by", "Dimension",
                                            v1::Dimension_IsValid, errors);
  asked.measures = TakeEnums<v1::Measure>(request.measures(), "measures", "Measure",
                                          v1::Measure_IsValid, errors);
  CheckGrouping(request, errors);
  asked.top_k = request.top_k();
  absl::StatusOr<CheckedDefinition> definition =
      CheckDefinition(request.definition(), "definition");
  errors.Add("", definition.status());
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  STEELYARD_ASSIGN_OR_RETURN(asked.definition, std::move(definition));
  asked.selection.scope = asked.definition.scope;
  asked.selection.date_basis = asked.definition.date_basis;
  asked.selection.policy = asked.definition.policy;
  STEELYARD_ASSIGN_OR_RETURN(asked.selection.filter,
                             filter::Compile(request.filter(), RoundFilterFields()));
  asked.selection.division =
      DivisionOf(asked.definition.attribution, asked.definition.layers, asked.group_by,
                 !asked.regions.empty(), asked.selection.filter);
  STEELYARD_ASSIGN_OR_RETURN(PageAsked page,
                             TakePage(request, asked.digest, kAggregatePage, kMostAggregatePage));
  asked.limit = page.limit;
  asked.offset = page.offset;
  asked.read = std::move(page.read);
  return asked;
}

absl::StatusOr<RoundStore::Upsertion> Validate(const v1::UpsertRoundsRequest& request) {
  FieldErrors errors;
  RoundStore::Upsertion upsertion;
  if (request.rounds().empty() || request.rounds_size() > kMostRounds) {
    errors.Add("rounds", StrCat("1 to ", kMostRounds, " rounds are allowed"));
  }
  const std::string& request_id = request.request_id();
  if (text::Truncate(request_id, kLongestRequestId).size() < request_id.size()) {
    errors.Add("request_id", StrCat("must be at most ", kLongestRequestId, " characters"));
  }
  std::set<std::string> names;
  text::Sha256Stream digest;
  for (int i = 0; i < request.rounds_size(); ++i) {
    const std::string path = StrCat("rounds[", i, "]");
    if (!names.insert(request.rounds(i).name()).second) {
      errors.Add(StrCat(path, ".name"), "must not repeat an earlier one");
    }
    upsertion.rounds.push_back(TakeRound(request.rounds(i), path, errors));
    digest.UpdateFramed(Canonical(upsertion.rounds.back()));
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  upsertion.request_id = request_id;
  upsertion.digest = digest.FinishHex();
  upsertion.validate_only = request.validate_only();
  return upsertion;
}

absl::Status Validate(const v1::WatchRoundsRequest& request, int64_t head) {
  if (request.after_revision() < 0) {
    FieldErrors errors;
    errors.Add("after_revision", "must not be negative");
    return errors.ToStatus();
  }
  if (request.after_revision() <= head) return absl::OkStatus();
  return MakeError(
      common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE,
      StrCat("revision ", request.after_revision(), " lies ahead; the newest is ", head),
      {{"revision", StrCat(request.after_revision())}, {"newest", StrCat(head)}});
}

}  // namespace steelyard::funding
