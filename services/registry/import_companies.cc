#include <array>
#include <functional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/common/status/status.h"
#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr int kLongestCity = 200;

enum CompanyColumn : size_t {
  kId,
  kName,
  kLegalName,
  kCountry,
  kCity,
  kFounded,
  kWebsite,
  kLayers,
  kSectors,
  kStatus,
  kSources,
  kLegalCountry
};
constexpr std::array<Column, 12> kColumns = {{{"id", true},
                                              {"name", true},
                                              {"legal_name"},
                                              {"hq_country"},
                                              {"hq_city"},
                                              {"founded_year"},
                                              {"website"},
                                              {"layers"},
                                              {"sectors"},
                                              {"status"},
                                              {"source_ids"},
                                              {"legal_country"}}};

// Which fields of a company the file has.
unsigned FieldsOf(const RowReader& row) {
  constexpr std::array<std::pair<size_t, CompanyField>, 8> kFields = {
      {{kCountry, kCountryField},
       {kCity, kCityField},
       {kLegalCountry, kLegalCountryField},
       {kFounded, kFoundedField},
       {kStatus, kStatusField},
       {kWebsite, kWebsiteField},
       {kLayers, kLayersField},
       {kSectors, kSectorsField}}};
  unsigned fields = 0;
  for (const auto& [column, field] : kFields) {
    if (row.Has(column)) fields |= field;
  }
  return fields;
}

// Alpha-2 as it should be; other writings of a country are mended, anything else is cleared.
std::string TakeCountry(RowReader& row, CompanyColumn column) {
  const std::string_view cell = row.Cell(column);
  const std::string fault = CheckCountry(cell);
  if (fault.empty()) return std::string(cell);
  if (const text::Country* country = text::FindCountry(cell); country != nullptr) {
    row.Repair(column, StrCat("read as ", country->alpha2, "; ", fault));
    return std::string(country->alpha2);
  }
  row.Clear(column, fault);
  return "";
}

// The items of a list that `fault` finds nothing wrong with; the others are cleared one by one.
template <typename Fault>
std::vector<std::string> TakeList(RowReader& row, size_t column, size_t most, Fault fault) {
  std::vector<std::string> items;
  for (absl::string_view part : absl::StrSplit(ToAbsl(row.Cell(column)), ';')) {
    const std::string item(absl::StripAsciiWhitespace(part));
    if (item.empty()) continue;
    if (items.size() == most) {
      row.Clear(column, StrCat("at most ", most, " are allowed; the rest is left out"));
      break;
    }
    const std::string wrong = fault(item);
    if (wrong.empty()) {
      items.push_back(item);
    } else {
      row.Clear(column, StrCat("\"", item, "\": ", wrong));
    }
  }
  return items;
}

std::vector<std::string> TakeCodes(RowReader& row, size_t column, std::string_view codelist,
                                   const Draft& draft) {
  return TakeList(row, column, kMostCodes, [&](const std::string& code) {
    std::string fault = CheckCode(code);
    if (fault.empty() && !draft.HasCode(codelist, code)) {
      fault = StrCat("not a code of the codelist ", codelist);
    }
    return fault;
  });
}

std::vector<std::string> TakeSources(RowReader& row, const Draft& draft) {
  std::vector<std::string> sources =
      TakeList(row, kSources, kMostSources, [&](const std::string& id) {
        return draft.HasSource(id) ? std::string()
                                   : "no source of this id is in the import or the registry";
      });
  if (sources.empty()) sources.push_back(draft.source());
  return sources;
}

std::optional<PartialDate> TakeFounded(RowReader& row) {
  if (row.Cell(kFounded).empty()) return std::nullopt;
  const absl::StatusOr<PartialDate> date = ParseDate(row.Cell(kFounded));
  if (!row.ClearIf(kFounded, date.ok() ? "" : ToStd(date.status().message()))) return std::nullopt;
  return *date;
}

CompanyStatus TakeStatus(RowReader& row) {
  const std::optional<CompanyStatus> status = ParseStatus(row.Cell(kStatus));
  if (!status.has_value()) row.Clear(kStatus, StrCat("allowed: ", StatusWords()));
  return status.value_or(CompanyStatus::kUnknown);
}

Company TakeCompany(RowReader& row, const Draft& draft) {
  Company company{.id = std::string(row.Cell(kId)), .display_name = std::string(row.Cell(kName))};
  company.country = TakeCountry(row, kCountry);
  company.legal_country = TakeCountry(row, kLegalCountry);
  if (row.ClearIf(kCity, CheckText(row.Cell(kCity), kLongestCity))) company.city = row.Cell(kCity);
  company.founded_on = TakeFounded(row);
  company.status = TakeStatus(row);
  if (row.ClearIf(kWebsite, CheckAddress(row.Cell(kWebsite)))) {
    company.website = row.Cell(kWebsite);
  }
  company.layers = TakeCodes(row, kLayers, "LAYER", draft);
  company.sectors = TakeCodes(row, kSectors, "SECTOR", draft);
  company.sources = TakeSources(row, draft);
  const std::string_view legal_name = row.Cell(kLegalName);
  if (!legal_name.empty() && row.ClearIf(kLegalName, CheckName(legal_name))) {
    company.names.push_back({.text = std::string(legal_name),
                             .language = "und",
                             .kind = NameKind::kLegal,
                             .source = company.sources.front()});
  }
  return company;
}

}  // namespace

absl::Status ImportCompanies(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                             ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<RowReader> row,
      RowReader::Open(context, file, {.columns = kColumns, .others_allowed = false}, reporter));
  const unsigned fields = FieldsOf(*row);
  absl::flat_hash_map<uint32_t, size_t> seen;  // by the company's number: hash of its row
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row->Next());
    if (!more) return absl::OkStatus();
    const std::string_view id = row->Cell(kId);
    if (const std::string fault = CheckCompanyId(id); !fault.empty()) {
      row->Reject(kId, fault);
      continue;
    }
    if (const std::string fault = CheckName(row->Cell(kName)); !fault.empty()) {
      row->Reject(kName, fault);
      continue;
    }
    Company company = TakeCompany(*row, draft);
    const size_t content = std::hash<std::string>()(Canonical(company));
    if (draft.HasCompanyRow(id)) {
      const auto earlier = seen.find(draft.NumberOf(id));
      if (earlier != seen.end() && earlier->second == content) {
        row->Duplicate("the same row stood before");
      } else {
        row->Reject(kId, "the import has given this company before, with other values");
      }
      continue;
    }
    const std::string added = company.id;
    draft.AddCompany(std::move(company), fields);
    seen.emplace(draft.NumberOf(added), content);
    row->Accept();
  }
}

}  // namespace steelyard::registry
