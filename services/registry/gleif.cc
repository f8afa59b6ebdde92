// What of an LEI record becomes what:
//
// - the legal name is the preferred name and one of kind LEGAL; names of other types by their type;
// - country and city are those of the headquarters, which is where a company is run from; the legal
//   address may be a mailbox in Delaware;
// - it is incorporated where its legal jurisdiction is, a part of a country counting for the
//   country; without one, where its legal address is;
// - ACTIVE says that the entity exists, and not whether it is private or public: UNKNOWN. INACTIVE
//   is closed;
// - the code of its legal form is kept in the source category ("ELF 4QIE").

#include "services/registry/gleif.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/common/text/strings.h"
#include "services/registry/known_codes.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr std::array<std::pair<std::string_view, NameKind>, 5> kNameTypes = {
    {{"ALTERNATIVE_LANGUAGE_LEGAL_NAME", NameKind::kLegal},
     {"PREVIOUS_LEGAL_NAME", NameKind::kFormer},
     {"TRADING_OR_OPERATING_NAME", NameKind::kTrading},
     {"AUTO_ASCII_TRANSLITERATED_LEGAL_NAME", NameKind::kTransliteration},
     {"PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME", NameKind::kTransliteration}}};

// Entity categories that are no persons. Source: LEI-CDF 3.1, EntityCategoryType.
constexpr std::array<std::string_view, 6> kCategories = {
    "GENERAL", "FUND", "BRANCH", "RESIDENT_GOVERNMENT_ENTITY", "INTERNATIONAL_ORGANIZATION",
    "NULL"};

// The kind of a name of this type; of one that is not known it is only certain that somebody uses
// it.
NameKind KindOf(const LeiRecord::Name& name, RowFindings& row) {
  const auto* known = std::find_if(kNameTypes.begin(), kNameTypes.end(),
                                   [&](const auto& type) { return type.first == name.type; });
  if (known != kNameTypes.end()) return known->second;
  row.Repair(name.place, name.type, "no type of name that is known; taken as an alias");
  return NameKind::kAlias;
}

// Why the record is not taken; empty when it is.
std::string Refusal(const LeiRecord& record, const LeiPlaces& places, std::string_view& place,
                    std::string_view& value) {
  place = places.record_status;
  value = record.record_status;
  if (value == "ANNULLED" || value == "DUPLICATE") {
    return "GLEIF took this LEI back; it is nobody's";
  }
  place = places.category;
  value = record.category;
  if (value == "SOLE_PROPRIETOR") {
    return "a sole proprietor is a person; the registry has no data about persons";
  }
  if (!value.empty() &&
      std::find(kCategories.begin(), kCategories.end(), value) == kCategories.end()) {
    return StrCat("no category that is known, so that it might be a person; ",
                  StrJoin(kCategories, ", "), " are taken");
  }
  place = record.legal_name.place;
  value = record.legal_name.text;
  return CheckName(value);
}

// Nothing when the record does not say.
std::optional<CompanyStatus> TakeStatus(const LeiRecord& record, const LeiPlaces& places,
                                        RowFindings& row) {
  if (record.entity_status == "INACTIVE") return CompanyStatus::kClosed;
  if (record.entity_status == "ACTIVE") return CompanyStatus::kUnknown;
  if (!record.entity_status.empty() && record.entity_status != "NULL") {
    row.Clear(places.entity_status, record.entity_status, "ACTIVE, INACTIVE or NULL is allowed");
  }
  return std::nullopt;
}

std::string TakeLegalCountry(const LeiRecord& record, const LeiPlaces& places, RowFindings& row) {
  const std::string_view jurisdiction = record.jurisdiction;
  std::string country =
      TakeListedCountry(jurisdiction.substr(0, jurisdiction.find('-')), places.jurisdiction, row);
  if (!country.empty()) return country;
  return TakeListedCountry(record.legal_country, places.legal_country, row);
}

