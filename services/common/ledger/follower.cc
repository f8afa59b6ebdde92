#include "services/common/ledger/follower.h"

#include <condition_variable>
#include <random>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "services/common/context/wait.h"
#include "services/common/ledger/compact.h"
#include "services/common/ledger/replicas.h"
#include "services/common/observe/log.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(250);
constexpr absl::Duration kTryAgain = absl::Seconds(1);
constexpr int kLooksPerBeat = 4;
constexpr absl::Duration kPatience = absl::Seconds(5);

std::string DrawId() {
  std::random_device device;
  return absl::StrFormat("%08x%08x", std::uniform_int_distribution<uint32_t>()(device),
                         std::uniform_int_distribution<uint32_t>()(device));
}

}  // namespace

Follower::Follower(sql::Pool& readers, KnownRevisions& known, Holds& holds)
    : id_(DrawId()), readers_(readers), known_(known), holds_(holds) {}

absl::Status Follower::Start() {
  STEELYARD_RETURN_IF_ERROR(Beat());
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

Follower::~Follower() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

absl::Status Follower::Look(const Context& context) {
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease connection, readers_.Borrow(context));
  return LookOutside(*connection, context);
}

absl::Status Follower::LookOutside(sql::Connection& connection, const Context& context) {
  STEELYARD_ASSIGN_OR_RETURN(const std::deque<Revision> newer, ReadNewer(connection, context));
  // Only what is there as a whole is read.
  if (!newer.empty()) STEELYARD_RETURN_IF_ERROR(connection.AwaitCommits(context));
  return Take(connection, context, newer);
}

absl::Status Follower::LookInside(sql::Connection& connection, const Context& context) {
  STEELYARD_ASSIGN_OR_RETURN(const std::deque<Revision> newer, ReadNewer(connection, context));
  return Take(connection, context, newer);
}

absl::StatusOr<std::deque<Revision>> Follower::ReadNewer(sql::Connection& connection,
                                                         const Context& context) const {
  return ReadRevisions(connection, context, "WHERE revision > ? ORDER BY revision",
                       known_.head().revision);
}

absl::Status Follower::Take(sql::Connection& connection, const Context& context,
                            const std::deque<Revision>& newer) {
  if (!newer.empty()) known_.Add(newer);
  STEELYARD_ASSIGN_OR_RETURN(const int64_t oldest, ReadOldest(connection, context));
  holds_.Follow(oldest);
  return absl::OkStatus();
}

absl::Status Follower::Check() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Duration silent = absl::Now() - beaten_;
  if (silent < kReplicaLease / 2) return absl::OkStatus();
  return MakeRetryableError(
      common::v1::ERROR_REASON_STORE_UNAVAILABLE,
      StrCat("the store's database has not answered for ", absl::ToInt64Seconds(silent), " s"),
      absl::Seconds(1));
}

absl::Status Follower::Beat() {
  const absl::Time now = absl::Now();
  const Context context = Context::WithDeadline(now + kPatience);
  STEELYARD_ASSIGN_OR_RETURN(const sql::Pool::Lease connection, readers_.Borrow(context));
  // In this order: a compaction either finds this replica on the list, or was announced before.
  absl::Status beat = ledger::Beat(*connection, context, id_, holds_.floor());
  STEELYARD_RETURN_IF_ERROR(LookOutside(*connection, context));
  // A database that takes no changes now, being full or for reading only, can still be read: a
  // compaction is announced a whole lease before it counts anybody out, and none has been.
  if (!beat.ok() && holds_.oldest() != announced_) return beat;
  announced_ = holds_.oldest();
  const std::lock_guard<std::mutex> lock(mutex_);
  beaten_ = now;
  return absl::OkStatus();
}

void Follower::Run() {
  std::mutex mutex;
  std::condition_variable woken;
  const CancelWake wake(stop_, mutex, woken);
  bool told = false;
  for (int64_t turn = 1; !stop_.cancelled(); ++turn) {
    const absl::Status status =
        turn % kLooksPerBeat == 0 ? Beat() : Look(Context::WithDeadline(absl::Now() + kPatience));
    if (!status.ok() && !told) {
      observe::Log(observe::Severity::kWarning, "cannot follow the store",
                   {{"reason", ToStd(status.message())}});
    }
    told = !status.ok();
    answers_ = status.ok();
    std::unique_lock<std::mutex> lock(mutex);
    WaitUntil(
        woken, lock, stop_, [] { return false; },
        absl::Now() + (status.ok() ? kLookEvery : kTryAgain));
  }
  const Context leaving = Context::WithDeadline(absl::Now() + absl::Seconds(1));
  const auto connection = readers_.Borrow(leaving);
  if (connection.ok()) Leave(**connection, leaving, id_).IgnoreError();
}

}  // namespace steelyard::ledger
