#include "tests/support/fake_round_store.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/remembered_upsert.h"

namespace steelyard::testing {
namespace {

using funding::CompanyFacts;
using funding::Investor;
using funding::Round;
using ledger::Revision;

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

// The revision that made the state which a revision sees; there is one.
int64_t StateBegan(const std::map<int64_t, Round>& states, int64_t revision) {
  return std::prev(states.upper_bound(revision))->first;
}

}  // namespace

template <typename Subject>
std::vector<std::string> FakeRoundStore::Changed(const Past<Subject>& history,
                                                 const std::map<std::string, Subject>& subjects) {
  std::vector<std::string> changed;
  for (const auto& [key, subject] : subjects) {
    const Subject* newest = At(history, key, INT64_MAX);
    if (newest == nullptr || !(*newest == subject)) changed.push_back(key);
  }
  return changed;
}

template <typename Subject>
void FakeRoundStore::Put(Past<Subject>& history, const std::map<std::string, Subject>& subjects,
                         const std::vector<std::string>& changed, int64_t revision) {
  for (const std::string& key : changed) history[key][revision] = subjects.at(key);
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

std::vector<Round> FakeRoundStore::Rounds(int64_t revision) const {
  std::vector<Round> rounds;
  for (const auto& [id, states] : rounds_) {
    if (const Round* round = At(rounds_, id, revision)) rounds.push_back(Joined(*round, revision));
  }
  return rounds;
}

absl::StatusOr<Round> FakeRoundStore::Get(const Context& /*context*/, int64_t revision,
                                          std::string_view id) const {
  const std::lock_guard lock(mutex_);
  if (const Round* round = At(rounds_, id, revision)) return Joined(*round, revision);
  return MakeError(common::v1::ERROR_REASON_ROUND_NOT_FOUND, StrCat("no round ", id));
}

absl::StatusOr<std::vector<std::string>> FakeRoundStore::Existing(
    const Context& /*context*/, int64_t revision, const std::vector<std::string>& ids) const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> existing;
  for (const std::string& id : ids) {
    if (At(rounds_, id, revision) != nullptr) existing.insert(id);
  }
  return std::vector<std::string>(existing.begin(), existing.end());
}

absl::StatusOr<funding::RoundPage> FakeRoundStore::List(const Context& /*context*/,
                                                        int64_t revision,
                                                        const funding::RoundQuery& query) const {
  STEELYARD_RETURN_IF_ERROR(CheckNoFilter(query.filter));
  const std::lock_guard lock(mutex_);
  std::vector<Round> rounds = Rounds(revision);
  std::erase_if(rounds, [&](const Round& round) {
    return !query.period.Contains(round.announced) ||
           StateBegan(rounds_.at(round.id), revision) <= query.updated_after;
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
  std::vector<Round> rounds = Rounds(revision);
  std::stable_sort(rounds.begin(), rounds.end(),
                   [](const Round& a, const Round& b) { return a.company < b.company; });
  funding::Selection selection;
  for (const Round& round : rounds) {
    if (!Selects(query, round, revision)) continue;
    if (selection.companies.empty() || selection.companies.back().id != round.company) {
      selection.companies.push_back(Placed(round.id, revision)->company);
    }
    selection.rounds.push_back(
        {.company = static_cast<int32_t>(selection.companies.size()) - 1,
         .currency = selection.currencies.Number(round.amount ? round.amount->currency : ""),
         .sources = selection.source_lists.Number(StrCat("|", StrJoin(round.sources, "|"), "|")),
         .stage = round.stage,
         .announced = round.announced,
         .minor_units = round.amount ? std::optional(round.amount->minor_units) : std::nullopt});
  }
  return selection;
}

absl::StatusOr<funding::RoundCounts> FakeRoundStore::Count(const Context& /*context*/,
                                                           int64_t revision) const {
  const std::lock_guard lock(mutex_);
  funding::RoundCounts counts;
  for (const Round& round : Rounds(revision)) {
    ++counts.rounds;
    counts.participations += static_cast<int64_t>(round.participations.size());
  }
  return counts;
}

absl::StatusOr<std::optional<funding::RoundCommit>> FakeRoundStore::NextCommit(
    const Context& /*context*/, int64_t revision) const {
  const std::lock_guard lock(mutex_);
  const auto next = commits_.upper_bound(revision);
  if (next == commits_.end()) return std::nullopt;
  return funding::RoundCommit{.revision = next->first, .committed_at = next->second};
}

absl::StatusOr<std::vector<Round>> FakeRoundStore::ChangedIn(const Context& /*context*/,
                                                             int64_t revision,
                                                             std::string_view after_id,
                                                             int limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<Round> changed;
  for (const auto& [id, states] : rounds_) {
    const auto state = states.find(revision);
    if (state == states.end() || id <= after_id) continue;
    if (changed.size() < static_cast<size_t>(limit)) {
      changed.push_back(Joined(state->second, revision));
    }
  }
  return changed;
}

bool FakeRoundStore::LeadsBack(const std::map<std::string, Round>& written,
                               std::string_view id) const {
  std::set<std::string> seen;
  std::string at(id);
  while (seen.insert(at).second) {
    const auto found = written.find(at);
    const Round* round = found != written.end() ? &found->second : At(rounds_, at, INT64_MAX);
    if (round == nullptr || round->included_in.empty()) return false;
    at = round->included_in;
    if (at == id) return true;
  }
  return false;
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
  std::map<std::string, Round> written;
  for (const Round& round : upsertion.rounds) written[round.id] = round;
  const auto body = [&](sql::Connection& /*connection*/,
                        int64_t revision) -> absl::StatusOr<ledger::Changes> {
    const std::lock_guard lock(mutex_);
    for (const Round& round : upsertion.rounds) {
      if (LeadsBack(written, round.id)) {
        return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, "leads back");
      }
    }
    const std::vector<std::string> changed = Changed(rounds_, written);
    for (const Round& round : upsertion.rounds) {
      if (std::count(changed.begin(), changed.end(), round.id) > 0) {
        outcome.changed.push_back(round.id);
      }
    }
    if (upsertion.validate_only) return ledger::Changes{};
    Put(rounds_, written, changed, revision);
    return ledger::Changes{.subjects = static_cast<int64_t>(changed.size()),
                           .registry_revision = std::nullopt};
  };
  const Memory memory{.of = Memory::Of::kRequest,
                      .id = upsertion.request_id,
                      .digest = upsertion.digest,
                      .reply = [&](const Revision& revision) {
                        outcome.revision = revision;
                        return funding::EncodeUpsert(outcome);
                      }};
  const bool remember = !upsertion.request_id.empty() && !upsertion.validate_only;
  STEELYARD_ASSIGN_OR_RETURN(outcome.revision,
                             ledger_.Commit(context, body, remember ? &memory : nullptr));
  const std::lock_guard lock(mutex_);
  if (!outcome.changed.empty() && !upsertion.validate_only) {
    commits_[outcome.revision.revision] = outcome.revision.committed_at;
  }
  return outcome;
}

absl::StatusOr<funding::ImportOutcome> FakeRoundStore::Import(const Context& context,
                                                              const funding::StagedImport& staged,
                                                              std::string_view import_id,
                                                              bool dry_run, const Report& report) {
  funding::ImportOutcome outcome;
  bool rounds_changed = false;
  const auto body = [&](sql::Connection& /*connection*/,
                        int64_t revision) -> absl::StatusOr<ledger::Changes> {
    const std::lock_guard lock(mutex_);
    std::map<std::string, Round> rounds;
    std::map<std::string, Investor> investors;
    for (const Round& round : staged.rounds) {
      rounds[round.id] = round;
      const Round* stored = At(rounds_, round.id, INT64_MAX);
      if (stored != nullptr) rounds[round.id].included_in = stored->included_in;
    }
    for (const funding::RoundLink& link : staged.links) {
      const Round* stored = At(rounds_, link.round, INT64_MAX);
      if (!rounds.contains(link.round) && stored != nullptr) rounds[link.round] = *stored;
      const auto round = rounds.find(link.round);
      if (round != rounds.end()) round->second.included_in = link.included_in;
    }
    for (const funding::RoundLink& link : staged.links) {
      if (LeadsBack(rounds, link.round)) {
        return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, "leads back");
      }
    }
    for (const Investor& investor : staged.investors) investors[investor.name] = investor;
    const auto changed_rounds = Changed(rounds_, rounds);
    const auto changed_investors = Changed(investors_, investors);
    outcome.subjects_changed =
        static_cast<int64_t>(changed_rounds.size() + changed_investors.size());
    if (dry_run) return ledger::Changes{};
    rounds_changed = !changed_rounds.empty();
    Put(rounds_, rounds, changed_rounds, revision);
    Put(investors_, investors, changed_investors, revision);
    return ledger::Changes{.subjects = outcome.subjects_changed, .registry_revision = std::nullopt};
  };
  const ledger::Ledger::Memory memory{.of = ledger::Ledger::Memory::Of::kImport,
                                      .id = std::string(import_id),
                                      .digest = std::string(import_id),
                                      .reply = [&](const Revision& revision) {
                                        outcome.revision = revision;
                                        return report(outcome);
                                      }};
  STEELYARD_ASSIGN_OR_RETURN(outcome.revision,
                             ledger_.Commit(context, body, dry_run ? nullptr : &memory));
  const std::lock_guard lock(mutex_);
  if (rounds_changed) commits_[outcome.revision.revision] = outcome.revision.committed_at;
  return outcome;
}

absl::StatusOr<std::optional<std::string>> FakeRoundStore::RecallImport(
    const Context& context, std::string_view import_id) const {
  STEELYARD_ASSIGN_OR_RETURN(
      const auto earlier, ledger_.Recall(context, ledger::Ledger::Memory::Of::kImport, import_id));
  if (!earlier) return std::nullopt;
  return earlier->reply;
}

absl::StatusOr<Revision> FakeRoundStore::ApplyCompanies(const Context& context,
                                                        const std::vector<CompanyFacts>& companies,
                                                        int64_t registry_revision) {
  return ledger_.Commit(
      context,
      [&](sql::Connection& /*connection*/, int64_t revision) -> absl::StatusOr<ledger::Changes> {
        const std::lock_guard lock(mutex_);
        std::map<std::string, CompanyFacts> written;
        for (const CompanyFacts& company : companies) written[company.id] = company;
        Put(companies_, written, Changed(companies_, written), revision);
        return ledger::Changes{.subjects = 1, .registry_revision = registry_revision};
      });
}

}  // namespace steelyard::testing
