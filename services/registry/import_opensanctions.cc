// opensanctions-entities: entities of the FollowTheMoney model as JSON lines, as OpenSanctions
// publishes them (entities.ftm.json).
//
// Companies, organisations and public bodies are taken, and those legal entities that have an LEI
// or a legal form: of the others the list does not say that they are no persons. Persons are not
// taken, and neither is anything else (vessels, addresses, ownerships); what is left out is counted
// by its schema. Of the properties those that name a company or say where and since when it exists
// are read; addresses and contacts are not.

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "nlohmann/json.hpp"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/json_rows.h"
#include "services/registry/known_codes.h"
#include "services/registry/left_out.h"
#include "services/registry/listed.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr size_t kMostValues = 200;
constexpr std::array<std::string_view, 3> kSchemata = {"Company", "Organization", "PublicBody"};
constexpr std::string_view kPerhapsPerson = "LegalEntity";
constexpr std::array<std::pair<std::string_view, NameKind>, 5> kNames = {
    {{"name", NameKind::kAlias},
     {"alias", NameKind::kAlias},
     {"weakAlias", NameKind::kAlias},
     {"abbreviation", NameKind::kAlias},
     {"previousName", NameKind::kFormer}}};
// What says of a company that it is no more, among many words of many registers.
constexpr std::array<std::string_view, 6> kOver = {"closed",     "dissolved",  "inactive",
                                                   "liquidated", "terminated", "struck off"};

// One entity that is taken.
class Entity {
 public:
  Entity(const Json& value, std::string id, const Draft& draft, RowFindings& row)
      : properties_(Member(&value, "properties")), id_(std::move(id)), draft_(draft), row_(row) {}

  // `caption` must be a name.
  Listed Take(const std::string& caption) {
    Company& company = listed_.company;
    company.display_name = caption;
    company.country = Country();
    TakeCodes();
    AddListedName(company, NameOf(caption, "", NameKind::kPreferred, draft_), "caption", row_);
    for (const auto& [property, kind] : kNames) {
      for (std::string& text : Texts(property)) {
        if (text == caption) continue;
        AddListedName(company, NameOf(std::move(text), "", kind, draft_), Place(property), row_);
      }
    }
    if (const std::vector<std::string> sites = Texts("website"); !sites.empty()) {
      TakeSite(sites.front(), Place("website"), listed_, row_);
    }
    TakeFields();
    return std::move(listed_);
  }

  // The first name, for entities without a caption.
  std::string FirstName() {
    const std::vector<std::string> names = Texts("name");
    return names.empty() ? "" : names.front();
  }

 private:
  static std::string Place(std::string_view property) { return StrCat("properties.", property); }

  std::vector<std::string> Texts(std::string_view property) {
    return TextsOf(Member(properties_, property), Place(property), kMostValues, row_);
  }

  void AddCode(std::string_view scheme, std::string value) {
    listed_.company.identifiers.push_back(
        {.scheme = std::string(scheme), .value = std::move(value), .source = draft_.source()});
  }

  // The codes of a property in their stored form; the first makes the id unless one was made.
  void TakeCode(std::string_view property, std::string_view scheme, std::string_view prefix,
                std::string (*form)(std::string_view), std::string_view allowed) {
    for (const std::string& text : Texts(property)) {
      std::string code = form(text);
      if (code.empty()) {
        row_.Clear(Place(property), text, allowed);
        continue;
      }
      if (listed_.company.id.empty()) listed_.company.id = CompanyIdOf(prefix, code);
      AddCode(scheme, std::move(code));
    }
  }

  void TakeCodes() {
    TakeCode("leiCode", "lei", "lei-", LeiOf,
             "no LEI: 20 letters and digits are allowed, whose last two check the rest");
    TakeCode("cikCode", "cik", "cik-", CikOf, "1 to 10 digits are allowed, not 0");
    TakeCode("wikidataId", "wikidata", "wikidata-", WikidataOf,
             "a Wikidata item such as Q38076 is expected");
    AddCode("opensanctions", id_);
    listed_.certain = listed_.company.identifiers.size();
    if (listed_.company.id.empty()) listed_.company.id = CompanyIdOf("os-", id_);
    const std::string& country = listed_.company.country;
    if (country.empty()) return;
    // Numbers are given by each country's registers, and mean nothing without it.
    for (std::string& number : Texts("registrationNumber")) {
      if (!row_.ClearIf(Place("registrationNumber"), number,
                        CheckIdentifierValue("registration", number))) {
        continue;
      }
      AddCode(StrCat("registration-", absl::AsciiStrToLower(country)), std::move(number));
    }
  }

