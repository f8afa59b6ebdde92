#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "gateway/cli/explanation.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/common/time/date.h"
#include "steelyard/funding/v1/statistics.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::Candidate;
using funding::v1::Facet;
using funding::v1::GetSeriesResponse;
using funding::v1::SeriesPoint;

constexpr std::string_view kSourcePrefix = "sources/";
constexpr size_t kCurrencyLength = 3;

absl::StatusOr<funding::v1::GetSeriesRequest> ToRequest(const Session& session,
                                                        const SeriesOptions& options) {
  funding::v1::GetSeriesRequest request;
  request.set_variable(options.variable);
  for (const std::string& region : options.regions) request.add_regions(region);
  request.set_sum_members(options.sum_members);
  request.set_min_coverage(options.min_coverage);
  if (!options.source.empty())
    request.mutable_facet()->set_source(StrCat(kSourcePrefix, options.source));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Definition bound,
                             ToDefinition(DefinitionOptions{.bindings = options.bindings}));
  *request.mutable_region_bindings() = bound.regions();
  if (!options.published_by.empty()) {
    FieldErrors errors;
    const auto date = ParseDate(options.published_by);
    errors.Add("--published-by", date.status());
    STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
    *request.mutable_published_by() = ToProto(*date);
  }
  request.set_all_vintages(options.all_vintages);
  STEELYARD_ASSIGN_OR_RETURN(const common::v1::Definition chosen, ToDefinition(options.sources));
  request.set_source_policy(chosen.source_policy());
  *request.mutable_source_priority() = chosen.source_priority();
  request.set_one_source(options.one_source);
  request.set_show_choice(options.losers);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

std::string WithoutPrefix(const std::string& source) {
  return source.starts_with(kSourcePrefix) ? source.substr(kSourcePrefix.size()) : source;
}

std::string UnitOf(const Facet& facet) {
  return facet.price_basis().empty() ? facet.unit()
                                     : StrCat(facet.unit(), ", ", Words(facet.price_basis()));
}

// A decimal number of the unit: money short, anything else as it is.
std::string ShowDecimal(const std::string& value, const std::string& unit) {
  google::type::Money money;
  int64_t units = 0;
  const std::string whole = value.substr(0, value.find('.'));
  if (unit.size() != kCurrencyLength || !absl::SimpleAtoi(whole, &units)) return value;
  money.set_units(units);
  return ShortAmount(money);
}

// What there is to say of a value beside itself.
std::string RemarkOf(const funding::v1::Series& series, const SeriesPoint& point) {
  std::string remark = point.figure().has_coverage()
                           ? StrCat("sum of ", point.figure().coverage().units_present(), " of ",
                                    point.figure().coverage().units_expected(), " members")
                           : point.note();
  const auto add = [&](const std::string& text) {
    StrAppend(&remark, remark.empty() ? "" : "; ", text);
  };
  if (!point.retraction().empty()) add(StrCat("withdrawn: ", point.retraction()));
  if (!point.has_choice()) return remark;
  add(point.choice().rule());
  if (point.choice().min() != point.choice().max()) {
    const std::string& unit = series.facet().unit();
    add(StrCat("from ", ShowDecimal(point.choice().min(), unit), " to ",
               ShowDecimal(point.choice().max(), unit)));
  }
  return remark;
}

// The table of an answer; the column of vintages stands only where there are some.
class SeriesTable {
 public:
  explicit SeriesTable(const GetSeriesResponse& response)
      : vintages_(HasVintages(response)), table_(Header(), Alignments()) {
    for (const funding::v1::Series& series : response.series()) {
      for (const SeriesPoint& point : series.points()) Add(series, point);
    }
    for (const funding::v1::MissingValue& missing : response.missing()) {
      AddRow({missing.term(), missing.period(), "-", "", "", "", "", "missing"});
    }
  }
  std::string Render() const { return table_.Render(); }

 private:
  static bool HasVintages(const GetSeriesResponse& response) {
    const auto has = [](const auto& value) { return value.has_vintage(); };
    const auto point_has = [&](const SeriesPoint& point) {
      const funding::v1::Choice& choice = point.choice();
      return has(point) || std::any_of(choice.winners().begin(), choice.winners().end(), has) ||
             std::any_of(choice.losers().begin(), choice.losers().end(), has);
    };
    return std::any_of(response.series().begin(), response.series().end(),
                       [&](const funding::v1::Series& s) {
                         return std::any_of(s.points().begin(), s.points().end(), point_has);
                       });
  }
  std::vector<std::string> Header() const {
    std::vector<std::string> header{"region", "period", "value", "unit", "scope", "source"};
    if (vintages_) header.emplace_back("vintage");
    header.emplace_back("");
    return header;
  }
  std::vector<Align> Alignments() const {
    std::vector<Align> alignments(Header().size(), Align::kLeft);
    alignments[2] = Align::kRight;
    return alignments;
  }
  void AddRow(std::vector<std::string> cells) {
    if (!vintages_) cells.erase(cells.end() - 2);
    table_.AddRow(std::move(cells));
  }
  void Add(const funding::v1::Series& series, const SeriesPoint& point) {
    const bool of_several = point.figure().sources_size() > 1;
    const Facet& facet = point.has_facet() ? point.facet() : series.facet();
    AddRow({series.region().empty() ? series.term() : series.region(), point.period(),
            Show(point.figure()), UnitOf(facet), of_several ? "" : Words(facet.scope()),
            of_several ? StrCat(point.figure().sources_size(), " sources")
                       : WithoutPrefix(facet.source()),
            Date(point.vintage()), RemarkOf(series, point)});
    for (const Candidate& loser : point.choice().losers()) {
      AddRow({loser.region(), "", ShowDecimal(loser.value(), loser.facet().unit()),
              UnitOf(loser.facet()), Words(loser.facet().scope()),
              WithoutPrefix(loser.facet().source()), Date(loser.vintage()), "passed over"});
    }
  }

  const bool vintages_;
  Table table_;
};

}  // namespace

int Series(const Session& session, const SeriesOptions& options) {
  const auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  if (!options.explain.empty()) {
    funding::v1::ExplainFigureRequest explain;
    explain.set_figure(options.explain);
    *explain.mutable_series() = *request;
    explain.mutable_series()->clear_read();
    *explain.mutable_read() = request->read();
    return ShowExplanation(session, std::move(explain), 0);
  }
  GetSeriesResponse response;
  const auto stub = funding::v1::StatisticsService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->GetSeries(session.NewContext().get(), *request, &response));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  session.out() << SeriesTable(response).Render() << "\nsnapshot  " << Describe(response.snapshot())
                << "\n";
  return kOk;
}

}  // namespace steelyard::cli
