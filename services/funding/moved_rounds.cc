#include "services/funding/moved_rounds.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "services/funding/round_match.h"

namespace steelyard::funding {
namespace {

// Lets a round that was linked to another one stand for it.
void Absorb(const Round& linked, Round& into) {
  for (const std::string& source : linked.sources) {
    if (std::find(into.sources.begin(), into.sources.end(), source) == into.sources.end()) {
      into.sources.push_back(source);
    }
  }
}

// After new links: the rounds of a former company are among those that the next may be.
void Settle(const std::vector<Round>& arrived, const std::vector<RoundLink>& found,
            std::vector<Round>& there) {
  std::unordered_map<std::string_view, size_t> places;
  for (size_t i = 0; i < there.size(); ++i) places.emplace(there[i].id, i);
  std::unordered_map<std::string_view, std::string_view> linked;
  for (const RoundLink& link : found) linked.emplace(link.round, link.related);
  std::vector<Round> fresh;
  for (const Round& round : arrived) {
    const auto link = linked.find(round.id);
    if (link == linked.end()) {
      fresh.push_back(round);
    } else {
      Absorb(round, there[places.at(link->second)]);
    }
  }
  there.insert(there.end(), fresh.begin(), fresh.end());
}

}  // namespace

std::vector<RoundLink> MatchesOf(const LinkTable& links, const std::set<std::string>& reports) {
  std::vector<RoundLink> matches;
  for (const auto& [key, link] : links.links()) {
    if (link.holds && link.origin == v1::LINK_ORIGIN_MATCHED &&
        (reports.contains(link.round) || reports.contains(link.related))) {
      matches.push_back(link);
    }
  }
  return matches;
}

void EndMatches(const std::vector<RoundLink>& matches,
                const std::function<std::string(const std::string& report)>& company_of,
                LinkTable& links) {
  for (RoundLink match : matches) {
    const std::string company = company_of(match.round);
    const std::string related = company_of(match.related);
    if (company.empty() || related.empty() || company == related) continue;
    match.holds = false;
    links.Put(match);
  }
}

void LinkMoved(const std::vector<MovedRound>& moved, std::vector<Round> there,
               const RateTable& rates, LinkTable& links) {
  std::map<std::string_view, std::vector<Round>> by_origin;
  for (const MovedRound& each : moved) by_origin[each.from].push_back(each.round);
  for (const auto& [from, arrived] : by_origin) {
    const std::vector<RoundLink> found = MatchFresh(arrived, there, rates, links);
    for (const RoundLink& link : found) links.Put(link);
    Settle(arrived, found, there);
  }
}

}  // namespace steelyard::funding
