#include "services/registry/listed.h"

#include <algorithm>

#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/registry/identifier.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr int kLongestText = 200;
constexpr std::string_view kDomain = "domain";

// Whether an address names a site as a whole.
bool IsWholeSite(std::string_view address) {
  if (const size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  }
  const size_t path = address.find_first_of("/?#");
  return path == std::string_view::npos || path + 1 == address.size();
}

}  // namespace

CompanyName NameOf(std::string text, std::string_view language, NameKind kind, const Draft& draft) {
  const bool known = !language.empty() && CheckLanguage(language).empty();
  return {.text = std::move(text),
          .language = known ? std::string(language) : "und",
          .kind = kind,
          .source = draft.source()};
}

void AddListedName(Company& company, CompanyName name, std::string_view place, RowFindings& row) {
  if (name.text.empty() || !row.ClearIf(place, name.text, CheckName(name.text))) return;
  if (company.names.size() == kMostNames) {
    return row.Clear(place, name.text, StrCat("a company has at most ", kMostNames, " names"));
  }
  if (std::find(company.names.begin(), company.names.end(), name) == company.names.end()) {
    company.names.push_back(std::move(name));
  }
}

void TakeSite(std::string_view address, std::string_view place, Listed& listed, RowFindings& row) {
  if (address.empty()) return;
  std::string website(address);
  if (website.find("://") == std::string::npos) website = StrCat("https://", website);
  const absl::StatusOr<std::string> domain = DomainOf(website);
  std::string fault = CheckAddress(website);
  if (fault.empty() && !domain.ok()) fault = ToStd(domain.status().message());
  if (!row.ClearIf(place, address, fault)) return;
  if (IsWholeSite(website) && CheckIdentifierValue(kDomain, *domain).empty()) {
    listed.domain = *domain;
  }
  listed.company.website = std::move(website);
  listed.fields |= kWebsiteField;
}

absl::StatusOr<PartialDate> ListedDate(std::string_view text) {
  return ParseDate(text.substr(0, text.find_first_of("T ")));
}

std::optional<PartialDate> TakeListedDate(std::string_view text, std::string_view place,
                                          RowFindings& row) {
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<PartialDate> date = ListedDate(text);
  if (!row.ClearIf(place, text, date.ok() ? "" : ToStd(date.status().message()))) {
    return std::nullopt;
  }
  return *date;
}

std::string TakeListedCountry(std::string_view code, std::string_view place, RowFindings& row) {
  if (code.empty()) return "";
  const text::Country* country = text::FindCountry(code);
  if (!row.ClearIf(place, code, country == nullptr ? "not an ISO 3166-1 code" : "")) return "";
  return std::string(country->alpha2);
}

std::string TakeListedText(std::string_view text, std::string_view place, RowFindings& row) {
  return row.ClearIf(place, text, CheckText(text, kLongestText)) ? std::string(text) : "";
}

ListTaker::Meant ListTaker::Find(const Listed& listed) const {
  const std::vector<Identifier>& identifiers = listed.company.identifiers;
  for (size_t i = 0; i < std::min(listed.certain, identifiers.size()); ++i) {
    std::string bearer = draft_.BearerOf(identifiers[i].scheme, identifiers[i].value);
    if (!bearer.empty()) return {.id = std::move(bearer)};
  }
  Meant own = {.id = listed.company.id};
  if (listed.domain.empty() || draft_.HasCompany(listed.company.id)) return own;
  if (draft_.HasGiven(kDomain, listed.domain)) return own;
  std::string bearer = draft_.BearerOf(kDomain, listed.domain);
  if (bearer.empty() || draft_.Bears(draft_.NumberOf(bearer), scheme_)) return own;
  return {.id = std::move(bearer), .certain = false};
}

bool ListTaker::AddFields(const std::string& id, const Listed& listed, std::string_view place,
                          std::string_view value, RowFindings& row) {
  if (listed.one_of_several) return false;
  const Draft::Filled filled = draft_.FillRow(id, listed.company, listed.fields);
  if (filled.differs) {
    row.Clear(place, value,
              "an earlier row says otherwise where it was, when and what; that is kept");
  }
  return filled.any || filled.differs;
}

bool ListTaker::AddNames(const std::string& id, Listed& listed, RowFindings& row) {
  bool added = false;
  for (CompanyName& name : listed.company.names) {
    if (draft_.NameCount(id) >= kMostNames) {
      row.Clear("", name.text, StrCat("a company has at most ", kMostNames, " names"));
      break;
    }
    // Which name is preferred is not for every list to say.
    const bool preferred = name.kind == NameKind::kPreferred;
    added = (preferred ? draft_.AddMention(id, std::move(name))
                       : draft_.AddName(id, std::move(name))) ||
            added;
  }
  return added;
}

bool ListTaker::AddIdentifiers(const std::string& id, std::vector<Identifier> identifiers,
                               RowFindings& row) {
  bool added = false;
  for (Identifier& identifier : identifiers) {
    const std::string scheme = identifier.scheme;
    const std::string value = identifier.value;
    if (draft_.IdentifierCount(id) >= kMostIdentifiers) {
      row.Clear(scheme, value, StrCat("a company has at most ", kMostIdentifiers, " identifiers"));
      break;
    }
    const Draft::Verdict verdict = draft_.AddIdentifier(id, std::move(identifier));
    if (verdict.bearer == Draft::Bearer::kOther) {
      row.Clear(scheme, value,
                StrCat("companies/", verdict.company,
                       " bears this identifier; it belongs to one company"));
    }
    added = added || verdict.bearer == Draft::Bearer::kNobody;
  }
  return added;
}

std::string ListTaker::Take(Listed listed, std::string_view place, std::string_view value,
                            RowFindings& row) {
  auto [id, certain] = Find(listed);
  // By the codes of such a row further ones find it that are no more certain.
  if (!certain) by_domain_.insert(draft_.NumberOf(id));
  certain = !by_domain_.contains(draft_.NumberOf(id));
  Company& company = listed.company;
  const bool fresh = certain && !draft_.HasCompanyRow(id);
  if (!listed.domain.empty()) {
    company.identifiers.push_back(
        {.scheme = std::string(kDomain), .value = listed.domain, .source = draft_.source()});
  }
  if (fresh) {
    Company fields = company;
    fields.id = id;
    fields.names.clear();
    fields.identifiers.clear();
    fields.sources = {draft_.source()};
    draft_.AddCompany(std::move(fields), listed.fields | kOfList);
  }
  bool added = fresh || (certain && AddFields(id, listed, place, value, row));
  added = AddNames(id, listed, row) || added;
  added = AddIdentifiers(id, std::move(company.identifiers), row) || added;
  if (added) {
    row.Accept();
  } else {
    row.Duplicate(place, value,
                  StrCat("the import has given companies/", id, " all of this before"));
  }
  return id;
}

}  // namespace steelyard::registry
