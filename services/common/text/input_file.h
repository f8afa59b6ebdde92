#pragma once

// A file that is read in blocks, without a buffer of its own.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace steelyard::text {

// Not thread-safe.
class InputFile {
 public:
  // Nothing when the file cannot be opened.
  static std::optional<InputFile> Open(const std::string& path);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();
  // Moves to a byte, counted from the file's start; false when that is not possible.
  bool SkipTo(int64_t offset) const;
  // Reads at most `size` bytes; 0 at the end, -1 when the disk fails.
  int64_t Read(char* buffer, size_t size) const;

 private:
  explicit InputFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace steelyard::text
