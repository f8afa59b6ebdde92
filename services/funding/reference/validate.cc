#include "services/funding/reference/validate.h"

#include <set>
#include <string_view>
#include <utility>

#include "services/common/money/money.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/funding/reference/convert.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/reference/rules.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

constexpr int kPageSize = 50;
constexpr int kMostPageSize = 1000;
constexpr int kMostObservations = 1000;
constexpr int kLongestRequestId = 64;
constexpr int kMostStalenessDays = 366;
constexpr size_t kLongestTerm = 130;  // an id, '@' and a version

bool IsTerm(std::string_view term) { return !term.empty() && term.size() <= kLongestTerm; }

// Where a field of the domain type stands in the message.
std::string PathOf(std::string_view field) {
  if (field == "id") {
    return "name";
  }
  const bool in_facet =
      field == "source" || field == "unit" || field == "scope" || field == "price_basis";
  return StrCat(in_facet ? "facet." : "", field);
}

void CheckCurrency(std::string_view field, const std::string& code, FieldErrors& errors) {
  if (const absl::StatusOr<int> digits = MinorDigits(code); !digits.ok()) {
    errors.Add(field, digits.status());
  }
}

}  // namespace

void CheckRequestId(const std::string& request_id, FieldErrors& errors) {
  if (text::Truncate(request_id, kLongestRequestId).size() < request_id.size()) {
    errors.Add("request_id", StrCat("at most ", kLongestRequestId, " characters are allowed"));
  }
}

absl::StatusOr<SeriesListing> Validate(const v1::ListSeriesRequest& request) {
  SeriesListing listing;
  STEELYARD_ASSIGN_OR_RETURN(listing.limit,
                             filter::PageSize(request.page_size(), kPageSize, kMostPageSize));
  STEELYARD_ASSIGN_OR_RETURN(listing.filter,
                             filter::Compile(request.filter(), SeriesFilterFields()));
  text::Sha256Stream digest;
  digest.UpdateFramed("series");
  digest.UpdateFramed(request.filter());
  digest.UpdateFramed(request.include_periods() ? "periods" : "");
  digest.UpdateFramed(request.read().SerializeAsString());
  listing.digest = digest.FinishHex();
  listing.read = request.read();
  listing.include_periods = request.include_periods();
  if (!request.page_token().empty()) {
    STEELYARD_ASSIGN_OR_RETURN(filter::Page page,
                               filter::DecodePage(request.page_token(), listing.digest));
    listing.offset = page.offset;
    listing.read.set_snapshot(std::move(page.snapshot));
  }
  return listing;
}

absl::StatusOr<UpsertAsked> Validate(const v1::UpsertObservationsRequest& request) {
  FieldErrors errors;
  if (request.observations().empty() || request.observations_size() > kMostObservations) {
    errors.Add("observations", StrCat("1 to ", kMostObservations, " observations are allowed"));
  }
  CheckRequestId(request.request_id(), errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());

  UpsertAsked asked;
  std::set<std::string> names;
  text::Sha256Stream digest;
  digest.UpdateFramed("observations");
  for (int i = 0; i < request.observations_size(); ++i) {
    const std::string path = StrCat("observations[", i, "].");
    const v1::Observation& observation = request.observations(i);
    PublishedValue value = ValueOf(observation);
    for (const Problem& problem : ProblemsOf(value)) {
      errors.Add(path + PathOf(problem.field), problem.reason, problem.code);
    }
    if (observation.has_vintage()) {
      errors.Add(path + "vintage", FromProto(observation.vintage()).status());
    }
    if (!value.id.empty() && !names.insert(NameOf(value)).second) {
      errors.Add(path + "name", "repeats an earlier observation; each vintage occurs once");
    }
    digest.UpdateFramed(observation.SerializeAsString());
    asked.observations.push_back(std::move(value));
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  asked.digest = digest.FinishHex();
  return asked;
}

absl::StatusOr<std::string> Validate(const v1::GetRegionRequest& request) {
  std::string term = WithoutPrefix(request.name(), kRegionPrefix);
  FieldErrors errors;
  if (!IsTerm(term)) {
    errors.Add("name", "must be \"regions/{term}\", such as \"regions/EUROPE\"");
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return term;
}

absl::StatusOr<RateAsked> Validate(const v1::GetExchangeRateRequest& request) {
  RateAsked asked{.date = {}, .max_staleness_days = kDefaultStalenessDays};
  FieldErrors errors;
  CheckCurrency("base", request.base(), errors);
  CheckCurrency("quote", request.quote(), errors);
  if (absl::StatusOr<PartialDate> date = FromProto(request.date()); !date.ok()) {
    errors.Add("date", date.status());
  } else if (!date->IsDay()) {
    errors.Add("date", "needs day, month and year");
  } else {
    asked.date = *date;
  }
  if (request.has_max_staleness_days()) {
    asked.max_staleness_days = request.max_staleness_days();
    if (asked.max_staleness_days < 0 || asked.max_staleness_days > kMostStalenessDays) {
      errors.Add("max_staleness_days", "must lie in [0, 366]");
    }
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return asked;
}

}  // namespace steelyard::funding
