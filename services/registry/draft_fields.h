#pragma once

// What a draft's rows and facts have in common with what is stored.

#include "services/registry/company.h"
#include "services/registry/draft.h"

namespace steelyard::registry {

// Calls `take` with the bit and the member of each field of a row that is taken as it is.
template <typename Take>
void ForEachField(Take take) {
  take(kCountryField, &Company::country);
  take(kCityField, &Company::city);
  take(kLegalCountryField, &Company::legal_country);
  take(kFoundedField, &Company::founded_on);
  take(kStatusField, &Company::status);
  take(kWebsiteField, &Company::website);
  take(kLayersField, &Company::layers);
  take(kSectorsField, &Company::sectors);
  take(kCategoryField, &Company::source_category);
}

// Whether two say something of the same.
inline bool Same(const CompanyName& a, const CompanyName& b) {
  return a.kind == b.kind && a.text == b.text && a.language == b.language;
}
inline bool Same(const Relation& a, const Relation& b) {
  return a.kind == b.kind && a.object == b.object;
}
inline bool Same(const Headquarters& a, const Headquarters& b) {
  return a.country == b.country && a.city == b.city;
}
inline bool Same(const StatusPeriod& a, const StatusPeriod& b) { return a.status == b.status; }

}  // namespace steelyard::registry
