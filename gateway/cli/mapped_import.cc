#include "gateway/cli/mapped_import.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/cli/company_match.h"
#include "gateway/cli/format.h"
#include "google/protobuf/util/json_util.h"
#include "services/common/mapping/mapping.h"
#include "services/common/mapping/presets.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::cli {
namespace {

using gateway::ImportPlan;
using gateway::ImportSource;

// Files that are damaged in ways that no mapping describes have importers of their own.
struct OwnImporter {
  std::string_view preset;
  std::string_view kind;
  std::string_view format;
};
constexpr std::array<OwnImporter, 2> kOwnImporters = {
    {{"crunchbase-2013", mapping::kRoundsKind, "crunchbase-2013-rounds"},
     {"ecb-rates", mapping::kRatesKind, "ecb-rates"}}};

absl::Status Wrong(std::string_view option, std::string_view problem) {
  FieldErrors errors;
  errors.Add(option, problem);
  return errors.ToStatus();
}

// A directory may be named like a preset.
bool IsFile(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) && !std::filesystem::is_directory(path, ignored);
}

// The presets of a kind, for messages.
std::string PresetsOf(std::string_view kind) {
  std::vector<std::string> names;
  for (const OwnImporter& own : kOwnImporters) {
    if (own.kind == kind) names.emplace_back(own.preset);
  }
  for (const mapping::Preset& preset : mapping::Presets()) {
    const auto loaded = mapping::Parse(preset.json);
    if (loaded.ok() && (*loaded)->mapping.kind() == kind) names.emplace_back(preset.name);
  }
  std::sort(names.begin(), names.end());
  return names.empty() ? "none" : StrJoin(names, ", ");
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return Wrong("--mapping", StrCat("cannot read the file ", path));
  return text;
}

// Puts the constants of --set into a mapping, in place of what filled those fields.
absl::StatusOr<std::string> WithConstants(mapping::Mapping mapping,
                                          const std::vector<std::string>& constants) {
  for (const std::string& constant : constants) {
    const size_t equals = constant.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == constant.size()) {
      return Wrong("--set", StrCat("must be FIELD=VALUE, not \"", constant, "\""));
    }
    const std::string to = constant.substr(0, equals);
    auto& fields = *mapping.mutable_fields();
    const auto known = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.to() == to; });
    mapping::FieldMapping& field = known == fields.end() ? *fields.Add() : *known;
    field.Clear();
    field.set_to(to);
    field.set_constant(constant.substr(equals + 1));
  }
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(mapping, &json).ok()) {
    return Wrong("--set", "makes a mapping that cannot be written as JSON");
  }
  return json;
}

// How the file is read, by a mapping that was checked.
absl::StatusOr<ImportSource> SourceOf(const ImportMappedOptions& options) {
  ImportSource source{.path = options.file, .format = std::string(mapping::kMappedFormat)};
  std::shared_ptr<const mapping::Loaded> loaded;
  if (IsFile(options.mapping)) {
    STEELYARD_ASSIGN_OR_RETURN(source.mapping_json, ReadWhole(options.mapping));
    auto parsed = mapping::Parse(source.mapping_json);
    if (!parsed.ok()) return Annotate(parsed.status(), options.mapping);
    loaded = *std::move(parsed);
  } else {
    auto preset = mapping::FindPreset(options.mapping);
    if (!preset.ok()) {
      return Wrong("--mapping",
                   StrCat("there is no file and no preset \"", options.mapping, "\"; presets for ",
                          options.kind, ": ", PresetsOf(options.kind)));
    }
    source.mapping_preset = options.mapping;
    loaded = *std::move(preset);
  }
  if (loaded->mapping.kind() != options.kind) {
    return Wrong("--mapping",
                 StrCat(options.mapping, " reads ", loaded->mapping.kind(), ", not ", options.kind,
                        ": use `steelyard import ", loaded->mapping.kind(), "`"));
  }
  if (options.constants.empty()) return source;
  STEELYARD_ASSIGN_OR_RETURN(source.mapping_json,
                             WithConstants(loaded->mapping, options.constants));
  source.mapping_preset.clear();
  STEELYARD_RETURN_IF_ERROR(mapping::Parse(source.mapping_json).status());
  return source;
}

