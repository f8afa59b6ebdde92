#include "tests/support/fake_round_store.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/resolve.h"
#include "tests/support/fake_round_parts.h"

namespace steelyard::testing {
namespace {

using funding::Assertion;
using funding::CompanyFacts;
using funding::Investor;
using funding::LinkTable;
using funding::Round;
using funding::RoundLink;
using funding::SourcePolicy;
using funding::StoredAssertion;

// Whether `a` comes before `b`.
bool Before(const Round& a, const Round& b, const std::vector<filter::OrderKey>& order) {
  const std::vector<filter::OrderKey> newest_first = {{"announced_on", true}};
  for (const filter::OrderKey& key : order.empty() ? newest_first : order) {
    if (key.name == "announced_on" && a.announced != b.announced) {
      // First days first: "2024" before "2024-01" before "2024-01-01" before "2024-02".
      const auto place = [](const Round& round) {
        const PartialDate& date = round.announced;
        return std::make_tuple(date.ToDays(), date.month != 0, date.day != 0);
      };
      return (place(a) < place(b)) != key.descending;
    }
    if (key.name == "amount" && a.amount != b.amount) {
      if (!a.amount || !b.amount) return a.amount.has_value();
      if (a.amount->minor_units != b.amount->minor_units) {
        return (a.amount->minor_units < b.amount->minor_units) != key.descending;
      }
    }
    if (key.name == "id") return (a.id < b.id) != key.descending;
  }
  return a.id < b.id;
}

absl::Status NotFound(std::string_view id) {
  return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, StrCat("no round ", id));
}

std::vector<Round> Values(const std::map<std::string, Round>& rounds) {
  std::vector<Round> values;
  for (const auto& [id, round] : rounds) values.push_back(round);
  return values;
}

}  // namespace

LinkTable FakeRoundStore::LinksAt(int64_t revision) const {
  LinkTable links;
  for (const auto& [key, states] : links_) {
    if (const RoundLink* link = At(links_, key, revision)) links.Load(*link);
  }
  return links;
}

funding::SourceTable FakeRoundStore::SourcesAt(int64_t revision) const {
  funding::SourceTable sources;
  for (const auto& [id, states] : sources_) {
    if (const auto* facts = At(sources_, id, revision)) sources[id] = *facts;
  }
  return sources;
}

funding::Redirects FakeRoundStore::RedirectsAt(int64_t revision) const {
  const auto after = redirects_.upper_bound(revision);
  return after == redirects_.begin() ? funding::Redirects() : std::prev(after)->second;
}

std::vector<Assertion> FakeRoundStore::AssertionsAt(int64_t revision) const {
  std::vector<Assertion> assertions;
  for (const auto& [key, states] : assertions_) {
    if (const Assertion* said = At(assertions_, key, revision)) assertions.push_back(*said);
  }
  return assertions;
}

Round FakeRoundStore::Joined(const Round& round, int64_t revision) const {
  Round joined = round;
  const CompanyFacts* company = At(companies_, round.company, revision);
  joined.company_name = company == nullptr ? round.company : company->display_name;
  for (funding::Participation& participation : joined.participations) {
    const Investor* investor = At(investors_, participation.investor, revision);
    if (investor == nullptr) continue;
    participation.country = investor->country;
    participation.investor_kind = investor->kind;
  }
  return joined;
}

std::map<std::string, Round> FakeRoundStore::Rounds(int64_t revision,
                                                    const SourcePolicy& policy) const {
  const LinkTable links = LinksAt(revision);
  std::unordered_map<std::string, std::vector<Assertion>> by_report;
  std::set<std::string> roots;
  for (const Assertion& said : AssertionsAt(revision)) {
    by_report[said.round].push_back(said);
    roots.insert(links.RootOf(said.round));
  }
  std::map<std::string, Round> rounds;
  for (const Round& round :
       funding::ResolveRoots({roots.begin(), roots.end()}, by_report, links, policy,
                             SourcesAt(revision), RedirectsAt(revision))) {
    rounds[round.id] = Joined(round, revision);
  }
  return rounds;
}

