#pragma once

// Streaming CSV (RFC 4180 and its usual relatives) in bounded memory, with the line every row
// stands on.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/text/encoding.h"

namespace steelyard::text {

struct CsvOptions {
  Encoding encoding = Encoding::kUtf8;
  char delimiter = ',';
  char quote = '"';  // '\0': quotes mean nothing
  // Where the header starts, in bytes, and the number of its line.
  int64_t offset = 0;
  int64_t first_line = 1;
  // Longest row in bytes; a longer one is IMPORT_MALFORMED (an open quote would else swallow the
  // file).
  int64_t max_row_bytes = 1 << 20;
};

// Reads rows of fields, converted to UTF-8 and NFC. Line ends are CR, LF or CR LF; quoted fields
// may hold delimiters, line ends and doubled quotes, and nothing but spaces may stand behind their
// closing quote; a quote inside an unquoted field is part of it; a UTF-8 byte order mark is
// skipped. Not thread-safe.
class CsvReader {
 public:
  // Opens a file and reads its header, whose names are trimmed of spaces. IMPORT_MALFORMED
  // (metadata file, line) when it cannot be opened, is empty, has NUL bytes, or its header repeats
  // a column (nameless columns, which trailing delimiters make, may repeat). `name` is the file's
  // name in errors.
  static absl::StatusOr<std::unique_ptr<CsvReader>> Open(const std::string& path,
                                                         std::string_view name,
                                                         const CsvOptions& options);
  virtual ~CsvReader() = default;
  virtual const std::vector<std::string>& header() const = 0;
  // Position of a column in the header. IMPORT_MALFORMED naming the columns that are there.
  virtual absl::StatusOr<int> Column(std::string_view name) const = 0;
  // Reads the next row; false at the end. Blank rows (only delimiters and spaces) come as all-empty
  // fields. IMPORT_MALFORMED with line for bytes that are not of the encoding, NUL bytes, a quote
  // never closed (cut-off file), text behind a closing quote, or a row that is too long; after an
  // error the reader gives no more rows. STORE_UNAVAILABLE when the disk fails.
  virtual absl::StatusOr<bool> Next() = 0;
  // Of the current row: its fields (may be more or fewer than the header's), and its first line.
  virtual const std::vector<std::string>& fields() const = 0;
  virtual int64_t line() const = 0;
};

}  // namespace steelyard::text
