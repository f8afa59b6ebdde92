// crunchbase-organizations: organizations.csv of Crunchbase's bulk export of the 2020s.
//
// - the id is "cb-" and the uuid: the rounds of the same export name companies by nothing else, and
// a
//   permalink may change;
// - organisations that are neither a company nor an investor (schools) are left out, and counted by
//   their roles;
// - e-mail, telephone and social profiles are not read;
// - founded_on of 1 January means known to the year, as in every export of Crunchbase.

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/common/status/status.h"
#include "services/common/text/crunchbase.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/known_codes.h"
#include "services/registry/left_out.h"
#include "services/registry/listed.h"
#include "services/registry/rows.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr int kLongestCategory = 200;
constexpr size_t kUuidLength = 36;

enum OrganizationColumn : size_t {
  kUuid,
  kName,
  kPermalink,
  kRoles,
  kLegalName,
  kAlias1,
  kAlias2,
  kAlias3,
  kHomepage,
  kDomain,
  kCountry,
  kCity,
  kStatus,
  kCategories,
  kFounded
};
constexpr std::array<Column, 15> kColumns = {{{"uuid", true},
                                              {"name", true},
                                              {"permalink", true},
                                              {"roles", true},
                                              {"legal_name"},
                                              {"alias1"},
                                              {"alias2"},
                                              {"alias3"},
                                              {"homepage_url"},
                                              {"domain"},
                                              {"country_code"},
                                              {"city"},
                                              {"status"},
                                              {"category_list"},
                                              {"founded_on"}}};

constexpr std::array<std::pair<std::string_view, CompanyStatus>, 4> kStatuses = {
    {{"operating", CompanyStatus::kPrivate},
     {"ipo", CompanyStatus::kPublic},
     {"acquired", CompanyStatus::kAcquired},
     {"closed", CompanyStatus::kClosed}}};

bool IsUuid(std::string_view text) {
  if (text.size() != kUuidLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool divides = i == 8 || i == 13 || i == 18 || i == 23;
    if (divides ? text[i] != '-' : !absl::ascii_isxdigit(text[i])) return false;
  }
  return true;
}

// Whether the roles have one that the registry is for; without any it is a company.
bool IsTaken(std::string_view roles) {
  if (roles.empty()) return true;
  const std::vector<absl::string_view> list = absl::StrSplit(ToAbsl(roles), ',');
  return std::any_of(list.begin(), list.end(), [](absl::string_view role) {
    role = absl::StripAsciiWhitespace(role);
    return role == "company" || role == "investor";
  });
}

// One organisation of the file.
class Organization {
 public:
  Organization(const RowReader& cells, const Draft& draft, RowFindings& row)
      : cells_(cells), draft_(draft), row_(row) {}

  // The row's uuid and name must have been checked.
  Listed Take() {
    const std::string uuid = absl::AsciiStrToLower(ToAbsl(cells_.Cell(kUuid)));
    listed_.company.id = CompanyIdOf("cb-", uuid);
    listed_.company.display_name = cells_.Cell(kName);
    AddCode("crunchbase-uuid", uuid);
    if (const std::string slug = text::CrunchbaseSlug(cells_.Cell(kPermalink)); !slug.empty()) {
      if (row_.ClearIf(Place(kPermalink), slug, CheckIdentifierValue("crunchbase", slug))) {
        AddCode("crunchbase", slug);
      }
    }
    listed_.certain = listed_.company.identifiers.size();
    TakeNames();
    TakeSites();
    TakeFields();
    return std::move(listed_);
  }

 private:
  static std::string_view Place(size_t column) { return kColumns[column].name; }

  void AddCode(std::string scheme, std::string value) {
    listed_.company.identifiers.push_back(
        {.scheme = std::move(scheme), .value = std::move(value), .source = draft_.source()});
  }

  void AddName(size_t column, NameKind kind) {
    AddListedName(listed_.company, NameOf(std::string(cells_.Cell(column)), "", kind, draft_),
                  Place(column), row_);
  }

  void TakeNames() {
    AddName(kName, NameKind::kPreferred);
    AddName(kLegalName, NameKind::kLegal);
    for (const size_t column : {kAlias1, kAlias2, kAlias3}) AddName(column, NameKind::kAlias);
  }

  // The column "domain" is that of the homepage, also where that is a page on somebody's site.
  void TakeSites() {
    TakeSite(cells_.Cell(kHomepage), Place(kHomepage), listed_, row_);
    if (cells_.Cell(kHomepage).empty()) {
      TakeSite(cells_.Cell(kDomain), Place(kDomain), listed_, row_);
    }
  }

  void TakeFields() {
    Company& company = listed_.company;
    company.country = TakeListedCountry(cells_.Cell(kCountry), Place(kCountry), row_);
    if (!company.country.empty()) listed_.fields |= kCountryField;
    company.city = TakeListedText(cells_.Cell(kCity), Place(kCity), row_);
    if (!company.city.empty()) listed_.fields |= kCityField;
    company.founded_on = TakeListedDate(cells_.Cell(kFounded), Place(kFounded), row_);
    if (company.founded_on.has_value()) {
      if (company.founded_on->month == 1 && company.founded_on->day == 1) {
        company.founded_on = PartialDate{.year = company.founded_on->year};
      }
      listed_.fields |= kFoundedField;
    }
    const std::string categories = text::Truncate(cells_.Cell(kCategories), kLongestCategory);
    company.source_category = TakeListedText(categories, Place(kCategories), row_);
    if (!company.source_category.empty()) listed_.fields |= kCategoryField;
    TakeStatus();
  }

  void TakeStatus() {
    const std::string_view cell = cells_.Cell(kStatus);
    if (cell.empty()) return;
    const auto* status = std::find_if(kStatuses.begin(), kStatuses.end(),
                                      [&](const auto& entry) { return entry.first == cell; });
    if (status == kStatuses.end()) {
      return row_.Clear(Place(kStatus), cell, "operating, ipo, acquired or closed is allowed");
    }
    listed_.company.status = status->second;
    listed_.fields |= kStatusField;
  }

  const RowReader& cells_;
  const Draft& draft_;
  RowFindings& row_;
  Listed listed_;
};

}  // namespace

absl::Status ImportCrunchbaseOrganizations(const Context& context, const ingest::SpooledFile& file,
                                           Draft& draft, ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(
      const std::unique_ptr<RowReader> cells,
      RowReader::Open(context, file, {.columns = kColumns, .others_allowed = true}, reporter));
  ListTaker taker(draft, "crunchbase-uuid");
  LeftOut left_out(reporter, kColumns[kRoles].name);
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, cells->Next());
    if (!more) return absl::OkStatus();
    if (!IsTaken(cells->Cell(kRoles))) {
      left_out.Add(cells->Cell(kRoles));
    } else if (!IsUuid(cells->Cell(kUuid))) {
      cells->Reject(kUuid, "a uuid is expected: 32 hexadecimal digits in five groups");
    } else if (const std::string fault = CheckName(cells->Cell(kName)); !fault.empty()) {
      cells->Reject(kName, fault);
    } else {
      RowFindings row(reporter, cells->line());
      taker.Take(Organization(*cells, draft, row).Take(), kColumns[kUuid].name, cells->Cell(kUuid),
                 row);
    }
  }
}

}  // namespace steelyard::registry
