#include "services/registry/sql_read.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_split.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/common/time/date.h"
#include "services/registry/sql_details.h"
#include "services/registry/sql_parts.h"

namespace steelyard::registry {
namespace {

using sql::Value;

// Up to so many parts of a list of keys are read one by one; of more, everything is read once.
constexpr size_t kMostParts = 10;

// Whether a company bears an identifier. A state of a company begins when any of its identifiers
// does.
constexpr std::string_view kBears =
    "EXISTS (SELECT 1 FROM company_identifiers i WHERE i.company = companies.company AND "
    "i.from_revision <= companies.from_revision AND i.to_revision > companies.from_revision AND "
    "i.lookup_key = lower(?))";

// The fields that companies can be filtered by.
const std::vector<filter::Field>& FilterFields() {
  using filter::FieldType;
  const auto has = [](std::string_view column) {
    return StrCat("position(';' || replace(?, 'sources/', '') || ';' IN ", column, ") > 0");
  };
  const auto status = [](CompanyStatus value) { return Value(static_cast<int64_t>(value)); };
  static const std::vector<filter::Field> kFields = {
      {.name = "id", .type = FieldType::kText, .sql = "company"},
      {.name = "display_name", .type = FieldType::kText, .sql = "display_name"},
      {.name = "country", .type = FieldType::kText, .sql = "country"},
      {.name = "city", .type = FieldType::kText, .sql = "city"},
      {.name = "legal_country", .type = FieldType::kText, .sql = "legal_country"},
      {.name = "website", .type = FieldType::kText, .sql = "website"},
      {.name = "status",
       .type = FieldType::kInteger,
       .sql = "status",
       .values = {{"UNSPECIFIED", status(CompanyStatus::kUnknown)},
                  {"PRIVATE", status(CompanyStatus::kPrivate)},
                  {"PUBLIC", status(CompanyStatus::kPublic)},
                  {"ACQUIRED", status(CompanyStatus::kAcquired)},
                  {"CLOSED", status(CompanyStatus::kClosed)},
                  {"COMPANY_STATUS_UNSPECIFIED", status(CompanyStatus::kUnknown)},
                  {"COMPANY_STATUS_PRIVATE", status(CompanyStatus::kPrivate)},
                  {"COMPANY_STATUS_PUBLIC", status(CompanyStatus::kPublic)},
                  {"COMPANY_STATUS_ACQUIRED", status(CompanyStatus::kAcquired)},
                  {"COMPANY_STATUS_CLOSED", status(CompanyStatus::kClosed)}}},
      {.name = "founded_year", .type = FieldType::kInteger, .sql = "founded_year"},
      {.name = "source_category", .type = FieldType::kText, .sql = "source_category"},
      {.name = "layers", .type = FieldType::kHas, .sql = has("layers")},
      {.name = "sectors", .type = FieldType::kHas, .sql = has("sectors")},
      {.name = "sources", .type = FieldType::kHas, .sql = has("sources")},
      {.name = "identifiers", .type = FieldType::kHas, .sql = std::string(kBears)},
  };
  return kFields;
}

std::string OrderBy(const std::vector<filter::OrderKey>& keys) {
  std::string sql = " ORDER BY ";
  for (const filter::OrderKey& key : keys) {
    const std::string_view column = key.name == "id" ? "company" : std::string_view(key.name);
    StrAppend(&sql, column, key.descending ? " DESC" : " ASC", " NULLS LAST, ");
  }
  return StrCat(sql, "company ASC");
}

}  // namespace

std::string JoinList(const std::vector<std::string>& items) {
  return items.empty() ? "" : StrCat(";", StrJoin(items, ";"), ";");
}

std::vector<std::string> SplitList(std::string_view text) {
  return absl::StrSplit(ToAbsl(text), ';', absl::SkipEmpty());
}

absl::StatusOr<std::string> SqlReader::WhichOf(std::string_view column,
                                               std::span<const std::string> keys,
                                               std::vector<Value>& parameters) const {
  if (!stages || keys.size() <= kMostListed) return AndIn(column, keys, parameters);
  STEELYARD_RETURN_IF_ERROR(ledger::StageKeys(connection, context, keys));
  return StrCat(" AND ", column, " IN ", ledger::kStagedKeys);
}

absl::StatusOr<std::vector<Company>> SqlReader::Fields(const CompanyTables& tables,
                                                       std::string_view rest,
                                                       std::vector<Value> parameters) const {
  const std::vector<Value> at = {revision, revision};
  parameters.insert(parameters.begin(), at.begin(), at.end());
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<sql::Rows> rows,
      connection.Query(
          context,
          StrCat("SELECT company, display_name, country, city, founded_on, status, "
                 "website, layers, sectors, sources, source_category, legal_country FROM ",
                 tables.companies, " WHERE ", kAtRevision, rest),
          parameters));
  std::vector<Company> companies;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return companies;
    companies.push_back({.id = TextAt(*rows, 0),
                         .display_name = TextAt(*rows, 1),
                         .country = TextAt(*rows, 2),
                         .city = TextAt(*rows, 3),
                         .legal_country = TextAt(*rows, 11),
                         .founded_on = DateAt(*rows, 4),
                         .status = static_cast<CompanyStatus>(rows->Int(5)),
                         .website = TextAt(*rows, 6),
                         .layers = SplitList(rows->Text(7)),
                         .sectors = SplitList(rows->Text(8)),
                         .names = {},
                         .identifiers = {},
                         .sources = SplitList(rows->Text(9)),
                         .source_category = TextAt(*rows, 10),
                         .merged = {},
                         .relations = {},
                         .headquarters = {},
                         .status_history = {}});
  }
}

