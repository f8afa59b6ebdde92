// The writing half of the store of rounds in memory.

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/moved_rounds.h"
#include "services/funding/remembered_upsert.h"
#include "services/funding/resolve.h"
#include "services/funding/round_match.h"
#include "tests/support/fake_round_store.h"

namespace steelyard::testing {

using funding::Assertion;
using funding::CompanyFacts;
using funding::Investor;
using funding::LinkTable;
using funding::Round;
using funding::RoundLink;
using funding::SourcePolicy;
using ledger::Revision;

namespace {

ledger::Changes ChangesOf(size_t subjects) {
  return {.subjects = static_cast<int64_t>(subjects), .registry_revision = std::nullopt};
}

absl::Status NothingSaid(std::string_view id) {
  return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, StrCat("nothing is said of ", id));
}

}  // namespace

absl::StatusOr<Revision> FakeRoundStore::Commit(const Context& context,
                                                const ledger::Ledger::Body& body,
                                                const ledger::Ledger::Memory* remember) {
  STEELYARD_ASSIGN_OR_RETURN(const Revision revision, ledger_.Commit(context, body, remember));
  const std::lock_guard lock(mutex_);
  commits_.emplace(revision.revision, revision.committed_at);
  return revision;
}

void FakeRoundStore::Forget(int64_t revision) {
  const auto forget = [revision](auto& history) {
    for (auto& [key, states] : history) states.erase(revision);
  };
  forget(assertions_);
  forget(links_);
  forget(sources_);
  forget(investors_);
  forget(companies_);
  redirects_.erase(revision);
}

absl::StatusOr<std::set<std::string>> FakeRoundStore::Put(const funding::RoundChanges& changes,
                                                          int64_t revision) {
  std::set<std::string> changed;
  LinkTable links = LinksAt(revision);
  STEELYARD_RETURN_IF_ERROR(PutLinks(changes, links));
  for (const auto& [id, facts] : changes.sources) {
    if (Put(sources_, id, facts, revision)) changed.insert(StrCat("source ", id));
  }
  std::map<std::string, Assertion> written;
  for (const Assertion& said : changes.assertions) written[KeyOf(said)] = said;
  for (const Assertion& amendment : changes.amendments) {
    const Assertion* stored = At(assertions_, KeyOf(amendment), revision);
    const auto [place, is_new] = written.emplace(KeyOf(amendment), amendment);
    if (is_new && stored != nullptr) place->second = *stored;
    Amend(amendment, place->second);
  }
  std::map<std::string, std::vector<Assertion>> fresh;
  std::set<std::string> known;
  for (const Assertion& said : AssertionsAt(revision)) known.insert(said.round);
  for (auto& [key, said] : written) {
    const Assertion* stored = At(assertions_, key, revision);
    if (known.count(said.round) == 0) fresh[said.round].push_back(said);
    // The same content stays retracted.
    if (stored != nullptr && Canonical(*stored) == Canonical(said)) continue;
    said.retracted = false;
    said.reason.clear();
    if (Put(assertions_, key, said, revision)) changed.insert(said.round);
  }
  std::vector<Round> unmatched;
  for (const auto& [report, said] : fresh) {
    if (links.RootOf(report) != report) continue;
    const auto round =
        funding::Resolve(report, said, SourcePolicy(), SourcesAt(revision), RedirectsAt(revision));
    if (round) unmatched.push_back(*round);
  }
  std::vector<Round> candidates;
  for (const auto& [id, round] : Rounds(revision - 1)) candidates.push_back(round);
  const funding::RateTable no_rates{std::vector<funding::DailyRate>()};
  for (const RoundLink& link : MatchFresh(unmatched, candidates, no_rates, links)) links.Put(link);
  for (const RoundLink& link : links.TakeTouched()) {
    if (Put(links_, KeyOf(link), link, revision)) changed.insert(link.round);
  }
  changed.merge(Differing(revision));
  return changed;
}

