#include "absl/time/time.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/common/time/date.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::CompactHistoryRequest;
using funding::v1::CompactHistoryResponse;

absl::StatusOr<CompactHistoryRequest> ToRequest(const CompactOptions& options) {
  CompactHistoryRequest request;
  if (options.keep_since.empty()) {
    request.set_before_revision(options.before_revision);
    return request;
  }
  const auto day = ParseDate(options.keep_since);
  absl::Time time;
  std::string why;
  if (day.ok()) {
    request.mutable_since()->set_seconds(int64_t{day->FirstDay().ToDays()} * 86400);
  } else if (absl::ParseTime(absl::RFC3339_full, options.keep_since, &time, &why)) {
    *request.mutable_since() = ToTimestamp(time);
  } else {
    FieldErrors errors;
    errors.Add("--keep-since", StrCat("'", options.keep_since,
                                      "' is neither a day such as 2026-01-01 nor a time such as "
                                      "2026-01-01T10:00:00Z"));
    return errors.ToStatus();
  }
  return request;
}

std::string Render(const CompactHistoryResponse& response, bool done) {
  Table table({"table", done ? "rows deleted" : "rows that would go"},
              {Align::kLeft, Align::kRight});
  for (const funding::v1::CompactedTable& compacted : response.tables()) {
    table.AddRow({compacted.table(), Grouped(compacted.rows())});
  }
  return StrCat(table.empty() ? "no row had ended by then\n" : table.Render(), "\noldest  ",
                Describe(response.oldest()), "\n");
}

}  // namespace

int Compact(const Session& session, const CompactOptions& options) {
  auto request = ToRequest(options);
  if (!request.ok()) return session.WrongUsage(request.status());
  const bool deletes = options.yes && !options.dry_run;
  request->set_validate_only(!deletes);
  CompactHistoryResponse response;
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->CompactHistory(session.NewContext().get(), *request, &response));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) {
    session.PrintJson(response);
  } else {
    session.out() << Render(response, deletes);
  }
  if (deletes || options.dry_run) return kOk;
  FieldErrors errors;
  errors.Add("--yes", "is missing, so nothing was deleted; what goes cannot be brought back");
  return session.WrongUsage(errors.ToStatus());
}

}  // namespace steelyard::cli
