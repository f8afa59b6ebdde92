#pragma once

// Takes the parts of an import as they arrive, checks their order and sizes, and keeps the files'
// bytes on disk. What import_stream.h is made of; knows nothing of gRPC.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/ingest/ingest.h"
#include "services/common/text/digest.h"
#include "steelyard/common/v1/import.pb.h"

namespace steelyard::ingest {

// Most bytes of one chunk.
inline constexpr int64_t kMaxChunkBytes = 1024 * 1024;
// Most files of one import.
inline constexpr int kMaxFiles = 1000;

// One import on its way in. The parts come in the order begin, then for each file its start and its
// chunks. After an error nothing more may be added. Not thread-safe.
class ImportSpool {
 public:
  // Spools into a new private directory inside `parent`; the system's directory for temporary files
  // when it is empty. At most `max_bytes` over all files. STORE_UNAVAILABLE when it cannot be made.
  static absl::StatusOr<std::unique_ptr<ImportSpool>> Create(const std::string& parent,
                                                             int64_t max_bytes);
  ~ImportSpool();  // removes the directory and the files
  ImportSpool(const ImportSpool&) = delete;
  ImportSpool& operator=(const ImportSpool&) = delete;

  // IMPORT_PROTOCOL when it is not the first part; INVALID_FIELD for a bad source.
  absl::Status Begin(const common::v1::ImportBegin& begin);
  // IMPORT_PROTOCOL when nothing has begun, the file before has not its announced size, or there
  // are too many; INVALID_FIELD for a missing name or format; MESSAGE_TOO_LARGE when more is
  // announced than may come; IMPORT_MAPPING_INVALID.
  absl::Status File(const common::v1::ImportFile& file);
  // IMPORT_PROTOCOL outside a file or beyond its announced size; MESSAGE_TOO_LARGE for a chunk or
  // an import that is too large; STORE_UNAVAILABLE when the disk is full.
  absl::Status Chunk(std::string_view bytes);
  // The job, once the sender has said that this was all; its files live as long as this object.
  // IMPORT_PROTOCOL when there is no file or the last one has not its announced size.
  absl::StatusOr<ImportJob> Finish();

 private:
  ImportSpool(std::string directory, int64_t max_bytes);
  absl::Status CloseFile();
  absl::Status WriteError(std::string_view what) const;

  const std::string directory_;
  const int64_t max_bytes_;
  bool begun_ = false;
  ImportJob job_;
  int64_t total_bytes_ = 0;
  // Announced size of the current file; -1 when unknown.
  int64_t announced_ = -1;
  int descriptor_ = -1;  // of the current file
  text::Sha256Stream file_digest_;
  // Of source, formats and the files' digests, each framed, so that no two imports look alike.
  text::Sha256Stream import_digest_;
};

}  // namespace steelyard::ingest
