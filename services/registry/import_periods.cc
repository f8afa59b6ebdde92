// steelyard-relations, steelyard-headquarters, steelyard-status-history: what holds of a company
// for a time.

#include <array>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/pending_relations.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr std::string_view kNoCompany = "no company of this id is in the import or the registry";
constexpr int kLongestCity = 200;

enum RelationColumn : size_t { kCompany, kRelation, kObject, kFrom, kTo, kSource };
enum PlaceColumn : size_t { kCountry = kRelation, kCity = kObject };
constexpr std::array<Column, 6> kRelationColumns = {{{"company_id", true},
                                                     {"relation", true},
                                                     {"object_id", true},
                                                     {"valid_from"},
                                                     {"valid_to"},
                                                     {"source_id"}}};
constexpr std::array<Column, 6> kHeadquartersColumns = {{{"company_id", true},
                                                         {"country", true},
                                                         {"city"},
                                                         {"valid_from"},
                                                         {"valid_to"},
                                                         {"source_id"}}};
enum StatusColumn : size_t { kStatusCompany, kStatus, kStatusFrom, kStatusTo, kStatusSource };
constexpr std::array<Column, 5> kStatusColumns = {
    {{"company_id", true}, {"status", true}, {"valid_from"}, {"valid_to"}, {"source_id"}}};

void TakeRelation(RowReader& row, Draft& draft, PendingRelations& relations) {
  const std::string company(row.Cell(kCompany));
  const std::string object(row.Cell(kObject));
  const std::optional<RelationKind> kind = ParseRelationKind(row.Cell(kRelation));
  if (!draft.HasCompany(company)) return row.Reject(kCompany, kNoCompany);
  if (!kind.has_value()) return row.Reject(kRelation, StrCat("allowed: ", RelationKindWords()));
  if (!draft.HasCompany(object)) return row.Reject(kObject, kNoCompany);
  Relation relation{
      .kind = *kind, .object = object, .valid = {}, .source = SourceOrOwn(row, kSource, draft)};
  const std::optional<Validity> valid = TakeValidity(row, kFrom, kTo);
  if (!valid.has_value()) return relations.Keep(company, relation);
  relation.valid = *valid;
  relations.Add(row.line(), company, std::move(relation), object);
}

// Takes the time of a row's period, whose values are right, and has `add` add it.
template <typename Period, typename Add>
void TakePeriod(RowReader& row, size_t from, size_t to, const std::string& company, Period period,
                Draft& draft, Add add) {
  const std::optional<Validity> valid = TakeValidity(row, from, to);
  if (!valid.has_value()) return draft.Keep(company, period);
  period.valid = *valid;
  switch (add(period)) {
    case Draft::Added::kNew:
      return row.Accept();
    case Draft::Added::kGiven:
      return row.Duplicate("the import has given the company this before");
    case Draft::Added::kFull:
      draft.Keep(company, period);
      return row.Reject(kCompany, StrCat("a company has at most ", kMostPeriods, " of them"));
  }
}

void TakeHeadquarters(RowReader& row, Draft& draft) {
  const std::string company(row.Cell(kCompany));
  if (!draft.HasCompany(company)) return row.Reject(kCompany, kNoCompany);
  const std::string_view country = row.Cell(kCountry);
  const std::string fault = country.empty() ? "must not be empty" : CheckCountry(country);
  if (!fault.empty()) return row.Reject(kCountry, fault);
  Headquarters headquarters{.country = std::string(country), .city = "", .valid = {}, .source = ""};
  if (row.ClearIf(kCity, CheckText(row.Cell(kCity), kLongestCity))) {
    headquarters.city = row.Cell(kCity);
  }
  headquarters.source = SourceOrOwn(row, kSource, draft);
  TakePeriod(row, kFrom, kTo, company, std::move(headquarters), draft,
             [&](const Headquarters& each) { return draft.AddHeadquarters(company, each); });
}

void TakeStatus(RowReader& row, Draft& draft) {
  const std::string company(row.Cell(kStatusCompany));
  if (!draft.HasCompany(company)) return row.Reject(kStatusCompany, kNoCompany);
  const std::optional<CompanyStatus> status = ParseStatus(row.Cell(kStatus));
  if (!status.has_value() || *status == CompanyStatus::kUnknown) {
    return row.Reject(kStatus, "allowed: private, public, acquired, closed");
  }
  const StatusPeriod period{
      .status = *status, .valid = {}, .source = SourceOrOwn(row, kStatusSource, draft)};
  TakePeriod(row, kStatusFrom, kStatusTo, company, period, draft,
             [&](const StatusPeriod& each) { return draft.AddStatusPeriod(company, each); });
}

}  // namespace

absl::Status ImportRelations(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                             ingest::Reporter& reporter) {
  PendingRelations relations(draft, reporter, kRelationColumns[kObject].name);
  STEELYARD_RETURN_IF_ERROR(
      ForEachRow(context, file, {.columns = kRelationColumns}, reporter,
                 [&](RowReader& row) { TakeRelation(row, draft, relations); }));
  return relations.Settle(context);
}

absl::Status ImportHeadquarters(const Context& context, const ingest::SpooledFile& file,
                                Draft& draft, ingest::Reporter& reporter) {
  return ForEachRow(context, file, {.columns = kHeadquartersColumns}, reporter,
                    [&](RowReader& row) { TakeHeadquarters(row, draft); });
}

absl::Status ImportStatusHistory(const Context& context, const ingest::SpooledFile& file,
                                 Draft& draft, ingest::Reporter& reporter) {
  return ForEachRow(context, file, {.columns = kStatusColumns}, reporter,
                    [&](RowReader& row) { TakeStatus(row, draft); });
}

}  // namespace steelyard::registry
