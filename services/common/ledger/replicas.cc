#include "services/common/ledger/replicas.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "services/common/context/wait.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"

namespace steelyard::ledger {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

// Waits a while; an error when the context ended meanwhile.
absl::Status Pause(const Context& context) {
  std::mutex mutex;
  std::condition_variable never;
  const CancelWake wake(context, mutex, never);
  std::unique_lock<std::mutex> lock(mutex);
  WaitUntil(
      never, lock, context, [] { return false; }, absl::Now() + kLookEvery);
  return context.Check();
}

}  // namespace

absl::Status Beat(sql::Connection& connection, const Context& context, const std::string& id,
                  int64_t floor) {
  const sql::Value known[] = {floor, id};
  STEELYARD_ASSIGN_OR_RETURN(
      const int64_t updated,
      connection.Execute(context,
                         "UPDATE replicas SET beat = beat + 1, oldest_read = ? WHERE replica = ?",
                         known));
  if (updated > 0) return absl::OkStatus();
  const sql::Value first[] = {id, int64_t{1}, floor};
  return connection
      .Execute(context, "INSERT INTO replicas(replica, beat, oldest_read) VALUES (?, ?, ?)", first)
      .status();
}

absl::Status Leave(sql::Connection& connection, const Context& context, const std::string& id) {
  const sql::Value parameters[] = {id};
  return connection.Execute(context, "DELETE FROM replicas WHERE replica = ?", parameters).status();
}

absl::StatusOr<std::vector<Replica>> ReadReplicas(sql::Connection& connection,
                                                  const Context& context) {
  sql::Statement select;
  select.Add("SELECT replica, beat, oldest_read FROM replicas ORDER BY replica");
  std::vector<Replica> replicas;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, select, [&](const sql::Rows& rows) {
        replicas.push_back(
            {.id = std::string(rows.Text(0)), .beat = rows.Int(1), .floor = rows.Int(2)});
      }));
  return replicas;
}

absl::Status AwaitReplicas(sql::Connection& connection, const Context& context,
                           const std::string& self, int64_t revision, absl::Duration lease) {
  struct Seen {
    int64_t beat = 0;
    absl::Time since;
  };
  std::map<std::string, Seen> seen;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Replica> replicas,
                               ReadReplicas(connection, context));
    bool waits = false;
    for (const Replica& replica : replicas) {
      if (replica.id == self || replica.floor >= revision) continue;
      Seen& last = seen.try_emplace(replica.id, Seen{replica.beat, absl::Now()}).first->second;
      if (last.beat != replica.beat) last = {replica.beat, absl::Now()};
      if (absl::Now() - last.since > lease) {
        STEELYARD_RETURN_IF_ERROR(Leave(connection, context, replica.id));
      } else {
        waits = true;
      }
    }
    if (!waits) return absl::OkStatus();
    STEELYARD_RETURN_IF_ERROR(Pause(context));
  }
}

}  // namespace steelyard::ledger
