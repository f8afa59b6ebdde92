#include <array>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr std::string_view kNoCompany = "no company of this id is in the import or the registry";

enum NameColumn : size_t { kNameCompany, kName, kLanguage, kKind, kFrom, kTo, kNameSource };
constexpr std::array<Column, 7> kNameColumns = {{{"company_id", true},
                                                 {"name", true},
                                                 {"language"},
                                                 {"kind"},
                                                 {"valid_from"},
                                                 {"valid_to"},
                                                 {"source_id"}}};

enum IdentifierColumn : size_t { kIdentifierCompany, kScheme, kValue, kIdentifierSource };
constexpr std::array<Column, 4> kIdentifierColumns = {
    {{"company_id", true}, {"scheme", true}, {"value", true}, {"source_id"}}};

void TakeName(RowReader& row, Draft& draft) {
  const std::string company(row.Cell(kNameCompany));
  const std::string fault = CheckName(row.Cell(kName));
  const std::optional<NameKind> kind =
      row.Cell(kKind).empty() ? NameKind::kAlias : ParseNameKind(row.Cell(kKind));
  if (!draft.HasCompany(company)) return row.Reject(kNameCompany, kNoCompany);
  if (!fault.empty()) return row.Reject(kName, fault);
  if (!kind.has_value()) return row.Reject(kKind, StrCat("allowed: ", NameKindWords()));
  if (draft.NameCount(company) >= kMostNames) {
    return row.Reject(kName, StrCat("a company has at most ", kMostNames, " names"));
  }
  CompanyName name{.text = std::string(row.Cell(kName)), .language = "und", .kind = *kind};
  const std::string_view language = row.Cell(kLanguage);
  if (!language.empty() && row.ClearIf(kLanguage, CheckLanguage(language))) {
    name.language = language;
  }
  const std::optional<Validity> valid = TakeValidity(row, kFrom, kTo);
  if (!valid.has_value()) return;
  name.valid = *valid;
  name.source = SourceOrOwn(row, kNameSource, draft);
  if (draft.AddName(company, std::move(name))) return row.Accept();
  row.Duplicate("the import has given the company this name, in this language and kind, before");
}

void TakeIdentifier(RowReader& row, Draft& draft) {
  const std::string company(row.Cell(kIdentifierCompany));
  const std::string scheme(row.Cell(kScheme));
  if (!draft.HasCompany(company)) return row.Reject(kIdentifierCompany, kNoCompany);
  if (const std::string fault = CheckScheme(scheme); !fault.empty()) {
    return row.Reject(kScheme, fault);
  }
  if (const std::string fault = CheckIdentifierValue(scheme, row.Cell(kValue)); !fault.empty()) {
    return row.Reject(kValue, fault);
  }
  if (draft.IdentifierCount(company) >= kMostIdentifiers) {
    return row.Reject(kValue, StrCat("a company has at most ", kMostIdentifiers, " identifiers"));
  }
  const Draft::Verdict verdict =
      draft.AddIdentifier(company, {.scheme = scheme,
                                    .value = std::string(row.Cell(kValue)),
                                    .source = SourceOrOwn(row, kIdentifierSource, draft)});
  switch (verdict.bearer) {
    case Draft::Bearer::kNobody:
      return row.Accept();
    case Draft::Bearer::kSelf:
      return row.Duplicate("the import has given the company this identifier before");
    case Draft::Bearer::kOther:
      return row.Reject(kValue, StrCat("companies/", verdict.company,
                                       " bears this identifier; it belongs to one company"));
  }
}

}  // namespace

absl::Status ImportNames(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                         ingest::Reporter& reporter) {
  return ForEachRow(context, file, {.columns = kNameColumns}, reporter,
                    [&](RowReader& row) { TakeName(row, draft); });
}

absl::Status ImportIdentifiers(const Context& context, const ingest::SpooledFile& file,
                               Draft& draft, ingest::Reporter& reporter) {
  return ForEachRow(context, file, {.columns = kIdentifierColumns}, reporter,
                    [&](RowReader& row) { TakeIdentifier(row, draft); });
}

}  // namespace steelyard::registry
