#include "services/common/text/json_elements.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/input_file.h"
#include "services/common/text/strings.h"

namespace steelyard::text {
namespace {

constexpr size_t kBlockBytes = size_t{64} * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr int kEnd = -1;  // of the file, among bytes

bool IsSpace(int byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

class Reader final : public JsonElements {
 public:
  Reader(InputFile file, std::string_view name, const JsonOptions& options)
      : file_(std::move(file)),
        name_(name),
        options_(options),
        list_(options.list),
        block_(kBlockBytes, '\0') {}

  absl::Status Start() {
    STEELYARD_RETURN_IF_ERROR(Fill());
    if (std::string_view(block_.data(), end_).starts_with(kByteOrderMark)) {
      at_ = kByteOrderMark.size();
    }
    return absl::OkStatus();
  }

  const std::string& key() const override { return key_; }
  const std::string& text() const override { return text_; }
  int64_t line() const override { return element_line_; }

  absl::StatusOr<bool> Next() override {
    STEELYARD_RETURN_IF_ERROR(failure_);
    absl::StatusOr<bool> more = options_.lines ? NextLine() : NextPart();
    if (!read_.ok()) more = read_;
    failure_ = more.status();
    return more;
  }

 private:
  // Where the next element is looked for.
  enum class Place { kBefore, kObject, kArray, kList, kAfter };

  absl::Status Malformed(int64_t line, std::string_view problem) const {
    return MakeError(common::v1::ERROR_REASON_IMPORT_MALFORMED,
                     StrCat(name_, ", line ", line, ": ", problem),
                     {{"file", name_}, {"line", StrCat(line)}});
  }

  absl::Status Fill() {
    const int64_t count = file_.Read(block_.data(), block_.size());
    if (count < 0) {
      return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                       StrCat(name_, " cannot be read from disk"), {{"file", name_}});
    }
    end_ = static_cast<size_t>(count);
    at_ = 0;
    return absl::OkStatus();
  }

  // The next byte, which stays; kEnd also when the disk failed, which read_ then says.
  int Peek() {
    if (at_ == end_ && read_.ok()) read_ = Fill();
    if (at_ == end_ || !read_.ok()) return kEnd;
    return static_cast<unsigned char>(block_[at_]);
  }

  int Take() {
    const int byte = Peek();
    if (byte == kEnd) return byte;
    ++at_;
    if (byte == '\n') ++line_;
    return byte;
  }

  int SkipSpaces() {
    while (IsSpace(Peek())) Take();
    return Peek();
  }

  absl::StatusOr<bool> NextLine() {
    if (SkipSpaces() == kEnd) return false;
    STEELYARD_RETURN_IF_ERROR(TakeValue(text_));
    while (Peek() == ' ' || Peek() == '\t' || Peek() == '\r') Take();
    if (Peek() == '\n' || Peek() == kEnd) return true;
    return Malformed(line_, "one JSON value a line is expected; something stands behind it");
  }

  absl::StatusOr<bool> NextPart() {
    while (true) {
      const int byte = SkipSpaces();
      switch (place_) {
        case Place::kBefore:
          STEELYARD_RETURN_IF_ERROR(Enter(byte));
          break;
        case Place::kAfter:
          if (byte == kEnd) return false;
          return Malformed(line_, "something stands behind the end of the JSON text");
        default:
          if (byte == (place_ == Place::kObject ? '}' : ']')) {
            STEELYARD_RETURN_IF_ERROR(CheckList());
            Take();
            place_ = place_ == Place::kList ? Place::kObject : Place::kAfter;
            first_ = false;
            break;
          }
          STEELYARD_RETURN_IF_ERROR(TakeComma(byte));
          if (place_ == Place::kObject) {
            STEELYARD_RETURN_IF_ERROR(TakeKey());
            listed_ = listed_ || key_ == list_;
            if (!list_.empty() && key_ == list_ && Peek() == '[') {
              Take();
              place_ = Place::kList;
              first_ = true;
              break;
            }
          }
          STEELYARD_RETURN_IF_ERROR(TakeValue(text_));
          return true;
      }
    }
  }

  absl::Status Enter(int byte) {
    if (byte != '{' && byte != '[') {
      return Malformed(line_, byte == kEnd ? "the file is empty; a JSON object or array is expected"
                                           : "a JSON object or array is expected");
    }
    Take();
    place_ = byte == '{' ? Place::kObject : Place::kArray;
    return absl::OkStatus();
  }

  // The comma before every element but the first of its container.
  absl::Status TakeComma(int byte) {
    if (byte == kEnd) return Malformed(line_, "the JSON text is cut off");
    if (std::exchange(first_, false)) return absl::OkStatus();
    if (byte != ',') {
      return Malformed(line_, StrCat("',' or '", place_ == Place::kObject ? "}" : "]",
                                     "' is expected behind a JSON value"));
    }
    Take();
    SkipSpaces();
    return absl::OkStatus();
  }

  // At the end of a container: the outermost object must have had the list.
  absl::Status CheckList() const {
    if (place_ != Place::kObject || list_.empty() || listed_) return absl::OkStatus();
    return Malformed(line_, StrCat("the outermost object has no member \"", list_, "\""));
  }

  absl::Status TakeKey() {
    if (Peek() != '"') return Malformed(line_, "the name of a member in quotes is expected");
    STEELYARD_RETURN_IF_ERROR(TakeValue(key_));
    key_ = key_.substr(1, key_.size() - 2);
    if (SkipSpaces() != ':') return Malformed(line_, "':' is expected behind a member's name");
    Take();
    SkipSpaces();
    return absl::OkStatus();
  }

  // Takes the value that starts at the next byte: to its closing bracket or quote, or for other
  // values to what ends them.
  absl::Status TakeValue(std::string& value) {
    value.clear();
    element_line_ = line_;
    const int first = Peek();
    const bool contained = first == '{' || first == '[';
    int depth = 0;
    bool quoted = false;
    while (true) {
      const int byte = Peek();
      if (byte == kEnd && !read_.ok()) return read_;
      if (!contained && first != '"' && (byte == kEnd || IsSpace(byte) || EndsPlain(byte))) {
        if (value.empty()) return Malformed(line_, "a JSON value is expected");
        return absl::OkStatus();
      }
      STEELYARD_RETURN_IF_ERROR(CheckInside(byte, value.size()));
      value.push_back(static_cast<char>(Take()));
      if (byte == '\\' && quoted) {
        if (Peek() == kEnd) continue;  // cut off, which is said above
        value.push_back(static_cast<char>(Take()));
        continue;
      }
      if (byte == '"') quoted = !quoted;
      if (!quoted && (byte == '{' || byte == '[')) ++depth;
      if (!quoted && (byte == '}' || byte == ']')) --depth;
      if (depth > options_.max_depth) {
        return Malformed(line_, StrCat("JSON values are nested deeper than ", options_.max_depth));
      }
      if (!quoted && depth == 0 && (contained || first == '"')) return absl::OkStatus();
      TakeRun(value);
    }
  }

  static bool EndsPlain(int byte) { return byte == ',' || byte == ']' || byte == '}'; }

  // Whether `byte` may be inside of a value that has so many bytes.
  absl::Status CheckInside(int byte, size_t bytes) const {
    if (byte == kEnd || (options_.lines && byte == '\n')) {
      return Malformed(element_line_, "the JSON value that starts here is cut off");
    }
    if (byte == 0) return Malformed(line_, "a NUL byte; JSON text in UTF-8 is expected");
    if (bytes >= options_.max_bytes) {
      return Malformed(element_line_, StrCat("the JSON value that starts here has more than ",
                                             options_.max_bytes, " bytes"));
    }
    return absl::OkStatus();
  }

  // Bytes that mean nothing to TakeValue, inside of the block and the largest element.
  void TakeRun(std::string& value) {
    static constexpr std::array<bool, 256> kStops = [] {
      std::array<bool, 256> stops{};
      for (const char c : {'"', '\\', '{', '}', '[', ']', ',', ' ', '\t', '\r', '\n', '\0'}) {
        stops[static_cast<unsigned char>(c)] = true;
      }
      return stops;
    }();
    const size_t left = options_.max_bytes - std::min(options_.max_bytes, value.size());
    const size_t most = std::min(end_, at_ + left);
    size_t to = at_;
    while (to < most && !kStops[static_cast<unsigned char>(block_[to])]) ++to;
    value.append(block_, at_, to - at_);
    at_ = to;
  }

  InputFile file_;
  const std::string name_;
  const JsonOptions options_;
  const std::string list_;
  std::string block_;
  size_t at_ = 0;
  size_t end_ = 0;
  int64_t line_ = 1;
  absl::Status read_;
  absl::Status failure_;
  Place place_ = Place::kBefore;
  bool listed_ = false;  // the list has been met
  bool first_ = true;    // no element of the current container was taken yet
  std::string key_;
  std::string text_;
  int64_t element_line_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<JsonElements>> JsonElements::Open(const std::string& path,
                                                                 std::string_view name,
                                                                 const JsonOptions& options) {
  std::optional<InputFile> file = InputFile::Open(path);
  if (!file) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_MALFORMED, StrCat(name, ": cannot be opened"),
                     {{"file", std::string(name)}});
  }
  auto reader = std::make_unique<Reader>(*std::move(file), name, options);
  STEELYARD_RETURN_IF_ERROR(reader->Start());
  return reader;
}

}  // namespace steelyard::text
