#include "services/common/ingest/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ingest {
namespace {

absl::Status DiskError(std::string_view doing, std::string_view what, int error) {
  return MakeRetryableError(
      common::v1::ERROR_REASON_STORE_UNAVAILABLE,
      StrCat("the server cannot ", doing, " ", what, ": ", std::generic_category().message(error)),
      absl::Minutes(1));
}

}  // namespace

absl::StatusOr<ScratchFile> ScratchFile::Create(const std::string& directory, std::string what) {
  std::error_code error;
  const std::string root =
      directory.empty() ? std::filesystem::temp_directory_path(error).string() : directory;
  std::string path = StrCat(root, "/steelyard-import-XXXXXX");
  if (error) return DiskError("keep", what, error.value());
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return DiskError("keep", what, errno);
  ::unlink(path.c_str());
  return ScratchFile(descriptor, std::move(what));
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      what_(std::move(other.what_)),
      size_(other.size_) {}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(what_, other.what_);
  std::swap(size_, other.size_);
  return *this;
}

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

absl::StatusOr<int64_t> ScratchFile::Append(std::string_view bytes) {
  const int64_t start = size_;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), size_);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return DiskError("keep", what_, written < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<size_t>(written));
    size_ += written;
  }
  return start;
}

absl::Status ScratchFile::Read(int64_t offset, size_t size, std::string& bytes) const {
  const size_t before = bytes.size();
  bytes.resize(before + size);
  for (size_t done = 0; done < size;) {
    const ssize_t read = ::pread(descriptor_, bytes.data() + before + done, size - done,
                                 offset + static_cast<int64_t>(done));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return DiskError("read", what_, read < 0 ? errno : EIO);
    done += static_cast<size_t>(read);
  }
  return absl::OkStatus();
}

}  // namespace steelyard::ingest
