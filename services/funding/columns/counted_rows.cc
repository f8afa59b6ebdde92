#include "services/funding/columns/counted_rows.h"

namespace steelyard::funding::columns {

CountedRows::CountedRows(const Copy& copy, const SelectionQuery& query, int64_t revision)
    : revision_(static_cast<int32_t>(revision)),
      wholes_(copy.wholes.get()),
      by_closing_(query.date_basis == common::v1::DATE_BASIS_CLOSED),
      with_parts_(query.with_parts) {
  for (const AmountKind kind : query.scope) kinds_[static_cast<uint8_t>(kind)] = true;
  if (query.period.from) first_ = Pack(*query.period.from);
  if (query.period.to) {
    const PartialDate& to = *query.period.to;
    const PartialDate month{.year = to.year, .month = to.month};
    last_ = Pack(to) | (month.LastDay() == to ? kDays : 0);
  }
  if (query.countries.empty()) return;
  countries_.assign(copy.codes->countries.size(), false);
  for (const std::string& country : query.countries) {
    if (const auto number = copy.codes->countries.Find(country)) {
      countries_[static_cast<size_t>(*number)] = true;
    }
  }
}

}  // namespace steelyard::funding::columns
