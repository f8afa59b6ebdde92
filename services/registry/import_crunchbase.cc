// Crunchbase's export of October 2013, as it is found today: Mac-Roman text with CR line ends that
// went through a spreadsheet, partly decoded twice ("QuÃ©bec"). What is done about it:
//
// - names and cities that were decoded twice are mended; "#NAME?" becomes the permalink's last
// part;
// - a city with digits or parentheses is an address or a remark, and cleared;
// - founded_at of 1 January means known to the year: 8,511 of the 13,676 dates have that day;
// - funding_total_usd is not stored (rounds are what counts); the cells in it that a spreadsheet
//   turned into dates or '#####' are reported as cleared;
// - country_code is alpha-3 and becomes alpha-2;
// - category_code is kept as source_category, and read as a sector or layer where it means one
// thing.

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/country.h"
#include "services/common/text/crunchbase.h"
#include "services/common/text/mojibake.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr int kLongestCategory = 200;

enum CrunchbaseColumn : size_t {
  kPermalink,
  kName,
  kCategory,
  kCountry,
  kCity,
  kStatus,
  kFoundedAt,
  kFundingTotal
};
constexpr std::array<Column, 8> kCompanyColumns = {{{"permalink", true},
                                                    {"name", true},
                                                    {"category_code", true},
                                                    {"country_code", true},
                                                    {"city", true},
                                                    {"status", true},
                                                    {"founded_at", true},
                                                    {"funding_total_usd", true}}};
// The first five say the same in the rounds file.
constexpr std::array<Column, 5> kRoundColumns = {{{"company_permalink", true},
                                                  {"company_name", true},
                                                  {"company_category_code", true},
                                                  {"company_country_code", true},
                                                  {"company_city", true}}};

// What a category means in our codelists; categories that could be several things are not listed.
struct Meaning {
  std::string_view category;
  std::string_view sector;
  std::string_view layer;
};
constexpr std::array<Meaning, 13> kMeanings = {{{"automotive", "MOBILITY", ""},
                                                {"biotech", "BIOTECH", ""},
                                                {"cleantech", "ENERGY_CLIMATE", ""},
                                                {"education", "EDUCATION", ""},
                                                {"enterprise", "ENTERPRISE_SOFTWARE", ""},
                                                {"finance", "FINANCE", ""},
                                                {"government", "PUBLIC_SERVICES", ""},
                                                {"health", "HEALTH", ""},
                                                {"legal", "LEGAL", ""},
                                                {"manufacturing", "MANUFACTURING", ""},
                                                {"medical", "HEALTH", ""},
                                                {"security", "CYBERSECURITY", ""},
                                                {"semiconductor", "SEMICONDUCTORS", "CHIPS"}}};

constexpr std::array<std::pair<std::string_view, CompanyStatus>, 4> kStatuses = {
    {{"operating", CompanyStatus::kPrivate},
     {"ipo", CompanyStatus::kPublic},
     {"acquired", CompanyStatus::kAcquired},
     {"closed", CompanyStatus::kClosed}}};

// A cell's text, mended when it was decoded twice.
std::string TakeText(RowReader& row, size_t column) {
  std::optional<std::string> mended = text::MendMojibake(row.Cell(column));
  if (!mended.has_value()) return std::string(row.Cell(column));
  row.Repair(column, StrCat("the text was decoded twice; read as \"", *mended, "\""));
  return *std::move(mended);
}

std::string TakeName(RowReader& row) {
  if (!text::IsSpreadsheetDamage(row.Cell(kName))) return TakeText(row, kName);
  std::string name = text::CrunchbaseName(row.Cell(kName), row.Cell(kPermalink));
  row.Repair(kName, StrCat("a spreadsheet took the name for a formula; read as \"", name,
                           "\", from the permalink"));
  return name;
}

std::string TakeCity(RowReader& row) {
  const std::string_view cell = row.Cell(kCity);
  if (cell.find_first_of("0123456789()") != std::string_view::npos) {
    row.Clear(kCity, "an address or a remark; a city's name has no digits or parentheses");
    return "";
  }
  return TakeText(row, kCity);
}

std::string TakeCountry(RowReader& row) {
  const std::string_view cell = row.Cell(kCountry);
  if (cell.empty()) return "";
  const text::Country* country = text::FindCountry(cell);
  if (row.ClearIf(kCountry, country == nullptr ? "not an ISO 3166-1 code" : "")) {
    return std::string(country->alpha2);
  }
  return "";
}

void TakeCategory(RowReader& row, const Draft& draft, Company& company) {
  const std::string_view category = row.Cell(kCategory);
  if (!row.ClearIf(kCategory, CheckText(category, kLongestCategory))) return;
  company.source_category = category;
  const auto* meaning = std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& entry) {
    return entry.category == category;
  });
  if (meaning == kMeanings.end()) return;
  // A registry with codelists of its own may not have the code.
  if (draft.HasCode("SECTOR", meaning->sector)) company.sectors.emplace_back(meaning->sector);
  if (!meaning->layer.empty() && draft.HasCode("LAYER", meaning->layer)) {
    company.layers.emplace_back(meaning->layer);
  }
}

