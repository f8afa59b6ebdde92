#include "services/common/mapping/text_file.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/input_file.h"
#include "services/common/text/strings.h"
#include "unicode/ucnv.h"

namespace steelyard::mapping {
namespace {

constexpr size_t kBlockBytes = size_t{64} * 1024;
// How much of a header is looked at for its delimiter.
constexpr size_t kMostHeaderBytes = size_t{64} * 1024;

absl::Status Malformed(std::string_view name, std::string_view problem) {
  return MakeError(common::v1::ERROR_REASON_IMPORT_MALFORMED, StrCat(name, ": ", problem),
                   {{"file", std::string(name)}});
}

// Calls `take` with the file's bytes, block by block, until it returns false.
template <typename Take>
absl::Status ReadBlocks(const std::string& path, std::string_view name, Take take) {
  const std::optional<text::InputFile> file = text::InputFile::Open(path);
  if (!file) return Malformed(name, "cannot be opened");
  std::string block(kBlockBytes, '\0');
  while (true) {
    const int64_t count = file->Read(block.data(), block.size());
    if (count < 0) {
      return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                       StrCat(name, " cannot be read from disk"), {{"file", std::string(name)}});
    }
    if (count == 0 || !take(std::string_view(block).substr(0, static_cast<size_t>(count)))) {
      return absl::OkStatus();
    }
  }
}

// Whether bytes that come in parts are UTF-8, strictly enough to tell it from other encodings.
class Utf8Check {
 public:
  void Add(unsigned char byte) {
    if (pending_ > 0) {
      valid_ = valid_ && (byte & 0xC0) == 0x80;
      --pending_;
    } else if (byte >= 0x80) {
      valid_ = valid_ && byte >= 0xC2 && byte <= 0xF4;
      pending_ = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
    }
  }
  bool valid() const { return valid_ && pending_ == 0; }

 private:
  bool valid_ = true;
  int pending_ = 0;
};

// What speaks for one single-byte encoding or the other. Letters with accents are above 0xC0 in
// windows-1252, and from 0x80 to 0x9F in macintosh; five of those bytes mean nothing in
// windows-1252.
class Evidence {
 public:
  void Add(unsigned char byte) {
    constexpr std::array<unsigned char, 5> kOpen = {0x81, 0x8D, 0x8F, 0x90, 0x9D};
    impossible_ = impossible_ || std::find(kOpen.begin(), kOpen.end(), byte) != kOpen.end();
    if (byte >= 0xC0) ++high_;
    if (byte >= 0x80 && byte <= 0x9F && absl::ascii_isalpha(before_)) ++low_;
    if (before_ == '\r' && byte != '\n') ++lone_cr_;
    if (byte == '\n') ++lf_;
    before_ = byte;
  }
  bool IsMacintosh() const { return impossible_ || low_ > high_ || (lone_cr_ > 0 && lf_ == 0); }

 private:
  bool impossible_ = false;
  int64_t high_ = 0;
  int64_t low_ = 0;
  int64_t lone_cr_ = 0;
  int64_t lf_ = 0;
  unsigned char before_ = 0;
};

absl::StatusOr<std::string> Detect(const std::string& path, std::string_view name) {
  Utf8Check utf8;
  Evidence evidence;
  std::string mark;
  const absl::Status status = ReadBlocks(path, name, [&](std::string_view block) {
    if (mark.empty()) mark = block.substr(0, 2);
    for (const char c : block) {
      utf8.Add(static_cast<unsigned char>(c));
      evidence.Add(static_cast<unsigned char>(c));
    }
    return true;
  });
  STEELYARD_RETURN_IF_ERROR(status);
  if (mark == "\xFF\xFE" || mark == "\xFE\xFF") return std::string("UTF-16");
  // Text that begins with a letter of ASCII.
  if (mark.size() == 2 && mark[0] != '\0' && mark[1] == '\0') return std::string("UTF-16LE");
  if (mark.size() == 2 && mark[0] == '\0' && mark[1] != '\0') return std::string("UTF-16BE");
  if (utf8.valid()) return std::string("UTF-8");
  return std::string(evidence.IsMacintosh() ? "macintosh" : "windows-1252");
}

absl::Status DiskError(std::string_view name) {
  return MakeError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                   StrCat(name, " cannot be rewritten as UTF-8 beside itself"),
                   {{"file", std::string(name)}});
}

