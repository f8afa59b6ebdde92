#include "services/registry/sql_details.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "services/common/text/strings.h"
#include "services/registry/sql_parts.h"

namespace steelyard::registry {
namespace {

using sql::Value;

// The number that a detail writes.
template <typename Enum>
Enum NumberAt(const sql::Rows& rows, int column) {
  const std::string_view text = rows.Text(column);
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<Enum>(number);
}

template <typename Enum>
std::string NumberOf(Enum value) {
  return StrCat(static_cast<int>(value));
}

// Makes rows of one company.
class RowsOf {
 public:
  explicit RowsOf(const Company& company) : company_(company) {}

  void Add(Facet facet, size_t ordinal, std::string code, std::string detail,
           const std::string& source, const Validity& valid) {
    rows_.push_back({company_.id, static_cast<int64_t>(ordinal), static_cast<int64_t>(facet),
                     std::move(code), std::move(detail), source, DateValue(valid.from),
                     DateValue(valid.to)});
  }
  std::vector<std::vector<Value>> Take() { return std::move(rows_); }

 private:
  const Company& company_;
  std::vector<std::vector<Value>> rows_;
};

}  // namespace

std::vector<std::vector<Value>> DetailRows(const Company& company) {
  RowsOf rows(company);
  for (size_t i = 0; i < company.merged.size(); ++i) {
    rows.Add(Facet::kMember, i, company.merged[i], "", "", {});
  }
  for (size_t i = 0; i < company.relations.size(); ++i) {
    const Relation& relation = company.relations[i];
    rows.Add(Facet::kRelation, i, relation.object, NumberOf(relation.kind), relation.source,
             relation.valid);
  }
  for (size_t i = 0; i < company.headquarters.size(); ++i) {
    const Headquarters& place = company.headquarters[i];
    rows.Add(Facet::kHeadquarters, i, place.country, place.city, place.source, place.valid);
  }
  for (size_t i = 0; i < company.status_history.size(); ++i) {
    const StatusPeriod& period = company.status_history[i];
    rows.Add(Facet::kStatus, i, "", NumberOf(period.status), period.source, period.valid);
  }
  for (size_t i = 0; i < company.names.size(); ++i) {
    if (company.names[i].valid == Validity()) continue;
    rows.Add(Facet::kName, i, "", "", "", company.names[i].valid);
  }
  return rows.Take();
}

void TakeDetail(const sql::Rows& rows, Company& company) {
  const int64_t ordinal = rows.Int(1);
  const Validity valid{.from = DateAt(rows, 6), .to = DateAt(rows, 7)};
  switch (static_cast<Facet>(rows.Int(2))) {
    case Facet::kMember:
      PlaceOf(ordinal, company.merged) = TextAt(rows, 3);
      return;
    case Facet::kRelation:
      PlaceOf(ordinal, company.relations) = {.kind = NumberAt<RelationKind>(rows, 4),
                                             .object = TextAt(rows, 3),
                                             .valid = valid,
                                             .source = TextAt(rows, 5)};
      return;
    case Facet::kHeadquarters:
      PlaceOf(ordinal, company.headquarters) = {.country = TextAt(rows, 3),
                                                .city = TextAt(rows, 4),
                                                .valid = valid,
                                                .source = TextAt(rows, 5)};
      return;
    case Facet::kStatus:
      PlaceOf(ordinal, company.status_history) = {
          .status = NumberAt<CompanyStatus>(rows, 4), .valid = valid, .source = TextAt(rows, 5)};
      return;
    case Facet::kName:
      PlaceOf(ordinal, company.names).valid = valid;
      return;
  }
}

}  // namespace steelyard::registry
