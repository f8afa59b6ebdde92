#include "services/funding/commit_rounds.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "services/common/ledger/ledger.h"
#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/assertion_rows.h"
#include "services/funding/candidate_rows.h"
#include "services/funding/resolve.h"
#include "services/funding/round_match.h"
#include "services/funding/round_writer.h"
#include "services/funding/schema.h"

namespace steelyard::funding {
namespace {

using Assertions = std::unordered_map<std::string, std::vector<Assertion>>;  // by report

absl::Status NotSaid(std::string_view round) {
  return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND,
                   StrCat("no source says anything of \"rounds/", round, "\""),
                   {{"round", StrCat("rounds/", round)}});
}

// Names of RoundsWritten.
Statement SelectWritten(int64_t revision) {
  Statement select;
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

// A commit on its way: Begin, then any number of Put, Write and Settle.
//
// Most of what comes in bulk is a new report that no link is about. Nothing of it can be stored and
// no other report bears on its round, so that it is written as it comes, without a question to the
// store. All else waits for Settle.
class Committer {
 public:
  Committer(sql::Connection& connection, const Context& context, int64_t revision)
      : connection_(connection), context_(context), revision_(revision) {}

  absl::Status Begin() {
    STEELYARD_ASSIGN_OR_RETURN(links_, ReadLinks(connection_, context_, revision_));
    STEELYARD_ASSIGN_OR_RETURN(sources_, ReadSources(connection_, context_, revision_));
    STEELYARD_ASSIGN_OR_RETURN(any_before_, AnyReports(connection_, context_));
    return absl::OkStatus();
  }

  LinkTable& links() { return links_; }
  void Touch(std::string report) { touched_.insert(std::move(report)); }

  // Takes links and sources; returns how many sources are other ones now.
  absl::StatusOr<int64_t> Put(const RoundChanges& changes) {
    STEELYARD_RETURN_IF_ERROR(PutLinks(changes, links_));
    return TakeSources(changes.sources);
  }

  // Writes assertions and amendments, and links reports that are new. All new reports of a company
  // must come in one call.
  absl::Status Write(RoundChanges changes) {
    STEELYARD_ASSIGN_OR_RETURN(std::vector<Assertion> fresh, Amended(std::move(changes)));
    STEELYARD_RETURN_IF_ERROR(WriteKnown(fresh));
    // The engine leaves a core free while it takes rows.
    auto rounds = std::async(std::launch::async, [&] { return RoundsOf(fresh); });
    STEELYARD_RETURN_IF_ERROR(AppendAssertions(connection_, revision_, fresh));
    return TakeFresh(fresh, rounds.get());
  }

  // Writes the links and the rounds that anything so far has touched.
  absl::Status Settle() {
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

  // How many of RoundsWritten's rounds there are so far.
  absl::StatusOr<int64_t> CountWritten() {
    if (!others_) return alone_;
    Statement count;
    count.Add("SELECT COUNT(*) FROM (");
    count.Add(SelectWritten(revision_));
    count.Add(") w");
    return sql::ReadInt(connection_, context_, count);
  }

 private:
  // Resolves what the reports go by, writes it, and removes rounds that nothing goes by any more.
  absl::Status SettleSome(std::set<std::string> reports) {
    std::set<std::string> roots;
    for (const std::string& report : reports) roots.insert(links_.RootOf(report));
    AddIncluded(roots);
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Round> resolved, ResolveAll(roots));
    for (const Round& round : resolved) reports.erase(round.id);
    STEELYARD_RETURN_IF_ERROR(WriteRounds(connection_, context_, revision_, resolved).status());
    return RemoveRounds(connection_, context_, revision_, {reports.begin(), reports.end()});
  }

  // Sources that are ranked otherwise now touch every round of which they say something.
  absl::StatusOr<int64_t> TakeSources(const SourceTable& sources) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                               WriteSources(connection_, context_, revision_, sources));
    if (changed.empty()) return 0;
    for (const std::string& id : changed) sources_[id] = sources.at(id);
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> reports,
                               ReportsOf(connection_, context_, changed));
    touched_.insert(reports.begin(), reports.end());
    return static_cast<int64_t>(changed.size());
  }

  // All assertions as they are to be written, those of one name together.
  absl::StatusOr<std::vector<Assertion>> Amended(RoundChanges changes) {
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

  // Takes out, and writes, what is said under names that are known.
  absl::Status WriteKnown(std::vector<Assertion>& assertions) {
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

  // The rounds of reports that go by their own names, as each report alone has them.
  std::vector<DigestedRound> RoundsOf(const std::vector<Assertion>& reports) const {
    std::vector<DigestedRound> rounds;
    rounds.reserve(reports.size());
    for (const auto& said : ByReport(reports)) {
      const std::string& report = said.front().round;
      if (links_.Names(report) && links_.RootOf(report) != report) continue;
      std::optional<Round> round = Resolve(report, said, SourcePolicy(), sources_);
      if (!round) continue;
      std::string digest = ledger::ContentDigest(Canonical(*round));
      rounds.push_back({.round = *std::move(round), .digest = std::move(digest)});
    }
    return rounds;
  }

  // Links new reports, of which these are the rounds, and writes those that no link is about.
  absl::Status TakeFresh(const std::vector<Assertion>& fresh, std::vector<DigestedRound> rounds) {
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

  // Links new reports to the rounds that they are of, which were there before the commit.
  absl::Status Link(const std::vector<DigestedRound>& reports) {
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

  // Rounds whose link to another one now means another round.
  void AddIncluded(std::set<std::string>& roots) const {
    std::set<std::string> more;
    for (const auto& [key, link] : links_.links()) {
      if (!link.holds || link.relation != v1::ROUND_RELATION_INCLUDED_IN) continue;
      std::string inner = links_.RootOf(link.round);
      if (roots.contains(links_.RootOf(link.related))) more.insert(std::move(inner));
    }
    roots.merge(more);
  }

  absl::StatusOr<std::vector<Round>> ResolveAll(const std::set<std::string>& roots) {
    std::vector<std::string> stored;
    for (const std::string& root : roots) {
      for (const std::string& member : links_.MembersOf(root)) {
        if (!fresh_.contains(member)) stored.push_back(member);
      }
    }
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Assertion> read,
                               ReadStanding(connection_, context_, stored));
    for (const Assertion& assertion : read) fresh_[assertion.round].push_back(assertion);
    std::vector<Round> resolved =
        ResolveRoots({roots.begin(), roots.end()}, fresh_, links_, SourcePolicy(), sources_);
    for (const std::string& report : stored) fresh_.erase(report);
    return resolved;
  }

  sql::Connection& connection_;
  const Context& context_;
  const int64_t revision_;
  LinkTable links_;
  SourceTable sources_;
  bool any_before_ = true;  // whether anything was said before the commit
  int64_t alone_ = 0;       // new reports that no link is about
  bool others_ = false;     // whether anything else was touched
  Assertions fresh_;  // what is said under names that are new and linked, since the last Settle
  std::set<std::string> touched_;
};

// Amendments by the round that they are of.
using Amendments = std::unordered_multimap<std::string_view, const Assertion*>;

// Takes out what is said besides of the rounds of a batch.
std::vector<Assertion> TakeAmendments(const std::vector<Round>& batch, Amendments& amendments) {
  std::vector<Assertion> taken;
  if (amendments.empty()) return taken;
  for (const Round& round : batch) {
    const auto [first, last] = amendments.equal_range(round.id);
    for (auto place = first; place != last; ++place) taken.push_back(*place->second);
    amendments.erase(first, last);
  }
  return taken;
}

}  // namespace

absl::StatusOr<RoundsWritten> CommitRounds(sql::Connection& connection, const Context& context,
                                           int64_t revision, const RoundChanges& changes) {
  Committer committer(connection, context, revision);
  STEELYARD_RETURN_IF_ERROR(committer.Begin());
  STEELYARD_RETURN_IF_ERROR(committer.Put(changes).status());
  STEELYARD_RETURN_IF_ERROR(committer.Write(changes));
  STEELYARD_RETURN_IF_ERROR(committer.Settle());
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> written,
                             sql::ReadTexts(connection, context, SelectWritten(revision)));
  return RoundsWritten{.rounds = {written.begin(), written.end()},
                       .links = std::move(committer.links())};
}