// Writes UTF-16 that comes in blocks as UTF-8 without a byte order mark. Not thread-safe.
class Utf16Writer {
 public:
  Utf16Writer(bool big_endian, const std::string& to)
      : source_(ucnv_open(big_endian ? "UTF-16BE" : "UTF-16LE", &error_)),
        target_(ucnv_open("UTF-8", &error_)),
        out_(to, std::ios::binary | std::ios::trunc),
        text_(kBlockBytes, '\0') {
    ucnv_setToUCallBack(source_, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error_);
  }
  Utf16Writer(const Utf16Writer&) = delete;
  Utf16Writer& operator=(const Utf16Writer&) = delete;
  ~Utf16Writer() {
    ucnv_close(source_);
    ucnv_close(target_);
  }

  // Adds a block, or the end of the file; false when nothing more need be added.
  bool Add(std::string_view block, bool last) {
    const char* in = block.data();
    UErrorCode step = U_BUFFER_OVERFLOW_ERROR;
    while (step == U_BUFFER_OVERFLOW_ERROR && U_SUCCESS(error_)) {
      char* written = text_.data();
      step = U_ZERO_ERROR;
      ucnv_convertEx(target_, source_, &written, text_.data() + text_.size(), &in,
                     block.data() + block.size(), pivot_.data(), &pivot_from_, &pivot_to_,
                     pivot_.data() + pivot_.size(), reset_ ? 1 : 0, last ? 1 : 0, &step);
      reset_ = false;
      Write(std::string_view(text_).substr(0, static_cast<size_t>(written - text_.data())));
    }
    if (U_FAILURE(step)) error_ = step;
    return out_.good() && U_SUCCESS(error_);
  }
  // Whether everything was UTF-16.
  bool IsText() const { return U_SUCCESS(error_); }
  // Whether everything is on disk.
  bool Close() {
    out_.close();
    return out_.good();
  }

 private:
  void Write(std::string_view part) {
    if (first_ && part.starts_with("\xEF\xBB\xBF")) part.remove_prefix(3);
    first_ = first_ && part.empty();
    out_.write(part.data(), static_cast<std::streamsize>(part.size()));
  }

  UErrorCode error_ = U_ZERO_ERROR;
  UConverter* source_;
  UConverter* target_;
  std::ofstream out_;
  std::string text_;
  std::array<UChar, 4096> pivot_ = {};
  UChar* pivot_from_ = pivot_.data();
  UChar* pivot_to_ = pivot_.data();
  bool first_ = true;
  bool reset_ = true;
};

// Writes the UTF-16 file `from` as UTF-8.
absl::Status Rewrite(const std::string& from, const std::string& to, std::string_view name,
                     const std::string& encoding) {
  // ICU's "UTF-16" takes big-endian without a mark; exports are little-endian then.
  bool big_endian = encoding == "UTF-16BE";
  if (encoding == "UTF-16") {
    STEELYARD_RETURN_IF_ERROR(ReadBlocks(from, name, [&](std::string_view block) {
      big_endian = block.starts_with("\xFE\xFF");
      return false;
    }));
  }
  Utf16Writer writer(big_endian, to);
  STEELYARD_RETURN_IF_ERROR(
      ReadBlocks(from, name, [&](std::string_view block) { return writer.Add(block, false); }));
  writer.Add("", true);
  const bool written = writer.Close();
  if (!writer.IsText()) {
    return Malformed(name, StrCat("the bytes are not ", encoding, ", or the file was cut off"));
  }
  return written ? absl::OkStatus() : DiskError(name);
}

