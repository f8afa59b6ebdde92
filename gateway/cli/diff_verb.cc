#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "gateway/cli/aggregate_request.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::DiffRoundsRequest;
using funding::v1::DiffRoundsResponse;
using funding::v1::FigureChange;
using funding::v1::RoundChange;

constexpr int kLargestPage = 1000;
constexpr size_t kMeasurePrefix = sizeof("MEASURE_") - 1;
constexpr size_t kCausePrefix = sizeof("CHANGE_CAUSE_") - 1;

std::string Signed(bool negative, const std::string& size) {
  return StrCat(negative ? "-" : "+", size);
}

std::string Difference(const FigureChange& change) {
  switch (change.difference_case()) {
    case FigureChange::kMoney: {
      google::type::Money size = change.money();
      const bool negative = size.units() < 0 || size.nanos() < 0;
      size.set_units(negative ? -size.units() : size.units());
      size.set_nanos(negative ? -size.nanos() : size.nanos());
      return Signed(negative, ShortAmount(size));
    }
    case FigureChange::kCount:
      return Signed(change.count() < 0, Grouped(std::abs(change.count())));
    case FigureChange::kNumber:
      return Signed(change.number() < 0, Number(std::abs(change.number())));
    case FigureChange::DIFFERENCE_NOT_SET:
      break;
  }
  return "";
}

std::string Keys(const google::protobuf::RepeatedPtrField<funding::v1::DimensionValue>& keys) {
  std::vector<std::string> words;
  for (const auto& key : keys) words.push_back(KeyText(key));
  return words.empty() ? "all" : StrJoin(words, ", ");
}

std::string RenderFigures(const DiffRoundsResponse& response) {
  Table table({"group", "figure", "before", "after", "change"},
              {Align::kLeft, Align::kLeft, Align::kRight, Align::kRight, Align::kRight});
  for (const FigureChange& change : response.figures()) {
    table.AddRow({Keys(change.keys()),
                  Words(funding::v1::Measure_Name(change.measure()).substr(kMeasurePrefix)),
                  change.has_before() ? Show(change.before()) : "no rounds",
                  change.has_after() ? Show(change.after()) : "no rounds", Difference(change)});
  }
  return table.Render();
}

// The groups in which a round counts, with its amount.
std::string Contributions(
    const google::protobuf::RepeatedPtrField<funding::v1::RoundContribution>& contributions) {
  std::string text;
  for (const auto& contribution : contributions) {
    StrAppend(&text, text.empty() ? "" : "; ", Keys(contribution.keys()), " ",
              contribution.has_amount() ? ShortAmount(contribution.amount()) : "undisclosed");
  }
  return text.empty() ? "-" : text;
}

// Who said something new of a round, or took it back.
std::string Sources(const RoundChange& change) {
  std::set<std::string> sources;
  for (const funding::v1::Assertion& assertion : change.assertions()) {
    const std::string source = assertion.source().substr(assertion.source().find('/') + 1);
    sources.insert(assertion.retracted() ? StrCat(source, " (retracted)") : source);
  }
  return StrJoin(sources, ", ");
}

std::string RenderRoundChanges(const DiffRoundsResponse& response) {
  Table table({"round", "why", "counted", "counts", "by"},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const RoundChange& change : response.rounds()) {
    table.AddRow({change.name(),
                  Words(funding::v1::ChangeCause_Name(change.cause()).substr(kCausePrefix)),
                  Contributions(change.contributed()), Contributions(change.contributes()),
                  Sources(change)});
  }
  return table.Render();
}

std::string Render(const DiffRoundsResponse& response) {
  std::string text = response.figures().empty() ? "no figure differs\n" : RenderFigures(response);
  if (!response.rounds().empty()) StrAppend(&text, "\n", RenderRoundChanges(response));
  const int shown = response.figures_size() + response.rounds_size();
  const int64_t all = response.total_figures() + response.total_rounds();
  if (shown < all) {
    StrAppend(&text, Grouped(shown), " of ", Grouped(all), " changes; --limit N shows more\n");
  }
  if (response.exchange_rates_changed()) text += "exchange rates were imported in between\n";
  if (response.region_sets_changed()) text += "region sets were imported in between\n";
  if (response.price_index_changed()) text += "the price index was changed in between\n";
  StrAppend(&text, "\ndefinition  ", Describe(response.definition()), "\nfrom        ",
            Describe(response.from()), "\nto          ", Describe(response.to()), "\n");
  return text;
}

}  // namespace

int Diff(const Session& session, const DiffOptions& options) {
  const auto question = ToAggregateRequest(options.question);
  if (!question.ok()) return session.WrongUsage(question.status());
  DiffRoundsRequest request;
  request.set_from(options.from);
  request.set_to(options.to);
  *request.mutable_question() = *question;
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  DiffRoundsResponse all;
  int shown = 0;
  do {
    request.set_page_size(std::min(options.limit - shown, kLargestPage));
    request.set_page_token(all.next_page_token());
    DiffRoundsResponse page;
    const absl::Status status =
        Session::ToStatus(stub->DiffRounds(session.NewContext().get(), request, &page));
    if (!status.ok()) return session.Fail(status);
    page.mutable_figures()->Swap(all.mutable_figures());
    page.mutable_rounds()->Swap(all.mutable_rounds());
    page.mutable_figures()->MergeFrom(all.figures());
    page.mutable_rounds()->MergeFrom(all.rounds());
    all = std::move(page);
    shown = all.figures_size() + all.rounds_size();
  } while (!all.next_page_token().empty() && shown < options.limit);
  if (session.json()) return session.PrintJson(all);
  session.out() << Render(all);
  return kOk;
}

}  // namespace steelyard::cli
