#include "tests/support/fake_registry_store.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/registry/identifier.h"
#include "services/registry/record.h"

namespace steelyard::testing {
namespace {

using registry::Company;
using registry::CompanyName;
using registry::NameKind;

bool Has(const Company& company, const std::string& field, const std::string& value) {
  if (field == "layers") {
    return std::count(company.layers.begin(), company.layers.end(), value) > 0;
  }
  if (field == "identifiers") {
    return std::any_of(company.identifiers.begin(), company.identifiers.end(),
                       [&](const registry::Identifier& identifier) {
                         return registry::IdentifierKeyOf(identifier.scheme, identifier.value) ==
                                absl::AsciiStrToLower(value);
                       });
  }
  if (field == "website") return company.website == value;
  if (field == "legal_country") return company.legal_country == value;
  return value == (field == "id" ? company.id : company.country);
}

absl::StatusOr<bool> Matches(const Company& company, std::string filter) {
  static const std::regex kTerm(
      R"re((legal_country|country|id|layers|website|identifiers)\s*(=|:)\s*"?([^"]*?)"?( AND |$))re");
  while (!filter.empty()) {
    std::smatch term;
    if (!std::regex_search(filter, term, kTerm, std::regex_constants::match_continuous)) {
      return MakeError(common::v1::ERROR_REASON_INVALID_FILTER, "the fake does not know this");
    }
    const std::string field = term[1];
    const std::string value = term[3];
    if (!Has(company, field, value)) return false;
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

std::vector<Company> FakeRegistryStore::Changed(int64_t revision) const {
  const std::vector<Company> before = Seen(revision - 1);
  std::vector<Company> companies = Seen(revision);
  std::erase_if(companies, [&](const Company& company) {
    return std::find(before.begin(), before.end(), company) != before.end();
  });
  return companies;
}

absl::StatusOr<std::vector<Company>> FakeRegistryStore::Companies(
    const Context& /*context*/, int64_t revision, std::span<const std::string> ids) const {
  std::vector<Company> companies = Seen(revision);
  std::erase_if(companies, [&](const Company& company) { return !Contains(ids, company.id); });
  return companies;
}

absl::StatusOr<std::vector<Company>> FakeRegistryStore::Records(
    const Context& /*context*/, int64_t revision, std::span<const std::string> ids) const {
  std::vector<Company> companies = RecordsAt(revision);
  std::erase_if(companies, [&](const Company& company) { return !Contains(ids, company.id); });
  return companies;
}

absl::StatusOr<std::vector<registry::Decision>> FakeRegistryStore::Decisions(
    const Context& /*context*/, int64_t revision) const {
  const std::lock_guard lock(mutex_);
  std::vector<registry::Decision> decisions;
  for (const auto& [id, states] : decisions_) {
    const auto after = states.upper_bound(revision);
    if (after == states.begin()) continue;
    decisions.push_back(std::prev(after)->second);
    decisions.back().revision = std::prev(after)->first;
  }
  return decisions;
}

absl::StatusOr<std::vector<registry::CompanyPair>> FakeRegistryStore::LookAlikes(
    const Context& /*context*/, int64_t revision, int limit) const {
  const std::vector<Company> companies = Seen(revision);
  // What may be shared -> by whom.
  std::map<std::string, std::set<const Company*>> sharing;
  for (const Company& company : companies) {
    for (const CompanyName& name : company.names) {
      if (name.kind == NameKind::kTicker) continue;
      sharing["name:" + text::Fold(name.text)].insert(&company);
    }
    for (const registry::Identifier& identifier : company.identifiers) {
      if (identifier.scheme != "domain") continue;
      sharing["domain:" + identifier.value].insert(&company);
    }
    const auto domain = registry::DomainOf(company.website);
    if (domain.ok()) sharing["domain:" + *domain].insert(&company);
  }
  sharing.erase("name:");
  std::map<registry::CompanyPair, int> shares;
  for (const auto& [what, by] : sharing) {
    if (static_cast<int64_t>(by.size()) > registry::kMostSharing) continue;
    for (const Company* a : by) {
      for (const Company* b : by) {
        const bool fits = what.starts_with("domain:") || a->country == b->country ||
                          a->country.empty() || b->country.empty();
        if (a->id < b->id && fits) ++shares[{a->id, b->id}];
      }
    }
  }
  std::vector<registry::CompanyPair> pairs;
  for (const auto& [pair, count] : shares) pairs.push_back(pair);
  std::stable_sort(pairs.begin(), pairs.end(),
                   [&](const auto& a, const auto& b) { return shares[a] > shares[b]; });
  return Slice(std::move(pairs), 0, limit);
}

absl::StatusOr<registry::CompanyPage> FakeRegistryStore::ListCompanies(
    const Context& /*context*/, int64_t revision, const registry::CompanyQuery& query) const {
  std::vector<Company> matching;
  for (Company& company : Seen(revision)) {
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
  for (const Company& company : RecordsAt(revision)) {
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
  // By company and revision: what was seen, and until when.
  std::map<std::pair<std::string, int64_t>, std::pair<Company, int64_t>> states;
  std::map<std::string, int64_t> open;  // from when
  for (int64_t revision = 1; revision <= upto; ++revision) {
    std::map<std::string, int64_t> still;
    for (Company& company : Seen(revision)) {
      const auto known = open.find(company.id);
      const bool same = known != open.end() && states.at(*known).first == company;
      const int64_t from = same ? known->second : revision;
      still.emplace(company.id, from);
      if (same) continue;
      const std::pair key(company.id, from);
      states[key] = {std::move(company), ledger::kOpenRevision};
    }
    for (const auto& [id, from] : open) {
      const auto now = still.find(id);
      if (now == still.end() || now->second != from) states.at({id, from}).second = revision;
    }
    open = std::move(still);
  }
  for (const auto& [key, state] : states) {
    const auto& [id, from] = key;
    const auto& [company, to] = state;
    if (from > after) {
      Company without = company;
      without.merged.clear();
      without.relations.clear();
      without.headquarters.clear();
      without.status_history.clear();
      for (registry::CompanyName& name : without.names) name.valid = {};
      begun(std::move(without), from, to);
    }
    if (from <= after && to > after && to != ledger::kOpenRevision) {
      ended.push_back({.company = id, .from = from, .to = to});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Company>> FakeRegistryStore::ChangedIn(const Context& /*context*/,
                                                                  int64_t revision,
                                                                  std::string_view after_id,
                                                                  int limit) const {
  std::vector<Company> changed = Changed(revision);
  std::erase_if(changed, [&](const Company& company) { return company.id <= after_id; });
  return Slice(std::move(changed), 0, limit);
}

absl::StatusOr<std::vector<registry::CompanyState>> FakeRegistryStore::States(
    const Context& context, int64_t revision, const std::string& id, int64_t offset,
    int limit) const {
  std::vector<registry::CompanyState> states;  // oldest first
  for (int64_t at = 1; at <= revision; ++at) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> seen,
                               Companies(context, at, std::vector{id}));
    const bool open = !states.empty() && states.back().to_revision == ledger::kOpenRevision;
    if (open && !seen.empty() && states.back().company == seen.front()) continue;
    if (open) states.back().to_revision = at;
    if (!seen.empty()) states.push_back({.company = seen.front(), .from_revision = at});
  }
  std::reverse(states.begin(), states.end());
  return Slice(std::move(states), offset, limit);
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
  for (const Company& company : Seen(revision)) {
    ++counts.companies;
    counts.names += static_cast<int64_t>(company.names.size());
    counts.identifiers += static_cast<int64_t>(company.identifiers.size());
  }
  counts.sources = static_cast<int64_t>(At(sources_, revision).size());
  return counts;
}

absl::StatusOr<registry::Directory> FakeRegistryStore::ReadOwnership(const Context& /*context*/,
                                                                     int64_t revision) const {
  registry::Directory directory;
  directory.redirects = registry::Redirects(At(decisions_, revision));
  for (const Company& company : Seen(revision)) {
    for (const registry::Relation& relation : company.relations) {
      const std::string parent = directory.redirects.SurvivorOf(relation.object);
      if (registry::IsParent(relation) && parent != company.id) {
        directory.owned.push_back({company.id, parent, relation.source});
      }
    }
  }
  std::sort(directory.owned.begin(), directory.owned.end());
  return directory;
}

absl::StatusOr<registry::Directory> FakeRegistryStore::ReadDirectory(const Context& context,
                                                                     int64_t revision) const {
  STEELYARD_ASSIGN_OR_RETURN(registry::Directory directory, ReadOwnership(context, revision));
  for (const Company& company : RecordsAt(revision)) {
    const uint32_t number = directory.known.AddCompany(company.id);
    for (const registry::Identifier& identifier : company.identifiers) {
      directory.known.Give(registry::IdentifierKeyOf(identifier.scheme, identifier.value), number);
    }
  }
  for (const registry::Source& source : At(sources_, revision)) {
    directory.sources.push_back(source.id);
  }
  return directory;
}

}  // namespace steelyard::testing
