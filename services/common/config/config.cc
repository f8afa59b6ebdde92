#include "services/common/config/config.h"

#include <algorithm>
#include <fstream>
#include <ios>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

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

// Protobuf's reader shows where it stopped as an excerpt of the text with a caret under the place.
// Finds the excerpt in the text; nothing when the message has none, or its excerpt stands in
// several places.
std::optional<Place> FindPlace(const std::string& json, const std::string& message) {
  const size_t start = message.find('\n');
  const size_t end = start == std::string::npos ? start : message.find('\n', start + 1);
  const size_t caret = end == std::string::npos ? end : message.find('^', end);
  if (caret == std::string::npos) {
    return std::nullopt;
  }
  const std::string excerpt = message.substr(start + 1, end - start - 1);
  const size_t found = json.find(excerpt);
  if (excerpt.empty() || found == std::string::npos ||
      json.find(excerpt, found + 1) != std::string::npos) {
    return std::nullopt;
  }
  const size_t offset = std::min(found + (caret - end - 1), json.size());
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
  std::ifstream file(path, std::ios::binary);
  const std::string json{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && !file.eof()) {
    return InvalidFile(path, ": cannot be read");
  }
  STEELYARD_RETURN_IF_ERROR(ParseJson(path, json, config));
  if (const absl::Status checked = ApplyDefaults(service, config); !checked.ok()) {
    return Annotate(checked, path);
  }
  return config;
}

}  // namespace steelyard::config_file
