// The fake store's reads of everything and of the past.

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "tests/support/fake_round_store.h"

namespace steelyard::testing {
namespace {

using funding::CompanyFacts;
using funding::Round;

std::string FirstOf(const std::vector<std::string>& list) { return list.empty() ? "" : list[0]; }

}  // namespace

absl::Status FakeRoundStore::CheckNoFilter(const filter::Predicate& filter) {
  if (filter.sql == "TRUE") return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_INVALID_FILTER, "the fake knows no filters");
}

std::optional<funding::PlacedRound> FakeRoundStore::Placed(const std::string& id,
                                                           int64_t revision) const {
  const Round* round = At(rounds_, id, revision);
  if (round == nullptr) return std::nullopt;
  funding::PlacedRound placed{.round = Joined(*round, revision), .company = {}};
  const CompanyFacts* facts = At(companies_, round->company, revision);
  const CompanyFacts company = facts == nullptr ? CompanyFacts() : *facts;
  placed.company = {.id = round->company,
                    .name = placed.round.company_name,
                    .country = company.country,
                    .layer = FirstOf(company.layers),
                    .sector = FirstOf(company.sectors),
                    .source_category = company.source_category};
  return placed;
}

bool FakeRoundStore::Selects(const funding::SelectionQuery& query, const Round& round,
                             int64_t revision) const {
  const CompanyFacts* company = At(companies_, round.company, revision);
  const bool placed =
      query.countries.empty() ||
      (company != nullptr &&
       std::count(query.countries.begin(), query.countries.end(), company->country) > 0);
  return placed && query.period.Contains(round.announced) &&
         std::count(query.scope.begin(), query.scope.end(), round.kind) > 0 &&
         (round.included_in.empty() || At(rounds_, round.included_in, revision) == nullptr);
}

absl::StatusOr<std::vector<funding::PlacedRound>> FakeRoundStore::Scan(
    const Context& /*context*/, int64_t revision, const funding::RoundMatch& match,
    std::string_view after_id, int limit) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(match.filter));
  const std::lock_guard lock(mutex_);
  std::vector<funding::PlacedRound> found;
  for (const Round& round : Rounds(revision)) {
    if (round.id <= after_id || !match.period.Contains(round.announced)) continue;
    if (found.size() < static_cast<size_t>(limit)) found.push_back(*Placed(round.id, revision));
  }
  return found;
}

absl::StatusOr<funding::RoundStates> FakeRoundStore::History(
    const Context& /*context*/, int64_t revision, const funding::HistoryQuery& query) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(query.match.filter));
  const std::lock_guard lock(mutex_);
  funding::RoundStates result;
  for (const auto& [id, states] : rounds_) {
    std::vector<funding::RoundState> kept;
    bool matches = false;
    for (auto at = states.begin(); at != states.upper_bound(revision); ++at) {
      const auto next = std::next(at);
      if (next != states.end() && next->first <= query.since) continue;
      funding::RoundState state{.round = Joined(at->second, revision),
                                .from = at->first,
                                .from_time = commits_.at(at->first)};
      if (next != states.end() && next->first <= revision) {
        state.to = next->first;
        state.to_time = commits_.at(next->first);
      }
      matches = matches || query.match.period.Contains(at->second.announced);
      kept.push_back(std::move(state));
    }
    for (size_t i = 0; matches && i < kept.size(); ++i) {
      const int64_t place = result.total_size++;
      if (place >= query.offset && place < query.offset + query.limit) {
        result.states.push_back(std::move(kept[i]));
      }
    }
  }
  return result;
}

absl::StatusOr<funding::RoundDifferences> FakeRoundStore::Differences(
    const Context& /*context*/, int64_t from, int64_t to, const funding::SelectionQuery& query,
    int64_t offset, int limit) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(query.filter));
  const std::lock_guard lock(mutex_);
  const auto facts = [](const funding::PlacedRound& placed) {
    const Round& round = placed.round;
    return std::make_tuple(
        round.company, round.stage, round.announced, round.amount ? round.amount->currency : "",
        round.amount ? round.amount->minor_units : -1, placed.company.country, placed.company.layer,
        placed.company.sector, placed.company.source_category);
  };
  funding::RoundDifferences result;
  for (const auto& [id, states] : rounds_) {
    funding::RoundDifference difference{
        .id = id, .before = Placed(id, from), .after = Placed(id, to)};
    difference.counted = difference.before && Selects(query, difference.before->round, from);
    difference.counts = difference.after && Selects(query, difference.after->round, to);
    if (!difference.counted && !difference.counts) continue;
    if (difference.counted && difference.counts &&
        facts(*difference.before) == facts(*difference.after)) {
      continue;
    }
    difference.rewritten =
        difference.before && difference.after &&
        funding::Canonical(difference.before->round) != funding::Canonical(difference.after->round);
    const int64_t place = result.total_size++;
    if (place >= offset && place < offset + limit) result.rounds.push_back(std::move(difference));
  }
  return result;
}

}  // namespace steelyard::testing
