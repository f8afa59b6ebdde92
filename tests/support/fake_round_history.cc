// The fake store's reads of everything and of the past.

#include <algorithm>
#include <iterator>
#include <set>
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

std::map<std::string, std::map<int64_t, std::optional<Round>>> FakeRoundStore::States(
    int64_t revision) const {
  std::map<std::string, std::map<int64_t, std::optional<Round>>> states;
  for (auto commit = commits_.begin(); commit != commits_.upper_bound(revision); ++commit) {
    const std::map<std::string, Round> rounds = Rounds(commit->first);
    for (const std::string& id : Differing(commit->first)) {
      const auto found = rounds.find(id);
      states[id][commit->first] =
          found == rounds.end() ? std::nullopt : std::optional(found->second);
    }
  }
  return states;
}

CompanyFacts FakeRoundStore::FactsOf(const Round& round, int64_t revision) const {
  const CompanyFacts* facts = At(companies_, round.company, revision);
  return facts == nullptr ? CompanyFacts() : *facts;
}

funding::PlacedRound FakeRoundStore::Placed(const Round& round, int64_t revision) const {
  funding::PlacedRound placed{.round = Joined(round, revision), .company = {}};
  const CompanyFacts company = FactsOf(round, revision);
  placed.company = {.id = round.company,
                    .name = placed.round.company_name,
                    .country = company.country,
                    .layer = FirstOf(company.layers),
                    .sector = FirstOf(company.sectors),
                    .source_category = company.source_category};
  return placed;
}

bool FakeRoundStore::Selects(const funding::SelectionQuery& query, const Round& round,
                             const std::map<std::string, Round>& rounds, int64_t revision) const {
  const CompanyFacts* company = At(companies_, round.company, revision);
  const bool placed =
      query.countries.empty() ||
      (company != nullptr &&
       std::count(query.countries.begin(), query.countries.end(), company->country) > 0);
  return placed && query.period.Contains(CountedDate(round, query.date_basis)) &&
         std::count(query.scope.begin(), query.scope.end(), round.kind) > 0 &&
         (query.with_parts || round.included_in.empty() || rounds.count(round.included_in) == 0);
}

absl::StatusOr<std::vector<funding::PlacedRound>> FakeRoundStore::Scan(
    const Context& /*context*/, int64_t revision, const funding::RoundMatch& match,
    std::string_view after_id, int limit) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(match.filter));
  const std::lock_guard lock(mutex_);
  std::vector<funding::PlacedRound> found;
  for (const auto& [id, round] : Rounds(revision)) {
    if (id <= after_id || !match.period.Contains(round.announced)) continue;
    if (found.size() < static_cast<size_t>(limit)) found.push_back(Placed(round, revision));
  }
  return found;
}

absl::StatusOr<funding::RoundStates> FakeRoundStore::History(
    const Context& /*context*/, int64_t revision, const funding::HistoryQuery& query) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(query.match.filter));
  const std::lock_guard lock(mutex_);
  funding::RoundStates result;
  for (const auto& [id, states] : States(revision)) {
    std::vector<funding::RoundState> kept;
    bool matches = false;
    for (auto at = states.begin(); at != states.end(); ++at) {
      const auto next = std::next(at);
      if (!at->second || (next != states.end() && next->first <= query.since)) continue;
      funding::RoundState state{.round = Joined(*at->second, revision),
                                .from = at->first,
                                .from_time = commits_.at(at->first)};
      if (next != states.end()) {
        state.to = next->first;
        state.to_time = commits_.at(next->first);
      }
      matches = matches || query.match.period.Contains(at->second->announced);
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
  const auto facts = [&](const funding::PlacedRound& placed) {
    const Round& round = placed.round;
    return std::make_tuple(round.company, round.stage, CountedDate(round, query.date_basis),
                           round.amount ? round.amount->currency : "",
                           round.amount ? round.amount->minor_units : -1, placed.company.country,
                           placed.company.layer, placed.company.sector,
                           placed.company.source_category);
  };
  const std::map<std::string, Round> then = Rounds(from);
  const std::map<std::string, Round> now = Rounds(to);
  std::set<std::string> ids;
  for (const auto& [id, round] : then) ids.insert(id);
  for (const auto& [id, round] : now) ids.insert(id);
  funding::RoundDifferences result;
  for (const std::string& id : ids) {
    funding::RoundDifference difference;
    difference.id = id;
    if (then.count(id) > 0) difference.before = Placed(then.at(id), from);
    if (now.count(id) > 0) difference.after = Placed(now.at(id), to);
    difference.counted = difference.before && Selects(query, difference.before->round, then, from);
    difference.counts = difference.after && Selects(query, difference.after->round, now, to);
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
