#include "services/common/mapping/mapping.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "google/protobuf/util/json_util.h"
#include "services/common/mapping/presets.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::mapping {
namespace {

constexpr size_t kMostBytes = size_t{256} * 1024;
constexpr size_t kDeepest = 32;

absl::Status Invalid(std::string_view place, std::string_view fault) {
  FieldErrors errors;
  errors.Add(place, fault, common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID);
  return errors.ToStatus();
}

// One object or array of a JSON text that is being looked through.
struct Level {
  bool object = false;
  std::set<std::string> keys;
  std::string key;  // the last one
  size_t index = 0;
};

std::string PlaceOf(const std::vector<Level>& levels) {
  std::string place;
  for (const Level& level : levels) {
    if (level.object) {
      StrAppend(&place, place.empty() ? "" : ".", level.key);
    } else {
      StrAppend(&place, "[", level.index, "]");
    }
  }
  return place;
}

// The string that starts at `at`, a quote; `at` is moved behind it.
std::string TakeString(std::string_view json, size_t& at) {
  const char quote = json[at++];
  const size_t from = at;
  while (at < json.size() && json[at] != quote) {
    at += json[at] == '\\' ? 2 : 1;
  }
  const size_t to = std::min(at, json.size());
  at = std::min(to + 1, json.size());
  return std::string(json.substr(from, to - from));
}

size_t Depth(std::string_view json) {
  size_t depth = 0;
  size_t deepest = 0;
  for (size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      TakeString(json, at);
      continue;
    }
    if (json[at] == '{' || json[at] == '[') deepest = std::max(deepest, ++depth);
    if ((json[at] == '}' || json[at] == ']') && depth > 0) --depth;
    ++at;
  }
  return deepest;
}

}  // namespace

std::string RepeatedKey(std::string_view json) {
  std::vector<Level> levels;
  std::string last;
  for (size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"' || c == '\'') {
      last = TakeString(json, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') {
      levels.push_back({.object = c == '{', .keys = {}, .key = "", .index = 0});
    } else if (levels.empty()) {
      continue;
    } else if (c == '}' || c == ']') {
      levels.pop_back();
    } else if (c == ',') {
      ++levels.back().index;
    } else if (c == ':' && levels.back().object) {
      levels.back().key = last;
      if (!levels.back().keys.insert(last).second) return PlaceOf(levels);
    }
  }
  return "";
}

absl::StatusOr<std::shared_ptr<const Loaded>> Parse(std::string_view json) {
  if (json.size() > kMostBytes) {
    return Invalid("mapping", StrCat("must have at most ", kMostBytes, " bytes"));
  }
  if (!text::IsUtf8(json)) return Invalid("mapping", "must be UTF-8");
  if (Depth(json) > kDeepest) {
    return Invalid("mapping", StrCat("must not be nested deeper than ", kDeepest));
  }
  auto loaded = std::make_shared<Loaded>();
  loaded->json = json;
  const auto parsed = google::protobuf::util::JsonStringToMessage(loaded->json, &loaded->mapping);
  if (!parsed.ok()) {
    return Invalid("mapping", StrCat("is no mapping in JSON: ", std::string(parsed.message()),
                                     "; docs/formats/mapping.md lists the fields"));
  }
  if (const std::string place = RepeatedKey(json); !place.empty()) {
    return Invalid(place, "stands twice in the mapping; it must stand once");
  }
  FieldErrors errors;
  Check(loaded->mapping, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  return loaded;
}

absl::StatusOr<std::shared_ptr<const Loaded>> FindPreset(std::string_view name) {
  std::string allowed;
  for (const Preset& preset : Presets()) {
    if (preset.name == name) return Parse(preset.json);
    StrAppend(&allowed, allowed.empty() ? "" : ", ", preset.name);
  }
  FieldErrors errors;
  errors.Add("mapping_preset",
             MakeError(common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID,
                       StrCat("there is no preset \"", name, "\"; there are ", allowed),
                       {{"preset", std::string(name)}, {"allowed", allowed}}));
  return errors.ToStatus();
}

absl::StatusOr<std::shared_ptr<const Loaded>> Load(const common::v1::ImportFile& file) {
  const bool mapped = file.format() == kMappedFormat;
  const auto how = file.mapping_case();
  if (mapped != (how != common::v1::ImportFile::MAPPING_NOT_SET)) {
    return Invalid("file.mapping", mapped ? "must be set for the format \"mapped\""
                                          : "is allowed for the format \"mapped\" only");
  }
  if (!mapped) return nullptr;
  if (how == common::v1::ImportFile::kMappingPreset) return FindPreset(file.mapping_preset());
  return Parse(file.mapping_json());
}

}  // namespace steelyard::mapping
