#include "services/common/config/config.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <utility>

#include "google/protobuf/util/json_util.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::config_file {
namespace {

using config::v1::ServerConfig;

struct Place {
  int64_t line = 1;
  int64_t column = 1;
};

// Protobuf's reader shows where it stopped: an excerpt of some 20 characters to each side, and a
// caret in a line of its own. Finds the excerpt in the text; nothing when the message has none, or
// when it stands in several places.
std::optional<Place> FindPlace(const std::string& json, const std::string& message) {
  constexpr size_t kContext = 20;
  const size_t start = message.find('\n');
  const size_t last = message.rfind('\n');
  const size_t caret = message.find('^', last);
  if (start == last || caret == std::string::npos) {
    return std::nullopt;
  }
  const std::string excerpt = message.substr(start + 1, last - start - 1);
  const size_t before = caret - last - 1;
  size_t found = json.find(excerpt);
  if (found == std::string::npos || before > excerpt.size()) {
    return std::nullopt;
  }
  if (excerpt.size() - before < kContext) {
    found = json.size() - excerpt.size();  // cut short by the end of the text
  } else if (json.find(excerpt, found + 1) != std::string::npos) {
    return std::nullopt;
  }
  const size_t offset = found + before;
  Place place;
  place.line += std::count(json.begin(), json.begin() + static_cast<int64_t>(offset), '\n');
  const size_t line_start = offset == 0 ? std::string::npos : json.rfind('\n', offset - 1);
  place.column =
      static_cast<int64_t>(line_start == std::string::npos ? offset + 1 : offset - line_start);
  return place;
}

absl::Status InvalidFile(const std::string& path, std::string_view problem,
                         ErrorMetadata more = {}) {
  more.emplace_back("file", path);
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, StrCat(path, problem), std::move(more));
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> block = {};
  while (file.good()) {
    file.read(block.data(), block.size());
    text.append(block.data(), static_cast<size_t>(file.gcount()));
  }
  return file.eof() ? std::optional(text) : std::nullopt;
}

absl::Status ParseJson(const std::string& path, const std::string& json, ServerConfig& config) {
  if (json.find_first_not_of(" \t\r\n") == std::string::npos) {
    return absl::OkStatus();  // an empty file gives the defaults
  }
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &config, options);
  if (parsed.ok()) {
    return absl::OkStatus();
  }
  const std::string message(parsed.message().data(), parsed.message().size());
  const std::string first_line = message.substr(0, message.find('\n'));
  if (const auto place = FindPlace(json, message); place.has_value()) {
    return InvalidFile(path, StrCat(":", place->line, ":", place->column, ": ", first_line),
                       {{"line", StrCat(place->line)}, {"column", StrCat(place->column)}});
  }
  return InvalidFile(path, StrCat(": ", first_line));
}

}  // namespace

absl::StatusOr<ServerConfig> Load(const std::string& path, std::string_view service) {
  ServerConfig config;
  if (path.empty()) {
    STEELYARD_RETURN_IF_ERROR(ApplyDefaults(service, config));
    return config;
  }
  const auto json = ReadFile(path);
  if (!json.has_value()) {
    return InvalidFile(path, ": cannot be read");
  }
  STEELYARD_RETURN_IF_ERROR(ParseJson(path, *json, config));
  if (const absl::Status checked = ApplyDefaults(service, config); !checked.ok()) {
    return Annotate(checked, path);
  }
  return config;
}

}  // namespace steelyard::config_file
