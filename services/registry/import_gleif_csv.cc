// gleif-lei2-csv: GLEIF's golden copy as CSV. Its 300 and more columns are named by the paths of
// the XML that it is made from; names that repeat are numbered, by however many a copy has.

#include <array>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/gleif.h"
#include "services/registry/importers.h"
#include "services/registry/rows.h"

namespace steelyard::registry {
namespace {

// Most names of a repeated element; golden copies have five.
constexpr int kMostRepeated = 10;
constexpr std::array<std::string_view, 2> kRepeated = {
    "Entity.OtherEntityNames.OtherEntityName.",
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName."};

enum LeiColumn : size_t {
  kLei,
  kLegalName,
  kLanguage,
  kCountry,
  kCity,
  kJurisdiction,
  kLegalCountry,
  kAuthority,
  kAuthorityValue,
  kCategory,
  kLegalForm,
  kEntityStatus,
  kRecordStatus,
  kCreated,
  kSuccessors,                           // kMostRepeated of them
  kOthers = kSuccessors + kMostRepeated  // of each repeated name: its text, language and type
};
constexpr std::array<Column, kSuccessors> kColumns = {
    {{"LEI", true},
     {"Entity.LegalName", true},
     {"Entity.LegalName.xmllang"},
     {"Entity.HeadquartersAddress.Country", true},
     {"Entity.HeadquartersAddress.City"},
     {"Entity.LegalJurisdiction"},
     {"Entity.LegalAddress.Country"},
     {"Entity.RegistrationAuthority.RegistrationAuthorityID"},
     {"Entity.RegistrationAuthority.RegistrationAuthorityEntityID"},
     {"Entity.EntityCategory", true},
     {"Entity.LegalForm.EntityLegalFormCode"},
     {"Entity.EntityStatus", true},
     {"Registration.RegistrationStatus", true},
     {"Entity.EntityCreationDate"}}};
constexpr LeiPlaces kPlaces = {.lei = kColumns[kLei].name,
                               .country = kColumns[kCountry].name,
                               .city = kColumns[kCity].name,
                               .jurisdiction = kColumns[kJurisdiction].name,
                               .legal_country = kColumns[kLegalCountry].name,
                               .authority = kColumns[kAuthority].name,
                               .authority_value = kColumns[kAuthorityValue].name,
                               .category = kColumns[kCategory].name,
                               .entity_status = kColumns[kEntityStatus].name,
                               .record_status = kColumns[kRecordStatus].name,
                               .created = kColumns[kCreated].name,
                               .successor = "Entity.SuccessorEntity"};

// The names of the numbered columns: successors, then text, language and type of each name.
const std::vector<std::string>& NumberedNames() {
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> all;
    for (int i = 1; i <= kMostRepeated; ++i) {
      all.push_back(StrCat("Entity.SuccessorEntity.", i, ".SuccessorLEI"));
    }
    for (const std::string_view prefix : kRepeated) {
      for (int i = 1; i <= kMostRepeated; ++i) {
        for (const char* part : {"", ".xmllang", ".type"}) all.push_back(StrCat(prefix, i, part));
      }
    }
    return all;
  }());
  return names;
}

const std::vector<Column>& Columns() {
  static const auto& columns = *new std::vector<Column>(WithColumns(kColumns, NumberedNames()));
  return columns;
}

std::string TextAt(const RowReader& row, size_t column) { return std::string(row.Cell(column)); }

LeiRecord RecordOf(const RowReader& row) {
  LeiRecord record{.lei = TextAt(row, kLei),
                   .legal_name = {.text = TextAt(row, kLegalName),
                                  .language = TextAt(row, kLanguage),
                                  .type = "",
                                  .place = std::string(kColumns[kLegalName].name)},
                   .other_names = {},
                   .country = TextAt(row, kCountry),
                   .city = TextAt(row, kCity),
                   .jurisdiction = TextAt(row, kJurisdiction),
                   .legal_country = TextAt(row, kLegalCountry),
                   .authority = TextAt(row, kAuthority),
                   .authority_value = TextAt(row, kAuthorityValue),
                   .category = TextAt(row, kCategory),
                   .legal_form = TextAt(row, kLegalForm),
                   .entity_status = TextAt(row, kEntityStatus),
                   .record_status = TextAt(row, kRecordStatus),
                   .created = TextAt(row, kCreated),
                   .successors = {}};
  for (size_t column = kSuccessors; column < kOthers; ++column) {
    if (!row.Cell(column).empty()) record.successors.push_back(TextAt(row, column));
  }
  for (size_t column = kOthers; column < Columns().size(); column += 3) {
    if (row.Cell(column).empty()) continue;
    record.other_names.push_back({.text = TextAt(row, column),
                                  .language = TextAt(row, column + 1),
                                  .type = TextAt(row, column + 2),
                                  .place = std::string(Columns()[column].name)});
  }
  return record;
}

}  // namespace

absl::Status ImportGleifCsv(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                            ingest::Reporter& reporter) {
  ListTaker taker(draft, "");
  Successors successors(draft, reporter);
  STEELYARD_RETURN_IF_ERROR(ForEachRow(
      context, file, {.columns = Columns(), .others_allowed = true}, reporter, [&](RowReader& row) {
        RowFindings findings(reporter, row.line());
        const LeiRecord record = RecordOf(row);
        const std::string company = TakeLeiRecord(record, kPlaces, draft, taker, findings);
        successors.Add(row.line(), company, record.successors);
      }));
  successors.Settle(kPlaces.successor);
  return absl::OkStatus();
}

}  // namespace steelyard::registry
