#pragma once

// Opens a file as its mapping says it is written.

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/common/text/csv.h"
#include "steelyard/common/v1/mapping.pb.h"

namespace steelyard::mapping {

struct TextFile {
  std::unique_ptr<text::CsvReader> csv;
  std::string encoding;  // IANA name of what was taken
};

// Finds encoding and delimiter where they are to be detected. UTF-16 is rewritten as UTF-8 into a
// file beside it, which has no name any more when this returns. Memory is bounded whatever the file
// holds. IMPORT_MALFORMED as CsvReader, and for text that is not of its encoding; STORE_UNAVAILABLE
// when the disk fails. `name` is the file's name in errors.
absl::StatusOr<TextFile> OpenText(const std::string& path, std::string_view name,
                                  const common::v1::FileLayout& layout);

}  // namespace steelyard::mapping
