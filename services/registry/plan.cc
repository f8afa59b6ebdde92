#include "services/registry/plan.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace steelyard::registry {
namespace {

using ById = std::map<std::string, std::vector<Company>, std::less<>>;

// The survivors whose companies a write touches.
std::set<std::string> Touched(const Redirects& after, const Change& change) {
  std::set<std::string> survivors;
  for (const Company& record : change.records) survivors.insert(after.SurvivorOf(record.id));
  for (const std::string& id : change.others) survivors.insert(after.SurvivorOf(id));
  for (const Decision& decision : change.decisions) {
    switch (decision.kind) {
      case DecisionKind::kMerged:
      case DecisionKind::kSplit:
        survivors.insert(after.SurvivorOf(decision.other));
        [[fallthrough]];
      case DecisionKind::kRetracted:
        survivors.insert(after.SurvivorOf(decision.company));
        break;
      case DecisionKind::kDistinct:
      case DecisionKind::kWithdrawn:
        break;
    }
  }
  return survivors;
}

using Retractions = std::multimap<std::string_view, const Decision*>;  // by company

Retractions RetractionsOf(const std::vector<Decision>& decisions) {
  Retractions retractions;
  for (const Decision& decision : decisions) {
    if (decision.kind != DecisionKind::kRetracted) continue;
    retractions.emplace(decision.company, &decision);
  }
  return retractions;
}

// Drops the sources whose word it is that was retracted. False: nobody says it any more.
bool LeaveRetracted(const Retractions& retractions, Company& record) {
  const auto [first, last] = retractions.equal_range(record.id);
  if (first == last || record.sources.empty()) return true;
  const std::string content = RetractedContent(record);
  std::vector<Company> of_id = {std::move(record)};
  for (auto retraction = first; retraction != last; ++retraction) {
    if (retraction->second->other == content) TakeOut(retraction->second->source, of_id);
  }
  if (of_id.empty()) return false;
  record = std::move(of_id.front());
  return true;
}

// All records after the write.
ById Apply(const std::vector<Decision>& decisions, const Change& change, const Stored& stored) {
  ById records;
  for (const Company& record : stored.records) records[record.id].push_back(record);
  for (const Decision& decision : change.decisions) {
    if (decision.kind == DecisionKind::kRetracted) {
      TakeOut(decision.source, records[decision.company]);
    }
  }
  const Retractions retractions = RetractionsOf(decisions);
  for (const Company& written : change.records) {
    std::vector<Company>& of_id = records[written.id];
    for (const std::string& source : written.sources) TakeOut(source, of_id);
    Company record = written;
    // Ids are permanent: the last word about one stands.
    if (LeaveRetracted(retractions, record)) {
      TakeIn(std::move(record), of_id);
    } else if (of_id.empty()) {
      of_id.push_back(written);
    }
  }
  return records;
}

// How many of the records are not stored as they are.
int64_t CountChanged(const ById& records, const Stored& stored) {
  std::map<std::string, const Company*> before;
  for (const Company& record : stored.records) before.emplace(KeyOf(record), &record);
  int64_t changed = 0;
  for (const auto& [id, of_id] : records) {
    changed += std::count_if(of_id.begin(), of_id.end(), [&](const Company& record) {
      const auto known = before.find(KeyOf(record));
      return known == before.end() || *known->second != record;
    });
  }
  return changed;
}

}  // namespace

std::vector<std::string> NeededIds(const Redirects& after, const Change& change) {
  std::set<std::string> needed;
  for (const std::string& survivor : Touched(after, change)) {
    const std::vector<std::string> members = after.MembersOf(survivor);
    needed.insert(members.begin(), members.end());
  }
  return {needed.begin(), needed.end()};
}

Plan MakePlan(const std::vector<Decision>& before, const Change& change, const Stored& stored,
              const SourceKinds& kinds) {
  const std::vector<Decision> decisions = After(before, change.decisions);
  const Redirects redirects_before(before);
  const Redirects redirects(decisions);
  const ById records = Apply(decisions, change, stored);
  Plan plan{.changed = CountChanged(records, stored)};
  std::set<std::string> ended = stored.apart;
  for (const std::string& survivor : Touched(redirects, change)) {
    std::vector<Company> members;
    for (const std::string& id : redirects.MembersOf(survivor)) {
      const auto of_id = records.find(id);
      if (of_id == records.end() || of_id->second.empty()) continue;
      members.insert(members.end(), of_id->second.begin(), of_id->second.end());
      if (id != survivor && redirects_before.IntoOf(id) == nullptr) plan.gone.push_back(id);
    }
    if (members.empty()) continue;
    Believe(survivor, kinds, members);
    plan.companies.push_back(Join(members));
    if (members.size() == 1 && members.front() == plan.companies.back()) continue;
    for (Company& record : members) {
      record.id = KeyOf(record);
      ended.erase(record.id);
      plan.records.push_back(std::move(record));
    }
  }
  plan.ended.assign(ended.begin(), ended.end());
  return plan;
}

}  // namespace steelyard::registry
