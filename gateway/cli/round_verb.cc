// What sources say of one round, and how it is resolved.

#include "gateway/cli/format.h"
#include "gateway/cli/resolution_table.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::Assertion;
using funding::v1::FieldResolution;
using funding::v1::SourcedValue;

// "sources/press" as "press".
std::string Bare(const std::string& name) { return name.substr(name.find('/') + 1); }

std::string Spread(const FieldResolution& field) {
  if (field.spread() == 0) return "";
  const bool money = field.field() == "amount" || field.field() == "post_money";
  return money ? StrCat("spread ", Percent(field.spread()))
               : StrCat("spread ", static_cast<int64_t>(field.spread()), " days");
}

std::string RenderHistory(const funding::v1::ListAssertionsResponse& answer) {
  Table table(
      {"report", "source", "amount", "announced", "revisions", ""},
      {Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const Assertion& assertion : answer.assertions()) {
    const funding::v1::Round& said = assertion.round();
    const std::string until = assertion.to_revision() == 0 ? "" : StrCat(assertion.to_revision());
    const std::string name = assertion.name().substr(7);
    table.AddRow({name.substr(0, name.find('/')), Bare(assertion.source()),
                  said.has_amount() ? ShortMoney(said.amount()) : "",
                  said.has_announced_on() ? Date(said.announced_on()) : "",
                  StrCat("[", assertion.from_revision(), ", ", until, ")"),
                  assertion.retracted() ? StrCat("retracted: ", assertion.reason()) : ""});
  }
  return table.Render();
}

}  // namespace

int Round(const Session& session, const RoundOptions& options) {
  funding::v1::GetRoundRequest request;
  request.set_name(RoundName(options.round));
  request.set_view(funding::v1::ROUND_VIEW_RESOLUTION);
  auto definition = ToDefinition(options.sources);
  if (!definition.ok()) return session.WrongUsage(definition.status());
  *request.mutable_definition() = *std::move(definition);
  auto read = session.Read();
  if (!read.ok()) return session.WrongUsage(read.status());
  *request.mutable_read() = *read;
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  funding::v1::GetRoundResponse answer;
  absl::Status status =
      Session::ToStatus(stub->GetRound(session.NewContext().get(), request, &answer));
  if (!status.ok()) return session.Fail(status);
  if (session.json() && !options.history) return session.PrintJson(answer);

  funding::v1::ListAssertionsResponse history;
  if (options.history) {
    funding::v1::ListAssertionsRequest list;
    list.set_parent(answer.round().name());
    list.set_include_history(true);
    list.mutable_read()->set_snapshot(answer.snapshot().token());
    status = Session::ToStatus(stub->ListAssertions(session.NewContext().get(), list, &history));
    if (!status.ok()) return session.Fail(status);
    if (session.json()) return session.PrintJson(history);
  }
  session.out() << answer.round().company_display_name() << ", " << answer.round().name() << '\n';
  for (const std::string& alias : answer.round().aliases()) {
    session.out() << "also reported as " << alias << '\n';
  }
  if (!answer.round().included_in().empty()) {
    session.out() << "part of the amount of " << answer.round().included_in() << '\n';
  }
  session.out() << '\n'
                << RenderFields(
                       answer.resolution(),
                       [](const SourcedValue& value) { return Bare(value.source()); }, Spread);
  if (options.history) session.out() << '\n' << RenderHistory(history);
  session.out() << "\nsnapshot  " << Describe(answer.snapshot()) << '\n';
  return kOk;
}

}  // namespace steelyard::cli
