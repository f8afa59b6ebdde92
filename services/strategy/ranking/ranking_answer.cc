#include "services/strategy/ranking/ranking_answer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/facts/sources.h"
#include "services/strategy/ranking/ranking.h"

namespace steelyard::strategy {
namespace {

v1::CompareRegionsRequest QuestionOf(const v1::RankRegionsRequest& request,
                                     const common::v1::Definition& definition) {
  v1::CompareRegionsRequest question;
  *question.mutable_regions() = request.regions();
  *question.mutable_period() = request.period();
  question.set_filter(request.filter());
  question.set_top_k(1);  // no indicator looks at the lists
  *question.mutable_definition() = definition;
  *question.mutable_read() = request.read();
  return question;
}

// Only two indicators are made of flows between countries.
CapitalFlows FlowsFor(const v1::RankRegionsRequest& request) {
  for (const v1::IndicatorChoice& choice : request.indicators()) {
    const std::string& id = choice.indicator();
    if (id == "foreign_capital_share" || id == "rounds_inflow_ratio") return CapitalFlows::kAsk;
  }
  return CapitalFlows::kSkip;
}

// What several questions rest on together.
class Sources {
 public:
  void Add(const Facts& facts) {
    names_.insert(facts.source_names.begin(), facts.source_names.end());
    known_.insert(known_.end(), facts.sources.begin(), facts.sources.end());
    unreachable_.insert(facts.unreachable.begin(), facts.unreachable.end());
  }
  void Write(v1::RankRegionsResponse& response) const {
    Facts all;
    all.source_names.assign(names_.begin(), names_.end());
    if (all.source_names.size() > kMostSources) all.source_names.resize(kMostSources);
    all.sources = known_;
    all.unreachable.assign(unreachable_.begin(), unreachable_.end());
    SetSources(all, *response.mutable_sources());
    for (const std::string& service : all.unreachable) response.add_unreachable(service);
  }

 private:
  std::set<std::string> names_;
  std::vector<common::v1::SourceRef> known_;
  std::set<std::string> unreachable_;
};

}  // namespace

absl::StatusOr<Facts> RankingFacts(const rpc::Call& call, const Backends& backends,
                                   const v1::RankRegionsRequest& request) {
  const v1::RankRegionsRequest full = WithDefaults(request);
  return GatherFacts(call, backends, QuestionOf(full, full.definition()), FlowsFor(full));
}

absl::StatusOr<v1::RankRegionsResponse> RankRegions(const rpc::Call& call, const Backends& backends,
                                                    const v1::RankRegionsRequest& request) {
  STEELYARD_ASSIGN_OR_RETURN(const Facts base, RankingFacts(call, backends, request));
  return RankingFrom(call, backends, base, request);
}

absl::StatusOr<v1::RankRegionsResponse> RankingFrom(const rpc::Call& call, const Backends& backends,
                                                    const Facts& base,
                                                    const v1::RankRegionsRequest& request) {
  const v1::RankRegionsRequest full = WithDefaults(request);
  std::vector<RankingFigures> by_definition;
  Sources sources;
  by_definition.push_back(IndicatorFigures(full, base));
  sources.Add(base);
  v1::CompareRegionsRequest question = QuestionOf(full, full.definition());
  question.mutable_read()->set_snapshot(base.snapshot.token());
  for (int i = 0; i < full.alternatives_size(); ++i) {
    *question.mutable_definition() = full.alternatives(i);
    const absl::StatusOr<Facts> facts = GatherFacts(call, backends, question, FlowsFor(full));
    if (!facts.ok()) return Annotate(facts.status(), StrCat("alternatives[", i, "]"));
    by_definition.push_back(IndicatorFigures(full, *facts));
    sources.Add(*facts);
  }
  std::optional<v1::RankRegionsResponse> response =
      MakeRanking(full, by_definition, 0, [&call] { return !call.context.Check().ok(); });
  if (!response) {
    STEELYARD_RETURN_IF_ERROR(call.context.Check());
    return MakeError(common::v1::ERROR_REASON_CANCELLED, "the call was given up");
  }
  *response->mutable_definition() = base.totals.definition();
  *response->mutable_snapshot() = base.snapshot;
  sources.Write(*response);
  return *std::move(response);
}

}  // namespace steelyard::strategy
