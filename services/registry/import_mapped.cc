// mapped: companies, and the companies of rounds, of anybody's file, as its mapping says. A list of
// companies is what the import's source says of each; of the companies of rounds only those are
// taken that the registry does not have.

#include <functional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/common/mapping/round_row.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

using mapping::Cell;
using mapping::Rows;

constexpr int kLongestCity = 200;
constexpr int kLongestAddress = 2000;

// The website as an address, whose scheme files tend to leave out.
std::string TakeWebsite(Rows& rows) {
  const Cell cell = rows.Get("company_website");
  std::string website = rows.Text(cell, kLongestAddress);
  if (website.empty()) return "";
  if (website.find("://") == std::string::npos) website = StrCat("https://", website);
  if (const std::string fault = CheckAddress(website); !fault.empty()) {
    rows.Clear(cell, fault);
    return "";
  }
  return website;
}

std::string TakeCity(Rows& rows) {
  const Cell cell = rows.Get("company_city");
  std::string city = rows.Text(cell, kLongestCity);
  if (const std::string fault = CheckText(city, kLongestCity); !fault.empty()) {
    rows.Clear(cell, fault);
    return "";
  }
  return city;
}

std::vector<std::string> KnownCodes(const std::vector<std::string>& codes,
                                    std::string_view codelist, const Draft& draft, Rows& rows) {
  std::vector<std::string> known;
  for (const std::string& code : codes) {
    if (draft.HasCode(codelist, code) && known.size() < kMostCodes) {
      known.push_back(code);
    } else {
      rows.Clear(rows.Get("company_category"),
                 StrCat("the mapping reads it as ", code, ", which is no code of the codelist ",
                        codelist));
    }
  }
  return known;
}

// The company of the current row.
Company TakeCompany(Rows& rows, const mapping::CompanyRow& row, const Draft& draft) {
  Company company{.id = row.id, .display_name = row.name};
  company.country = mapping::ReadCountry(rows);
  company.city = TakeCity(rows);
  company.website = TakeWebsite(rows);
  const mapping::Categories categories = mapping::ReadCategories(rows);
  if (CheckText(categories.source, kLongestCity).empty()) {
    company.source_category = categories.source;
  }
  company.layers = KnownCodes(categories.layers, "LAYER", draft, rows);
  company.sectors = KnownCodes(categories.sectors, "SECTOR", draft, rows);
  company.sources = {draft.source()};
  return company;
}

// The fields that the mapping fills.
unsigned FieldsOf(const Rows& rows) {
  unsigned fields = 0;
  if (rows.Has("company_country")) fields |= kCountryField;
  if (rows.Has("company_city")) fields |= kCityField;
  if (rows.Has("company_website")) fields |= kWebsiteField;
  if (rows.Has("company_category")) fields |= kLayersField | kSectorsField | kCategoryField;
  return fields;
}

void Add(Rows& rows, Company company, Draft& draft) {
  // A company has a name, if only its id.
  if (company.display_name.empty() && !draft.HasCompany(company.id)) {
    company.display_name = company.id;
  }
  draft.AddCompany(std::move(company), FieldsOf(rows));
}

// A row of a company: the hash of what it says, and its line.
using Seen = absl::flat_hash_map<uint32_t, std::pair<size_t, int64_t>>;  // by company's number

// Companies of a file that lists them: each once.
void TakeListed(Rows& rows, const mapping::CompanyRow& row, Draft& draft, Seen& seen) {
  Company company = TakeCompany(rows, row, draft);
  const size_t content = std::hash<std::string>()(Canonical(company));
  if (const auto first = seen.find(draft.NumberOf(row.id)); first != seen.end()) {
    const std::string earlier = StrCat("line ", first->second.second);
    if (first->second.first == content) {
      rows.Duplicate(StrCat("repeats ", earlier, " and was folded into it"));
    } else {
      rows.Reject(StrCat(earlier, " has the company ", row.id,
                         " too, and says something else of it; two companies need ids of their "
                         "own"));
    }
    return;
  }
  if (!draft.HasCompanyRow(row.id)) Add(rows, std::move(company), draft);
  seen.emplace(draft.NumberOf(row.id), std::pair(content, rows.line()));
  rows.Accept();
}

}  // namespace

absl::Status ImportMapped(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                          ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<Rows> rows, Rows::Open(context, file, reporter));
  const bool listed = file.mapping->mapping.kind() == mapping::kCompaniesKind;
  const PartialDate latest = mapping::LatestDay();
  Seen seen;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    std::optional<mapping::CompanyRow> company;
    if (listed) {
      company = mapping::ReadCompanyRow(*rows);
    } else if (mapping::RoundRow row = mapping::ReadRoundRow(*rows, latest); !row.rejected) {
      company = std::move(row.company);
    }
    if (!company) continue;
    const std::string fault = company->name.empty() ? "" : CheckName(company->name);
    if (!fault.empty()) {
      rows->Reject(rows->Get("company_name"), fault);
    } else if (listed) {
      TakeListed(*rows, *company, draft, seen);
    } else {
      if (!draft.HasCompany(company->id)) {
        Add(*rows, TakeCompany(*rows, *company, draft), draft);
      }
      rows->Accept();
    }
  }
}

}  // namespace steelyard::registry
