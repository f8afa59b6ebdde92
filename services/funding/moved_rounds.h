#pragma once

// What becomes of rounds and the links between their reports when companies are merged or split:
// rounds that come to be of one company may be one round, and those of different companies are not.
// Pure functions.

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/funding/assertion.h"
#include "services/funding/redirects.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/round.h"
#include "services/funding/source_policy.h"

namespace steelyard::funding {

// Rounds on the way from one state of the redirects to the next.
struct Moving {
  const std::set<std::string>& reports;  // with each, all reports of its round
  const std::unordered_map<std::string, std::vector<Assertion>>& said;  // under them
  const SourceTable& sources;
  const Redirects& before;
  const Redirects& after;
};

// A round as it is now, of the company that it is of now, and where it comes from: another company,
// or a round that it was part of. Rounds of one origin knew one another.
struct Arrival {
  Round round;
  std::string origin;
};
struct Parted {
  std::vector<Arrival> arrived;
  std::vector<Round> stayed;  // as they were, of the same company
};

// Ends matches by which a round would be of several companies: what is matched is taken apart, and
// put together again where the parts are of one company. A part of which nothing is said any more
// is of the company of its first match. Gives the rounds that result.
Parted Part(const Moving& moving, LinkTable& links);

// Links rounds that arrived with rounds of their companies, as MatchFresh does: those of one origin
// after those of another, by its name. `there` are the rounds that did not arrive.
void LinkArrived(const std::vector<Arrival>& arrived, std::vector<Round> there,
                 const RateTable& rates, LinkTable& links);

}  // namespace steelyard::funding
