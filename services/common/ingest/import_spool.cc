#include "services/common/ingest/import_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ingest {
namespace {

constexpr size_t kMaxSource = 64;
constexpr size_t kMaxName = 255;

absl::Status ProtocolError(std::string_view message, ErrorMetadata metadata = {}) {
  return MakeError(common::v1::ERROR_REASON_IMPORT_PROTOCOL,
                   StrCat(message, "; nothing was written"), std::move(metadata));
}

absl::Status TooLarge(std::string_view message, ErrorMetadata metadata) {
  return MakeError(common::v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                   StrCat(message, "; nothing was written"), std::move(metadata));
}

absl::Status StoreError(std::string_view message) {
  return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE, message, absl::Minutes(1));
}

bool IsSource(std::string_view source) {
  return !source.empty() && source.size() <= kMaxSource &&
         std::all_of(source.begin(), source.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
         });
}

std::string ErrorText(int error) { return std::generic_category().message(error); }

}  // namespace

absl::StatusOr<std::unique_ptr<ImportSpool>> ImportSpool::Create(const std::string& parent,
                                                                 int64_t max_bytes) {
  std::error_code error;
  const std::string root =
      parent.empty() ? std::filesystem::temp_directory_path(error).string() : parent;
  std::string directory = StrCat(root, "/steelyard-import-XXXXXX");
  if (error || ::mkdtemp(directory.data()) == nullptr) {
    const std::string why = error ? error.message() : ErrorText(errno);
    return StoreError(StrCat("no directory for the import's files can be made in \"", root,
                             "\" on the server: ", why));
  }
  return std::unique_ptr<ImportSpool>(new ImportSpool(std::move(directory), max_bytes));
}

ImportSpool::ImportSpool(std::string directory, int64_t max_bytes)
    : directory_(std::move(directory)), max_bytes_(max_bytes) {}

ImportSpool::~ImportSpool() {
  if (descriptor_ >= 0) ::close(descriptor_);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

absl::Status ImportSpool::Begin(const common::v1::ImportBegin& begin) {
  if (begun_) return ProtocolError("`begin` came twice; it comes first and once");
  begun_ = true;
  if (!IsSource(begin.source())) {
    FieldErrors errors;
    errors.Add("begin.source",
               "must be 1 to 64 lower-case letters, digits, '.', '_' and '-', such as \"cb2013\"");
    return errors.ToStatus();
  }
  job_.source = begin.source();
  job_.dry_run = begin.dry_run();
  import_digest_.UpdateFramed(job_.source);
  return absl::OkStatus();
}

absl::Status ImportSpool::File(const common::v1::ImportFile& file) {
  if (!begun_) return ProtocolError("a `file` came before `begin`");
  STEELYARD_RETURN_IF_ERROR(CloseFile());
  if (job_.files.size() >= kMaxFiles) {
    return ProtocolError(StrCat("an import has at most ", kMaxFiles, " files"),
                         {{"limit", StrCat(kMaxFiles)}});
  }
  FieldErrors errors;
  if (file.name().empty() || file.name().size() > kMaxName) {
    errors.Add("file.name", StrCat("must have 1 to ", kMaxName, " bytes"));
  }
  if (file.format().empty()) errors.Add("file.format", "must be set");
  if (file.has_size() && file.size() < 0) errors.Add("file.size", "must be 0 or more");
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  STEELYARD_ASSIGN_OR_RETURN(std::shared_ptr<const mapping::Loaded> how, mapping::Load(file));
  if (file.size() > max_bytes_ - total_bytes_) {
    return TooLarge(StrCat("file \"", file.name(), "\" announces ", file.size(),
                           " bytes; the import may have ", max_bytes_, " over all its files"),
                    {{"file", file.name()}, {"limit", StrCat(max_bytes_)}});
  }

  // Numbered: the sender's name may be anything.
  const std::string path = StrCat(directory_, "/", job_.files.size());
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return WriteError(file.name());
  job_.files.push_back({.name = file.name(),
                        .format = file.format(),
                        .path = path,
                        .size = 0,
                        .mapping = std::move(how)});
  announced_ = file.has_size() ? file.size() : -1;
  file_digest_ = text::Sha256Stream();
  return absl::OkStatus();
}

absl::Status ImportSpool::Chunk(std::string_view bytes) {
  if (descriptor_ < 0) return ProtocolError("a `chunk` came before its `file`");
  SpooledFile& file = job_.files.back();
  const auto size = static_cast<int64_t>(bytes.size());
  if (size > kMaxChunkBytes) {
    return TooLarge(StrCat("a chunk of ", size, " bytes; at most ", kMaxChunkBytes, " are allowed"),
                    {{"file", file.name}, {"limit", StrCat(kMaxChunkBytes)}});
  }
  if (size > max_bytes_ - total_bytes_) {
    return TooLarge(StrCat("the import has more than ", max_bytes_, " bytes over all its files"),
                    {{"file", file.name}, {"limit", StrCat(max_bytes_)}});
  }
  if (announced_ >= 0 && file.size + size > announced_) {
    return ProtocolError(
        StrCat("file \"", file.name, "\" has more than the announced ", announced_, " bytes"),
        {{"file", file.name}, {"announced", StrCat(announced_)}});
  }
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return WriteError(file.name);
    rest.remove_prefix(static_cast<size_t>(written));
  }
  file.size += size;
  total_bytes_ += size;
  file_digest_.Update(bytes);
  return absl::OkStatus();
}

absl::StatusOr<ImportJob> ImportSpool::Finish() {
  if (!begun_) return ProtocolError("the stream ended before `begin`");
  if (job_.files.empty()) return ProtocolError("the stream ended without a `file`");
  STEELYARD_RETURN_IF_ERROR(CloseFile());
  job_.import_id = import_digest_.FinishHex();
  return std::move(job_);
}

absl::Status ImportSpool::CloseFile() {
  if (descriptor_ < 0) return absl::OkStatus();
  const SpooledFile& file = job_.files.back();
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) return WriteError(file.name);
  if (announced_ >= 0 && file.size != announced_) {
    return ProtocolError(
        StrCat("file \"", file.name, "\" has ", file.size, " bytes; ", announced_,
               " were announced"),
        {{"file", file.name}, {"announced", StrCat(announced_)}, {"size", StrCat(file.size)}});
  }
  import_digest_.UpdateFramed(file.format);
  if (file.mapping != nullptr) import_digest_.UpdateFramed(file.mapping->json);
  import_digest_.UpdateFramed(file_digest_.Finish());
  return absl::OkStatus();
}

absl::Status ImportSpool::WriteError(std::string_view what) const {
  const int error = errno;
  return StoreError(
      StrCat("the server cannot keep the bytes of \"", what, "\": ", ErrorText(error)));
}

}  // namespace steelyard::ingest
