#pragma once

// A file without a name, for what an import has too much of for memory. It is gone when it is
// closed, however the process ends.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace steelyard::ingest {

// Errors are STORE_UNAVAILABLE, worth retrying, and name what the file holds. Not thread-safe, but
// for reads beside each other.
class ScratchFile {
 public:
  // In `directory`, that of the system for temporary files when it is empty. `what` names the
  // contents: "the import's rounds".
  static absl::StatusOr<ScratchFile> Create(const std::string& directory, std::string what);
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;
  ~ScratchFile();

  int64_t size() const { return size_; }
  // Adds bytes at the end; gives where they begin. Part of them may be there after an error.
  absl::StatusOr<int64_t> Append(std::string_view bytes);
  // Adds what stands at an offset to `bytes`; an error when there is less.
  absl::Status Read(int64_t offset, size_t size, std::string& bytes) const;

 private:
  ScratchFile(int descriptor, std::string what) : descriptor_(descriptor), what_(std::move(what)) {}

  int descriptor_ = -1;
  std::string what_;
  int64_t size_ = 0;
};

}  // namespace steelyard::ingest
