#include <algorithm>

#include "gateway/cli/format.h"
#include "gateway/cli/round_table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

constexpr int kLargestPage = 1000;

absl::StatusOr<funding::v1::ListRoundsRequest> ToRequest(const Session& session,
                                                         const RoundsOptions& options) {
  funding::v1::ListRoundsRequest request;
  std::string filter = options.filter;
  if (!options.company.empty()) {
    const std::string company = StrCat("company = \"", options.company, "\"");
    filter = filter.empty() ? company : StrCat(company, " AND (", filter, ")");
  }
  request.set_filter(filter);
  request.set_order_by(options.order_by);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.sources));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

}  // namespace

int Rounds(const Session& session, const RoundsOptions& options) {
  auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  funding::v1::ListRoundsResponse all;
  do {
    request->set_page_size(std::min(options.limit - all.rounds_size(), kLargestPage));
    request->set_page_token(all.next_page_token());
    funding::v1::ListRoundsResponse page;
    const absl::Status status =
        Session::ToStatus(stub->ListRounds(session.NewContext().get(), *request, &page));
    if (!status.ok()) return session.Fail(status);
    all.clear_next_page_token();
    all.clear_snapshot();
    all.clear_total_size();
    all.MergeFrom(page);
  } while (!all.next_page_token().empty() && all.rounds_size() < options.limit);

  if (session.json()) return session.PrintJson(all);
  session.out() << (all.rounds().empty() ? "no rounds\n" : RenderRounds(all.rounds(), true));
  if (all.rounds_size() < all.total_size()) {
    session.out() << Grouped(all.rounds_size()) << " of " << Grouped(all.total_size())
                  << " rounds; --limit N shows more\n";
  }
  session.out() << "\nsnapshot  " << Describe(all.snapshot()) << '\n';
  return kOk;
}

}  // namespace steelyard::cli
