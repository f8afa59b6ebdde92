#include <algorithm>
#include <string_view>

#include "absl/strings/numbers.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/statistics.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::ListSeriesRequest;
using funding::v1::ListSeriesResponse;
using funding::v1::SeriesInfo;

constexpr int kLargestPage = 1000;
constexpr size_t kYearLength = 4;
constexpr size_t kMostVintagesShown = 3;

absl::StatusOr<ListSeriesRequest> ToRequest(const Session& session,
                                            const AvailabilityOptions& options) {
  std::vector<std::string> terms;
  const auto add = [&](std::string_view field, const std::string& value) {
    if (!value.empty()) terms.push_back(StrCat(field, " = \"", value, "\""));
  };
  add("variable", options.variable);
  add("region", options.region);
  add("source", options.source);
  if (!options.filter.empty()) terms.push_back(StrCat("(", options.filter, ")"));
  ListSeriesRequest request;
  request.set_filter(StrJoin(terms, " AND "));
  request.set_include_periods(true);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

// "2013 to 2020, 2022": years that follow each other as runs. Shorter periods: the first, the last
// and how many.
std::string Runs(const SeriesInfo& info) {
  std::vector<std::string> runs;
  std::vector<std::string> shorter;
  int from = 0;
  int last = 0;
  const auto close = [&] {
    if (last != 0) runs.push_back(from == last ? StrCat(from) : StrCat(from, " to ", last));
  };
  for (const std::string& period : info.periods()) {
    int year = 0;
    if (period.size() != kYearLength || !absl::SimpleAtoi(period, &year)) {
      shorter.push_back(period);
      continue;
    }
    if (year != last + 1) {
      close();
      from = year;
    }
    last = year;
  }
  close();
  if (!shorter.empty()) {
    runs.push_back(StrCat(shorter.front(), " to ", shorter.back(), " (", shorter.size(), ")"));
  }
  return StrJoin(runs, ", ");
}

// The latest ones, and how many there are beside them.
std::string Vintages(const SeriesInfo& info) {
  std::vector<std::string> latest(info.vintages().rbegin(), info.vintages().rend());
  const size_t shown = std::min(latest.size(), kMostVintagesShown);
  const size_t more = latest.size() - shown;
  latest.resize(shown);
  return StrCat(StrJoin(latest, ", "), more == 0 ? "" : StrCat(" and ", more, " older"));
}

std::string Render(const ListSeriesResponse& response) {
  Table table({"variable", "region", "source", "scope", "unit", "values", "periods", "vintages"},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight,
               Align::kLeft, Align::kLeft});
  for (const SeriesInfo& info : response.series()) {
    const funding::v1::Facet& facet = info.facet();
    constexpr std::string_view kPrefix = "sources/";
    table.AddRow({info.variable(), info.region(), facet.source().substr(kPrefix.size()),
                  Words(facet.scope()),
                  facet.price_basis().empty()
                      ? facet.unit()
                      : StrCat(facet.unit(), ", ", Words(facet.price_basis())),
                  Grouped(info.points()), Runs(info), Vintages(info)});
  }
  return response.series().empty() ? "no series\n" : table.Render();
}

}  // namespace

int Availability(const Session& session, const AvailabilityOptions& options) {
  auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  const auto stub = funding::v1::StatisticsService::NewStub(session.channel());
  ListSeriesResponse all;
  do {
    request->set_page_size(std::min(options.limit - all.series_size(), kLargestPage));
    request->set_page_token(all.next_page_token());
    ListSeriesResponse page;
    const absl::Status status =
        Session::ToStatus(stub->ListSeries(session.NewContext().get(), *request, &page));
    if (!status.ok()) return session.Fail(status);
    all.clear_next_page_token();
    all.clear_snapshot();
    all.clear_total_size();
    all.MergeFrom(page);
  } while (!all.next_page_token().empty() && all.series_size() < options.limit);

  if (session.json()) return session.PrintJson(all);
  session.out() << Render(all);
  if (all.series_size() < all.total_size()) {
    session.out() << Grouped(all.series_size()) << " of " << Grouped(all.total_size())
                  << " series; --limit N shows more\n";
  }
  session.out() << "\nsnapshot  " << Describe(all.snapshot()) << '\n';
  return kOk;
}

}  // namespace steelyard::cli
