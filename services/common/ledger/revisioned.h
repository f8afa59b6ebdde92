#pragma once

// Writing revisioned rows in bulk: which subjects really changed, and ending the rows that no
// longer hold. Set-based, through a temporary table, so that tens of thousands of subjects take a
// fraction of a second.
//
// How a service writes complete subjects (a company with its names, a round with its
// participations): the parent's row has a text column `digest`, the ContentDigest of the subject's
// canonical serialisation, children included. In one commit:
//   1. ChangedKeys(parent table, key and digest of every subject)  - new subjects and different
//   ones;
//   2. CloseRows({parent, children...}, those with rows, revision) - their rows so far end here;
//   3. Appender: the changed subjects' rows, from_revision = revision, to_revision = kOpenRevision.
// Equal subjects keep their rows and their history stays free of revisions that changed nothing.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"

namespace steelyard::ledger {

// Makes the temporary table that the functions below use; they make it themselves when it is
// missing. Call it outside of a transaction on a session that may roll back: DuckDB's appender does
// not find the columns of a table that was made again after a rollback had undone it.
absl::Status PrepareStaging(sql::Connection& connection, const Context& context);

// 32 hexadecimal digits: the first half of the SHA-256 of `canonical`. Equal subjects must have
// equal bytes: serialise fields in a fixed order, lists sorted, with lengths or separators that
// cannot occur inside a value.
std::string ContentDigest(std::string_view canonical);

// A subject's key and the digest of its complete content.
using KeyDigest = std::pair<std::string, std::string>;

// What of some subjects changes, in the order given.
struct Changed {
  std::vector<std::string> keys;      // new or different
  std::vector<std::string> replaced;  // those of them that are there: with an open row
};
// Keys that `table` has no open row of, or an open row with another digest. `table` has the text
// columns `key_column` and digest, and to_revision. Keys must be distinct. Runs in the caller's
// transaction and sees what it has written. Errors are the connection's.
absl::StatusOr<Changed> ChangedKeys(sql::Connection& connection, const Context& context,
                                    std::string_view table, std::string_view key_column,
                                    std::span<const KeyDigest> subjects);

// Stages keys, any number of them, for a statement of the caller's that names
// kStagedKeys. They stand until the next function of this file is called on the session.
absl::Status StageKeys(sql::Connection& connection, const Context& context,
                       std::span<const std::string> keys);
inline constexpr std::string_view kStagedKeys = "(SELECT key FROM revisioned_staging)";

// Ends every open row of these keys in each of `tables`, which all name their subject by
// `key_column`: to_revision becomes `revision`. Rows that began at `revision` itself, written
// earlier in the same commit, were never seen by anybody and are deleted. Keys without open rows
// are no error. Returns the number of rows ended or deleted.
absl::StatusOr<int64_t> CloseRows(sql::Connection& connection, const Context& context,
                                  std::span<const std::string_view> tables,
                                  std::string_view key_column, std::span<const std::string> keys,
                                  int64_t revision);

}  // namespace steelyard::ledger
