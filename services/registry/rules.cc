#include "services/registry/rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/common/text/country.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/registry/identifier.h"
#include "services/registry/identifier_check.h"

namespace steelyard::registry {
namespace {

constexpr int kLongestName = 500;
constexpr int kLongestValue = 500;
constexpr int kLongestCity = 200;
constexpr int kLongestCategory = 200;
constexpr int kLongestAddress = 2000;

constexpr std::array<std::string_view, 7> kSourceKinds = {
    "article", "database", "editorial", "official", "press_release", "report", "seed_article"};

bool IsIdCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-';
}

bool IsId(std::string_view id, size_t longest) {
  return !id.empty() && id.size() <= longest && std::all_of(id.begin(), id.end(), IsIdCharacter);
}

bool HasControlCharacters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return absl::ascii_iscntrl(c); });
}

bool IsLongerThan(std::string_view text, int most) {
  // A character has one byte at least, so that only long texts need to be counted.
  return text.size() > static_cast<size_t>(most) && text::Truncate(text, most).size() < text.size();
}

// Collects faults of one company.
class Faults {
 public:
  void Add(std::string path, std::string fault) {
    if (!fault.empty()) faults_.emplace_back(std::move(path), std::move(fault));
  }
  void AtMost(std::string_view path, size_t size, size_t most) {
    if (size > most) Add(std::string(path), StrCat("at most ", most, " are allowed"));
  }
  std::vector<Fault> Take() { return std::move(faults_); }

 private:
  std::vector<Fault> faults_;
};

std::string At(std::string_view list, size_t index, std::string_view field = "") {
  return StrCat(list, "[", index, "]", field.empty() ? "" : ".", field);
}

void CheckPeriod(const std::string& path, const Validity& valid, const std::string& source,
                 Faults& faults) {
  faults.Add(path + ".valid_to", CheckValidity(valid));
  if (!source.empty()) faults.Add(path + ".source", CheckSourceId(source));
}

void CheckNames(const Company& company, Faults& faults) {
  faults.AtMost("names", company.names.size(), kMostNames);
  std::set<std::tuple<std::string_view, std::string_view, NameKind>> seen;
  for (size_t i = 0; i < company.names.size(); ++i) {
    const CompanyName& name = company.names[i];
    faults.Add(At("names", i, "text"), CheckName(name.text));
    faults.Add(At("names", i, "language"), CheckLanguage(name.language));
    CheckPeriod(At("names", i), name.valid, name.source, faults);
    if (!seen.emplace(name.text, name.language, name.kind).second) {
      faults.Add(At("names", i),
                 "repeats an earlier name; text, language and kind together occur once");
    }
  }
}

void CheckRelations(const Company& company, Faults& faults) {
  faults.AtMost("relations", company.relations.size(), kMostRelations);
  for (size_t i = 0; i < company.relations.size(); ++i) {
    const Relation& relation = company.relations[i];
    faults.Add(At("relations", i, "object"), CheckCompanyId(relation.object));
    if (relation.object == company.id) {
      faults.Add(At("relations", i, "object"), "another company than this one is needed");
    }
    CheckPeriod(At("relations", i), relation.valid, relation.source, faults);
  }
}

void CheckHistories(const Company& company, Faults& faults) {
  faults.AtMost("headquarters", company.headquarters.size(), kMostPeriods);
  for (size_t i = 0; i < company.headquarters.size(); ++i) {
    const Headquarters& place = company.headquarters[i];
    faults.Add(At("headquarters", i, "country"),
               place.country.empty() ? "must not be empty" : CheckCountry(place.country));
    faults.Add(At("headquarters", i, "city"), CheckText(place.city, kLongestCity));
    CheckPeriod(At("headquarters", i), place.valid, place.source, faults);
  }
  faults.AtMost("status_history", company.status_history.size(), kMostPeriods);
  for (size_t i = 0; i < company.status_history.size(); ++i) {
    const StatusPeriod& period = company.status_history[i];
    if (period.status == CompanyStatus::kUnknown) {
      faults.Add(At("status_history", i, "status"), "must say which");
    }
    CheckPeriod(At("status_history", i), period.valid, period.source, faults);
  }
}

void CheckIdentifiers(const Company& company, Faults& faults) {
  faults.AtMost("identifiers", company.identifiers.size(), kMostIdentifiers);
  std::set<std::string> seen;
  for (size_t i = 0; i < company.identifiers.size(); ++i) {
    const Identifier& identifier = company.identifiers[i];
    const std::string scheme = CheckScheme(identifier.scheme);
    faults.Add(At("identifiers", i, "scheme"), scheme);
    if (!scheme.empty()) continue;
    faults.Add(At("identifiers", i, "value"),
               CheckIdentifierValue(identifier.scheme, identifier.value));
    if (!identifier.source.empty()) {
      faults.Add(At("identifiers", i, "source"), CheckSourceId(identifier.source));
    }
    if (!seen.insert(IdentifierKeyOf(identifier.scheme, identifier.value)).second) {
      faults.Add(At("identifiers", i),
                 "repeats an earlier identifier; scheme and value occur once");
    }
  }
}

