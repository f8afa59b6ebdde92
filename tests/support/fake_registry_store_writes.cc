// Writing, and what readers see of what was written.

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "services/registry/record.h"
#include "tests/support/fake_registry_store.h"

namespace steelyard::testing {

using registry::Company;

template <typename Subject>
std::vector<std::string> FakeRegistryStore::Put(History<Subject>& history,
                                                const std::vector<Subject>& subjects,
                                                int64_t revision) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> changed;
  for (const Subject& subject : subjects) {
    std::map<int64_t, Subject>& states = history[subject.id];
    if (!states.empty() && states.rbegin()->second == subject) continue;
    states[revision] = subject;
    changed.push_back(subject.id);
  }
  std::sort(changed.begin(), changed.end());
  return changed;
}

std::vector<Company> FakeRegistryStore::RecordsAt(int64_t revision) const {
  const std::lock_guard lock(mutex_);
  std::vector<Company> records;
  for (const auto& [id, states] : records_) {
    const auto after = states.upper_bound(revision);
    if (after == states.begin()) continue;
    const std::vector<Company>& of_id = std::prev(after)->second;
    records.insert(records.end(), of_id.begin(), of_id.end());
  }
  return records;
}

std::vector<Company> FakeRegistryStore::Seen(int64_t revision) const {
  const registry::Redirects redirects(At(decisions_, revision));
  registry::SourceKinds kinds;
  for (const registry::Source& source : At(sources_, revision)) kinds[source.id] = source.kind;
  std::map<std::string, std::vector<Company>> by_survivor;
  for (const Company& record : RecordsAt(revision)) {
    by_survivor[redirects.SurvivorOf(record.id)].push_back(record);
  }
  std::vector<Company> companies;
  for (auto& [survivor, records] : by_survivor) {
    registry::Believe(survivor, kinds, records);
    companies.push_back(registry::Join(records));
  }
  return companies;
}

int64_t FakeRegistryStore::PutRecords(const registry::Batch& batch, int64_t revision) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::vector<Company>> changed;  // by id, as they become
  const auto of_id = [&](const std::string& id) -> std::vector<Company>& {
    const auto [now, is_new] = changed.try_emplace(id);
    if (is_new && !records_[id].empty()) now->second = records_[id].rbegin()->second;
    return now->second;
  };
  std::set<std::tuple<std::string, std::string, std::string>> retracted;
  for (const registry::Decision& decision : At(decisions_, revision)) {
    if (decision.kind != registry::DecisionKind::kRetracted) continue;
    retracted.insert({decision.company, decision.source, decision.other});
  }
  for (const registry::Decision& decision : batch.decisions) {
    if (decision.kind != registry::DecisionKind::kRetracted) continue;
    registry::TakeOut(decision.source, of_id(decision.company));
  }
  for (const Company& written : batch.companies) {
    std::vector<Company> record = {written};
    for (const std::string& source : written.sources) {
      if (retracted.contains({written.id, source, registry::RetractedContent(written)})) {
        registry::TakeOut(source, record);
      }
    }
    std::vector<Company>& records = of_id(written.id);
    for (const std::string& source : written.sources) registry::TakeOut(source, records);
    if (record.empty() && records.empty()) record = {written};
    if (!record.empty()) registry::TakeIn(record.front(), records);
  }
  int64_t count = 0;
  for (auto& [id, records] : changed) {
    std::sort(records.begin(), records.end(), [](const Company& a, const Company& b) {
      return registry::KeyOf(a) < registry::KeyOf(b);
    });
    std::map<int64_t, std::vector<Company>>& states = records_[id];
    const std::vector<Company> before =
        states.empty() ? std::vector<Company>() : states.rbegin()->second;
    if (records == before) continue;
    count += std::count_if(records.begin(), records.end(), [&](const Company& record) {
      return std::find(before.begin(), before.end(), record) == before.end();
    });
    states[revision] = std::move(records);
  }
  return count;
}

// What a write sees of the store: everything, at once.
class FakeRegistryStore::FakeWriting final : public registry::Writing {
 public:
  FakeWriting(FakeRegistryStore& store, const Context& context, int64_t revision, int64_t& subjects)
      : store_(store), context_(context), revision_(revision), subjects_(subjects) {}

  absl::StatusOr<std::vector<Company>> Records(std::span<const std::string> ids) override {
    return store_.Records(context_, revision_, ids);
  }
  absl::StatusOr<registry::Directory> ReadOwnership() override {
    return store_.ReadOwnership(context_, revision_);
  }
  absl::Status Put(const registry::Batch& batch) override {
    subjects_ +=
        static_cast<int64_t>(store_.Put(store_.decisions_, batch.decisions, revision_).size() +
                             store_.Put(store_.sources_, batch.sources, revision_).size() +
                             store_.Put(store_.codelists_, batch.codelists, revision_).size());
    subjects_ += store_.PutRecords(batch, revision_);
    return absl::OkStatus();
  }

 private:
  FakeRegistryStore& store_;
  const Context& context_;
  const int64_t revision_;
  int64_t& subjects_;
};

absl::StatusOr<registry::Written> FakeRegistryStore::Write(const Context& context, const Edit& edit,
                                                           bool validate_only,
                                                           const registry::Receipt* receipt) {
  // Held throughout, so that nobody sees a state before its commit stands.
  const std::lock_guard lock(mutex_);
  const auto before = std::make_tuple(records_, decisions_, sources_, codelists_);
  registry::Written written;
  const auto body = [&](sql::Connection& /*connection*/,
                        int64_t revision) -> absl::StatusOr<ledger::Changes> {
    FakeWriting writing(*this, context, revision, written.subjects);
    STEELYARD_RETURN_IF_ERROR(edit(revision - 1, writing));
    for (const Company& company : Changed(revision)) {
      written.changed_companies.push_back(company.id);
    }
    return ledger::Changes{.subjects = validate_only ? 0 : written.subjects,
                           .registry_revision = std::nullopt};
  };
  ledger::Ledger::Memory memory;
  if (receipt != nullptr) {
    memory = {receipt->of, receipt->id, receipt->digest, [&](const ledger::Revision& revision) {
                written.revision = revision;
                return receipt->reply(written);
              }};
  }
  const absl::StatusOr<ledger::Revision> revision =
      ledger_.Commit(context, body, receipt == nullptr || validate_only ? nullptr : &memory);
  if (!revision.ok() || validate_only)
    std::tie(records_, decisions_, sources_, codelists_) = before;
  STEELYARD_RETURN_IF_ERROR(revision.status());
  written.revision = *revision;
  return written;
}

}  // namespace steelyard::testing