absl::StatusOr<int64_t> CommitImport(sql::Connection& connection, const Context& context,
                                     int64_t revision, const StagedImport& staged) {
  Committer committer(connection, context, revision);
  STEELYARD_RETURN_IF_ERROR(committer.Begin());
  STEELYARD_ASSIGN_OR_RETURN(const int64_t sources,
                             committer.Put({.links = staged.links, .sources = staged.sources}));
  Amendments amendments;
  for (const Assertion& said : staged.amendments) amendments.emplace(said.round, &said);
  STEELYARD_RETURN_IF_ERROR(staged.rounds.ForEachBatch([&](const std::vector<Round>& batch) {
    STEELYARD_RETURN_IF_ERROR(committer.Write(
        {.assertions = AssertionsOf(batch), .amendments = TakeAmendments(batch, amendments)}));
    return committer.Settle();
  }));
  RoundChanges of_stored;
  for (const Assertion& said : staged.amendments) {
    if (amendments.contains(said.round)) of_stored.amendments.push_back(said);
  }
  STEELYARD_RETURN_IF_ERROR(committer.Write(std::move(of_stored)));
  STEELYARD_RETURN_IF_ERROR(committer.Settle());
  STEELYARD_ASSIGN_OR_RETURN(const int64_t rounds, committer.CountWritten());
  return rounds + sources;
}

