#include "services/common/ledger/ledger.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "services/common/context/wait.h"
#include "services/common/ledger/follower.h"
#include "services/common/ledger/holds.h"
#include "services/common/ledger/known_revisions.h"
#include "services/common/ledger/memory.h"
#include "services/common/ledger/migrate.h"
#include "services/common/ledger/replicas.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/ledger/store_meta.h"
#include "services/common/snapshot/snapshot.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

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

// A conflict keeps nothing, and whoever tries again comes after the other one.
absl::Status OfWriter(absl::Status status) {
  if (!absl::IsAborted(status)) return status;
  return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                            "another write was faster, and nothing of this one was kept; try again",
                            absl::Milliseconds(100));
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

class SqlLedger final : public Ledger {
 public:
  SqlLedger(sql::Database& database, const Clock& clock, Kind kind, std::string store_id,
            std::unique_ptr<sql::Connection> writer, int64_t oldest, std::deque<Revision> newest)
      : clock_(clock),
        kind_(kind),
        store_id_(std::move(store_id)),
        holds_(std::make_shared<Holds>(oldest)),
        readers_(database, kReaders),
        writer_(std::move(writer)),
        known_(std::move(newest)) {
    if (database.IsShared()) follower_ = std::make_unique<Follower>(readers_, known_, *holds_);
  }

  absl::Status Start() { return follower_ == nullptr ? absl::OkStatus() : follower_->Start(); }

  const std::string& store_id() const override { return store_id_; }

  Revision head() const override { return known_.head(); }

  absl::StatusOr<Revision> Newest(const Context& context) const override {
    if (follower_ != nullptr) STEELYARD_RETURN_IF_ERROR(follower_->Look(context));
    return known_.head();
  }

  bool answers() const override { return follower_ == nullptr || follower_->answers(); }

  absl::StatusOr<Revision> Resolve(const Context& context,
                                   const common::v1::ReadOptions& read) const override {
    if (follower_ != nullptr) STEELYARD_RETURN_IF_ERROR(follower_->Check());
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
    return known_.WaitPast(context, after, absl::Now() + timeout);
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
    // Also when memory runs out.
    const auto end_turn = absl::MakeCleanup([this] {
      {
        const std::lock_guard<std::mutex> lock(turn_mutex_);
        writing_ = false;
      }
      turn_ended_.notify_all();
    });
    absl::StatusOr<Outcome> outcome = run();
    if (!outcome.ok()) return OfWriter(outcome.status());
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
    if (oldest == 0) return compaction;
    // Rows that are too old are there also when an earlier compaction did not come to its end.
    STEELYARD_ASSIGN_OR_RETURN(compaction.rows, CountEnded(*writer_, context, oldest));
    if (dry_run || (oldest == before && compaction.rows.empty())) return compaction;
    absl::Status done = AwaitReaders(context, oldest);
    if (done.ok()) done = DeleteEnded(*writer_, context, oldest, compaction.rows);
    if (done.ok()) return compaction;
    GiveUp(before);
    return done;
  }

  // Waits until nobody reads anything older, and lets nobody begin to.
  absl::Status AwaitReaders(const Context& context, int64_t oldest) {
    if (follower_ != nullptr) {
      STEELYARD_RETURN_IF_ERROR(WriteOldest(*writer_, context, oldest));
    }
    if (!holds_->Raise(context, oldest)) return context.Check();
    if (follower_ == nullptr) return absl::OkStatus();
    return AwaitReplicas(*writer_, context, follower_->id(), oldest);
  }