template <typename CheckItem>
void CheckList(std::string_view path, const std::vector<std::string>& items, size_t most,
               CheckItem check, Faults& faults) {
  faults.AtMost(path, items.size(), most);
  for (size_t i = 0; i < items.size(); ++i) {
    faults.Add(At(path, i), check(items[i]));
    if (std::find(items.begin(), items.begin() + static_cast<ptrdiff_t>(i), items[i]) !=
        items.begin() + static_cast<ptrdiff_t>(i)) {
      faults.Add(At(path, i), "repeats an earlier entry; each occurs once");
    }
  }
}

}  // namespace

std::string CheckCompanyId(std::string_view id) {
  if (IsId(id, 128)) return "";
  return "1 to 128 lower-case letters, digits, '.', '_' and '-' are allowed";
}

std::string CheckSourceId(std::string_view id) {
  if (IsId(id, 64)) return "";
  return "1 to 64 lower-case letters, digits, '.', '_' and '-' are allowed";
}

std::string CheckCode(std::string_view code) {
  const bool fits = !code.empty() && code.size() <= 64 && absl::ascii_isupper(code.front()) &&
                    std::all_of(code.begin(), code.end(), [](char c) {
                      return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
                    });
  if (fits) return "";
  return "1 to 64 upper-case letters, digits and '_' are allowed, a letter first";
}

std::string CheckScheme(std::string_view scheme) {
  const bool fits = !scheme.empty() && scheme.size() <= 64 && absl::ascii_islower(scheme.front()) &&
                    std::all_of(scheme.begin(), scheme.end(), [](char c) {
                      return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
                    });
  if (fits) return "";
  return "a word of 1 to 64 lower-case letters, digits and '-' is allowed, a letter first, such as "
         "\"domain\", \"github\", \"isin\" or \"lei\"";
}

std::string CheckIdentifierValue(std::string_view scheme, std::string_view value) {
  if (value.empty()) return "must not be empty";
  if (std::string fault = CheckText(value, kLongestValue); !fault.empty()) return fault;
  if (scheme == "domain") return CheckDomain(value);
  if (scheme == "lei") return CheckLei(value);
  if (scheme == "isin") return CheckIsin(value);
  return "";
}

std::string CheckLanguage(std::string_view tag) {
  bool fits = tag.size() >= 2 && tag.size() <= 35;
  bool first = true;
  for (absl::string_view part : absl::StrSplit(ToAbsl(tag), '-')) {
    const bool right_kind = std::all_of(part.begin(), part.end(), [&](char c) {
      return first ? absl::ascii_isalpha(c) : absl::ascii_isalnum(c);
    });
    fits = fits && right_kind && part.size() >= (first ? 2 : 1) && part.size() <= 8;
    first = false;
  }
  if (fits) return "";
  return "a BCP 47 language tag is allowed, such as \"fr\" or \"zh-Hans\"; \"und\" when "
         "undetermined";
}

std::string CheckCountry(std::string_view code) {
  if (code.empty() || text::IsCountry(code)) return "";
  return "an ISO 3166-1 alpha-2 code in upper case is allowed, such as \"FR\", or nothing";
}

std::string CheckValidity(const Validity& valid) {
  if (!valid.from.has_value() || !valid.to.has_value() ||
      valid.from->FirstDay() <= valid.to->LastDay()) {
    return "";
  }
  return StrCat("a date not before valid_from, ", valid.from->ToString(), ", is allowed");
}

std::string CheckAddress(std::string_view address) {
  if (address.empty()) return "";
  const bool fits = (address.starts_with("https://") || address.starts_with("http://")) &&
                    std::none_of(address.begin(), address.end(), [](char c) {
                      return absl::ascii_isspace(c) || absl::ascii_iscntrl(c);
                    });
  if (!fits) return "an address that starts with https:// or http:// is allowed, or nothing";
  return CheckText(address, kLongestAddress);
}

std::string CheckSourceKind(std::string_view kind) {
  if (std::find(kSourceKinds.begin(), kSourceKinds.end(), kind) != kSourceKinds.end()) return "";
  return "article, database, editorial, official, press_release, report or seed_article is allowed";
}

std::string CheckName(std::string_view text) {
  if (text.empty() || IsLongerThan(text, kLongestName) || HasControlCharacters(text)) {
    return StrCat("1 to ", kLongestName, " characters without control characters are allowed");
  }
  return "";
}

std::string CheckText(std::string_view text, int most) {
  if (IsLongerThan(text, most) || HasControlCharacters(text)) {
    return StrCat("at most ", most, " characters without control characters are allowed");
  }
  return "";
}

std::vector<Fault> Check(const Company& company) {
  Faults faults;
  faults.Add("name", CheckCompanyId(company.id));
  faults.Add("display_name", CheckName(company.display_name));
  faults.Add("country", CheckCountry(company.country));
  faults.Add("city", CheckText(company.city, kLongestCity));
  faults.Add("legal_country", CheckCountry(company.legal_country));
  faults.Add("website", CheckAddress(company.website));
  CheckList("layers", company.layers, kMostCodes, CheckCode, faults);
  CheckList("sectors", company.sectors, kMostCodes, CheckCode, faults);
  CheckNames(company, faults);
  CheckIdentifiers(company, faults);
  CheckList("sources", company.sources, kMostSources, CheckSourceId, faults);
  faults.Add("source_category", CheckText(company.source_category, kLongestCategory));
  CheckRelations(company, faults);
  CheckHistories(company, faults);
  return faults.Take();
}

}  // namespace steelyard::registry
