// name-suggestion-index: one of the files of brands of OpenStreetMap's index, one a category.
//
// - an item with a Wikidata item is the company "wikidata-q..." with it, and several items may be:
//   banks and their cash machines, or a brand's branches by country;
// - an item without is "nsi-" and its own id;
// - the brand is the preferred name, in the language whose name it equals; brand and name in other
//   languages are translations, in Latin script of another script's language transliterations;
// - items that make others of another file's (templates) name nobody, and are rejected;
// - the country is that of an item that is there for one country. Items of one company that differ
//   leave it unknown.

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "services/common/status/status.h"
#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/json_rows.h"
#include "services/registry/known_codes.h"
#include "services/registry/listed.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr std::string_view kRoot = "brands/";
constexpr std::string_view kUndetermined = "und";

// Tags that hold names, alone or with ':' and a language behind them.
struct NameTag {
  std::string_view tag;
  NameKind kind;
  bool list;  // several, with ';' between them
};
constexpr std::array<NameTag, 9> kNameTags = {{{"brand", NameKind::kTranslation, false},
                                               {"name", NameKind::kTranslation, false},
                                               {"brand:short", NameKind::kAlias, true},
                                               {"short_name", NameKind::kAlias, true},
                                               {"official_name", NameKind::kAlias, true},
                                               {"full_name", NameKind::kAlias, true},
                                               {"int_name", NameKind::kAlias, true},
                                               {"alt_name", NameKind::kAlias, true},
                                               {"old_name", NameKind::kFormer, true}}};

// Whether what stands behind a tag is a language, and not "wikidata" or "pronunciation".
bool IsLanguage(std::string_view text) {
  constexpr size_t kLongestPrimary = 3;
  return text.substr(0, text.find('-')).size() <= kLongestPrimary && CheckLanguage(text).empty();
}

// A tag's name taken apart; null when it holds no name of a company.
const NameTag* FindNameTag(std::string_view tag, std::string_view& language) {
  const NameTag* found = nullptr;
  for (const NameTag& known : kNameTags) {
    if (!tag.starts_with(known.tag)) continue;
    const std::string_view rest = tag.substr(known.tag.size());
    if (rest.empty()) {
      language = kUndetermined;
      found = &known;
    } else if (rest[0] == ':' && IsLanguage(rest.substr(1))) {
      language = rest.substr(1);
      found = &known;
    }
  }
  return found;
}

bool IsLatin(std::string_view language) { return language.find("-Latn") != std::string_view::npos; }

// One item of the file.
class Item {
 public:
  Item(const Json& value, const Draft& draft, RowFindings& row)
      : tags_(Member(&value, "tags")), value_(value), draft_(draft), row_(row) {}

  // The brand; empty when the item has none.
  std::string Brand() { return TextOf(Member(tags_, "brand"), "tags.brand", row_); }
  std::string Id() { return TextOf(Member(&value_, "id"), "id", row_); }

  // The brand and the id must have been checked.
  Listed Take(const std::string& brand, const std::string& id, const std::string& category) {
    const std::string wikidata = TakeWikidata();
    const bool known = !wikidata.empty();
    Listed listed{
        .company = {.id = known ? CompanyIdOf("wikidata-", wikidata) : CompanyIdOf("nsi-", id),
                    .display_name = brand},
        .certain = 1};
    Company& company = listed.company;
    company.identifiers.push_back({.scheme = known ? "wikidata" : "nsi",
                                   .value = known ? wikidata : id,
                                   .source = draft_.source()});
    AddListedName(company, NameOf(brand, LanguageOf(brand), NameKind::kPreferred, draft_),
                  "tags.brand", row_);
    if (tags_ != nullptr) {
      for (const auto& [tag, text] : tags_->items()) AddNames(tag, text, company);
    }
    company.country = Country();
    if (!company.country.empty()) listed.fields |= kCountryField;
    company.source_category = TakeListedText(category, "properties.path", row_);
    if (!company.source_category.empty()) listed.fields |= kCategoryField;
    return listed;
  }