absl::StatusOr<funding::UpsertOutcome> FakeRoundStore::Upsert(const Context& context,
                                                              const Upsertion& upsertion) {
  using Memory = ledger::Ledger::Memory;
  if (!upsertion.request_id.empty()) {
    STEELYARD_ASSIGN_OR_RETURN(const auto earlier,
                               ledger_.Recall(context, Memory::Of::kRequest, upsertion.request_id));
    if (earlier && earlier->digest != upsertion.digest) {
      return MakeError(common::v1::ERROR_REASON_REQUEST_ID_REUSED, "other content");
    }
    if (earlier) return funding::DecodeUpsert(earlier->reply);
  }
  funding::UpsertOutcome outcome;
  const auto body = [&](sql::Connection& /*connection*/,
                        int64_t revision) -> absl::StatusOr<ledger::Changes> {
    const std::lock_guard lock(mutex_);
    const auto changed = Put(funding::ChangesOf(upsertion), revision);
    if (!changed.ok() || changed->empty() || upsertion.validate_only) Forget(revision);
    STEELYARD_RETURN_IF_ERROR(changed.status());
    outcome.changed = ChangedOf(upsertion.rounds, *changed, LinksAt(revision));
    return ChangesOf(upsertion.validate_only ? 0 : changed->size());
  };
  const Memory memory{.of = Memory::Of::kRequest,
                      .id = upsertion.request_id,
                      .digest = upsertion.digest,
                      .reply = [&](const Revision& revision) {
                        outcome.revision = revision;
                        return funding::EncodeUpsert(outcome);
                      }};
  const bool remember = !upsertion.request_id.empty() && !upsertion.validate_only;
  STEELYARD_ASSIGN_OR_RETURN(outcome.revision, Commit(context, body, remember ? &memory : nullptr));
  return outcome;
}

absl::StatusOr<Revision> FakeRoundStore::Retract(const Context& context,
                                                 const funding::Retraction& retraction,
                                                 std::vector<std::string>& retracted) {
  return Commit(
      context,
      [&](sql::Connection& /*connection*/, int64_t revision) -> absl::StatusOr<ledger::Changes> {
        const std::lock_guard lock(mutex_);
        const std::vector<std::string>& only = retraction.sources;
        retracted.clear();
        for (Assertion said : AssertionsAt(revision)) {
          const bool asked = only.empty() || std::count(only.begin(), only.end(), said.source) > 0;
          if (said.round != retraction.round || said.retracted || !asked) continue;
          said.retracted = true;
          said.reason = retraction.reason;
          Put(assertions_, KeyOf(said), said, revision);
          retracted.push_back(said.source);
        }
        if (retracted.empty()) return NothingSaid(retraction.round);
        return ChangesOf(retracted.size());
      });
}

absl::StatusOr<Revision> FakeRoundStore::Decide(const Context& context, const RoundLink& decision) {
  return Commit(
      context,
      [&](sql::Connection& /*connection*/, int64_t revision) -> absl::StatusOr<ledger::Changes> {
        const std::lock_guard lock(mutex_);
        for (const std::string& name : {decision.round, decision.related}) {
          const std::vector<Assertion> all = AssertionsAt(revision);
          const bool known = std::any_of(all.begin(), all.end(),
                                         [&](const Assertion& said) { return said.round == name; });
          if (!known) return NothingSaid(name);
        }
        LinkTable links = LinksAt(revision);
        if (decision.holds && links.LeadsBack(decision)) {
          return funding::LinkCycleError(decision.round);
        }
        links.Put(decision);
        size_t changed = 0;
        for (const RoundLink& link : links.TakeTouched()) {
          if (Put(links_, KeyOf(link), link, revision)) ++changed;
        }
        return ChangesOf(changed);
      });
}

