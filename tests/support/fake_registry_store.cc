#include "tests/support/fake_registry_store.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <tuple>
#include <utility>

#include "services/common/status/status.h"
#include "services/registry/identifier.h"

namespace steelyard::testing {
namespace {

using registry::Company;

absl::StatusOr<bool> Matches(const Company& company, std::string filter) {
  static const std::regex kTerm(R"re((country|id|layers)\s*(=|:)\s*"?([^"]*?)"?( AND |$))re");
  while (!filter.empty()) {
    std::smatch term;
    if (!std::regex_search(filter, term, kTerm, std::regex_constants::match_continuous)) {
      return MakeError(common::v1::ERROR_REASON_INVALID_FILTER, "the fake does not know this");
    }
    const std::string field = term[1];
    const std::string value = term[3];
    const bool matches = field == "layers"
                             ? std::count(company.layers.begin(), company.layers.end(), value) > 0
                             : value == (field == "id" ? company.id : company.country);
    if (!matches) return false;
    filter = term.suffix();
  }
  return true;
}

// Whether `a` comes before `b`.
bool Before(const Company& a, const Company& b, const std::vector<filter::OrderKey>& order) {
  for (const filter::OrderKey& key : order) {
    if (key.name == "founded_year") {
      // Unknown years last, whatever the direction.
      if (a.founded_on.has_value() != b.founded_on.has_value()) return a.founded_on.has_value();
      if (!a.founded_on.has_value() || a.founded_on->year == b.founded_on->year) continue;
      return (a.founded_on->year < b.founded_on->year) != key.descending;
    }
    const std::string& left = key.name == "id" ? a.id : a.display_name;
    const std::string& right = key.name == "id" ? b.id : b.display_name;
    if (left != right) return (left < right) != key.descending;
  }
  return a.id < b.id;
}

template <typename T>
std::vector<T> Slice(std::vector<T> items, int64_t offset, int limit) {
  const auto size = static_cast<int64_t>(items.size());
  const auto first = items.begin() + std::min(offset, size);
  const auto last = items.begin() + std::min(offset + limit, size);
  return std::vector<T>(std::make_move_iterator(first), std::make_move_iterator(last));
}

bool Contains(std::span<const std::string> ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

template <typename Subject>
std::vector<Subject> FakeRegistryStore::At(const History<Subject>& history,
                                           int64_t revision) const {
  const std::lock_guard lock(mutex_);
  std::vector<Subject> subjects;
  for (const auto& [id, states] : history) {
    const auto after = states.upper_bound(revision);
    if (after != states.begin()) subjects.push_back(std::prev(after)->second);
  }
  return subjects;
}

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

absl::StatusOr<std::vector<Company>> FakeRegistryStore::Companies(
    const Context& /*context*/, int64_t revision, std::span<const std::string> ids) const {
  std::vector<Company> companies = At(companies_, revision);
  std::erase_if(companies, [&](const Company& company) { return !Contains(ids, company.id); });
  return companies;
}

absl::StatusOr<registry::CompanyPage> FakeRegistryStore::ListCompanies(
    const Context& /*context*/, int64_t revision, const registry::CompanyQuery& query) const {
  std::vector<Company> matching;
  for (Company& company : At(companies_, revision)) {
    STEELYARD_ASSIGN_OR_RETURN(const bool matches, Matches(company, query.filter));
    if (matches) matching.push_back(std::move(company));
  }
  std::sort(matching.begin(), matching.end(),
            [&](const Company& a, const Company& b) { return Before(a, b, query.order); });
  const auto total = static_cast<int64_t>(matching.size());
  return registry::CompanyPage{Slice(std::move(matching), query.offset, query.limit), total};
}

absl::StatusOr<std::map<std::string, std::string>> FakeRegistryStore::Bearers(
    const Context& /*context*/, int64_t revision, std::span<const std::string> keys) const {
  std::map<std::string, std::string> bearers;
  for (const Company& company : At(companies_, revision)) {
    for (const registry::Identifier& identifier : company.identifiers) {
      const std::string key = registry::IdentifierKeyOf(identifier.scheme, identifier.value);
      if (Contains(keys, key)) bearers.emplace(key, company.id);
    }
  }
  return bearers;
}

absl::Status FakeRegistryStore::ReadStates(const Context& /*context*/, int64_t after, int64_t upto,
                                           const Begun& begun,
                                           std::vector<registry::Ended>& ended) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, states] : companies_) {
    for (auto state = states.begin(); state != states.end(); ++state) {
      const auto next = std::next(state);
      const int64_t to = next == states.end() || next->first > upto ? ledger::kOpenRevision
                                                                     : next->first;
      const int64_t from = state->first;
      if (from > after && from <= upto) begun(state->second, from, to);
      if (from <= after && to > after && to != ledger::kOpenRevision) {
        ended.push_back({.company = id, .from = from, .to = to});
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Company>> FakeRegistryStore::ChangedIn(const Context& /*context*/,
                                                                  int64_t revision,
                                                                  std::string_view after_id,
                                                                  int limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<Company> changed;
  for (const auto& [id, states] : companies_) {
    const auto state = states.find(revision);
    if (state != states.end() && id > after_id) changed.push_back(state->second);
  }
  return Slice(std::move(changed), 0, limit);
}

absl::StatusOr<std::vector<registry::Source>> FakeRegistryStore::Sources(
    const Context& /*context*/, int64_t revision, std::span<const std::string> ids, int64_t offset,
    int limit) const {
  std::vector<registry::Source> sources = At(sources_, revision);
  std::erase_if(sources, [&](const registry::Source& source) {
    return !ids.empty() && !Contains(ids, source.id);
  });
  return Slice(std::move(sources), offset, limit);
}

absl::StatusOr<std::vector<registry::Codelist>> FakeRegistryStore::Codelists(
    const Context& /*context*/, int64_t revision, std::string_view id) const {
  std::vector<registry::Codelist> lists = At(codelists_, revision);
  std::erase_if(lists,
                [&](const registry::Codelist& list) { return !id.empty() && list.id != id; });
  return lists;
}

absl::StatusOr<registry::Counts> FakeRegistryStore::Count(const Context& /*context*/,
                                                          int64_t revision) const {
  registry::Counts counts;
  for (const Company& company : At(companies_, revision)) {
    ++counts.companies;
    counts.names += static_cast<int64_t>(company.names.size());
    counts.identifiers += static_cast<int64_t>(company.identifiers.size());
  }
  counts.sources = static_cast<int64_t>(At(sources_, revision).size());
  return counts;
}

absl::StatusOr<registry::Directory> FakeRegistryStore::ReadDirectory(const Context& /*context*/,
                                                                     int64_t revision) const {
  registry::Directory directory;
  for (const Company& company : At(companies_, revision)) {
    directory.companies.push_back(company.id);
    for (const registry::Identifier& identifier : company.identifiers) {
      directory.bearers.emplace(registry::IdentifierKeyOf(identifier.scheme, identifier.value),
                                company.id);
    }
  }
  for (const registry::Source& source : At(sources_, revision)) {
    directory.sources.push_back(source.id);
  }
  return directory;
}

absl::StatusOr<registry::Written> FakeRegistryStore::Write(const Context& context, const Edit& edit,
                                                           bool validate_only,
                                                           const registry::Receipt* receipt) {
  // Held throughout, so that nobody sees a state before its commit stands.
  const std::lock_guard lock(mutex_);
  const auto before = std::make_tuple(companies_, sources_, codelists_);
  registry::Written written;
  const auto body = [&](sql::Connection& /*connection*/,
                        int64_t revision) -> absl::StatusOr<ledger::Changes> {
    STEELYARD_ASSIGN_OR_RETURN(const registry::Batch batch, edit(revision - 1));
    written.changed_companies = Put(companies_, batch.companies, revision);
    written.subjects = static_cast<int64_t>(written.changed_companies.size() +
                                            Put(sources_, batch.sources, revision).size() +
                                            Put(codelists_, batch.codelists, revision).size());
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
  if (!revision.ok() || validate_only) std::tie(companies_, sources_, codelists_) = before;
  STEELYARD_RETURN_IF_ERROR(revision.status());
  written.revision = *revision;
  return written;
}

}  // namespace steelyard::testing
