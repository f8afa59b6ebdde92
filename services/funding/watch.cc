#include "services/funding/watch.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/rpc/change_sender.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"

namespace steelyard::funding {
namespace {

using SendChange = std::function<absl::Status(const v1::WatchRoundsResponse&)>;

using CommitSender = rpc::ChangeSender<v1::WatchRoundsResponse>;

constexpr int kMostRounds = CommitSender::kMostSubjects;

// What every message of a commit holds beside its rounds.
v1::WatchRoundsResponse EmptyMessage(const ledger::Ledger& ledger, const ledger::Revision& commit) {
  v1::WatchRoundsResponse empty;
  empty.set_revision(commit.revision);
  *empty.mutable_committed_at() = ledger.Describe(commit).taken_at();
  return empty;
}

// Sends every round of the oldest state that is left, as if its commit had written them all.
absl::StatusOr<int64_t> SendOldest(const Context& context, const RoundStore& store,
                                   const ledger::Ledger& ledger, const SendChange& send) {
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision oldest, ledger.At(context, ledger.oldest()));
  CommitSender sender(EmptyMessage(ledger, oldest), send);
  std::string after_id;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<PlacedRound> page,
                               store.Scan(context, oldest.revision, {}, after_id, kMostRounds));
    for (const PlacedRound& placed : page) {
      STEELYARD_RETURN_IF_ERROR(
          sender.Add(MessageOf(placed.round), &v1::WatchRoundsResponse::mutable_rounds));
    }
    if (page.size() < static_cast<size_t>(kMostRounds)) break;
    after_id = page.back().round.id;
  }
  STEELYARD_RETURN_IF_ERROR(sender.Finish());
  return oldest.revision;
}

absl::Status SendCommit(const Context& context, const RoundStore& store,
                        const ledger::Ledger& ledger, const RoundCommit& next,
                        const SendChange& send) {
  // Held, so that a compaction does not take half of it; refused when one was faster.
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision commit, ledger.At(context, next.revision));
  CommitSender sender(EmptyMessage(ledger, commit), send);
  std::string after_id;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Round> rounds,
                               store.ChangedIn(context, commit.revision, after_id, kMostRounds));
    for (const Round& round : rounds) {
      STEELYARD_RETURN_IF_ERROR(
          sender.Add(MessageOf(round), &v1::WatchRoundsResponse::mutable_rounds));
    }
    if (rounds.size() < static_cast<size_t>(kMostRounds)) break;
    after_id = rounds.back().id;
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> removed,
                             store.RemovedIn(context, commit.revision));
  for (const std::string& id : removed) {
    STEELYARD_RETURN_IF_ERROR(
        sender.Add(StrCat(kRoundPrefix, id), &v1::WatchRoundsResponse::mutable_removed));
  }
  return sender.Finish();
}

}  // namespace

absl::Status WatchRounds(const Context& context, const RoundStore& store,
                         const ledger::Ledger& ledger, int64_t after, absl::Duration heartbeat,
                         const SendChange& send) {
  if (after > 0) {
    STEELYARD_RETURN_IF_ERROR(ledger.At(context, after).status());
  } else if (ledger.oldest() > 0) {
    STEELYARD_ASSIGN_OR_RETURN(after, SendOldest(context, store, ledger, send));
  }
  // The first beat comes at once: it tells the reader that it is connected.
  absl::Duration patience = absl::ZeroDuration();
  while (true) {
    // Read before the commits, so that what is committed in between is not waited past.
    const int64_t head = ledger.head().revision;
    STEELYARD_ASSIGN_OR_RETURN(const std::optional<RoundCommit> next,
                               store.NextCommit(context, after));
    if (next) {
      STEELYARD_RETURN_IF_ERROR(SendCommit(context, store, ledger, *next, send));
      after = next->revision;
      continue;
    }
    STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision now,
                               ledger.WaitPast(context, head, patience));
    patience = heartbeat;
    STEELYARD_RETURN_IF_ERROR(context.Check());
    if (now.revision > head) continue;
    v1::WatchRoundsResponse beat;
    beat.set_revision(now.revision);
    STEELYARD_RETURN_IF_ERROR(send(beat));
  }
}

}  // namespace steelyard::funding