// The authorities 888888 and 999999 stand for "none" and "not in the list".
void AddRegistration(const LeiRecord& record, const LeiPlaces& places, const Draft& draft,
                     Company& company, RowFindings& row) {
  if (record.authority_value.empty() || record.authority.empty() ||
      record.authority == "RA888888" || record.authority == "RA999999") {
    return;
  }
  const std::string scheme = absl::AsciiStrToLower(record.authority);
  if (!row.ClearIf(places.authority, record.authority, CheckScheme(scheme))) return;
  const std::string fault = CheckIdentifierValue(scheme, record.authority_value);
  if (!row.ClearIf(places.authority_value, record.authority_value, fault)) return;
  company.identifiers.push_back(
      {.scheme = scheme, .value = record.authority_value, .source = draft.source()});
}

void AddNames(const LeiRecord& record, const Draft& draft, Company& company, RowFindings& row) {
  const LeiRecord::Name& legal = record.legal_name;
  for (const NameKind kind : {NameKind::kPreferred, NameKind::kLegal}) {
    AddListedName(company, NameOf(legal.text, legal.language, kind, draft), legal.place, row);
  }
  for (const LeiRecord::Name& name : record.other_names) {
    if (name.text.empty()) continue;
    AddListedName(company, NameOf(name.text, name.language, KindOf(name, row), draft), name.place,
                  row);
  }
}

}  // namespace

std::string TakeLeiRecord(const LeiRecord& record, const LeiPlaces& places, const Draft& draft,
                          ListTaker& taker, RowFindings& row) {
  const std::string lei = LeiOf(record.lei);
  if (lei.empty()) {
    row.Reject(places.lei, record.lei,
               "no LEI: 20 letters and digits are allowed, whose last two check the rest");
    return "";
  }
  std::string_view place;
  std::string_view value;
  if (const std::string fault = Refusal(record, places, place, value); !fault.empty()) {
    row.Reject(place, value, fault);
    return "";
  }
  Listed listed{.company = {.id = CompanyIdOf("lei-", lei), .display_name = record.legal_name.text},
                .fields = 0,
                .certain = 1};
  Company& company = listed.company;
  company.identifiers.push_back({.scheme = "lei", .value = lei, .source = draft.source()});
  AddRegistration(record, places, draft, company, row);
  AddNames(record, draft, company, row);
  company.country = TakeListedCountry(record.country, places.country, row);
  company.city = TakeListedText(record.city, places.city, row);
  company.legal_country = TakeLegalCountry(record, places, row);
  company.founded_on = TakeListedDate(record.created, places.created, row);
  const std::optional<CompanyStatus> status = TakeStatus(record, places, row);
  company.status = status.value_or(CompanyStatus::kUnknown);
  if (status.has_value()) listed.fields |= kStatusField;
  if (!record.legal_form.empty() && record.legal_form != "8888" && record.legal_form != "9999") {
    company.source_category = TakeListedText(StrCat("ELF ", record.legal_form), "", row);
  }
  if (!company.country.empty()) listed.fields |= kCountryField;
  if (!company.city.empty()) listed.fields |= kCityField;
  if (!company.legal_country.empty()) listed.fields |= kLegalCountryField;
  if (company.founded_on.has_value()) listed.fields |= kFoundedField;
  if (!company.source_category.empty()) listed.fields |= kCategoryField;
  return taker.Take(std::move(listed), places.lei, lei, row);
}

void Successors::Add(int64_t line, const std::string& company,
                     const std::vector<std::string>& leis) {
  if (company.empty()) return;
  for (const std::string& lei : leis) {
    successors_.push_back({.line = line, .company = company, .lei = lei});
  }
}

void Successors::Settle(std::string_view place) {
  for (const auto& [line, company, text] : std::exchange(successors_, {})) {
    RowFindings row(reporter_, line);
    const std::string lei = LeiOf(text);
    const std::string object = lei.empty() ? "" : draft_.BearerOf("lei", lei);
    if (object.empty()) {
      row.Clear(place, text,
                "no company of this LEI is in the registry, the file or one before it");
    } else if (object != company &&
               draft_.AddRelation(company, {.kind = RelationKind::kSuccessor,
                                            .object = object,
                                            .valid = {},
                                            .source = draft_.source()}) == Draft::Added::kFull) {
      row.Clear(place, text, StrCat("a company has at most ", kMostRelations, " relations"));
    }
  }
}

}  // namespace steelyard::registry
