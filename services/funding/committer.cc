#include "services/funding/committer.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>

#include "services/common/ledger/revisioned.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "services/funding/assertion_rows.h"
#include "services/funding/candidate_rows.h"
#include "services/funding/redirect_rows.h"
#include "services/funding/resolve.h"
#include "services/funding/round_match.h"

namespace steelyard::funding {
namespace {

// Names of Written.
sql::Statement SelectWritten(int64_t revision) {
  sql::Statement select;
  select.Add(
      "SELECT round_id AS id FROM round_assertions WHERE from_revision = ? "
      "UNION SELECT round_id FROM round_links WHERE from_revision = ? "
      "UNION SELECT id FROM rounds WHERE from_revision = ?",
      {revision, revision, revision});
  return select;
}

// Names under which something is said, bytewise.
std::vector<std::string> ReportsIn(const std::vector<Assertion>& assertions) {
  std::vector<std::string> reports;
  for (const Assertion& assertion : assertions) {
    if (reports.empty() || reports.back() != assertion.round) reports.push_back(assertion.round);
  }
  std::sort(reports.begin(), reports.end());
  reports.erase(std::unique(reports.begin(), reports.end()), reports.end());
  return reports;
}

// What is said under each name; assertions of one name stand together.
std::vector<std::span<const Assertion>> ByReport(const std::vector<Assertion>& assertions) {
  std::vector<std::span<const Assertion>> reports;
  for (auto first = assertions.begin(); first != assertions.end();) {
    const auto last = std::find_if(first, assertions.end(),
                                   [&](const Assertion& a) { return a.round != first->round; });
    reports.emplace_back(first, last);
    first = last;
  }
  return reports;
}

}  // namespace

absl::Status Committer::Begin() {
  STEELYARD_ASSIGN_OR_RETURN(links_, ReadLinks(connection_, context_, revision_));
  STEELYARD_ASSIGN_OR_RETURN(sources_, ReadSources(connection_, context_, revision_));
  STEELYARD_ASSIGN_OR_RETURN(redirects_, ReadRedirects(connection_, context_, revision_));
  STEELYARD_ASSIGN_OR_RETURN(any_before_, AnyReports(connection_, context_));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Committer::Put(const RoundChanges& changes) {
  STEELYARD_RETURN_IF_ERROR(PutLinks(changes, links_));
  return TakeSources(changes.sources);
}

absl::Status Committer::Write(RoundChanges changes) {
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Assertion> fresh, Amended(std::move(changes)));
  STEELYARD_RETURN_IF_ERROR(WriteKnown(fresh));
  // The engine leaves a core free while it takes rows.
  auto rounds = std::async(std::launch::async, [&] { return RoundsOf(fresh); });
  STEELYARD_RETURN_IF_ERROR(AppendAssertions(connection_, revision_, fresh));
  return TakeFresh(fresh, rounds.get());
}

absl::Status Committer::Settle() {
  const std::vector<RoundLink> links = links_.TakeTouched();
  STEELYARD_RETURN_IF_ERROR(WriteLinks(connection_, context_, revision_, links).status());
  for (const RoundLink& link : links) {
    touched_.insert(link.round);
    touched_.insert(link.related);
  }
  others_ = others_ || !touched_.empty();
  while (!touched_.empty()) {
    std::set<std::string> some;
    while (!touched_.empty() && some.size() < kRoundsAtOnce) {
      some.insert(touched_.extract(touched_.begin()));
    }
    STEELYARD_RETURN_IF_ERROR(SettleSome(std::move(some)));
  }
  fresh_.clear();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Committer::CountWritten() const {
  if (!others_) return alone_;
  sql::Statement count;
  count.Add("SELECT COUNT(*) FROM (");
  count.Add(SelectWritten(revision_));
  count.Add(") w");
  return sql::ReadInt(connection_, context_, count);
}

absl::Status Committer::SettleSome(std::set<std::string> reports) {
  std::set<std::string> roots;
  for (const std::string& report : reports) roots.insert(links_.RootOf(report));
  AddIncluded(roots);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Round> resolved, ResolveAll(roots));
  for (const Round& round : resolved) reports.erase(round.id);
  STEELYARD_RETURN_IF_ERROR(WriteRounds(connection_, context_, revision_, resolved).status());
  return RemoveRounds(connection_, context_, revision_, {reports.begin(), reports.end()});
}

absl::StatusOr<int64_t> Committer::TakeSources(const SourceTable& sources) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                             WriteSources(connection_, context_, revision_, sources));
  if (changed.empty()) return 0;
  for (const std::string& id : changed) sources_[id] = sources.at(id);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> reports,
                             ReportsWith(connection_, context_, AssertedKey::kSource, changed));
  touched_.insert(reports.begin(), reports.end());
  return static_cast<int64_t>(changed.size());
}

