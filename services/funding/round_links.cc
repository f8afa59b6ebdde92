// The links between reports of rounds.

#include <algorithm>

#include "services/common/text/strings.h"
#include "services/funding/assertion.h"
#include "services/funding/frame.h"

namespace steelyard::funding {
namespace {

std::string KeyOf(RoundRelation relation, std::string_view round, std::string_view related) {
  return StrCat(v1::RoundRelation_Name(relation).substr(15), " ", round, " ", related);
}

const std::string* FindIn(const std::map<std::string, std::string, std::less<>>& targets,
                          std::string_view from) {
  const auto found = targets.find(from);
  return found == targets.end() ? nullptr : &found->second;
}

bool IsDecided(const RoundLink* link) {
  return link != nullptr && link->origin == v1::LINK_ORIGIN_DECIDED;
}

}  // namespace

std::string KeyOf(const RoundLink& link) { return KeyOf(link.relation, link.round, link.related); }

std::string Canonical(const RoundLink& link) {
  return Frame()
      .Add(KeyOf(link))
      .Add(link.holds ? 1 : 0)
      .Add(static_cast<int64_t>(link.origin))
      .Add(link.reason)
      .Take();
}

const RoundLink* LinkTable::Find(RoundRelation relation, std::string_view a,
                                 std::string_view b) const {
  auto found = links_.find(KeyOf(relation, a, b));
  if (found == links_.end()) found = links_.find(KeyOf(relation, b, a));
  return found == links_.end() ? nullptr : &found->second;
}

bool LinkTable::Put(const RoundLink& link) {
  const bool decides = link.origin == v1::LINK_ORIGIN_DECIDED;
  if (!decides && IsDecided(Find(link.relation, link.round, link.related))) return false;
  // A decision about a pair ends what stood the other way round.
  const auto reverse = links_.find(KeyOf(link.relation, link.related, link.round));
  if (decides && reverse != links_.end()) {
    reverse->second.holds = false;
    reverse->second.origin = v1::LINK_ORIGIN_DECIDED;
    Index(reverse->second);
  }
  links_[KeyOf(link)] = link;
  Index(link);
  return true;
}

void LinkTable::Load(const RoundLink& link) {
  links_[KeyOf(link)] = link;
  Index(link);
  touched_.clear();
}

void LinkTable::Index(const RoundLink& link) {
  touched_.insert(KeyOf(link));
  named_.insert(link.round);
  named_.insert(link.related);
  const bool same = link.relation == v1::ROUND_RELATION_SAME_AS;
  Targets& targets = same ? same_ : included_;
  if (const std::string* before = FindIn(targets, link.round)) {
    if (!link.holds && *before != link.related) return;
    if (*before != link.related) End(KeyOf(link.relation, link.round, *before));
    if (same) {
      const auto [begin, end] = reports_.equal_range(*before);
      reports_.erase(std::find_if(begin, end,
                                  [&](const auto& report) { return report.second == link.round; }));
    }
    targets.erase(link.round);
  }
  if (!link.holds) return;
  targets[link.round] = link.related;
  if (same) reports_.emplace(link.related, link.round);
}

// A report goes by one name and is part of one round: a new link ends the one before.
void LinkTable::End(const std::string& key) {
  touched_.insert(key);
  links_.find(key)->second.holds = false;
}

std::vector<RoundLink> LinkTable::TakeTouched() {
  std::vector<RoundLink> touched;
  for (const std::string& key : touched_) touched.push_back(links_.find(key)->second);
  touched_.clear();
  return touched;
}

std::string LinkTable::RootOf(std::string_view report) const {
  std::string root(report);
  while (const std::string* next = FindIn(same_, root)) root = *next;
  return root;
}

std::string LinkTable::DirectInclusion(std::string_view report) const {
  const std::string* target = FindIn(included_, report);
  return target == nullptr ? "" : *target;
}

std::string LinkTable::IncludedIn(std::string_view report) const {
  const std::string root = RootOf(report);
  for (const std::string& member : MembersOf(root)) {
    const std::string* target = FindIn(included_, member);
    if (target == nullptr) continue;
    std::string outer = RootOf(*target);
    if (outer != root) return outer;
  }
  return "";
}

bool LinkTable::LeadsBack(const RoundLink& link) const {
  if (link.relation == v1::ROUND_RELATION_SAME_AS) {
    std::string_view at = link.related;
    while (at != link.round) {
      const std::string* next = FindIn(same_, at);
      if (next == nullptr) return false;
      at = *next;
    }
    return true;
  }
  const std::string start = RootOf(link.round);
  // No more steps than there are links: a circle that is already there ends, too.
  std::string at = RootOf(link.related);
  for (size_t steps = 0; !at.empty() && steps <= included_.size(); ++steps) {
    if (at == start) return true;
    at = IncludedIn(at);
  }
  return false;
}

std::vector<std::string> LinkTable::MembersOf(std::string_view root) const {
  std::vector<std::string> members{std::string(root)};
  for (size_t i = 0; i < members.size(); ++i) {
    const auto [begin, end] = reports_.equal_range(members[i]);
    std::vector<std::string> direct;
    for (auto report = begin; report != end; ++report) direct.push_back(report->second);
    members.insert(members.end(), direct.begin(), direct.end());
  }
  std::sort(members.begin() + 1, members.end());
  return members;
}

bool LinkTable::Names(std::string_view report) const { return named_.contains(report); }

std::vector<std::string> LinkTable::Aliases() const {
  std::vector<std::string> aliases;
  for (const auto& [report, target] : same_) aliases.push_back(report);
  return aliases;
}

}  // namespace steelyard::funding
