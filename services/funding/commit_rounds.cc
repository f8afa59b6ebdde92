#include "services/funding/commit_rounds.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/assertion_rows.h"
#include "services/funding/committer.h"
#include "services/funding/redirects.h"

namespace steelyard::funding {
namespace {

absl::Status NotSaid(std::string_view round) {
  return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND,
                   StrCat("no source says anything of \"rounds/", round, "\""),
                   {{"round", StrCat("rounds/", round)}});
}

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

// Hands out rounds in batches, all of a company in one: those of companies that go by several ids
// come after the others.
absl::Status WriteByCompany(const RoundSpool& rounds, const Redirects& redirects,
                            const RoundSpool::Take& write) {
  if (redirects.empty()) return rounds.ForEachBatch(write);
  std::unordered_set<std::string_view> joined;
  for (const auto& [merged, company] : redirects) joined.insert({merged, company});
  RoundSpool aside(kRoundsAtOnce, "",
                   [&](const Round& round) { return CompanyOf(redirects, round.company); });
  STEELYARD_RETURN_IF_ERROR(rounds.ForEachBatch([&](const std::vector<Round>& batch) {
    std::vector<Round> others;
    for (const Round& round : batch) {
      if (!joined.contains(round.company)) {
        others.push_back(round);
      } else {
        STEELYARD_RETURN_IF_ERROR(aside.Add(round));
      }
    }
    return others.empty() ? absl::OkStatus() : write(others);
  }));
  return aside.ForEachBatch(write);
}

}  // namespace

absl::StatusOr<RoundsWritten> CommitRounds(sql::Connection& connection, const Context& context,
                                           int64_t revision, const RoundChanges& changes) {
  Committer committer(connection, context, revision);
  STEELYARD_RETURN_IF_ERROR(committer.Begin());
  STEELYARD_RETURN_IF_ERROR(committer.Put(changes).status());
  STEELYARD_RETURN_IF_ERROR(committer.Write(changes));
  STEELYARD_RETURN_IF_ERROR(committer.Settle());
  STEELYARD_ASSIGN_OR_RETURN(std::set<std::string> written, committer.Written());
  return RoundsWritten{.rounds = std::move(written), .links = std::move(committer.links())};
}

absl::StatusOr<int64_t> CommitImport(sql::Connection& connection, const Context& context,
                                     int64_t revision, const StagedImport& staged) {
  Committer committer(connection, context, revision);
  STEELYARD_RETURN_IF_ERROR(committer.Begin());
  STEELYARD_ASSIGN_OR_RETURN(const int64_t sources,
                             committer.Put({.links = staged.links, .sources = staged.sources}));
  Amendments amendments;
  for (const Assertion& said : staged.amendments) amendments.emplace(said.round, &said);
  const auto write = [&](const std::vector<Round>& batch) {
    STEELYARD_RETURN_IF_ERROR(committer.Write(
        {.assertions = AssertionsOf(batch), .amendments = TakeAmendments(batch, amendments)}));
    return committer.Settle();
  };
  STEELYARD_RETURN_IF_ERROR(WriteByCompany(staged.rounds, committer.redirects(), write));
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
