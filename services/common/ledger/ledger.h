#pragma once

// One revision per commit. Every store of the suite keeps its rows valid over a half-open interval
// [from_revision, to_revision) and commits through its ledger, which numbers commits, remembers
// when each happened, and recognises imports and requests that came before.
//
// Tables it owns in the store's database: schema_migrations(name, position), store_meta(key,
// value), revisions(revision, committed_at_us, registry_revision), imports(import_id, digest,
// revision, report), requests(request_id, digest, revision, reply); report and reply are kept as
// Base64. Services add their own by migrations.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"
#include "services/common/ledger/compact.h"
#include "services/common/sql/driver.h"
#include "services/common/time/clock.h"
#include "steelyard/common/v1/snapshot.pb.h"

namespace steelyard::ledger {

// to_revision of rows that are still valid.
inline constexpr int64_t kOpenRevision = INT64_MAX;

// A committed state.
struct Revision {
  int64_t revision = 0;     // from 1; 0: the empty store before its first commit
  absl::Time committed_at;  // microsecond precision; never before the previous revision's
  // Funding: the registry revision applied by then. Registry: equals revision.
  int64_t registry_revision = 0;
  // Of Resolve and At: while it lives, the state cannot be compacted away.
  std::shared_ptr<const void> hold = nullptr;
};

// One step of a store's schema: all its statements run in one transaction, once. Steps are ordered
// and never edited after release.
struct Migration {
  // Where the rows of a new table live on a distributed engine (sql::Connection::Distribute).
  struct Placement {
    std::string_view table;
    std::string_view column = {};  // empty: a copy on each machine
  };
  std::string_view name;
  std::vector<std::string_view> statements;
  std::vector<Placement> placements = {};
  // Run after them on a server. An embedded engine has no indexes: it scans columns faster than it
  // would keep these.
  std::vector<std::string_view> indexes = {};
};

// What a compaction took, or would take.
struct Compaction {
  Revision oldest;  // the oldest that can be read
  TableRows rows;   // that are gone, by table
};

// What a commit's body did.
struct Changes {
  // How many subjects were written. With 0, and no new registry revision, nothing changed: the
  // transaction is rolled back.
  int64_t subjects = 0;
  // Set by the projection: the registry revision applied now.
  std::optional<int64_t> registry_revision;
};

// A request_id or import that was seen before.
struct Remembered {
  int64_t revision = 0;
  std::string digest;
  std::string reply;  // serialized reply or report
};

enum class Kind { kRegistry, kFunding };

// Thread-safe. Commits and compactions are serialised; reads never wait for them.
class Ledger {
 public:
  // Runs the ledger's and the store's migrations and reads the head. STORE_UNAVAILABLE when the
  // file is a store of the other kind, or its schema is newer than this binary's migrations.
  // `database` and `clock` must outlive the ledger.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(sql::Database& database, const Clock& clock,
                                                      Kind kind,
                                                      std::span<const Migration> migrations);
  virtual ~Ledger() = default;

  // 8 hexadecimal digits drawn when the store was created; part of its tokens.
  virtual const std::string& store_id() const = 0;
  // The newest revision that this process knows of. Commits of other replicas are known within a
  // second or so.
  virtual Revision head() const = 0;
  // Likewise, and every commit of another replica that was acknowledged before the call.
  virtual absl::StatusOr<Revision> Newest(const Context& context) const = 0;
  // Whether the database answered when it was last asked, which is several times a second; an
  // embedded one always does.
  virtual bool answers() const = 0;

  // The revision that a read with these options sees. INVALID_SNAPSHOT for tokens that are damaged,
  // of another store, or (funding) pin the registry alone; SNAPSHOT_OUT_OF_RANGE for a revision
  // ahead of the head or an as_of before the first commit; SNAPSHOT_COMPACTED for one older than
  // the oldest. A funding token resolves to its funding revision; a registry resolves any token to
  // its registry revision, checking the store id only of tokens that the registry issued itself.
  virtual absl::StatusOr<Revision> Resolve(const Context& context,
                                           const common::v1::ReadOptions& read) const = 0;
  // The revision of a number, which is not negative, with the same errors.
  virtual absl::StatusOr<Revision> At(const Context& context, int64_t number) const = 0;
  // The oldest revision that can be read; 0 when nothing was compacted. Revision 0, the empty
  // store, can always be read.
  virtual int64_t oldest() const = 0;
  // The Snapshot message of a revision.
  virtual common::v1::Snapshot Describe(const Revision& revision) const = 0;

  // Runs `body` in an exclusive transaction with the revision that it would become. When it reports
  // changes they are committed, durably, as that revision, which is returned; otherwise, and on
  // error, nothing is kept, and for no changes the head is returned. `remember`, when given, is
  // stored in the same transaction (also when there are no changes). When its id is remembered by
  // then, `body` does not run: REQUEST_ID_REUSED if the digest differs; otherwise an equal request
  // was faster, and the error is STORE_UNAVAILABLE, so that whoever tries again finds it by Recall.
  // So is that of a conflict with somebody else's write.
  using Body = std::function<absl::StatusOr<Changes>(sql::Connection&, int64_t revision)>;
  struct Memory {
    enum class Of { kRequest, kImport } of = Of::kRequest;
    std::string id;
    std::string digest;
    // Called after the body, with the revision the answer will show; gives the reply to remember.
    std::function<std::string(const Revision&)> reply;
  };
  virtual absl::StatusOr<Revision> Commit(const Context& context, const Body& body,
                                          const Memory* remember = nullptr) = 0;

  // Makes `revision`, from 1 to the head, the oldest that can be read: waits until nobody holds an
  // older one, then deletes, in one transaction, every row of the database that had ended by it.
  // Later states do not change. Commits wait meanwhile, reads do not. With `dry_run`, or when it is
  // not past the oldest, nothing happens. SNAPSHOT_OUT_OF_RANGE for a revision ahead of the head;
  // DEADLINE_EXCEEDED or CANCELLED, and nothing deleted, when the holders take too long.
  virtual absl::StatusOr<Compaction> Compact(const Context& context, int64_t revision,
                                             bool dry_run) = 0;

  // What was remembered under an id; nullopt when nothing was.
  virtual absl::StatusOr<std::optional<Remembered>> Recall(const Context& context, Memory::Of of,
                                                           std::string_view id) const = 0;

  // Waits until the head is past `after` or `timeout` passed or the context ended; returns the
  // head.
  virtual absl::StatusOr<Revision> WaitPast(const Context& context, int64_t after,
                                            absl::Duration timeout) const = 0;
};

}  // namespace steelyard::ledger