std::set<std::string> FakeRoundStore::Differing(int64_t revision) const {
  // What is joined to rounds has a history of its own.
  const auto plain = [&](int64_t at) {
    std::map<std::string, std::string> rounds;
    for (const auto& [id, round] : Rounds(at)) rounds[id] = Canonical(round);
    return rounds;
  };
  const auto before = plain(revision - 1);
  const auto after = plain(revision);
  std::set<std::string> differing;
  for (const auto& [id, text] : before) {
    if (after.count(id) == 0) differing.insert(id);
  }
  for (const auto& [id, text] : after) {
    const auto found = before.find(id);
    if (found == before.end() || found->second != text) differing.insert(id);
  }
  return differing;
}

absl::StatusOr<Round> FakeRoundStore::Get(const Context& /*context*/, int64_t revision,
                                          std::string_view id, const SourcePolicy& policy) const {
  const std::lock_guard lock(mutex_);
  const std::map<std::string, Round> rounds = Rounds(revision, policy);
  const auto found = rounds.find(LinksAt(revision).RootOf(id));
  if (found == rounds.end()) return NotFound(id);
  return found->second;
}

absl::StatusOr<std::vector<StoredAssertion>> FakeRoundStore::Assertions(const Context& /*context*/,
                                                                        int64_t revision,
                                                                        std::string_view id,
                                                                        bool history) const {
  const std::lock_guard lock(mutex_);
  const LinkTable links = LinksAt(revision);
  std::vector<StoredAssertion> stored;
  for (const auto& [key, states] : assertions_) {
    for (auto state = states.begin(); state != states.end() && state->first <= revision; ++state) {
      if (links.RootOf(state->second.round) != links.RootOf(id)) continue;
      const auto next = std::next(state);
      const bool holds = next == states.end() || next->first > revision;
      if (!holds && !history) continue;
      stored.push_back({.assertion = state->second,
                        .from_revision = state->first,
                        .to_revision = holds ? ledger::kOpenRevision : next->first});
    }
  }
  if (stored.empty()) return NotFound(id);
  std::stable_sort(stored.begin(), stored.end(),
                   [](const StoredAssertion& a, const StoredAssertion& b) {
                     return std::tie(a.assertion.round, a.assertion.source) <
                            std::tie(b.assertion.round, b.assertion.source);
                   });
  return stored;
}

absl::StatusOr<LinkTable> FakeRoundStore::Links(const Context& /*context*/,
                                                int64_t revision) const {
  const std::lock_guard lock(mutex_);
  return LinksAt(revision);
}

absl::StatusOr<funding::Redirects> FakeRoundStore::CompanyRedirects(
    const Context& /*context*/, int64_t revision, const std::vector<std::string>& ids) const {
  const std::lock_guard lock(mutex_);
  funding::Redirects redirects = RedirectsAt(revision);
  std::erase_if(redirects, [&](const auto& redirect) {
    return std::find(ids.begin(), ids.end(), redirect.first) == ids.end();
  });
  return redirects;
}

absl::StatusOr<funding::SourceTable> FakeRoundStore::Sources(const Context& /*context*/,
                                                             int64_t revision) const {
  const std::lock_guard lock(mutex_);
  return SourcesAt(revision);
}

absl::StatusOr<std::vector<Round>> FakeRoundStore::RoundsOf(const Context& /*context*/,
                                                            int64_t revision,
                                                            std::string_view company) const {
  const std::lock_guard lock(mutex_);
  std::vector<Round> rounds = Values(Rounds(revision));
  std::erase_if(rounds,
                [&](const Round& round) { return !company.empty() && round.company != company; });
  for (Round& round : rounds) round.participations.clear();
  std::stable_sort(rounds.begin(), rounds.end(),
                   [](const Round& a, const Round& b) { return a.company < b.company; });
  return rounds;
}

absl::StatusOr<std::vector<std::string>> FakeRoundStore::Existing(
    const Context& /*context*/, int64_t revision, const std::vector<std::string>& ids) const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> existing;
  for (const Assertion& said : AssertionsAt(revision)) {
    const bool asked = std::find(ids.begin(), ids.end(), said.round) != ids.end();
    if (asked && !said.retracted) existing.insert(said.round);
  }
  return std::vector<std::string>(existing.begin(), existing.end());
}

