#include "services/funding/watch.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/funding/convert.h"

namespace steelyard::funding {
namespace {

using SendChange = std::function<absl::Status(const v1::WatchRoundsResponse&)>;

constexpr int kMostRounds = 1000;
// Well under the 4 MiB that a caller takes by default.
constexpr size_t kMostBytes = 2 * 1024 * 1024;

// Sends the rounds of one commit, split into messages; the last one has `more` unset.
class CommitSender {
 public:
  CommitSender(v1::WatchRoundsResponse empty, const SendChange& send)
      : empty_(std::move(empty)), message_(empty_), send_(send) {}

  absl::Status Add(const Round& round) {
    v1::Round converted = MessageOf(round);
    const size_t size = converted.ByteSizeLong();
    if (message_.rounds_size() == kMostRounds ||
        (message_.rounds_size() > 0 && bytes_ + size > kMostBytes)) {
      message_.set_more(true);
      STEELYARD_RETURN_IF_ERROR(send_(message_));
      message_ = empty_;
      bytes_ = 0;
    }
    *message_.add_rounds() = std::move(converted);
    bytes_ += size;
    return absl::OkStatus();
  }
  absl::Status Finish() { return send_(message_); }

 private:
  const v1::WatchRoundsResponse empty_;
  v1::WatchRoundsResponse message_;
  size_t bytes_ = 0;
  const SendChange& send_;
};

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
    for (const Round& round : rounds) STEELYARD_RETURN_IF_ERROR(sender.Add(round));
    if (rounds.size() < static_cast<size_t>(kMostRounds)) return sender.Finish();
    after_id = rounds.back().id;
  }
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