CompanyStatus TakeStatus(RowReader& row) {
  const std::string_view cell = row.Cell(kStatus);
  const auto* status = std::find_if(kStatuses.begin(), kStatuses.end(),
                                    [&](const auto& entry) { return entry.first == cell; });
  if (status != kStatuses.end()) return status->second;
  if (!cell.empty()) row.Clear(kStatus, "operating, ipo, acquired or closed is allowed");
  return CompanyStatus::kUnknown;
}

std::optional<PartialDate> TakeFounded(RowReader& row) {
  if (row.Cell(kFoundedAt).empty()) return std::nullopt;
  absl::StatusOr<PartialDate> date = ParseDate(row.Cell(kFoundedAt));
  if (!row.ClearIf(kFoundedAt, date.ok() ? "" : ToStd(date.status().message()))) {
    return std::nullopt;
  }
  if (date->month == 1 && date->day == 1) return PartialDate{.year = date->year};
  return *date;
}

// Reports what a spreadsheet did to the total; the column itself is not stored.
void LookAtFundingTotal(RowReader& row) {
  const std::string_view total = row.Cell(kFundingTotal);
  if (total.find_first_not_of("0123456789") != std::string_view::npos) {
    row.Clear(kFundingTotal,
              "not a whole number: a spreadsheet damaged it; the column is not stored");
  }
}

// What both files say of a company.
Company TakeCompany(RowReader& row, const Draft& draft) {
  Company company{.id = text::CrunchbaseCompanyId(row.Cell(kPermalink)),
                  .display_name = TakeName(row)};
  company.country = TakeCountry(row);
  company.city = TakeCity(row);
  TakeCategory(row, draft, company);
  company.sources = {draft.source()};
  company.identifiers.push_back({.scheme = "crunchbase",
                                 .value = text::CrunchbaseSlug(row.Cell(kPermalink)),
                                 .source = draft.source()});
  return company;
}

void Add(RowReader& row, Company company, unsigned fields, Draft& draft) {
  const Draft::Verdict verdict = draft.AddCompany(std::move(company), fields);
  if (verdict.bearer == Draft::Bearer::kOther) {
    row.Clear(kPermalink, StrCat("as an identifier it belongs to companies/", verdict.company));
  }
}

// Rejects a row that does not name a company.
bool NamesCompany(RowReader& row) {
  if (text::CrunchbaseSlug(row.Cell(kPermalink)).empty()) {
    row.Reject(kPermalink, "a permalink such as /company/waywire is needed");
    return false;
  }
  if (const std::string fault = CheckName(row.Cell(kName)); !fault.empty()) {
    row.Reject(kName, fault);
    return false;
  }
  return true;
}

template <size_t kCount>
RowReader::Options OptionsOf(const std::array<Column, kCount>& columns) {
  return {.encoding = text::Encoding::kMacRoman, .columns = columns, .others_allowed = true};
}

}  // namespace

absl::Status ImportCrunchbaseCompanies(const Context& context, const ingest::SpooledFile& file,
                                       Draft& draft, ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<RowReader> row,
                             RowReader::Open(context, file, OptionsOf(kCompanyColumns), reporter));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row->Next());
    if (!more) return absl::OkStatus();
    if (!NamesCompany(*row)) continue;
    if (draft.HasCompanyRow(text::CrunchbaseCompanyId(row->Cell(kPermalink)))) {
      row->Reject(kPermalink, "the import has given this company before");
      continue;
    }
    Company company = TakeCompany(*row, draft);
    company.status = TakeStatus(*row);
    company.founded_on = TakeFounded(*row);
    LookAtFundingTotal(*row);
    Add(*row, std::move(company),
        kCountryField | kCityField | kFoundedField | kStatusField | kLayersField | kSectorsField |
            kCategoryField,
        draft);
    row->Accept();
  }
}

absl::Status ImportCrunchbaseRounds(const Context& context, const ingest::SpooledFile& file,
                                    Draft& draft, ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<RowReader> row,
                             RowReader::Open(context, file, OptionsOf(kRoundColumns), reporter));
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, row->Next());
    if (!more) return absl::OkStatus();
    if (!NamesCompany(*row)) continue;
    if (!draft.HasCompany(text::CrunchbaseCompanyId(row->Cell(kPermalink)))) {
      Add(*row, TakeCompany(*row, draft),
          kCountryField | kCityField | kLayersField | kSectorsField | kCategoryField, draft);
    }
    row->Accept();
  }
}

Source CrunchbaseSource(std::string_view id) {
  return {.id = std::string(id),
          .publisher = "CrunchBase",
          .title = "CrunchBase data export, October 2013",
          .uri = "http://www.crunchbase.com/",
          .published_on = PartialDate{.year = 2013, .month = 10},
          .kind = "database"};
}

}  // namespace steelyard::registry
