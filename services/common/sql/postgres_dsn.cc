// Where a connection string comes from.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "services/common/sql/postgres_internal.h"
#include "services/common/status/status.h"
#include "services/common/text/input_file.h"
#include "services/common/text/strings.h"

namespace steelyard::sql::postgres {
namespace {

constexpr size_t kMostBytes = 1 << 16;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// libpq's own words on a wrong string quote it, and it holds a password.
bool IsDsn(const std::string& text) {
  return std::unique_ptr<PQconninfoOption, FreeOptions>(PQconninfoParse(text.c_str(), nullptr)) !=
         nullptr;
}

absl::Status BadFile(const std::string& path, std::string_view why) {
  return MakeRetryableError(
      common::v1::ERROR_REASON_STORE_UNAVAILABLE,
      StrCat("the file of the database's connection string, ", path, ", ", why), absl::Seconds(1),
      {{"file", path}});
}

}  // namespace

absl::StatusOr<std::string> DsnOf(const PostgresOptions& options) {
  const std::string& path = options.dsn_file;
  if (path.empty()) return options.dsn;
  const std::optional<text::InputFile> file = text::InputFile::Open(path);
  if (!file) return BadFile(path, "cannot be opened");
  std::string dsn(kMostBytes, '\0');
  const int64_t size = file->Read(dsn.data(), dsn.size());
  if (size < 0) return BadFile(path, "cannot be read");
  dsn.resize(static_cast<size_t>(size));
  absl::StripAsciiWhitespace(&dsn);
  if (dsn.empty()) return BadFile(path, "is empty");
  if (!IsDsn(dsn)) {
    return BadFile(path,
                   "holds no connection string such as \"host=db.example dbname=steelyard "
                   "user=steelyard password=...\" or \"postgresql://...\"");
  }
  return dsn;
}

}  // namespace steelyard::sql::postgres