absl::StatusOr<funding::RoundPage> FakeRoundStore::List(const Context& /*context*/,
                                                        int64_t revision,
                                                        const funding::RoundQuery& query) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(query.filter));
  const std::lock_guard lock(mutex_);
  std::vector<Round> rounds = Values(Rounds(revision, query.policy));
  const auto states = States(revision);
  std::erase_if(rounds, [&](const Round& round) {
    return !query.period.Contains(round.announced) ||
           states.at(round.id).rbegin()->first <= query.updated_after;
  });
  std::sort(rounds.begin(), rounds.end(),
            [&](const Round& a, const Round& b) { return Before(a, b, query.order); });
  const auto total = static_cast<int64_t>(rounds.size());
  const auto first = rounds.begin() + std::min(query.offset, total);
  const auto last = rounds.begin() + std::min(query.offset + query.limit, total);
  return funding::RoundPage{.rounds = {first, last}, .total_size = total};
}

absl::StatusOr<funding::Selection> FakeRoundStore::Select(
    const Context& /*context*/, int64_t revision, const funding::SelectionQuery& query) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(query.filter));
  const std::lock_guard lock(mutex_);
  const std::map<std::string, Round> all = Rounds(revision, query.policy);
  std::vector<Round> rounds = Values(all);
  std::stable_sort(rounds.begin(), rounds.end(),
                   [](const Round& a, const Round& b) { return a.company < b.company; });
  const common::v1::Attribution attribution = query.division.attribution;
  funding::Selection selection;
  for (const Round& round : rounds) {
    if (!Selects(query, round, all, revision)) continue;
    if (selection.companies.empty() || selection.companies.back().id != round.company) {
      selection.companies.push_back(Placed(round, revision).company);
      selection.companies.back().country = CountryOf(FactsOf(round, revision), attribution);
    }
    selection.rounds.push_back(
        {.company = static_cast<int32_t>(selection.companies.size()) - 1,
         .currency = selection.currencies.Number(round.amount ? round.amount->currency : ""),
         .sources = selection.source_lists.Number(StrCat("|", StrJoin(round.sources, "|"), "|")),
         .spread = -1,
         .stage = round.stage,
         .date = CountedDate(round, query.date_basis),
         .minor_units = round.amount ? std::optional(round.amount->minor_units) : std::nullopt});
    if (query.with_ids) {
      selection.rounds.back().id = static_cast<int32_t>(selection.ids.size());
      selection.ids.push_back(round.id);
    }
    AddParts(query.division, round, FactsOf(round, revision), selection);
    if (round.spread.sources == 0) continue;
    selection.rounds.back().spread = static_cast<int32_t>(selection.spreads.size());
    selection.spreads.push_back(round.spread);
  }
  return selection;
}

absl::StatusOr<funding::RoundCounts> FakeRoundStore::Count(const Context& /*context*/,
                                                           int64_t revision) const {
  const std::lock_guard lock(mutex_);
  funding::RoundCounts counts;
  for (const auto& [id, round] : Rounds(revision)) {
    ++counts.rounds;
    counts.participations += static_cast<int64_t>(round.participations.size());
  }
  return counts;
}

absl::StatusOr<std::optional<funding::RoundCommit>> FakeRoundStore::NextCommit(
    const Context& /*context*/, int64_t revision) const {
  const std::lock_guard lock(mutex_);
  for (auto next = commits_.upper_bound(revision); next != commits_.end(); ++next) {
    if (Differing(next->first).empty()) continue;
    return funding::RoundCommit{.revision = next->first, .committed_at = next->second};
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<Round>> FakeRoundStore::ChangedIn(const Context& /*context*/,
                                                             int64_t revision,
                                                             std::string_view after_id,
                                                             int limit) const {
  const std::lock_guard lock(mutex_);
  const std::map<std::string, Round> rounds = Rounds(revision);
  std::vector<Round> changed;
  for (const std::string& id : Differing(revision)) {
    const auto found = rounds.find(id);
    if (id <= after_id || found == rounds.end()) continue;
    if (changed.size() < static_cast<size_t>(limit)) changed.push_back(found->second);
  }
  return changed;
}

absl::StatusOr<std::vector<std::string>> FakeRoundStore::RemovedIn(const Context& /*context*/,
                                                                   int64_t revision) const {
  const std::lock_guard lock(mutex_);
  const std::map<std::string, Round> rounds = Rounds(revision);
  std::vector<std::string> removed;
  for (const std::string& id : Differing(revision)) {
    if (rounds.count(id) == 0) removed.push_back(id);
  }
  return removed;
}

}  // namespace steelyard::testing