absl::StatusOr<std::vector<std::string>> CommitRetraction(sql::Connection& connection,
                                                          const Context& context, int64_t revision,
                                                          const Retraction& retraction) {
  const std::vector<std::string>& only = retraction.sources;
  const std::string name[] = {retraction.round};
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Assertion> assertions,
                             ReadAssertions(connection, context, revision, name));
  std::erase_if(assertions, [&](const Assertion& assertion) {
    return assertion.retracted ||
           (!only.empty() && std::find(only.begin(), only.end(), assertion.source) == only.end());
  });
  if (assertions.empty()) return NotSaid(retraction.round);
  Committer committer(connection, context, revision);
  STEELYARD_RETURN_IF_ERROR(committer.Begin());
  STEELYARD_RETURN_IF_ERROR(
      RetractAssertions(connection, context, revision, assertions, retraction.reason));
  committer.Touch(retraction.round);
  STEELYARD_RETURN_IF_ERROR(committer.Settle());
  std::vector<std::string> sources;
  for (const Assertion& assertion : assertions) sources.push_back(assertion.source);
  return sources;
}

absl::StatusOr<bool> CommitDecision(sql::Connection& connection, const Context& context,
                                    int64_t revision, const RoundLink& decision) {
  const std::string names[] = {decision.round, decision.related};
  STEELYARD_ASSIGN_OR_RETURN(const std::unordered_set<std::string> known,
                             KnownReports(connection, context, names));
  for (const std::string& name : names) {
    if (!known.contains(name)) return NotSaid(name);
  }
  Committer committer(connection, context, revision);
  STEELYARD_RETURN_IF_ERROR(committer.Begin());
  if (decision.holds && committer.links().LeadsBack(decision)) {
    return LinkCycleError(decision.round);
  }
  const auto before = committer.links().links().find(KeyOf(decision));
  if (before != committer.links().links().end() && before->second == decision) return false;
  committer.links().Put(decision);
  STEELYARD_RETURN_IF_ERROR(committer.Settle());
  return true;
}

}  // namespace steelyard::funding
