#pragma once

// Adding rounds up by groups. A pure function: sums are taken over integer minor units in 128 bits;
// ratios are formed once, at the end, in an order that the data alone decides.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/common/money/money.h"
#include "services/funding/imputation.h"
#include "services/funding/reference/deflator.h"
#include "services/funding/reference/exchange_rates.h"
#include "services/funding/reference/regions.h"
#include "services/funding/selection.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

// The k of the concentration ratio when a question names none.
inline constexpr int kDefaultTopK = 5;
// From how much on a round is a mega-round, in units of the answer's currency. The line that market
// reports draw (PitchBook and NVCA, Venture Monitor; CB Insights, State of Venture).
inline constexpr int64_t kMegaRound = 100'000'000;

struct AggregateQuery {
  std::vector<v1::Dimension> group_by;
  // Only rounds in one of them count; empty: all rounds.
  std::vector<ResolvedRegion> regions;
  std::string currency;  // amounts are converted into it
  FxRule fx;
  std::optional<Deflator> deflator = std::nullopt;  // unset: nominal amounts
  // Length of the top lists. Also the k of the ratio and of the sum without the largest, where 0
  // means kDefaultTopK.
  int top_k = 0;
  bool impute = false;  // estimate the amounts that are not known
  bool trace = false;   // say of each group which rounds it has
};

// A company's part in a group.
struct CompanyTotal {
  int32_t company = 0;     // index into Selection::companies
  Int128 minor_units = 0;  // of its converted amounts
  int64_t rounds = 0;      // all of its rounds
};

// A round's part in a group, in minor units of the query's currency.
struct GroupMember {
  size_t round = 0;               // index into Selection::rounds
  std::optional<int64_t> amount;  // nullopt: undisclosed, or could not be converted
  std::optional<int64_t> whole;   // of which `amount` is the part that counts here
  int32_t parts = 1;              // how many of its parts that is
  int32_t slots = 1;              // of how many
  // What sources give at least and at most, for rounds that count in the disagreement.
  std::optional<std::pair<int64_t, int64_t>> apart;
  PeerKey key;                     // what it has in common with its peers
  std::optional<PeerGroup> peers;  // whose median estimates it; with AggregateQuery::impute
};

// One group. Amounts are minor units of the query's currency over the rounds whose amount is
// disclosed and could be converted; what needs one of them is nullopt when there is none.
struct Group {
  std::vector<std::string> keys;  // in the order of group_by
  int64_t rounds = 0;
  int64_t undisclosed = 0;
  // Disclosed, but no exchange rate is fresh enough, or the price index has no value for its year.
  int64_t unconverted = 0;
  int64_t companies = 0;  // with a round
  std::optional<Int128> sum;
  std::optional<Int128> sum_without_largest;  // without the k largest amounts
  std::optional<Int128> mega_round_sum;       // of the mega-rounds alone; zero when none is one
  std::optional<int64_t> median;  // of an even number: mean of the middle two, half to even
  std::optional<int64_t> mean;    // half to even
  std::optional<int64_t> max;
  std::optional<double> hhi;                  // over companies, in [0,1]; nullopt for a zero sum
  std::optional<double> concentration_ratio;  // of the k largest companies; likewise
  std::vector<CompanyTotal> top;  // largest first, ties by id; only with a converted amount
  // Rounds with a converted amount that two sources or more give in one currency, and how far those
  // are apart: the sum of largest less smallest over the sum of the largest; nullopt without any,
  // or when the largest add up to zero.
  int64_t compared = 0;
  std::optional<double> disagreement;
  // What the rounds without a usable amount are estimated to have raised; nullopt unless
  // AggregateQuery::impute, when too few amounts are known to estimate from, or `divided`.
  std::optional<Imputed> imputed;
  bool divided = false;  // some of it would be estimated, but rounds are divided

  std::vector<GroupMember> members;  // by company; with AggregateQuery::trace

  int64_t disclosed() const { return rounds - undisclosed; }
  int64_t converted() const { return rounds - undisclosed - unconverted; }
};

struct Aggregation {
  // Groups with a round, by keys in the order of group_by: regions in the order asked for, all
  // others bytewise. Without group_by exactly one group, also when no round counts.
  std::vector<Group> groups;
  // Sources of the rounds that count with the number of those rounds; most rounds first, ties by
  // id bytewise.
  std::vector<std::pair<std::string, int64_t>> sources;
};

// A date's group in YEAR, QUARTER or MONTH.
std::string KeyOfDate(v1::Dimension dimension, const PartialDate& date);

// Aggregation::sources of so many rounds with each source list, by its number.
std::vector<std::pair<std::string, int64_t>> RankSources(const Dictionary& lists,
                                                         std::span<const int64_t> rounds);

// Adds up. A country belongs to a region set when it is a member on the last day that the round's
// date can mean; a company of unknown country belongs to the world alone. An amount that does not
// fit 64 bits once converted counts as not converted.
Aggregation Aggregate(const AggregateQuery& query, const Selection& selection,
                      const RateTable& rates);

}  // namespace steelyard::funding