absl::Status SqlReader::AddChildren(const CompanyTables& tables,
                                    std::vector<Company>& companies) const {
  if (companies.empty()) return absl::OkStatus();
  std::unordered_map<std::string_view, Company*> by_id;
  std::vector<std::string> ids;
  for (Company& company : companies) {
    by_id.emplace(company.id, &company);
    ids.push_back(company.id);
  }
  std::vector<Value> parameters = {revision, revision};
  STEELYARD_ASSIGN_OR_RETURN(const std::string listed, WhichOf("company", ids, parameters));
  const std::string which = StrCat(kAtRevision, listed);

  // Rows come in any order and are put in their places here: cheaper than to have them sorted.
  STEELYARD_ASSIGN_OR_RETURN(
      std::unique_ptr<sql::Rows> rows,
      connection.Query(context,
                       StrCat("SELECT company, ordinal, name_text, language, kind, source FROM ",
                              tables.names, " WHERE ", which),
                       parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) break;
    const auto company = by_id.find(rows->Text(0));
    if (company == by_id.end()) continue;
    PlaceOf(rows->Int(1), company->second->names) = {.text = TextAt(*rows, 2),
                                                     .language = TextAt(*rows, 3),
                                                     .kind = static_cast<NameKind>(rows->Int(4)),
                                                     .source = TextAt(*rows, 5)};
  }
  // Details come along: a statement of their own would cost every read more.
  const std::string statement =
      StrCat("SELECT company, ordinal, 0, scheme, code, source, NULL, NULL FROM ",
             tables.identifiers, " WHERE ", which,
             " UNION ALL SELECT company, ordinal, facet, code, detail, source, valid_from, "
             "valid_to FROM ",
             tables.details, " WHERE ", which);
  const std::vector<Value> again = parameters;
  parameters.insert(parameters.end(), again.begin(), again.end());
  STEELYARD_ASSIGN_OR_RETURN(rows, connection.Query(context, statement, parameters));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    const auto company = by_id.find(rows->Text(0));
    if (company == by_id.end()) continue;
    if (rows->Int(2) != 0) {
      TakeDetail(*rows, *company->second);
      continue;
    }
    PlaceOf(rows->Int(1), company->second->identifiers) = {
        .scheme = TextAt(*rows, 3), .value = TextAt(*rows, 4), .source = TextAt(*rows, 5)};
  }
}

absl::StatusOr<std::vector<Company>> SqlReader::ByPartsOf(const CompanyTables& tables,
                                                          std::string_view key,
                                                          std::span<const std::string> keys) const {
  std::vector<Company> all;
  for (size_t first = 0; first < keys.size(); first += kMostListed) {
    const auto part = keys.subspan(first, std::min(kMostListed, keys.size() - first));
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> companies, ByIds(tables, key, part));
    all.insert(all.end(), std::make_move_iterator(companies.begin()),
               std::make_move_iterator(companies.end()));
  }
  // A key that two parts ask for is found twice.
  std::sort(all.begin(), all.end(), [](const Company& a, const Company& b) { return a.id < b.id; });
  all.erase(std::unique(all.begin(), all.end(),
                        [](const Company& a, const Company& b) { return a.id == b.id; }),
            all.end());
  return all;
}

absl::StatusOr<std::vector<Company>> SqlReader::ByIds(const CompanyTables& tables,
                                                      std::string_view key,
                                                      std::span<const std::string> keys) const {
  if (keys.empty()) return std::vector<Company>();
  if (!stages && keys.size() > kMostListed && keys.size() <= kMostParts * kMostListed) {
    return ByPartsOf(tables, key, keys);
  }
  std::vector<Value> parameters;
  STEELYARD_ASSIGN_OR_RETURN(const std::string which, WhichOf(key, keys, parameters));
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> companies,
                             Fields(tables, which, std::move(parameters)));
  if (which.empty()) {
    const std::set<std::string_view> wanted(keys.begin(), keys.end());
    std::erase_if(companies,
                  [&](const Company& company) { return !wanted.contains(IdOfKey(company.id)); });
  }
  std::sort(companies.begin(), companies.end(),
            [](const Company& a, const Company& b) { return a.id < b.id; });
  STEELYARD_RETURN_IF_ERROR(AddChildren(tables, companies));
  return companies;
}

