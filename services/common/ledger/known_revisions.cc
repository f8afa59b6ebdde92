#include "services/common/ledger/known_revisions.h"

#include <algorithm>
#include <iterator>

#include "services/common/context/wait.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {

Revision KnownRevisions::head() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return Head();
}

void KnownRevisions::Add(const std::deque<Revision>& newer) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Revision& revision : newer) {
      if (revision.revision > Head().revision) known_.push_back(revision);
    }
    while (known_.size() > kMost) known_.pop_front();
  }
  moved_.notify_all();
}

std::optional<Revision> KnownRevisions::Find(int64_t number) const {
  if (number == 0) return Revision();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (known_.empty() || number < known_.front().revision || number > known_.back().revision) {
    return std::nullopt;
  }
  return known_[static_cast<size_t>(number - known_.front().revision)];
}

std::optional<Revision> KnownRevisions::At(absl::Time time) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto after = std::upper_bound(
      known_.begin(), known_.end(), time,
      [](absl::Time at, const Revision& revision) { return at < revision.committed_at; });
  if (after == known_.begin()) return std::nullopt;
  return *std::prev(after);
}

Revision KnownRevisions::WaitPast(const Context& context, int64_t after, absl::Time until) const {
  const CancelWake wake(context, mutex_, moved_);
  std::unique_lock<std::mutex> lock(mutex_);
  WaitUntil(
      moved_, lock, context, [this, after] { return Head().revision > after; }, until);
  return Head();
}

absl::StatusOr<std::deque<Revision>> ReadRevisions(sql::Connection& connection,
                                                   const Context& context, std::string_view clauses,
                                                   int64_t parameter) {
  sql::Statement select;
  select.Add(StrCat("SELECT revision, committed_at_us, registry_revision FROM revisions ", clauses),
             {parameter});
  std::deque<Revision> revisions;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, select, [&](const sql::Rows& rows) {
        revisions.push_back({rows.Int(0), absl::FromUnixMicros(rows.Int(1)), rows.Int(2)});
      }));
  return revisions;
}

}  // namespace steelyard::ledger
