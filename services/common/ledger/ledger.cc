#include "services/common/ledger/ledger.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <random>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/common/context/wait.h"
#include "services/common/ledger/holds.h"
#include "services/common/ledger/memory.h"
#include "services/common/ledger/migrate.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/ledger/store_meta.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

// Revisions kept in memory: reads at the head or at tokens given lately need no statement.
constexpr size_t kRecent = 1024;
// Sessions for reads of older revisions and of what is remembered.
constexpr int kReaders = 4;

absl::Status TokenError(std::string_view why) {
  return MakeError(common::v1::ERROR_REASON_INVALID_SNAPSHOT, StrCat("the snapshot token ", why));
}

absl::Status OutOfRange(std::string_view what, std::string_view bound) {
  return MakeError(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE, StrCat(what, bound),
                   {{"bound", std::string(bound)}});
}

absl::Status Compacted(int64_t revision, int64_t oldest) {
  return MakeError(common::v1::ERROR_REASON_SNAPSHOT_COMPACTED,
                   StrCat("revision ", revision, " was compacted away; the oldest is ", oldest),
                   {{"revision", StrCat(revision)}, {"oldest", StrCat(oldest)}});
}

std::string DrawStoreId() {
  std::random_device device;
  return absl::StrFormat("%08x", std::uniform_int_distribution<uint32_t>()(device));
}

std::string_view NameOf(Kind kind) { return kind == Kind::kRegistry ? "registry" : "funding"; }

// The store's id; draws it when the store is new.
absl::StatusOr<std::string> Identify(sql::Connection& connection, Kind kind) {
  const Context context = Context::Background();
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(connection));
  STEELYARD_ASSIGN_OR_RETURN(auto id, ReadMeta(connection, context, "store_id"));
  if (!id) {
    id = DrawStoreId();
    STEELYARD_RETURN_IF_ERROR(WriteMeta(connection, context, "store_id", *id));
    STEELYARD_RETURN_IF_ERROR(WriteMeta(connection, context, "kind", NameOf(kind)));
    STEELYARD_RETURN_IF_ERROR(transaction.Commit());
    return *id;
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto found, ReadMeta(connection, context, "kind"));
  if (found != NameOf(kind)) {
    return MakeError(
        common::v1::ERROR_REASON_STORE_UNAVAILABLE,
        StrCat("the file is a store of kind ", found.value_or("unknown"), ", not ", NameOf(kind)));
  }
  return *id;
}

absl::StatusOr<absl::Time> TimeOf(const google::protobuf::Timestamp& timestamp) {
  // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, as the message's own definition has it.
  if (timestamp.seconds() < -62135596800 || timestamp.seconds() > 253402300799 ||
      timestamp.nanos() < 0 || timestamp.nanos() > 999999999) {
    FieldErrors errors;
    errors.Add("read.as_of", "a time from year 1 to 9999, nanos from 0 to 999999999",
               common::v1::ERROR_REASON_INVALID_DATE);
    return errors.ToStatus();
  }
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// Rows of the table revisions, in the order that `clauses` asks for.
absl::StatusOr<std::deque<Revision>> ReadRevisions(sql::Connection& connection,
                                                   const Context& context, std::string_view clauses,
                                                   int64_t parameter) {
  const sql::Value parameters[] = {parameter};
  STEELYARD_ASSIGN_OR_RETURN(
      auto rows,
      connection.Query(
          context,
          StrCat("SELECT revision, committed_at_us, registry_revision FROM revisions ", clauses),
          parameters));
  std::deque<Revision> revisions;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return revisions;
    revisions.push_back({rows->Int(0), absl::FromUnixMicros(rows->Int(1)), rows->Int(2)});
  }
}

class SqlLedger final : public Ledger {
 public:
  SqlLedger(sql::Database& database, const Clock& clock, Kind kind, std::string store_id,
            std::unique_ptr<sql::Connection> writer, int64_t oldest, std::deque<Revision> recent)
      : clock_(clock),
        kind_(kind),
        store_id_(std::move(store_id)),
        holds_(std::make_shared<Holds>(oldest)),
        readers_(database, kReaders),
        writer_(std::move(writer)),
        recent_(std::move(recent)) {}

