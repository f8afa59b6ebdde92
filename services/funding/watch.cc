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

absl::Status SendCommit(const Context& context, const RoundStore& store,
                        const ledger::Ledger& ledger, const RoundCommit& commit,
                        const SendChange& send) {
  v1::WatchRoundsResponse empty;
  empty.set_revision(commit.revision);
  *empty.mutable_committed_at() = ledger
                                      .Describe({.revision = commit.revision,
                                                 .committed_at = commit.committed_at,
                                                 .registry_revision = 0})
                                      .taken_at();
  CommitSender sender(std::move(empty), send);
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
