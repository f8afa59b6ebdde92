#include "services/strategy/validate.h"

#include <set>
#include <string>
#include <string_view>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::strategy {
namespace {

constexpr int kFewestRegions = 2;
constexpr int kMostRegions = 12;
constexpr int kMostYears = 50;
constexpr int kMostTopK = 100;

void CheckRegions(const v1::CompareRegionsRequest& request, FieldErrors& errors) {
  if (request.regions_size() < kFewestRegions || request.regions_size() > kMostRegions) {
    errors.Add("regions", StrCat("2 to 12 regions are compared, not ", request.regions_size()));
  }
  std::set<std::string_view> seen;
  for (int i = 0; i < request.regions_size(); ++i) {
    const std::string& term = request.regions(i);
    const std::string field = StrCat("regions[", i, "]");
    if (term.empty()) {
      errors.Add(field, "a country, a region set or an alias is required");
    } else if (!seen.insert(term).second) {
      errors.Add(field, StrCat("'", term, "' stands there twice; each region once"));
    }
  }
}

// A whole year, 1 to 9999.
bool CheckYear(std::string_view field, bool present, const google::type::Date& date,
               FieldErrors& errors) {
  if (!present) {
    errors.Add(field, "a year is required");
    return false;
  }
  if (date.year() < 1 || date.year() > 9999) {
    errors.Add(field, StrCat("the year is 1 to 9999, not ", date.year()),
               common::v1::ERROR_REASON_INVALID_DATE);
    return false;
  }
  if (date.month() != 0 || date.day() != 0) {
    errors.Add(field, "only whole years are compared; leave month and day unset",
               common::v1::ERROR_REASON_INVALID_DATE);
    return false;
  }
  return true;
}

void CheckPeriod(const common::v1::Period& period, FieldErrors& errors) {
  const bool from = CheckYear("period.from", period.has_from(), period.from(), errors);
  const bool to = CheckYear("period.to", period.has_to(), period.to(), errors);
  if (!from || !to) return;
  const int years = period.to().year() - period.from().year();
  if (years < 0) {
    errors.Add("period.to",
               StrCat("the period ends in ", period.to().year(), ", before it starts in ",
                      period.from().year()),
               common::v1::ERROR_REASON_INVALID_DATE);
  } else if (years > kMostYears) {
    errors.Add("period", StrCat("the years are at most ", kMostYears, " apart, not ", years),
               common::v1::ERROR_REASON_INVALID_DATE);
  }
}

}  // namespace

absl::Status Validate(const v1::CompareRegionsRequest& request) {
  FieldErrors errors;
  CheckRegions(request, errors);
  CheckPeriod(request.period(), errors);
  if (request.top_k() < 0 || request.top_k() > kMostTopK) {
    errors.Add("top_k", StrCat("0 to ", kMostTopK, ", not ", request.top_k()));
  }
  return errors.ToStatus();
}

}  // namespace steelyard::strategy
