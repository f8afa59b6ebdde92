#include "services/funding/history.h"

#include <utility>

#include "google/protobuf/util/time_util.h"
#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/convert.h"

namespace steelyard::funding {
namespace {

google::protobuf::Timestamp TimeMessage(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

v1::HistoricalRound MessageOf(const RoundState& state) {
  v1::HistoricalRound message;
  *message.mutable_round() = MessageOf(state.round);
  message.set_valid_from_revision(state.from);
  *message.mutable_valid_from_time() = TimeMessage(state.from_time);
  if (state.to == ledger::kOpenRevision) return message;
  message.set_valid_to_revision(state.to);
  *message.mutable_valid_to_time() = TimeMessage(state.to_time);
  return message;
}

// The state that a time sees; its errors name the field.
absl::StatusOr<ledger::Revision> StateOf(const Context& context, const ledger::Ledger& ledger,
                                         const google::protobuf::Timestamp& time,
                                         std::string_view field) {
  FieldErrors errors;
  using Limits = google::protobuf::util::TimeUtil;
  if (time.seconds() < Limits::kTimestampMinSeconds ||
      time.seconds() > Limits::kTimestampMaxSeconds || time.nanos() < 0 ||
      time.nanos() > 999999999) {
    errors.Add(field, "must be a time from year 1 to 9999, nanos from 0 to 999999999",
               common::v1::ERROR_REASON_INVALID_DATE);
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  common::v1::ReadOptions read;
  *read.mutable_as_of() = time;
  return ledger.Resolve(context, read);
}

absl::StatusOr<int64_t> OldestKept(const Context& context, const ledger::Ledger& ledger,
                                   const v1::CompactHistoryRequest& request) {
  if (request.keep_case() == v1::CompactHistoryRequest::kSince) {
    STEELYARD_ASSIGN_OR_RETURN(const ledger::Revision state,
                               StateOf(context, ledger, request.since(), "since"));
    return state.revision;
  }
  if (request.keep_case() == v1::CompactHistoryRequest::kBeforeRevision &&
      request.before_revision() > 0) {
    return request.before_revision();
  }
  FieldErrors errors;
  errors.Add(
      request.keep_case() == v1::CompactHistoryRequest::KEEP_NOT_SET ? "keep" : "before_revision",
      "must say what stays: `before_revision` from 1 to the newest, or `since`");
  return errors.ToStatus();
}

}  // namespace

absl::StatusOr<int64_t> UpdatedAfter(const Context& context, const ledger::Ledger& ledger,
                                     const v1::ListRoundsRequest& request) {
  if (request.has_updated_after_revision()) return request.updated_after_revision();
  if (!request.has_updated_after_time()) return 0;
  const absl::StatusOr<ledger::Revision> state =
      StateOf(context, ledger, request.updated_after_time(), "updated_after_time");
  // Rounds keep the revision that made them as they are, so what is before the oldest state, or the
  // first, is known as well.
  if (ReasonOf(state.status()) == common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE) return 0;
  STEELYARD_RETURN_IF_ERROR(state.status());
  return state->revision;
}

absl::Status ListHistory(const Context& context, const RoundStore& rounds,
                         const ledger::Ledger& ledger, const ledger::Revision& at,
                         const RoundListing& listing, v1::ListRoundsResponse& response) {
  const int64_t oldest = ledger.oldest();
  if (listing.history_since < oldest) {
    return MakeError(
        common::v1::ERROR_REASON_SNAPSHOT_COMPACTED,
        StrCat("states that ended before revision ", oldest,
               " were compacted away; ask with history_since_revision ", oldest, " or later"),
        {{"oldest", StrCat(oldest)}});
  }
  STEELYARD_ASSIGN_OR_RETURN(
      RoundStates page,
      rounds.History(context, at.revision,
                     {.match = {.filter = listing.query.filter, .period = listing.query.period},
                      .since = listing.history_since,
                      .offset = listing.query.offset,
                      .limit = listing.query.limit}));
  for (const RoundState& state : page.states) *response.add_history() = MessageOf(state);
  response.set_total_size(page.total_size);
  *response.mutable_snapshot() = ledger.Describe(at);
  const int64_t next = listing.query.offset + response.history_size();
  if (next < page.total_size) {
    response.set_next_page_token(filter::EncodePage(
        {.snapshot = response.snapshot().token(), .offset = next}, listing.digest));
  }
  return absl::OkStatus();
}

absl::Status CompactHistory(const Context& context, ledger::Ledger& ledger,
                            const v1::CompactHistoryRequest& request,
                            v1::CompactHistoryResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const int64_t oldest, OldestKept(context, ledger, request));
  STEELYARD_ASSIGN_OR_RETURN(const ledger::Compaction compaction,
                             ledger.Compact(context, oldest, request.validate_only()));
  *response.mutable_oldest() = ledger.Describe(compaction.oldest);
  for (const auto& [table, rows] : compaction.rows) {
    v1::CompactedTable& compacted = *response.add_tables();
    compacted.set_table(table);
    compacted.set_rows(rows);
    response.set_rows(response.rows() + rows);
  }
  return absl::OkStatus();
}

}  // namespace steelyard::funding
