#include "gateway/cli/mapped_import.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
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

// Files that are damaged in ways that no mapping describes, or are no tables of one row a company,
// have importers of their own.
struct OwnImporter {
  std::string_view preset;
  std::string_view kind;
  std::string_view format;
  // Of the files in a directory that are read; empty when a directory is not taken for them.
  std::string_view extension = {};
};
constexpr std::array<OwnImporter, 15> kOwnImporters = {
    {{"crunchbase-2013", mapping::kRoundsKind, "crunchbase-2013-rounds"},
     {"ecb-rates", mapping::kRatesKind, "ecb-rates"},
     {"crunchbase-organizations", mapping::kCompaniesKind, "crunchbase-organizations"},
     {"gleif-lei2-csv", mapping::kCompaniesKind, "gleif-lei2-csv", ".csv"},
     {"gleif-rr-csv", mapping::kCompaniesKind, "gleif-rr-csv", ".csv"},
     {"gleif-api-json", mapping::kCompaniesKind, "gleif-api-json", ".json"},
     {"sec-tickers", mapping::kCompaniesKind, "sec-tickers"},
     {"steelyard-companies", mapping::kCompaniesKind, "steelyard-companies"},
     {"steelyard-names", mapping::kCompaniesKind, "steelyard-names"},
     {"steelyard-identifiers", mapping::kCompaniesKind, "steelyard-identifiers"},
     {"steelyard-relations", mapping::kCompaniesKind, "steelyard-relations"},
     {"steelyard-headquarters", mapping::kCompaniesKind, "steelyard-headquarters"},
     {"steelyard-status-history", mapping::kCompaniesKind, "steelyard-status-history"},
     {"name-suggestion-index", mapping::kCompaniesKind, "name-suggestion-index", ".json"},
     {"opensanctions-entities", mapping::kCompaniesKind, "opensanctions-entities"}}};

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
  if (options.files.size() != 1) return Wrong("file", "a mapping reads one file at a time");
  ImportSource source{.path = options.files.front(), .format = std::string(mapping::kMappedFormat)};
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

// The files of a directory and of those below it, by path, named from there.
absl::StatusOr<std::vector<ImportSource>> FilesBelow(const std::string& directory,
                                                     const OwnImporter& own) {
  if (own.extension.empty()) {
    return Wrong("file", StrCat(directory, " is a directory; ", own.preset, " reads files"));
  }
  std::vector<ImportSource> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(directory, error);
  for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    if (!at->is_regular_file(error) || at->path().extension() != own.extension) continue;
    files.push_back({.path = at->path().string(),
                     .format = std::string(own.format),
                     .name = at->path().lexically_relative(directory).string()});
  }
  if (error) return Wrong("file", StrCat("cannot read the directory ", directory));
  if (files.empty()) {
    return Wrong("file", StrCat(directory, " has no files that end in ", own.extension));
  }
  std::sort(files.begin(), files.end(),
            [](const ImportSource& a, const ImportSource& b) { return a.name < b.name; });
  return files;
}

absl::StatusOr<std::vector<ImportSource>> FilesOf(const ImportMappedOptions& options,
                                                  const OwnImporter& own) {
  std::vector<ImportSource> files;
  for (const std::string& file : options.files) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(file, ignored)) {
      files.push_back({.path = file, .format = std::string(own.format)});
      continue;
    }
    STEELYARD_ASSIGN_OR_RETURN(std::vector<ImportSource> below, FilesBelow(file, own));
    files.insert(files.end(), std::make_move_iterator(below.begin()),
                 std::make_move_iterator(below.end()));
  }
  return files;
}

// The files of a preset that has an importer of its own; none when there is none.
absl::StatusOr<std::vector<ImportSource>> OwnSourcesOf(const ImportMappedOptions& options) {
  if (IsFile(options.mapping)) return std::vector<ImportSource>();
  for (const OwnImporter& own : kOwnImporters) {
    if (own.preset != options.mapping) continue;
    if (own.kind != options.kind) {
      return Wrong("--mapping", StrCat(own.preset, " reads ", own.kind, ", not ", options.kind,
                                       ": use `steelyard import ", own.kind, "`"));
    }
    if (!options.constants.empty()) {
      return Wrong("--set", StrCat("is not for ", own.preset, ", which is no mapping"));
    }
    return FilesOf(options, own);
  }
  return std::vector<ImportSource>();
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
  STEELYARD_ASSIGN_OR_RETURN(std::vector<ImportSource> files, OwnSourcesOf(options));
  if (files.empty()) {
    STEELYARD_ASSIGN_OR_RETURN(ImportSource source, SourceOf(options));
    files.push_back(std::move(source));
  }
  ImportPlan registry{.into = ImportPlan::Into::kRegistry, .begin = {}, .files = std::move(files)};
  registry.begin.set_source(options.source);
  registry.begin.set_dry_run(options.dry_run);
  ImportPlan funding = registry;
  funding.into = ImportPlan::Into::kFunding;
  if (options.kind == mapping::kCompaniesKind) return std::vector<ImportPlan>{registry};
  if (options.kind == mapping::kRoundsKind) return std::vector<ImportPlan>{registry, funding};
  return std::vector<ImportPlan>{funding};
}

}  // namespace steelyard::cli
