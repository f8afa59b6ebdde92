#include "services/common/mapping/fields.h"

#include <algorithm>

#include "services/common/mapping/mapping.h"

namespace steelyard::mapping {
namespace {

constexpr Field kRounds[] = {{"id", FieldType::kId},
                             {"company_id", FieldType::kId},
                             {"company_name", FieldType::kText},
                             {"company_country", FieldType::kCode},
                             {"company_city", FieldType::kText},
                             {"company_website", FieldType::kText},
                             {"company_category", FieldType::kText},
                             {"announced", FieldType::kDate, true},
                             {"closed", FieldType::kDate},
                             {"stage", FieldType::kCode},
                             {"kind", FieldType::kCode},
                             {"label", FieldType::kText},
                             {"amount", FieldType::kMoney},
                             {"post_money", FieldType::kMoney},
                             {"lead_investors", FieldType::kList},
                             {"investors", FieldType::kList},
                             {"note", FieldType::kText}};

constexpr Field kCompanies[] = {
    {"company_id", FieldType::kId},        {"company_name", FieldType::kText, true},
    {"company_country", FieldType::kCode}, {"company_city", FieldType::kText},
    {"company_website", FieldType::kText}, {"company_category", FieldType::kText}};

constexpr Field kStatistics[] = {{"id", FieldType::kId},
                                 {"variable", FieldType::kCode},
                                 {"region", FieldType::kCode, true},
                                 {"period", FieldType::kCode},
                                 {"value", FieldType::kNumber},
                                 {"unit", FieldType::kCode},
                                 {"scope", FieldType::kText},
                                 {"price_basis", FieldType::kCode},
                                 {"qualifier", FieldType::kCode},
                                 {"vintage", FieldType::kDate},
                                 {"note", FieldType::kText}};

constexpr Field kRates[] = {
    {"date", FieldType::kDate, true}, {"currency", FieldType::kCode}, {"rate", FieldType::kNumber}};

}  // namespace

std::span<const Field> FieldsOf(std::string_view kind) {
  if (kind == kRoundsKind) return kRounds;
  if (kind == kCompaniesKind) return kCompanies;
  if (kind == kStatisticsKind) return kStatistics;
  if (kind == kRatesKind) return kRates;
  return {};
}

const Field* FindField(std::string_view kind, std::string_view name) {
  const std::span<const Field> fields = FieldsOf(kind);
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace steelyard::mapping
