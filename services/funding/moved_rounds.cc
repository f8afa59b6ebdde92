#include "services/funding/moved_rounds.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "services/common/text/strings.h"
#include "services/funding/resolve.h"
#include "services/funding/round_match.h"

namespace steelyard::funding {
namespace {

using Roots = std::set<std::string>;

Roots RootsOf(const std::set<std::string>& reports, const LinkTable& links) {
  Roots roots;
  for (const std::string& report : reports) roots.insert(links.RootOf(report));
  return roots;
}

// Links of the matcher that hold between the reports, by key.
std::vector<RoundLink> MatchesAmong(const std::set<std::string>& reports, const LinkTable& links) {
  std::vector<RoundLink> matches;
  for (const auto& [key, link] : links.links()) {
    if (link.holds && link.origin == v1::LINK_ORIGIN_MATCHED &&
        link.relation == v1::ROUND_RELATION_SAME_AS && reports.contains(link.round)) {
      matches.push_back(link);
    }
  }
  return matches;
}

void End(RoundLink match, LinkTable& links) {
  match.holds = false;
  links.Put(match);
}

// The company of what is said under the names together; empty when that makes no round.
std::string CompanyOf(const std::vector<std::string>& names, const Moving& moving) {
  std::vector<Assertion> said;
  for (const std::string& name : names) {
    const auto found = moving.said.find(name);
    if (found != moving.said.end()) {
      said.insert(said.end(), found->second.begin(), found->second.end());
    }
  }
  const std::optional<Round> round =
      Resolve(names.front(), said, SourcePolicy(), moving.sources, moving.after);
  return round ? round->company : "";
}

void EndMatches(const Moving& moving, LinkTable& links) {
  const std::vector<RoundLink> matches = MatchesAmong(moving.reports, links);
  LinkTable apart = links;
  for (const RoundLink& match : matches) End(match, apart);
  std::map<std::string, std::string> companies;  // of parts, by root
  const auto company_of = [&](const std::string& report) -> std::string& {
    const std::string root = apart.RootOf(report);
    const auto [place, is_new] = companies.try_emplace(root);
    if (is_new) place->second = CompanyOf(apart.MembersOf(root), moving);
    return place->second;
  };
  for (const RoundLink& match : matches) {
    std::string& one = company_of(match.round);
    std::string& other = company_of(match.related);
    if (one.empty()) one = other;
    if (other.empty()) other = one;
    if (one != other) End(match, links);
  }
}

// Lets a round that was linked to another one stand for it.
void Absorb(const Round& linked, Round& into) {
  into.aliases.push_back(linked.id);
  into.aliases.insert(into.aliases.end(), linked.aliases.begin(), linked.aliases.end());
  for (const std::string& source : linked.sources) {
    if (std::find(into.sources.begin(), into.sources.end(), source) == into.sources.end()) {
      into.sources.push_back(source);
    }
  }
}

// After new links: the rounds of an origin are among those that the next may be.
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

Parted Part(const Moving& moving, LinkTable& links) {
  const Roots before = RootsOf(moving.reports, links);
  EndMatches(moving, links);
  const Roots after = RootsOf(moving.reports, links);
  Parted parted;
  for (Round& round : ResolveRoots({after.begin(), after.end()}, moving.said, links, SourcePolicy(),
                                   moving.sources, Redirects())) {
    const std::string from(CompanyOf(moving.before, round.company));
    round.company = std::string(CompanyOf(moving.after, round.company));
    if (!before.contains(round.id)) {
      std::string origin = StrCat("rounds/", round.id);
      parted.arrived.push_back({.round = std::move(round), .origin = std::move(origin)});
    } else if (from != round.company) {
      parted.arrived.push_back({.round = std::move(round), .origin = StrCat("companies/", from)});
    } else {
      parted.stayed.push_back(std::move(round));
    }
  }
  return parted;
}

void LinkArrived(const std::vector<Arrival>& arrived, std::vector<Round> there,
                 const RateTable& rates, LinkTable& links) {
  std::map<std::string_view, std::vector<Round>> by_origin;
  for (const Arrival& each : arrived) by_origin[each.origin].push_back(each.round);
  for (const auto& [origin, rounds] : by_origin) {
    const std::vector<RoundLink> found = MatchFresh(rounds, there, rates, links);
    for (const RoundLink& link : found) links.Put(link);
    Settle(rounds, found, there);
  }
}

}  // namespace steelyard::funding
