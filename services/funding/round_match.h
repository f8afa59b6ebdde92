#pragma once

// Whether two reports are of the same round: "round-match/1". A pure function of what both say.
//
// Compared are the company (must be the same), the days between the announcements (of partial
// dates, between what they can mean), the stages (one that is not known contradicts none), the
// kinds of money, and the amounts, converted by the reference rate of the other's date when the
// currencies differ.

#include <functional>
#include <string>
#include <vector>

#include "services/funding/assertion.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/round.h"

namespace steelyard::funding {

// Furthest apart that two announcements of one round may be, in days: to link them, to link them
// when one amount is not disclosed, and to propose them as duplicates.
inline constexpr int kLinkWindowDays = 30;
inline constexpr int kUndisclosedWindowDays = 7;
inline constexpr int kReviewWindowDays = 90;
// Largest difference of two amounts of one round, as a share of the larger: to link, to propose.
inline constexpr double kLinkAmountGap = 0.05;
inline constexpr double kReviewAmountGap = 0.25;

enum class MatchDecision { kNoMatch, kReview, kMatch };

struct PairMatch {
  MatchDecision decision = MatchDecision::kNoMatch;
  double score = 0;                  // in [0,1]
  std::vector<std::string> reasons;  // what was compared and how it came out
};

PairMatch MatchRounds(const Round& a, const Round& b, const RateTable& rates);

// Whether what is known of a pair, null for nothing, settles it. A match that ended, as when
// companies were split, may be made again.
bool IsSettled(const RoundLink* link);

// The links that new reports get: each to the candidate that matches best, shares no source with it
// and of whose reports nothing is settled; none when the two best are equally good. A
// candidate takes one report of a source, the first by id: the order of the reports does not
// matter.
std::vector<RoundLink> MatchFresh(const std::vector<Round>& fresh,
                                  const std::vector<Round>& candidates, const RateTable& rates,
                                  const LinkTable& links);

// A pair that may be one round, out of the list that was searched.
struct PossibleDuplicate {
  const Round* round = nullptr;  // the one of the bytewise smaller id
  const Round* other = nullptr;
  PairMatch match;
};
// Pairs to review or to link among rounds, which are ordered by company: best first, ties by id.
// `decided` says which pairs are settled and left out.
std::vector<PossibleDuplicate> FindDuplicates(
    const std::vector<Round>& rounds, const RateTable& rates,
    const std::function<bool(const Round&, const Round&)>& decided);

}  // namespace steelyard::funding