 private:
  std::string TakeWikidata() {
    const std::string text = TextOf(Member(tags_, "brand:wikidata"), "tags.brand:wikidata", row_);
    std::string wikidata = WikidataOf(text);
    if (wikidata.empty() && !text.empty()) {
      row_.Clear("tags.brand:wikidata", text, "a Wikidata item such as Q38076 is expected");
    }
    return wikidata;
  }

  // The language of a name that equals the brand.
  std::string LanguageOf(std::string_view brand) const {
    if (tags_ == nullptr) return std::string(kUndetermined);
    for (const auto& [tag, text] : tags_->items()) {
      std::string_view language = kUndetermined;
      const NameTag* known = FindNameTag(tag, language);
      if (known == nullptr || known->list || language == kUndetermined) continue;
      if (text.is_string() && text.get_ref<const std::string&>() == brand) {
        return std::string(language);
      }
    }
    return std::string(kUndetermined);
  }

  void AddNames(const std::string& tag, const Json& value, Company& company) {
    std::string_view language;
    const NameTag* known = FindNameTag(tag, language);
    if (known == nullptr || tag == "brand") return;
    const std::string place = StrCat("tags.", tag);
    const std::string text = TextOf(&value, place, row_);
    NameKind kind = known->kind;
    if (kind == NameKind::kTranslation) {
      // What is written on the brand's own signs, in whatever language that is.
      if (text == company.display_name && SameLanguage(company, language)) return;
      if (language == kUndetermined) kind = NameKind::kAlias;
      if (IsLatin(language)) kind = NameKind::kTransliteration;
    }
    if (!known->list) {
      return AddListedName(company, NameOf(text, language, kind, draft_), place, row_);
    }
    for (absl::string_view part : absl::StrSplit(text, ';')) {
      AddListedName(company,
                    NameOf(std::string(absl::StripAsciiWhitespace(part)), language, kind, draft_),
                    place, row_);
    }
  }

  static bool SameLanguage(const Company& company, std::string_view language) {
    return language == kUndetermined || company.names.front().language == language;
  }

  std::string Country() const {
    const Json* include = Member(Member(&value_, "locationSet"), "include");
    if (include == nullptr || !include->is_array() || include->size() != 1) return "";
    const Json& only = include->front();
    if (!only.is_string()) return "";
    const std::string code = absl::AsciiStrToUpper(only.get_ref<const std::string&>());
    return text::IsCountry(code) ? code : "";
  }

  const Json* const tags_;
  const Json& value_;
  const Draft& draft_;
  RowFindings& row_;
};

void TakeItem(const Json& value, const std::string& category, Draft& draft, ListTaker& taker,
              RowFindings& row) {
  if (const Json* source = Member(&value, "templateSource"); source != nullptr) {
    return row.Reject("templateSource", TextOf(source, "templateSource", row),
                      "a template, which makes items of another file's and names nobody");
  }
  Item item(value, draft, row);
  const std::string brand = item.Brand();
  if (const std::string fault = CheckName(brand); !fault.empty()) {
    return row.Reject("tags.brand", brand, fault);
  }
  const std::string id = item.Id();
  if (const std::string fault = CheckIdentifierValue("nsi", id); !fault.empty()) {
    return row.Reject("id", id, fault);
  }
  Listed listed = item.Take(brand, id, category);
  listed.one_of_several = true;
  const std::string country = listed.company.country;
  const std::string own = listed.company.id;
  if (taker.Take(std::move(listed), "id", id, row) == own) draft.AgreeOnCountry(own, country);
}

}  // namespace

absl::Status ImportNameSuggestions(const Context& context, const ingest::SpooledFile& file,
                                   Draft& draft, ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<JsonRows> rows,
                             JsonRows::Open(context, file, {.list = "items"}, reporter));
  ListTaker taker(draft, "");
  std::string category;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    RowFindings row = rows->findings();
    if (rows->is_row()) {
      TakeItem(rows->value(), category, draft, taker, row);
    } else if (rows->key() == "properties") {
      category = TextOf(Member(&rows->value(), "path"), "properties.path", row);
      if (category.starts_with(kRoot)) category.erase(0, kRoot.size());
    }
  }
}

}  // namespace steelyard::registry
