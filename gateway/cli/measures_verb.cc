#include <algorithm>

#include "gateway/cli/strategy_verbs.h"
#include "gateway/cli/table.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/strategy/v1/strategy.grpc.pb.h"

namespace steelyard::cli {
namespace {

using strategy::v1::ListMeasuresResponse;
using strategy::v1::MeasureInfo;

std::string All(const ListMeasuresResponse& response) {
  Table measures({"measure", "title", "unit", "range"},
                 {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const MeasureInfo& measure : response.measures()) {
    measures.AddRow({measure.id(), measure.title(), measure.unit(), measure.range()});
  }
  Table indicators({"indicator of a ranking", "title"}, {Align::kLeft, Align::kLeft});
  for (const strategy::v1::Indicator& indicator : response.indicators()) {
    indicators.AddRow({indicator.id(), indicator.title()});
  }
  return StrCat(measures.Render(), indicators.empty() ? "" : "\n", indicators.Render(),
                "\nmethod version  ", response.method_version(), "\n");
}

std::string InFull(const MeasureInfo& measure) {
  Table table({"", ""}, {Align::kLeft, Align::kLeft});
  const auto add = [&](const std::string& label, const std::string& text) {
    if (!text.empty()) table.AddRow({label, text});
  };
  add("measure", measure.id());
  add("title", measure.title());
  add("formula", measure.expression());
  add("unit", measure.unit());
  add("range", measure.range());
  add("edges", measure.edges());
  add("example", measure.example());
  add("source", measure.reference());
  return table.Render();
}

// By its id, with or without the version.
const MeasureInfo* Find(const ListMeasuresResponse& response, const std::string& id) {
  const auto found = std::find_if(
      response.measures().begin(), response.measures().end(), [&](const MeasureInfo& measure) {
        return measure.id() == id || measure.id().substr(0, measure.id().find('/')) == id;
      });
  return found == response.measures().end() ? nullptr : &*found;
}

// Those whose id holds the word, or all.
std::string Like(const ListMeasuresResponse& response, const std::string& word) {
  std::string ids;
  for (const bool only_like : {true, false}) {
    for (const MeasureInfo& measure : response.measures()) {
      if (only_like && measure.id().find(word) == std::string::npos) continue;
      StrAppend(&ids, ids.empty() ? "" : ", ", measure.id());
    }
    if (!ids.empty()) break;
  }
  return ids;
}

}  // namespace

int ShowMeasures(const Session& session, const MeasuresOptions& options) {
  ListMeasuresResponse response;
  const auto stub = strategy::v1::StrategyService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->ListMeasures(session.NewContext().get(), {}, &response));
  if (!status.ok()) return session.Fail(status);
  if (options.id.empty()) {
    if (session.json()) return session.PrintJson(response);
    session.out() << All(response);
    return kOk;
  }
  const MeasureInfo* measure = Find(response, options.id);
  if (measure == nullptr) {
    FieldErrors errors;
    errors.Add("id",
               StrCat("'", options.id, "' is no measure; there are ", Like(response, options.id)));
    return session.WrongUsage(errors.ToStatus());
  }
  if (session.json()) return session.PrintJson(*measure);
  session.out() << InFull(*measure);
  return kOk;
}

}  // namespace steelyard::cli
