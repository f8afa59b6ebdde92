#include "services/common/text/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace steelyard::text {

std::optional<InputFile> InputFile::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  return descriptor < 0 ? std::nullopt : std::optional(InputFile(descriptor));
}

InputFile::InputFile(InputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

bool InputFile::SkipTo(int64_t offset) const {
  return offset == 0 || lseek(descriptor_, offset, SEEK_SET) == offset;
}

int64_t InputFile::Read(char* buffer, size_t size) const {
  int64_t count = 0;
  do {
    count = read(descriptor_, buffer, size);
  } while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace steelyard::text