// The format of a preset that has an importer of its own.
absl::StatusOr<std::optional<ImportSource>> OwnSourceOf(const ImportMappedOptions& options) {
  if (IsFile(options.mapping)) return std::nullopt;
  for (const OwnImporter& own : kOwnImporters) {
    if (own.preset != options.mapping || own.kind != options.kind) continue;
    if (!options.constants.empty()) {
      return Wrong("--set", StrCat("is not for ", own.preset, ", which is no mapping"));
    }
    return ImportSource{.path = options.file, .format = std::string(own.format)};
  }
  return std::nullopt;
}

// Companies of the registry that bear exactly a name.
absl::StatusOr<std::vector<std::string>> Bearers(const Session& session,
                                                 registry::v1::RegistryService::Stub& stub,
                                                 const std::string& name) {
  constexpr size_t kPrefix = sizeof("companies/") - 1;
  constexpr int kLongestQuery = 200;
  registry::v1::SearchCompaniesRequest request;
  request.set_query(text::Truncate(name, kLongestQuery));
  request.set_page_size(2);
  registry::v1::SearchCompaniesResponse response;
  std::vector<std::string> ids;
  // What is longer than a query may be is nobody's name.
  if (request.query().size() < name.size()) return ids;
  const auto context = session.NewContext();
  STEELYARD_RETURN_IF_ERROR(
      Session::ToStatus(stub.SearchCompanies(context.get(), request, &response)));
  for (const registry::v1::SearchHit& hit : response.hits()) {
    if (hit.rank() == registry::v1::MATCH_RANK_EXACT) ids.push_back(hit.company().substr(kPrefix));
  }
  return ids;
}

}  // namespace

absl::Status MatchPlans(const Session& session, std::vector<ImportPlan>& plans) {
  const auto stub = registry::v1::RegistryService::NewStub(session.channel());
  ImportSource& first = plans.front().files.front();
  if (first.format != mapping::kMappedFormat) {
    return Wrong("--match", "is for mappings; this preset has an importer of its own");
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto loaded, first.mapping_json.empty()
                                                    ? mapping::FindPreset(first.mapping_preset)
                                                    : mapping::Parse(first.mapping_json));
  STEELYARD_ASSIGN_OR_RETURN(const Matched matched,
                             MatchCompanies(first.path, *loaded, [&](const std::string& name) {
                               return Bearers(session, *stub, name);
                             }));
  session.err() << "companies by name: " << Grouped(matched.names) << " names, "
                << Grouped(matched.found) << " found in the registry, " << Grouped(matched.several)
                << " borne by several companies and not matched\n";
  for (ImportPlan& plan : plans) {
    plan.files.front().mapping_json = matched.json;
    plan.files.front().mapping_preset.clear();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ImportPlan>> PlanMapped(const ImportMappedOptions& options) {
  STEELYARD_ASSIGN_OR_RETURN(std::optional<ImportSource> source, OwnSourceOf(options));
  if (!source) {
    STEELYARD_ASSIGN_OR_RETURN(source, SourceOf(options));
  }
  ImportPlan registry{.into = ImportPlan::Into::kRegistry, .begin = {}, .files = {*source}};
  registry.begin.set_source(options.source);
  registry.begin.set_dry_run(options.dry_run);
  ImportPlan funding = registry;
  funding.into = ImportPlan::Into::kFunding;
  if (options.kind == mapping::kCompaniesKind) return std::vector<ImportPlan>{registry};
  if (options.kind == mapping::kRoundsKind) return std::vector<ImportPlan>{registry, funding};
  return std::vector<ImportPlan>{funding};
}

}  // namespace steelyard::cli
