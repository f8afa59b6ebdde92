#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/csv.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "tests/fuzz/fuzz_input.h"

namespace steelyard::text {
namespace {

using fuzz::Require;

// A file in memory.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("csv", MFD_CLOEXEC)) {
    Require(descriptor_ >= 0 && write(descriptor_, bytes.data(), bytes.size()) ==
                                    static_cast<ssize_t>(bytes.size()),
            "the file is written");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }
  std::string path() const { return StrCat("/proc/self/fd/", descriptor_); }

 private:
  int descriptor_;
};

using Row = std::vector<std::string>;

// The header and all rows; false when the file is malformed.
bool ReadAll(std::string_view bytes, const CsvOptions& options, std::vector<Row>& rows) {
  const MemoryFile file(bytes);
  const auto reader = CsvReader::Open(file.path(), "in.csv", options);
  absl::Status status = reader.status();
  if (reader.ok()) {
    rows.push_back((*reader)->header());
    int64_t line = 0;
    absl::StatusOr<bool> more = true;
    while ((more = (*reader)->Next()).ok() && *more) {
      Require((*reader)->line() > line, "lines grow");
      line = (*reader)->line();
      rows.push_back((*reader)->fields());
    }
    status = more.status();
  }
  Require(status.ok() || ReasonOf(status) == common::v1::ERROR_REASON_IMPORT_MALFORMED,
          "bad files have their reason");
  for (const Row& row : rows) {
    for (const std::string& field : row) {
      Require(IsUtf8(field), "fields are UTF-8");
    }
  }
  return status.ok();
}

std::string Quoted(const std::string& field) {
  std::string text = "\"";
  for (const char c : field) {
    text += c == '"' ? "\"\"" : std::string(1, c);
  }
  return text + "\"";
}

// Written with every field in quotes, the rows are read again as they were.
void CheckRoundTrip(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      StrAppend(&text, i > 0 ? "," : "", Quoted(row[i]));
    }
    text += "\r\n";
  }
  std::vector<Row> again;
  Require(ReadAll(text, {.max_row_bytes = 1 << 24}, again), "what was written can be read");
  Require(again == rows, "rows come back");
}

}  // namespace
}  // namespace steelyard::text

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using steelyard::text::Encoding;
  steelyard::fuzz::Input input(steelyard::fuzz::AsText(data, size));
  const uint8_t choice = input.Byte();
  steelyard::text::CsvOptions options;
  options.encoding = static_cast<Encoding>(choice % 4);
  options.delimiter = (choice & 4) != 0 ? ';' : ',';
  options.max_row_bytes = (choice & 8) != 0 ? 64 : 1 << 20;
  std::vector<steelyard::text::Row> rows;
  if (steelyard::text::ReadAll(input.Rest(), options, rows)) {
    steelyard::text::CheckRoundTrip(rows);
  }
  return 0;
}
