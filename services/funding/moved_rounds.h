#pragma once

// What becomes of the links between reports when companies are merged or split: rounds that come to
// be of one company may be one round, and those of different companies are not. Pure functions.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "services/funding/assertion.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// A round, of the company that it is of now, and the one that it was of.
struct MovedRound {
  Round round;
  std::string from;
};

// Links of the matcher that hold, and of which one report or both are among these.
std::vector<RoundLink> MatchesOf(const LinkTable& links, const std::set<std::string>& reports);

// Ends those of the matches whose reports are of different companies now. `company_of` gives the
// company of what is said under a report's own name; empty when that makes no round.
void EndMatches(const std::vector<RoundLink>& matches,
                const std::function<std::string(const std::string& report)>& company_of,
                LinkTable& links);

// Links moved rounds with rounds of the companies that they came to, as MatchFresh does: those of
// one former company after those of another, by its id. `there` are the rounds that were there.
void LinkMoved(const std::vector<MovedRound>& moved, std::vector<Round> there,
               const RateTable& rates, LinkTable& links);

}  // namespace steelyard::funding
