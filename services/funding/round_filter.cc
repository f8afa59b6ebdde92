#include "services/funding/round_filter.h"

#include "services/common/text/strings.h"
#include "services/funding/round.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

filter::Field Text(std::string_view name, std::string_view sql) {
  return {.name = std::string(name),
          .type = filter::FieldType::kText,
          .sql = std::string(sql),
          .equality_only = true,
          .values = {}};
}

filter::Field Has(std::string_view name, std::string_view sql) {
  return {.name = std::string(name),
          .type = filter::FieldType::kHas,
          .sql = std::string(sql),
          .equality_only = false,
          .values = {}};
}

filter::Field Ordered(std::string_view name, filter::FieldType type, std::string_view sql) {
  return {.name = std::string(name),
          .type = type,
          .sql = std::string(sql),
          .equality_only = false,
          .values = {}};
}

filter::Field StageField() {
  filter::Field field = Text("stage", "r.stage");
  for (const Stage stage : Stages()) {
    field.values.emplace_back(StageName(stage), static_cast<int64_t>(stage));
  }
  return field;
}

filter::Field KindField() {
  filter::Field field = Text("kind", "r.kind");
  for (const AmountKind kind : Kinds()) {
    field.values.emplace_back(KindName(kind), static_cast<int64_t>(kind));
  }
  return field;
}

std::vector<filter::Field> MakeFields() {
  return {
      Text("id", "r.id"),
      Text("company", "r.company_id"),
      Text("country", "COALESCE(c.country, '')"),
      StageField(),
      KindField(),
      Text("currency", "COALESCE(r.currency, '')"),
      Text("layer", kLayerColumn),
      Text("sector", kSectorColumn),
      Text("source_category", "COALESCE(c.source_category, '')"),
      Ordered("year", filter::FieldType::kInteger, "r.announced_year"),
      Ordered("announced_on", filter::FieldType::kDate, "r.announced_first"),
      Has("sources", "POSITION(('|' || ? || '|') IN r.sources) > 0"),
      // Participations share the interval of their round.
      Has("investors", StrCat("EXISTS (SELECT 1 FROM ", kParticipationsTable,
                              " p WHERE p.company_id = r.company_id AND p.round_id = r.id AND "
                              "p.from_revision = r.from_revision AND p.investor = ?)")),
      Ordered("amount", filter::FieldType::kDecimal,
              "(CAST(r.amount_minor AS DECIMAL(38, 0)) * r.amount_micros)"),
  };
}

}  // namespace

const std::vector<filter::Field>& RoundFilterFields() {
  static const auto& fields = *new std::vector<filter::Field>(MakeFields());
  return fields;
}

const std::vector<std::string>& RoundOrderFields() {
  static const auto& fields = *new std::vector<std::string>{"announced_on", "amount", "id"};
  return fields;
}

std::string RoundOrderSql(const std::vector<filter::OrderKey>& keys) {
  static const auto& newest_first = *new std::vector<filter::OrderKey>{{"announced_on", true}};
  std::string sql;
  bool by_id = false;
  for (const filter::OrderKey& key : keys.empty() ? newest_first : keys) {
    const std::string_view direction = key.descending ? " DESC" : " ASC";
    if (key.name == "announced_on") {
      StrAppend(&sql, "r.announced_first", direction, ", r.announced_precision", direction, ", ");
    } else if (key.name == "amount") {
      StrAppend(&sql, "r.amount_minor", direction, " NULLS LAST, ");
    } else {
      StrAppend(&sql, "r.id", direction, ", ");
      by_id = true;
    }
  }
  // The id is unique, so nothing after it decides.
  return by_id ? sql.substr(0, sql.size() - 2) : StrCat(sql, "r.id ASC");
}

}  // namespace steelyard::funding