  const std::string& store_id() const override { return store_id_; }

  Revision head() const override {
    const std::lock_guard<std::mutex> lock(head_mutex_);
    return Head();
  }

  absl::StatusOr<Revision> Resolve(const Context& context,
                                   const common::v1::ReadOptions& read) const override {
    switch (read.at_case()) {
      case common::v1::ReadOptions::kSnapshot:
        return Hold(ResolveToken(context, read.snapshot()));
      case common::v1::ReadOptions::kAsOf:
        return Hold(ResolveTime(context, read.as_of()));
      case common::v1::ReadOptions::AT_NOT_SET:
        break;
    }
    return Hold(head());
  }

  absl::StatusOr<Revision> At(const Context& context, int64_t number) const override {
    return Hold(Find(context, number));
  }

  int64_t oldest() const override { return holds_->oldest(); }

  common::v1::Snapshot Describe(const Revision& revision) const override {
    return ToProto(SnapshotId{.store = store_id_,
                              .funding_revision = kind_ == Kind::kFunding ? revision.revision : 0,
                              .registry_revision = revision.registry_revision},
                   revision.committed_at);
  }

  absl::StatusOr<Revision> Commit(const Context& context, const Body& body,
                                  const Memory* remember) override {
    return InTurn<Revision>(context, [&] { return CommitInTurn(context, body, remember); });
  }

  absl::StatusOr<Compaction> Compact(const Context& context, int64_t revision,
                                     bool dry_run) override {
    return InTurn<Compaction>(context, [&] { return CompactInTurn(context, revision, dry_run); });
  }

