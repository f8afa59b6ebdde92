#include "services/registry/company.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "services/common/text/strings.h"
#include "services/registry/identifier.h"

namespace steelyard::registry {
namespace {

constexpr std::array<std::pair<std::string_view, NameKind>, 9> kNameKinds = {{
    {"PREFERRED", NameKind::kPreferred},
    {"ALIAS", NameKind::kAlias},
    {"FORMER", NameKind::kFormer},
    {"LEGAL", NameKind::kLegal},
    {"TRADING", NameKind::kTrading},
    {"TRANSLATION", NameKind::kTranslation},
    {"TRANSLITERATION", NameKind::kTransliteration},
    {"MACHINE_TRANSLATION", NameKind::kMachineTranslation},
    {"TICKER", NameKind::kTicker},
}};

constexpr std::array<std::pair<std::string_view, CompanyStatus>, 5> kStatuses = {{
    {"", CompanyStatus::kUnknown},
    {"PRIVATE", CompanyStatus::kPrivate},
    {"PUBLIC", CompanyStatus::kPublic},
    {"ACQUIRED", CompanyStatus::kAcquired},
    {"CLOSED", CompanyStatus::kClosed},
}};

constexpr std::array<std::pair<std::string_view, RelationKind>, 4> kRelationKinds = {{
    {"PARENT", RelationKind::kParent},
    {"ULTIMATE_PARENT", RelationKind::kUltimateParent},
    {"SUCCESSOR", RelationKind::kSuccessor},
    {"BRAND_OF", RelationKind::kBrandOf},
}};

template <typename Table>
auto FindWord(const Table& table, std::string_view word)
    -> std::optional<typename Table::value_type::second_type> {
  for (const auto& [name, value] : table) {
    if (absl::EqualsIgnoreCase(ToAbsl(name), ToAbsl(word))) return value;
  }
  return std::nullopt;
}

auto NameKey(const CompanyName& name) { return std::tie(name.kind, name.language, name.text); }
auto RelationKey(const Relation& relation) {
  return std::tie(relation.kind, relation.object, relation.valid, relation.source);
}
auto HeadquartersKey(const Headquarters& place) {
  return std::tie(place.valid, place.country, place.city, place.source);
}
auto StatusKey(const StatusPeriod& period) {
  return std::tie(period.valid, period.status, period.source);
}
auto IdentifierKey(const Identifier& identifier) {
  return std::tie(identifier.scheme, identifier.value);
}

// Sorts by a key and keeps the first of those with equal keys.
template <typename T, typename Key>
void SortUnique(std::vector<T>& items, Key key) {
  std::stable_sort(items.begin(), items.end(),
                   [&](const T& a, const T& b) { return key(a) < key(b); });
  items.erase(std::unique(items.begin(), items.end(),
                          [&](const T& a, const T& b) { return key(a) == key(b); }),
              items.end());
}

// Drops repetitions, keeping the order.
void KeepFirst(std::vector<std::string>& items) {
  std::vector<std::string> kept;
  for (std::string& item : items) {
    if (std::find(kept.begin(), kept.end(), item) == kept.end()) kept.push_back(std::move(item));
  }
  items = std::move(kept);
}

// Appends fields with their lengths, so that no content of one can look like another.
class Writer {
 public:
  Writer& Text(std::string_view text) {
    StrAppend(&bytes_, text.size(), ":", text);
    return *this;
  }
  Writer& Number(int64_t number) {
    StrAppend(&bytes_, number, ";");
    return *this;
  }
  Writer& List(const std::vector<std::string>& items) {
    Number(static_cast<int64_t>(items.size()));
    for (const std::string& item : items) Text(item);
    return *this;
  }
  Writer& Valid(const Validity& valid) { return Date(valid.from).Date(valid.to); }
  Writer& Date(const std::optional<PartialDate>& date) {
    return Text(date.has_value() ? date->ToString() : "");
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

void Normalize(Company& company) {
  KeepFirst(company.layers);
  KeepFirst(company.sectors);
  KeepFirst(company.sources);
  const bool has_display_name =
      std::any_of(company.names.begin(), company.names.end(), [&](const CompanyName& name) {
        return name.kind == NameKind::kPreferred && name.text == company.display_name;
      });
  if (!has_display_name && !company.display_name.empty()) {
    company.names.push_back({.text = company.display_name,
                             .language = "und",
                             .kind = NameKind::kPreferred,
                             .source = company.sources.empty() ? "" : company.sources.front()});
  }
  SortUnique(company.names, NameKey);
  for (Identifier& identifier : company.identifiers) {
    identifier.value = StoredValue(identifier.scheme, identifier.value);
  }
  // Case makes no other identifier.
  std::set<std::string> keys;
  std::erase_if(company.identifiers, [&](const Identifier& identifier) {
    return !keys.insert(IdentifierKeyOf(identifier.scheme, identifier.value)).second;
  });
  SortUnique(company.identifiers, IdentifierKey);
  SortUnique(company.relations, RelationKey);
  SortUnique(company.headquarters, HeadquartersKey);
  SortUnique(company.status_history, StatusKey);
}

namespace {

// What companies have had since the registry knows histories, relations and where companies are
// incorporated. Nothing at all for none, so that the bytes of other companies are what they were.
void WriteDetails(const Company& company, Writer& writer) {
  if (!company.legal_country.empty()) writer.Text("legal_country").Text(company.legal_country);
  if (!company.merged.empty()) writer.Text("merged").List(company.merged);
  for (size_t i = 0; i < company.names.size(); ++i) {
    if (company.names[i].valid == Validity()) continue;
    writer.Text("name").Number(static_cast<int64_t>(i)).Valid(company.names[i].valid);
  }
  for (const Relation& relation : company.relations) {
    writer.Text("relation").Number(static_cast<int>(relation.kind)).Text(relation.object);
    writer.Valid(relation.valid).Text(relation.source);
  }
  for (const Headquarters& place : company.headquarters) {
    writer.Text("headquarters").Text(place.country).Text(place.city);
    writer.Valid(place.valid).Text(place.source);
  }
  for (const StatusPeriod& period : company.status_history) {
    writer.Text("status").Number(static_cast<int>(period.status));
    writer.Valid(period.valid).Text(period.source);
  }
}

}  // namespace

std::string Canonical(const Company& company) {
  Writer writer;
  writer.Text(company.id).Text(company.display_name).Text(company.country).Text(company.city);
  writer.Date(company.founded_on).Number(static_cast<int>(company.status)).Text(company.website);
  writer.List(company.layers).List(company.sectors).List(company.sources);
  writer.Text(company.source_category).Number(static_cast<int64_t>(company.names.size()));
  for (const CompanyName& name : company.names) {
    writer.Text(name.text).Text(name.language).Number(static_cast<int>(name.kind));
    writer.Text(name.source);
  }
  writer.Number(static_cast<int64_t>(company.identifiers.size()));
  for (const Identifier& identifier : company.identifiers) {
    writer.Text(identifier.scheme).Text(identifier.value).Text(identifier.source);
  }
  WriteDetails(company, writer);
  return writer.Take();
}

std::string Canonical(const Source& source) {
  Writer writer;
  writer.Text(source.id).Text(source.publisher).Text(source.title).Text(source.uri);
  return writer.Date(source.published_on).Text(source.kind).Take();
}

std::string Canonical(const Codelist& codelist) {
  Writer writer;
  writer.Text(codelist.id);
  for (const Code& code : codelist.codes) {
    writer.Text(code.code).Number(code.position).Text(code.label).Text(code.label_fr);
    writer.Text(code.parent);
  }
  return writer.Take();
}

std::optional<NameKind> ParseNameKind(std::string_view word) { return FindWord(kNameKinds, word); }

std::optional<CompanyStatus> ParseStatus(std::string_view word) {
  return FindWord(kStatuses, word);
}

std::optional<RelationKind> ParseRelationKind(std::string_view word) {
  return FindWord(kRelationKinds, word);
}

std::string_view NameKindWords() {
  return "PREFERRED, ALIAS, FORMER, LEGAL, TRADING, TRANSLATION, TRANSLITERATION, "
         "MACHINE_TRANSLATION or TICKER";
}

std::string_view RelationKindWords() { return "PARENT, ULTIMATE_PARENT, SUCCESSOR or BRAND_OF"; }

std::string_view StatusWords() { return "private, public, acquired, closed, or nothing"; }

}  // namespace steelyard::registry