absl::StatusOr<funding::ImportOutcome> FakeRoundStore::Import(const Context& context,
                                                              const funding::StagedImport& staged,
                                                              std::string_view import_id,
                                                              bool dry_run, const Report& report) {
  funding::ImportOutcome outcome;
  const auto body = [&](sql::Connection& /*connection*/,
                        int64_t revision) -> absl::StatusOr<ledger::Changes> {
    const std::lock_guard lock(mutex_);
    funding::RoundChanges changes{
        .amendments = staged.amendments, .links = staged.links, .sources = staged.sources};
    STEELYARD_RETURN_IF_ERROR(staged.rounds.ForEachBatch([&](const std::vector<Round>& batch) {
      for (Assertion& said : funding::AssertionsOf(batch)) changes.assertions.push_back(said);
      return absl::OkStatus();
    }));
    const auto changed = Put(changes, revision);
    if (!changed.ok()) Forget(revision);
    STEELYARD_RETURN_IF_ERROR(changed.status());
    outcome.subjects_changed = static_cast<int64_t>(changed->size());
    for (const Investor& investor : staged.investors) {
      if (Put(investors_, investor.name, investor, revision)) ++outcome.subjects_changed;
    }
    if (dry_run || outcome.subjects_changed == 0) Forget(revision);
    return ChangesOf(dry_run ? 0 : static_cast<size_t>(outcome.subjects_changed));
  };
  const ledger::Ledger::Memory memory{.of = ledger::Ledger::Memory::Of::kImport,
                                      .id = std::string(import_id),
                                      .digest = std::string(import_id),
                                      .reply = [&](const Revision& revision) {
                                        outcome.revision = revision;
                                        return report(outcome);
                                      }};
  STEELYARD_ASSIGN_OR_RETURN(outcome.revision, Commit(context, body, dry_run ? nullptr : &memory));
  return outcome;
}

absl::StatusOr<std::optional<std::string>> FakeRoundStore::RecallImport(
    const Context& context, std::string_view import_id) const {
  STEELYARD_ASSIGN_OR_RETURN(
      const auto earlier, ledger_.Recall(context, ledger::Ledger::Memory::Of::kImport, import_id));
  if (!earlier) return std::nullopt;
  return earlier->reply;
}

void FakeRoundStore::Relink(int64_t revision) {
  const funding::Redirects before = RedirectsAt(revision - 1);
  const funding::Redirects after = RedirectsAt(revision);
  const funding::SourceTable sources = SourcesAt(revision);
  const std::set<std::string> moved = funding::Moved(before, after);
  LinkTable links = LinksAt(revision);
  std::unordered_map<std::string, std::vector<Assertion>> said;
  std::set<std::string> reports;
  for (const Assertion& assertion : AssertionsAt(revision)) {
    said[assertion.round].push_back(assertion);
    if (moved.count(assertion.company) == 0) continue;
    for (const std::string& member : links.MembersOf(links.RootOf(assertion.round))) {
      reports.insert(member);
    }
  }
  funding::Parted parted =
      Part({.reports = reports, .said = said, .sources = sources, .before = before, .after = after},
           links);
  std::vector<Round> there = parted.stayed;
  for (const auto& [id, round] : Rounds(revision - 1)) {
    if (reports.count(id) == 0) there.push_back(round);
  }
  LinkArrived(parted.arrived, there, funding::RateTable{std::vector<funding::DailyRate>()}, links);
  for (const RoundLink& link : links.TakeTouched()) Put(links_, KeyOf(link), link, revision);
}

absl::StatusOr<Revision> FakeRoundStore::ApplyCompanies(const Context& context,
                                                        const std::vector<CompanyFacts>& companies,
                                                        int64_t registry_revision) {
  return Commit(
      context,
      [&](sql::Connection& /*connection*/, int64_t revision) -> absl::StatusOr<ledger::Changes> {
        if (registry_revision <= ledger_.head().registry_revision) return ledger::Changes();
        const std::lock_guard lock(mutex_);
        for (const CompanyFacts& company : companies) {
          CompanyFacts row = company;
          row.merged.clear();
          Put(companies_, company.id, row, revision);
        }
        redirects_[revision] = funding::After(RedirectsAt(revision), companies);
        Relink(revision);
        return ledger::Changes{.subjects = 1, .registry_revision = registry_revision};
      });
}

}  // namespace steelyard::testing