  absl::StatusOr<std::optional<Remembered>> Recall(const Context& context, Memory::Of of,
                                                   std::string_view id) const override {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease connection, readers_.Borrow(context));
    return RecallFrom(*connection, context, of, id);
  }

  absl::StatusOr<Revision> WaitPast(const Context& context, int64_t after,
                                    absl::Duration timeout) const override {
    const absl::Time until = absl::Now() + timeout;
    const CancelWake wake(context, head_mutex_, head_moved_);
    std::unique_lock<std::mutex> lock(head_mutex_);
    WaitUntil(
        head_moved_, lock, context, [this, after] { return Head().revision > after; }, until);
    return Head();
  }

 private:
  // Runs what writes, one at a time.
  template <typename Outcome>
  absl::StatusOr<Outcome> InTurn(const Context& context,
                                 const std::function<absl::StatusOr<Outcome>()>& run) {
    const CancelWake wake(context, turn_mutex_, turn_ended_);
    {
      std::unique_lock<std::mutex> lock(turn_mutex_);
      if (!WaitUntil(turn_ended_, lock, context, [this] { return !writing_; })) {
        return context.Check();
      }
      writing_ = true;
    }
    absl::StatusOr<Outcome> outcome = run();
    {
      const std::lock_guard<std::mutex> lock(turn_mutex_);
      writing_ = false;
    }
    turn_ended_.notify_all();
    return outcome;
  }

  absl::StatusOr<Revision> Hold(absl::StatusOr<Revision> found) const {
    if (!found.ok()) return found;
    found->hold = holds_->Take(found->revision);
    if (found->hold == nullptr) return Compacted(found->revision, holds_->oldest());
    return found;
  }

  absl::StatusOr<Compaction> CompactInTurn(const Context& context, int64_t revision, bool dry_run) {
    const int64_t before = holds_->oldest();
    const int64_t oldest = std::max(before, revision);
    Compaction compaction;
    STEELYARD_ASSIGN_OR_RETURN(compaction.oldest, Find(context, oldest));
    if (oldest == before) return compaction;
    STEELYARD_ASSIGN_OR_RETURN(compaction.rows, CountEnded(*writer_, context, oldest));
    if (dry_run) return compaction;
    if (!holds_->Raise(context, oldest)) return context.Check();
    const absl::Status deleted = DeleteEnded(*writer_, context, oldest, compaction.rows);
    if (deleted.ok()) return compaction;
    // A commit that fails may still have been written. What is not known to be there is not read.
    const absl::StatusOr<int64_t> stored = ReadOldest(*writer_, Context::Background());
    if (stored.ok()) holds_->Restore(*stored);
    return deleted;
  }

  // With head_mutex_.
  Revision Head() const { return recent_.empty() ? Revision() : recent_.back(); }

  absl::StatusOr<Revision> ResolveToken(const Context& context, std::string_view token) const {
    STEELYARD_ASSIGN_OR_RETURN(const SnapshotId id, DecodeToken(token));
    const bool of_funding = id.funding_revision != 0;
    if (kind_ == Kind::kFunding && !of_funding && id.store != store_id_) {
      return TokenError("pins the registry alone; ask with one that a funding answer carried");
    }
    // The registry cannot know the ids of funding's stores. Revision 0 is empty in every store.
    const bool own = kind_ == Kind::kFunding || (!of_funding && id.registry_revision != 0);
    if (own && id.store != store_id_) {
      return TokenError("was issued by another store");
    }
    const int64_t number = kind_ == Kind::kFunding ? id.funding_revision : id.registry_revision;
    STEELYARD_ASSIGN_OR_RETURN(const Revision revision, Find(context, number));
    if (revision.registry_revision != id.registry_revision) {
      return TokenError("names revisions that do not belong together");
    }
    return revision;
  }

  absl::StatusOr<Revision> Find(const Context& context, int64_t number) const {
    {
      const std::lock_guard<std::mutex> lock(head_mutex_);
      const int64_t newest = Head().revision;
      if (number > newest) {
        return OutOfRange("the snapshot lies ahead of this store, whose newest revision is ",
                          StrCat(newest));
      }
      if (number == 0) return Revision();
      const int64_t oldest = recent_.front().revision;
      if (number >= oldest) return recent_[static_cast<size_t>(number - oldest)];
    }
    STEELYARD_ASSIGN_OR_RETURN(
        const auto found,
        ReadOne(context, "WHERE revision <= ? ORDER BY revision DESC LIMIT 1", number));
    return found.value_or(Revision());
  }

  absl::StatusOr<Revision> ResolveTime(const Context& context,
                                       const google::protobuf::Timestamp& as_of) const {
    STEELYARD_ASSIGN_OR_RETURN(const absl::Time time, TimeOf(as_of));
    {
      const std::lock_guard<std::mutex> lock(head_mutex_);
      const auto after = std::upper_bound(
          recent_.begin(), recent_.end(), time,
          [](absl::Time at, const Revision& revision) { return at < revision.committed_at; });
      if (after != recent_.begin()) return *std::prev(after);
    }
    STEELYARD_ASSIGN_OR_RETURN(
        const auto found,
        ReadOne(context, "WHERE committed_at_us <= ? ORDER BY revision DESC LIMIT 1",
                absl::ToUnixMicros(time)));
    if (found) return *found;
    STEELYARD_ASSIGN_OR_RETURN(const auto first,
                               ReadOne(context, "WHERE revision = ?", int64_t{1}));
    if (!first) return OutOfRange("as_of lies before the first commit: the store is ", "empty");
    return OutOfRange("as_of lies before the store's first commit, at ",
                      absl::FormatTime(first->committed_at, absl::UTCTimeZone()));
  }

  absl::StatusOr<std::optional<Revision>> ReadOne(const Context& context, std::string_view where,
                                                  int64_t parameter) const {
    STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease connection, readers_.Borrow(context));
    STEELYARD_ASSIGN_OR_RETURN(const auto revisions,
                               ReadRevisions(*connection, context, where, parameter));
    if (revisions.empty()) return std::nullopt;
    return revisions.front();
  }

  absl::StatusOr<Revision> CommitInTurn(const Context& context, const Body& body,
                                        const Memory* remember) {
    if (remember != nullptr) {
      STEELYARD_ASSIGN_OR_RETURN(const auto earlier,
                                 RecallFrom(*writer_, context, remember->of, remember->id));
      if (earlier) return Repeated(*remember, *earlier);
    }
    const Revision before = head();
    STEELYARD_ASSIGN_OR_RETURN(const auto after, TryCommit(context, body, remember, before));
    if (after) return *after;
    if (remember != nullptr) {
      STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*writer_));
      STEELYARD_RETURN_IF_ERROR(Keep(*writer_, context, *remember, before));
      STEELYARD_RETURN_IF_ERROR(transaction.Commit());
    }
    return before;
  }

  static absl::Status Repeated(const Memory& remember, const Remembered& earlier) {
    if (earlier.digest != remember.digest) {
      return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED,
                       StrCat("id ", remember.id, " was used before with other content"),
                       {{"id", remember.id}});
    }
    return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                              "an equal request was just committed; its answer is ready",
                              absl::ZeroDuration());
  }

  // The new head; nullopt, and nothing kept, when the body changed nothing.
  absl::StatusOr<std::optional<Revision>> TryCommit(const Context& context, const Body& body,
                                                    const Memory* remember,
                                                    const Revision& before) {
    STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*writer_));
    const int64_t number = before.revision + 1;
    STEELYARD_ASSIGN_OR_RETURN(const Changes changes, body(*writer_, number));
    const int64_t registry = changes.registry_revision.value_or(before.registry_revision);
    if (changes.subjects == 0 && registry == before.registry_revision) return std::nullopt;
    const Revision after{
        .revision = number,
        .committed_at =
            std::max(absl::FromUnixMicros(absl::ToUnixMicros(clock_.Now())), before.committed_at),
        .registry_revision = kind_ == Kind::kRegistry ? number : registry};
    const sql::Value parameters[] = {after.revision, absl::ToUnixMicros(after.committed_at),
                                     after.registry_revision};
    STEELYARD_RETURN_IF_ERROR(
        writer_
            ->Execute(context,
                      "INSERT INTO revisions(revision, committed_at_us, registry_revision) "
                      "VALUES (?, ?, ?)",
                      parameters)
            .status());
    if (remember != nullptr) {
      STEELYARD_RETURN_IF_ERROR(Keep(*writer_, context, *remember, after));
    }
    STEELYARD_RETURN_IF_ERROR(transaction.Commit());
    Publish(after);
    return after;
  }

  void Publish(const Revision& revision) {
    {
      const std::lock_guard<std::mutex> lock(head_mutex_);
      recent_.push_back(revision);
      if (recent_.size() > kRecent) recent_.pop_front();
    }
    head_moved_.notify_all();
  }

  const Clock& clock_;
  const Kind kind_;
  const std::string store_id_;
  const std::shared_ptr<Holds> holds_;
  mutable sql::Pool readers_;

  std::mutex turn_mutex_;
  std::condition_variable turn_ended_;
  bool writing_ = false;                     // with turn_mutex_
  std::unique_ptr<sql::Connection> writer_;  // of whoever has the turn

  mutable std::mutex head_mutex_;
  mutable std::condition_variable head_moved_;
  std::deque<Revision> recent_;  // with head_mutex_: without gaps, the head last
};

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(sql::Database& database, const Clock& clock,
                                                     Kind kind,
                                                     std::span<const Migration> migrations) {
  STEELYARD_ASSIGN_OR_RETURN(auto writer, database.Connect());
  STEELYARD_RETURN_IF_ERROR(Migrate(*writer, migrations));
  STEELYARD_RETURN_IF_ERROR(PrepareStaging(*writer, Context::Background()));
  STEELYARD_ASSIGN_OR_RETURN(std::string store_id, Identify(*writer, kind));
  STEELYARD_ASSIGN_OR_RETURN(
      std::deque<Revision> recent,
      ReadRevisions(*writer, Context::Background(), "ORDER BY revision DESC LIMIT ?",
                    static_cast<int64_t>(kRecent)));
  std::reverse(recent.begin(), recent.end());
  STEELYARD_ASSIGN_OR_RETURN(const int64_t oldest, ReadOldest(*writer, Context::Background()));
  return std::make_unique<SqlLedger>(database, clock, kind, std::move(store_id), std::move(writer),
                                     oldest, std::move(recent));
}

}  // namespace steelyard::ledger
