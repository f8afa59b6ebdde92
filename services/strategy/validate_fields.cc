#include "services/strategy/validate_fields.h"

#include "google/type/date.pb.h"
#include "services/common/text/strings.h"

namespace steelyard::strategy {
namespace {

constexpr int kMostYears = 50;
constexpr int kLastYear = 9999;

bool CheckYear(std::string_view field, bool present, const google::type::Date& date,
               FieldErrors& errors) {
  if (!present) {
    errors.Add(field, "a year is required");
    return false;
  }
  if (date.year() < 1 || date.year() > kLastYear) {
    errors.Add(field, StrCat("the year is 1 to ", kLastYear, ", not ", date.year()),
               common::v1::ERROR_REASON_INVALID_DATE);
    return false;
  }
  if (date.month() != 0 || date.day() != 0) {
    errors.Add(field, "only whole years are allowed; leave month and day unset",
               common::v1::ERROR_REASON_INVALID_DATE);
    return false;
  }
  return true;
}

}  // namespace

bool CheckTerm(std::string_view field, std::string_view term, FieldErrors& errors) {
  if (term.empty()) errors.Add(field, kRegionRequired);
  if (term.size() > kLongestTerm) errors.Add(field, kTermTooLong);
  return !term.empty() && term.size() <= kLongestTerm;
}

std::optional<std::set<std::string_view>> CheckRegions(
    const google::protobuf::RepeatedPtrField<std::string>& regions, int fewest, int most,
    std::string_view done, FieldErrors& errors) {
  if (regions.size() < fewest || regions.size() > most) {
    errors.Add("regions",
               StrCat(fewest, " to ", most, " regions are ", done, ", not ", regions.size()));
  }
  if (regions.size() > most) return std::nullopt;
  std::set<std::string_view> terms;
  for (int i = 0; i < regions.size(); ++i) {
    const std::string field = StrCat("regions[", i, "]");
    if (!CheckTerm(field, regions[i], errors)) continue;
    if (!terms.insert(regions[i]).second) {
      errors.Add(field, StrCat("'", regions[i], "' stands there twice; each region once"));
    }
  }
  return terms;
}

bool CheckPeriod(std::string_view field, const common::v1::Period& period, FieldErrors& errors) {
  const bool from = CheckYear(StrCat(field, ".from"), period.has_from(), period.from(), errors);
  const bool to = CheckYear(StrCat(field, ".to"), period.has_to(), period.to(), errors);
  if (!from || !to) return to;
  const int years = period.to().year() - period.from().year();
  if (years < 0) {
    errors.Add(StrCat(field, ".to"),
               StrCat("the period ends in ", period.to().year(), ", before it starts in ",
                      period.from().year()),
               common::v1::ERROR_REASON_INVALID_DATE);
  } else if (years > kMostYears) {
    errors.Add(field, StrCat("the years are at most ", kMostYears, " apart, not ", years),
               common::v1::ERROR_REASON_INVALID_DATE);
  }
  return true;
}

}  // namespace steelyard::strategy