absl::StatusOr<std::vector<Assertion>> Committer::Amended(RoundChanges changes) {
  std::vector<Assertion> assertions = std::move(changes.assertions);
  if (changes.amendments.empty()) return assertions;
  std::unordered_map<std::string, size_t> places;
  for (size_t i = 0; i < assertions.size(); ++i) places.emplace(KeyOf(assertions[i]), i);
  STEELYARD_ASSIGN_OR_RETURN(
      const std::vector<Assertion> stored,
      ReadAssertions(connection_, context_, revision_, ReportsIn(changes.amendments)));
  std::unordered_map<std::string, const Assertion*> before;
  for (const Assertion& assertion : stored) before.emplace(KeyOf(assertion), &assertion);
  for (const Assertion& amendment : changes.amendments) {
    const std::string key = KeyOf(amendment);
    const auto [place, is_new] = places.try_emplace(key, assertions.size());
    if (is_new) {
      const auto found = before.find(key);
      assertions.push_back(found == before.end() ? amendment : *found->second);
      assertions.back().retracted = false;
      assertions.back().reason.clear();
    }
    Amend(amendment, assertions[place->second]);
  }
  std::stable_sort(assertions.begin(), assertions.end(),
                   [](const Assertion& a, const Assertion& b) { return a.round < b.round; });
  return assertions;
}

absl::Status Committer::WriteKnown(std::vector<Assertion>& assertions) {
  if (!any_before_) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const std::unordered_set<std::string> known,
                             KnownReports(connection_, context_, ReportsIn(assertions)));
  if (known.empty()) return absl::OkStatus();
  const auto first = std::stable_partition(
      assertions.begin(), assertions.end(),
      [&](const Assertion& assertion) { return !known.contains(assertion.round); });
  const std::vector<Assertion> again(std::make_move_iterator(first),
                                     std::make_move_iterator(assertions.end()));
  assertions.erase(first, assertions.end());
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                             WriteAssertions(connection_, context_, revision_, again));
  const std::unordered_set<std::string_view> is_changed(changed.begin(), changed.end());
  for (const Assertion& assertion : again) {
    if (is_changed.contains(KeyOf(assertion))) touched_.insert(assertion.round);
  }
  return absl::OkStatus();
}

std::vector<DigestedRound> Committer::RoundsOf(const std::vector<Assertion>& reports) const {
  std::vector<DigestedRound> rounds;
  rounds.reserve(reports.size());
  for (const auto& said : ByReport(reports)) {
    const std::string& report = said.front().round;
    if (links_.Names(report) && links_.RootOf(report) != report) continue;
    std::optional<Round> round = Resolve(report, said, SourcePolicy(), sources_, redirects_);
    if (!round) continue;
    std::string digest = ledger::ContentDigest(Canonical(*round));
    rounds.push_back({.round = *std::move(round), .digest = std::move(digest)});
  }
  return rounds;
}

absl::Status Committer::TakeFresh(const std::vector<Assertion>& fresh,
                                  std::vector<DigestedRound> rounds) {
  STEELYARD_RETURN_IF_ERROR(Link(rounds));
  for (const auto& said : ByReport(fresh)) {
    const std::string& report = said.front().round;
    if (!links_.Names(report)) {
      ++alone_;
      continue;
    }
    fresh_[report].assign(said.begin(), said.end());
    touched_.insert(report);
  }
  std::erase_if(rounds, [&](const auto& digested) { return links_.Names(digested.round.id); });
  return AppendRounds(connection_, revision_, rounds);
}

absl::Status Committer::Link(const std::vector<DigestedRound>& reports) {
  if (!any_before_ || reports.empty()) return absl::OkStatus();
  std::vector<Round> fresh;
  for (const auto& [round, digest] : reports) fresh.push_back(round);
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Round> candidates,
                             ReadCandidates(connection_, context_, revision_ - 1, fresh));
  if (candidates.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const RateTable rates,
                             ReadRatesFor(connection_, context_, revision_, fresh, candidates));
  for (const RoundLink& link : MatchFresh(fresh, candidates, rates, links())) links().Put(link);
  return absl::OkStatus();
}

void Committer::AddIncluded(std::set<std::string>& roots) const {
  std::set<std::string> more;
  for (const auto& [key, link] : links_.links()) {
    if (!link.holds || link.relation != v1::ROUND_RELATION_INCLUDED_IN) continue;
    std::string inner = links_.RootOf(link.round);
    if (roots.contains(links_.RootOf(link.related))) more.insert(std::move(inner));
  }
  roots.merge(more);
}

absl::StatusOr<std::vector<Round>> Committer::ResolveAll(const std::set<std::string>& roots) {
  std::vector<std::string> stored;
  for (const std::string& root : roots) {
    for (const std::string& member : links_.MembersOf(root)) {
      if (!fresh_.contains(member)) stored.push_back(member);
    }
  }
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Assertion> read,
                             ReadStanding(connection_, context_, stored));
  for (const Assertion& assertion : read) fresh_[assertion.round].push_back(assertion);
  std::vector<Round> resolved = ResolveRoots({roots.begin(), roots.end()}, fresh_, links_,
                                             SourcePolicy(), sources_, redirects_);
  for (const std::string& report : stored) fresh_.erase(report);
  return resolved;
}

absl::StatusOr<std::set<std::string>> Committer::Written() const {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> written,
                             sql::ReadTexts(connection_, context_, SelectWritten(revision_)));
  return std::set<std::string>(written.begin(), written.end());
}

}  // namespace steelyard::funding
