#include "gateway/cli/company_match.h"

#include <filesystem>
#include <map>
#include <memory>

#include "google/protobuf/util/json_util.h"
#include "services/common/context/context.h"
#include "services/common/ingest/ingest.h"
#include "services/common/mapping/round_row.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"

namespace steelyard::cli {
namespace {

constexpr std::string_view kId = "company_id";
constexpr std::string_view kName = "company_name";

// What a mapping reads as one name: the cell as it stands, and the company.
struct Named {
  std::string cell;
  mapping::CompanyRow company;
};

// The different names of a file's rows without an id of their own, by their folded cells.
absl::StatusOr<std::map<std::string, Named>> NamesOf(const ingest::SpooledFile& file) {
  // The import itself reports what is wrong with the rows.
  ingest::Reporter reporter([](const common::v1::ImportFinding&) { return absl::OkStatus(); },
                            [](const common::v1::ImportProgress&) { return absl::OkStatus(); });
  const Context context = Context::Background();
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<mapping::Rows> rows,
                             mapping::Rows::Open(context, file, reporter));
  std::map<std::string, Named> names;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return names;
    const mapping::Cell cell = rows->Get(kName);
    if (cell.text.empty() || !rows->Get(kId).text.empty()) continue;
    std::string folded = text::Fold(cell.text);
    if (names.contains(folded)) continue;
    if (std::optional<mapping::CompanyRow> company = mapping::ReadCompanyRow(*rows)) {
      names.emplace(std::move(folded), Named{cell.text, *std::move(company)});
    }
  }
}

// The ways to a name, as ways to an id: listed ones by the list, others made of the name.
void MakeIds(const std::map<std::string, std::string>& ids, mapping::FieldMapping& field) {
  field.clear_to();
  field.clear_strip_markup();
  field.set_id_style("slug");
  field.mutable_values()->clear();
  if (field.constant().empty()) {
    field.mutable_values()->insert(ids.begin(), ids.end());
  }
  if (field.has_otherwise()) MakeIds(ids, *field.mutable_otherwise());
}

// Puts the ids behind those that the file has itself.
void AddIds(const std::map<std::string, std::string>& ids, mapping::Mapping& mapping) {
  mapping::FieldMapping names;
  mapping::FieldMapping* last = nullptr;
  for (mapping::FieldMapping& field : *mapping.mutable_fields()) {
    if (field.to() == kName) names = field;
    if (field.to() == kId) last = &field;
  }
  MakeIds(ids, names);
  if (last == nullptr) {
    last = mapping.add_fields();
    *last = std::move(names);
    last->set_to(std::string(kId));
    return;
  }
  while (last->has_otherwise()) last = last->mutable_otherwise();
  *last->mutable_otherwise() = std::move(names);
}

}  // namespace

absl::StatusOr<Matched> MatchCompanies(const std::string& path, const mapping::Loaded& loaded,
                                       const FindByName& find) {
  const ingest::SpooledFile file{.name = std::filesystem::path(path).filename().string(),
                                 .format = std::string(mapping::kMappedFormat),
                                 .path = path,
                                 .mapping = std::make_shared<mapping::Loaded>(loaded)};
  STEELYARD_ASSIGN_OR_RETURN(const auto names, NamesOf(file));
  Matched matched{.json = loaded.json, .names = static_cast<int64_t>(names.size())};
  std::map<std::string, std::string> ids;
  for (const auto& [folded, named] : names) {
    std::string id = named.company.id;
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> bearers, find(named.company.name));
    if (bearers.size() == 1) {
      id = bearers.front();
      ++matched.found;
    } else if (bearers.size() > 1) {
      ++matched.several;
    }
    if (id != mapping::SlugOf(named.cell)) ids.emplace(named.cell, id);
  }
  if (ids.empty()) return matched;
  mapping::Mapping mapping = loaded.mapping;
  AddIds(ids, mapping);
  matched.json.clear();
  if (!google::protobuf::util::MessageToJsonString(mapping, &matched.json).ok()) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID,
                     "the mapping with its matches cannot be written as JSON");
  }
  STEELYARD_RETURN_IF_ERROR(mapping::Parse(matched.json).status());
  return matched;
}

}  // namespace steelyard::cli