  // A compaction that failed may still have been written. What is not known to be there is not
  // read.
  void GiveUp(int64_t before) {
    const Context context = Context::Background();
    // Other replicas know already what was about to go, and stay with that until they start anew.
    if (follower_ != nullptr) return;
    const absl::StatusOr<int64_t> stored = ReadOldest(*writer_, context);
    if (stored.ok()) holds_->Restore(std::max(before, *stored));
  }

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
    // Another replica may have committed what this one has not seen yet.
    if (number > known_.head().revision && follower_ != nullptr) {
      STEELYARD_RETURN_IF_ERROR(follower_->Look(context));
    }
    const int64_t newest = known_.head().revision;
    if (number > newest) {
      return OutOfRange("the snapshot lies ahead of this store, whose newest revision is ",
                        StrCat(newest));
    }
    if (const std::optional<Revision> known = known_.Find(number)) return *known;
    STEELYARD_ASSIGN_OR_RETURN(
        const auto found,
        ReadOne(context, "WHERE revision <= ? ORDER BY revision DESC LIMIT 1", number));
    return found.value_or(Revision());
  }

  absl::StatusOr<Revision> ResolveTime(const Context& context,
                                       const google::protobuf::Timestamp& as_of) const {
    STEELYARD_ASSIGN_OR_RETURN(const absl::Time time, TimeOf(as_of));
    // The same time must give the same revision later, when all commits are seen.
    if (follower_ != nullptr) STEELYARD_RETURN_IF_ERROR(follower_->Look(context));
    if (const std::optional<Revision> known = known_.At(time)) return *known;
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
    STEELYARD_ASSIGN_OR_RETURN(const auto after, TryCommit(context, body, remember));
    if (after) return *after;
    if (remember == nullptr) return known_.head();
    STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, BeginCommit(context, remember));
    const Revision before = known_.head();
    STEELYARD_RETURN_IF_ERROR(Keep(*writer_, context, *remember, before));
    STEELYARD_RETURN_IF_ERROR(transaction.Commit());
    return before;
  }

  // A transaction that no other commit of any replica can overtake; the head is known in it. An
  // error when the memory is there already.
  absl::StatusOr<sql::Transaction> BeginCommit(const Context& context, const Memory* remember) {
    STEELYARD_RETURN_IF_ERROR(writer_->AwaitCommits(context));
    STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*writer_));
    STEELYARD_RETURN_IF_ERROR(writer_->Lock(context, "revisions"));
    if (follower_ != nullptr) STEELYARD_RETURN_IF_ERROR(follower_->LookInside(*writer_, context));
    if (remember == nullptr) return transaction;
    STEELYARD_ASSIGN_OR_RETURN(const auto earlier,
                               RecallFrom(*writer_, context, remember->of, remember->id));
    if (earlier) return Repeated(*remember, *earlier);
    return transaction;
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
                                                    const Memory* remember) {
    STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, BeginCommit(context, remember));
    const Revision before = known_.head();
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
    known_.Add({after});
    return after;
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

  KnownRevisions known_;
  std::unique_ptr<Follower> follower_;  // none unless other processes write too
};

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(sql::Database& database, const Clock& clock,
                                                     Kind kind,
                                                     std::span<const Migration> migrations) {
  STEELYARD_ASSIGN_OR_RETURN(auto writer, database.Connect());
  STEELYARD_RETURN_IF_ERROR(Migrate(*writer, migrations, database.IsShared()));
  STEELYARD_RETURN_IF_ERROR(PrepareStaging(*writer, Context::Background()));
  STEELYARD_ASSIGN_OR_RETURN(std::string store_id, Identify(*writer, kind));
  STEELYARD_ASSIGN_OR_RETURN(
      std::deque<Revision> newest,
      ReadRevisions(*writer, Context::Background(), "ORDER BY revision DESC LIMIT ?",
                    static_cast<int64_t>(KnownRevisions::kMost)));
  std::reverse(newest.begin(), newest.end());
  STEELYARD_RETURN_IF_ERROR(writer->AwaitCommits(Context::Background()));
  STEELYARD_ASSIGN_OR_RETURN(const int64_t oldest, ReadOldest(*writer, Context::Background()));
  auto ledger = std::make_unique<SqlLedger>(database, clock, kind, std::move(store_id),
                                            std::move(writer), oldest, std::move(newest));
  STEELYARD_RETURN_IF_ERROR(ledger->Start());
  return ledger;
}

}  // namespace steelyard::ledger