  // The country of the law that it is under, else the one that it is in, if that is one.
  std::string Country() {
    for (const std::string_view property : {"jurisdiction", "country"}) {
      const std::vector<std::string> codes = Texts(property);
      // Parts of countries ("us-de") are theirs.
      if (codes.size() == 1) {
        return TakeListedCountry(codes.front().substr(0, codes.front().find('-')), Place(property),
                                 row_);
      }
      if (codes.size() > 1) return "";
    }
    return "";
  }

  void TakeFields() {
    Company& company = listed_.company;
    if (!company.country.empty()) listed_.fields |= kCountryField;
    const std::vector<std::string> founded = Texts("incorporationDate");
    if (founded.size() == 1) {
      company.founded_on = TakeListedDate(founded.front(), Place("incorporationDate"), row_);
    }
    if (company.founded_on.has_value()) listed_.fields |= kFoundedField;
    const std::vector<std::string> status = Texts("status");
    const bool over = std::any_of(status.begin(), status.end(), [](const std::string& word) {
      return std::find(kOver.begin(), kOver.end(), absl::AsciiStrToLower(word)) != kOver.end();
    });
    if (!over && Texts("dissolutionDate").empty()) return;
    company.status = CompanyStatus::kClosed;
    listed_.fields |= kStatusField;
  }

  const Json* const properties_;
  const std::string id_;
  const Draft& draft_;
  RowFindings& row_;
  Listed listed_;
};

// Whether the list says that the entity is a company or the like.
bool IsOrganization(std::string_view schema, const Json& value) {
  if (schema != kPerhapsPerson) {
    return std::find(kSchemata.begin(), kSchemata.end(), schema) != kSchemata.end();
  }
  const Json* properties = Member(&value, "properties");
  const Json* codes = Member(properties, "leiCode");
  const bool has_lei =
      codes != nullptr && codes->is_array() &&
      std::any_of(codes->begin(), codes->end(), [](const Json& code) {
        return code.is_string() && !LeiOf(code.get_ref<const std::string&>()).empty();
      });
  const Json* form = Member(properties, "legalForm");
  return has_lei || (form != nullptr && form->is_array() && !form->empty());
}

void TakeEntity(const Json& value, const Draft& draft, ListTaker& taker, RowFindings& row) {
  const std::string id = TextOf(Member(&value, "id"), "id", row);
  if (const std::string fault = CheckIdentifierValue("opensanctions", id); !fault.empty()) {
    return row.Reject("id", id, fault);
  }
  if (const Json* properties = Member(&value, "properties");
      properties == nullptr || !properties->is_object()) {
    return row.Reject("properties", "", "an object of lists of texts is expected");
  }
  Entity entity(value, id, draft, row);
  std::string caption = TextOf(Member(&value, "caption"), "caption", row);
  if (caption.empty()) caption = entity.FirstName();
  if (const std::string fault = CheckName(caption); !fault.empty()) {
    return row.Reject("caption", caption, fault);
  }
  taker.Take(entity.Take(caption), "id", id, row);
}

}  // namespace

absl::Status ImportOpenSanctions(const Context& context, const ingest::SpooledFile& file,
                                 Draft& draft, ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<JsonRows> rows,
                             JsonRows::Open(context, file, {.lines = true}, reporter));
  ListTaker taker(draft, "opensanctions");
  LeftOut left_out(reporter, "schema");
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    RowFindings row = rows->findings();
    const Json* schema = Member(&rows->value(), "schema");
    if (schema == nullptr || !schema->is_string()) {
      row.Reject("schema", "", "a text such as \"Company\" is expected");
      continue;
    }
    const std::string name = TextOf(schema, "schema", row);
    if (!IsOrganization(name, rows->value())) {
      left_out.Add(name);
    } else {
      TakeEntity(rows->value(), draft, taker, row);
    }
  }
}

}  // namespace steelyard::registry