absl::StatusOr<std::vector<Company>> SqlReader::Companies(std::span<const std::string> ids) const {
  return ByIds(kSeen, "company", ids);
}

absl::StatusOr<CompanyPage> SqlReader::ListCompanies(const CompanyQuery& query) const {
  STEELYARD_ASSIGN_OR_RETURN(const filter::Predicate predicate,
                             filter::Compile(query.filter, FilterFields()));
  const std::string which = StrCat(" AND (", predicate.sql, ")");
  std::vector<Value> parameters = {revision, revision};
  parameters.insert(parameters.end(), predicate.parameters.begin(), predicate.parameters.end());
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<sql::Rows> rows,
      connection.Query(context, StrCat("SELECT count(*) FROM companies WHERE ", kAtRevision, which),
                       parameters));
  STEELYARD_RETURN_IF_ERROR(rows->Next().status());
  CompanyPage page{.companies = {}, .total = rows->Int(0)};

  parameters = predicate.parameters;
  parameters.emplace_back(static_cast<int64_t>(query.limit));
  parameters.emplace_back(query.offset);
  STEELYARD_ASSIGN_OR_RETURN(page.companies,
                             Fields(kSeen, StrCat(which, OrderBy(query.order), " LIMIT ? OFFSET ?"),
                                    std::move(parameters)));
  STEELYARD_RETURN_IF_ERROR(AddChildren(kSeen, page.companies));
  return page;
}

absl::StatusOr<std::vector<Company>> SqlReader::ChangedIn(std::string_view after_id,
                                                          int limit) const {
  STEELYARD_ASSIGN_OR_RETURN(
      std::vector<Company> companies,
      Fields(kSeen, " AND from_revision = ? AND company > ? ORDER BY company LIMIT ?",
             {revision, std::string(after_id), int64_t{limit}}));
  STEELYARD_RETURN_IF_ERROR(AddChildren(kSeen, companies));
  return companies;
}

absl::StatusOr<std::vector<Source>> SqlReader::Sources(std::span<const std::string> ids,
                                                       int64_t offset, int limit) const {
  std::vector<Value> parameters = {revision, revision};
  const std::string which = ids.empty() ? "" : AndIn("source", ids, parameters);
  parameters.emplace_back(int64_t{limit});
  parameters.emplace_back(offset);
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<sql::Rows> rows,
      connection.Query(context,
                       StrCat("SELECT source, publisher, title, uri, published_on, kind FROM "
                              "sources WHERE ",
                              kAtRevision, which, " ORDER BY source LIMIT ? OFFSET ?"),
                       parameters));
  std::vector<Source> sources;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return sources;
    sources.push_back({.id = TextAt(*rows, 0),
                       .publisher = TextAt(*rows, 1),
                       .title = TextAt(*rows, 2),
                       .uri = TextAt(*rows, 3),
                       .published_on = DateAt(*rows, 4),
                       .kind = TextAt(*rows, 5)});
  }
}

absl::StatusOr<std::vector<Codelist>> SqlReader::Codelists(std::string_view id) const {
  const std::vector<Value> parameters = {revision, revision, std::string(id), std::string(id)};
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<sql::Rows> rows,
      connection.Query(
          context,
          StrCat("SELECT codelist, code, ordinal, label, label_fr, parent FROM codes "
                 "WHERE ",
                 kAtRevision, " AND (? = '' OR codelist = ?) ORDER BY codelist, ordinal"),
          parameters));
  std::vector<Codelist> codelists;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return codelists;
    if (codelists.empty() || codelists.back().id != rows->Text(0)) {
      codelists.push_back({.id = TextAt(*rows, 0), .codes = {}});
    }
    codelists.back().codes.push_back({.code = TextAt(*rows, 1),
                                      .position = static_cast<int>(rows->Int(2)),
                                      .label = TextAt(*rows, 3),
                                      .label_fr = TextAt(*rows, 4),
                                      .parent = TextAt(*rows, 5)});
  }
}

absl::StatusOr<Counts> SqlReader::Count() const {
  std::vector<int64_t> counts;
  for (const std::string_view table :
       {"companies", "company_names", "company_identifiers", "sources"}) {
    const std::vector<Value> parameters = {revision, revision};
    STEELYARD_ASSIGN_OR_RETURN(
        const std::unique_ptr<sql::Rows> rows,
        connection.Query(context, StrCat("SELECT count(*) FROM ", table, " WHERE ", kAtRevision),
                         parameters));
    STEELYARD_RETURN_IF_ERROR(rows->Next().status());
    counts.push_back(rows->Int(0));
  }
  return Counts{counts[0], counts[1], counts[2], counts[3]};
}

}  // namespace steelyard::registry