// Where the header starts: behind so many lines.
absl::StatusOr<int64_t> HeaderOffset(const std::string& path, std::string_view name, int lines) {
  int64_t offset = 0;
  bool after_cr = false;
  if (lines == 0) return offset;
  STEELYARD_RETURN_IF_ERROR(ReadBlocks(path, name, [&](std::string_view block) {
    for (const char c : block) {
      const bool second_half = after_cr && c == '\n';
      if (lines == 0 && !second_half) return false;
      after_cr = c == '\r';
      if (!second_half && (c == '\r' || c == '\n')) --lines;
      ++offset;
    }
    return true;
  }));
  if (lines > 0) return Malformed(name, "the file ends within the lines that file.skipLines skips");
  return offset;
}

absl::StatusOr<char> DetectDelimiter(const std::string& path, std::string_view name,
                                     int64_t offset) {
  constexpr std::array<char, 4> kCandidates = {',', ';', '\t', '|'};
  std::array<int, 4> counts = {};
  bool quoted = false;
  size_t seen = 0;
  STEELYARD_RETURN_IF_ERROR(ReadBlocks(path, name, [&](std::string_view block) {
    const auto skipped =
        static_cast<size_t>(std::min<int64_t>(offset, static_cast<int64_t>(block.size())));
    offset -= static_cast<int64_t>(skipped);
    for (const char c : block.substr(skipped)) {
      if (++seen > kMostHeaderBytes || (!quoted && (c == '\r' || c == '\n'))) return false;
      if (c == '"') quoted = !quoted;
      for (size_t i = 0; i < kCandidates.size() && !quoted; ++i) {
        if (c == kCandidates[i]) ++counts[i];
      }
    }
    return true;
  }));
  return kCandidates[static_cast<size_t>(std::max_element(counts.begin(), counts.end()) -
                                         counts.begin())];
}

text::Encoding EncodingOf(std::string_view name) {
  if (name == "ISO-8859-1") return text::Encoding::kLatin1;
  if (name == "windows-1252") return text::Encoding::kWindows1252;
  if (name == "macintosh") return text::Encoding::kMacRoman;
  return text::Encoding::kUtf8;
}

}  // namespace

absl::StatusOr<TextFile> OpenText(const std::string& path, std::string_view name,
                                  const common::v1::FileLayout& layout) {
  TextFile file;
  file.encoding = layout.encoding();
  if (file.encoding.empty() || file.encoding == "detect") {
    STEELYARD_ASSIGN_OR_RETURN(file.encoding, Detect(path, name));
  }
  std::string readable = path;
  absl::Cleanup remove = [&] {
    if (readable != path) ::unlink(readable.c_str());
  };
  if (file.encoding.starts_with("UTF-16")) {
    readable += ".XXXXXX";
    const int descriptor = ::mkstemp(readable.data());
    if (descriptor < 0) {
      readable = path;
      return DiskError(name);
    }
    ::close(descriptor);
    STEELYARD_RETURN_IF_ERROR(Rewrite(path, readable, name, file.encoding));
  }
  text::CsvOptions options{.encoding = EncodingOf(file.encoding)};
  STEELYARD_ASSIGN_OR_RETURN(options.offset, HeaderOffset(readable, name, layout.skip_lines()));
  options.first_line = layout.skip_lines() + 1;
  if (layout.delimiter() == "detect") {
    STEELYARD_ASSIGN_OR_RETURN(options.delimiter, DetectDelimiter(readable, name, options.offset));
  } else if (layout.delimiter() == "tab") {
    options.delimiter = '\t';
  } else if (!layout.delimiter().empty()) {
    options.delimiter = layout.delimiter().front();
  }
  if (layout.quote() == "none") {
    options.quote = '\0';
  } else if (!layout.quote().empty()) {
    options.quote = layout.quote().front();
  }
  STEELYARD_ASSIGN_OR_RETURN(file.csv, text::CsvReader::Open(readable, name, options));
  return file;
}

}  // namespace steelyard::mapping
