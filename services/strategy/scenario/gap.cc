#include "services/strategy/scenario/gap.h"

#include <utility>

#include "services/strategy/facts/sources.h"
#include "services/strategy/profile/compare.h"
#include "services/strategy/profile/profile.h"
#include "services/strategy/scenario/catch_up.h"
#include "services/strategy/scenario/gap_identity.h"

namespace steelyard::strategy {
namespace {

constexpr int kDefaultPaths = 10'000;
constexpr int kDefaultYearsToTarget = 10;

CatchUpQuestion QuestionOf(const v1::DecomposeGapRequest& request, const Evidence& evidence) {
  CatchUpQuestion question;
  question.leader = evidence.facts.totals.regions(0).term();
  question.follower = evidence.facts.totals.regions(1).term();
  question.target_ratio = request.target_ratio() == 0 ? 1 : request.target_ratio();
  question.target_year =
      request.target_year() == 0 ? evidence.to + kDefaultYearsToTarget : request.target_year();
  question.paths = request.paths() == 0 ? kDefaultPaths : request.paths();
  question.seed = request.seed();
  return question;
}

}  // namespace

std::optional<v1::DecomposeGapResponse> MakeGap(const v1::DecomposeGapRequest& request,
                                                const Facts& facts, int threads, const Stop& stop) {
  const Evidence evidence(facts, request.period().from().year(), request.period().to().year());
  const v1::RegionProfile leader = MakeProfile(evidence, facts.totals.regions(0));
  const v1::RegionProfile follower = MakeProfile(evidence, facts.totals.regions(1));
  const v1::RegionRatio ratio = MakeRatio(evidence, leader, follower);
  std::optional<v1::CatchUp> catch_up =
      MakeCatchUp(evidence, QuestionOf(request, evidence), threads, stop);
  if (!catch_up) return std::nullopt;

  v1::DecomposeGapResponse out;
  *out.mutable_leader() = leader.region();
  *out.mutable_follower() = follower.region();
  *out.mutable_leader_total() = leader.total();
  *out.mutable_follower_total() = follower.total();
  *out.mutable_ratio() = ratio.ratio();
  *out.mutable_gap() = ratio.gap();
  *out.add_identities() = PeopleIdentity(evidence, leader, follower);
  *out.add_identities() = MarketIdentity(evidence, leader, follower);
  *out.mutable_catch_up() = *std::move(catch_up);
  *out.mutable_definition() = facts.totals.definition();
  SetSources(facts, *out.mutable_sources());
  *out.mutable_snapshot() = facts.snapshot;
  out.mutable_unreachable()->Add(facts.unreachable.begin(), facts.unreachable.end());
  return out;
}

}  // namespace steelyard::strategy
