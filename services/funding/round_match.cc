#include "services/funding/round_match.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

// How much each comparison weighs; the sum is 1.
constexpr double kDateWeight = 0.4;
constexpr double kStageWeight = 0.25;
constexpr double kAmountWeight = 0.35;
// What cannot be compared counts half; what contradicts, nothing.
constexpr double kUnknown = 0.5;
constexpr double kFewestForReview = 0.6;

// Days between what two dates can mean; 0 when they overlap.
int DaysApart(const PartialDate& a, const PartialDate& b) {
  const int32_t first = std::max(a.FirstDay().ToDays(), b.FirstDay().ToDays());
  const int32_t last = std::min(a.LastDay().ToDays(), b.LastDay().ToDays());
  return std::max(0, first - last);
}

struct Compared {
  double likeness = kUnknown;
  std::string reason;
};

Compared CompareDates(const Round& a, const Round& b, int days) {
  const bool exact = a.announced.IsDay() && b.announced.IsDay();
  const double nearness = std::max(0.0, 1.0 - static_cast<double>(days) / kReviewWindowDays);
  if (!exact && days == 0) return {0.8, "dates overlap"};
  if (days == 0) return {1, "same day"};
  return {exact ? nearness : 0.8 * nearness, StrCat(days, days == 1 ? " day" : " days", " apart")};
}

Compared CompareStages(const Round& a, const Round& b) {
  if (a.stage == v1::STAGE_UNKNOWN || b.stage == v1::STAGE_UNKNOWN) {
    return {kUnknown, "a stage is not known"};
  }
  if (a.stage == b.stage) return {1, StrCat("both ", StageName(a.stage))};
  return {0, StrCat(StageName(a.stage), " and ", StageName(b.stage))};
}

// Amounts in the first one's currency; nullopt when they do not compare.
std::optional<double> AmountGap(const Round& a, const Round& b, const RateTable& rates) {
  int64_t other = b.amount->minor_units;
  if (a.amount->currency != b.amount->currency) {
    const auto rate = rates.Lookup(b.amount->currency, a.amount->currency, b.announced, FxRule());
    if (!rate) return std::nullopt;
    const absl::StatusOr<int64_t> converted = rate->Convert(other);
    if (!converted.ok()) return std::nullopt;
    other = *converted;
  }
  const auto x = static_cast<double>(a.amount->minor_units);
  const auto y = static_cast<double>(other);
  return std::max(x, y) == 0 ? 0 : std::abs(x - y) / std::max(x, y);
}

Compared CompareAmounts(const Round& a, const Round& b, const RateTable& rates) {
  if (!a.amount || !b.amount) return {kUnknown, "an amount is not disclosed"};
  const std::optional<double> gap = AmountGap(a, b, rates);
  if (!gap) return {kUnknown, "no exchange rate compares the amounts"};
  const auto percent = std::lround(*gap * 100);
  if (*gap <= kLinkAmountGap) {
    return {1 - *gap, percent == 0 ? "same amount" : StrCat("amounts ", percent, " % apart")};
  }
  if (*gap <= kReviewAmountGap) return {kUnknown, StrCat("amounts ", percent, " % apart")};
  return {0, StrCat("amounts ", percent, " % apart")};
}

bool Decisive(const Compared& stage, const Compared& amount, const Round& a, const Round& b,
              int days) {
  if (stage.likeness == 0) return false;
  if (amount.likeness > kUnknown) return days <= kLinkWindowDays;
  const bool comparable = a.amount.has_value() && b.amount.has_value();
  return !comparable && stage.likeness == 1 && a.announced.IsDay() && b.announced.IsDay() &&
         days <= kUndisclosedWindowDays;
}

bool ShareSource(const Round& a, const Round& b) {
  return std::any_of(a.sources.begin(), a.sources.end(), [&](const std::string& source) {
    return std::find(b.sources.begin(), b.sources.end(), source) != b.sources.end();
  });
}

}  // namespace

bool IsSettled(const RoundLink* link) {
  return link != nullptr && (link->holds || link->origin != v1::LINK_ORIGIN_MATCHED);
}

PairMatch MatchRounds(const Round& a, const Round& b, const RateTable& rates) {
  const int days = DaysApart(a.announced, b.announced);
  if (a.company != b.company || a.kind != b.kind || days > kReviewWindowDays) return {};
  const Compared date = CompareDates(a, b, days);
  const Compared stage = CompareStages(a, b);
  const Compared amount = CompareAmounts(a, b, rates);
  PairMatch match{.decision = MatchDecision::kNoMatch,
                  .score = kDateWeight * date.likeness + kStageWeight * stage.likeness +
                           kAmountWeight * amount.likeness,
                  .reasons = {"same company", date.reason, stage.reason, amount.reason}};
  if (Decisive(stage, amount, a, b, days)) {
    match.decision = MatchDecision::kMatch;
  } else if (amount.likeness > 0 && match.score >= kFewestForReview) {
    match.decision = MatchDecision::kReview;
  }
  return match;
}

namespace {

std::vector<std::string_view> NamesOf(const Round& round) {
  std::vector<std::string_view> names = {round.id};
  names.insert(names.end(), round.aliases.begin(), round.aliases.end());
  return names;
}

// Whether it is settled of any report of the one and any of the other whether they are the same.
bool AreSettled(const Round& a, const Round& b, const LinkTable& links) {
  for (const std::string_view one : NamesOf(a)) {
    for (const std::string_view other : NamesOf(b)) {
      if (IsSettled(links.Find(v1::ROUND_RELATION_SAME_AS, one, other))) return true;
    }
  }
  return false;
}

// The candidate that matches best; nullptr when none does or the two best are equally good.
const Round* BestMatch(const Round& round, const std::vector<const Round*>& candidates,
                       const RateTable& rates, std::string& reason) {
  const Round* best = nullptr;
  double score = 0;
  bool tied = false;
  for (const Round* candidate : candidates) {
    const PairMatch match = MatchRounds(*candidate, round, rates);
    if (match.decision != MatchDecision::kMatch) continue;
    if (best != nullptr && match.score <= score) {
      tied = tied || match.score == score;
      continue;
    }
    best = candidate;
    score = match.score;
    tied = false;
    reason = StrJoin(match.reasons, ", ");
  }
  return tied ? nullptr : best;
}

}  // namespace

std::vector<RoundLink> MatchFresh(const std::vector<Round>& fresh,
                                  const std::vector<Round>& candidates, const RateTable& rates,
                                  const LinkTable& links) {
  std::unordered_map<std::string_view, std::vector<const Round*>> by_company;
  for (const Round& candidate : candidates) by_company[candidate.company].push_back(&candidate);
  std::vector<const Round*> reports;
  for (const Round& round : fresh) {
    if (by_company.contains(round.company)) reports.push_back(&round);
  }
  std::sort(reports.begin(), reports.end(),
            [](const Round* a, const Round* b) { return a->id < b->id; });
  std::set<std::pair<std::string_view, std::string_view>> taken;           // candidate and source
  std::unordered_map<std::string_view, std::vector<const Round*>> joined;  // by candidate
  std::vector<RoundLink> found;
  for (const Round* report : reports) {
    const Round& round = *report;
    std::vector<const Round*> open;
    for (const Round* candidate : by_company[round.company]) {
      const bool is_taken =
          std::any_of(round.sources.begin(), round.sources.end(), [&](const std::string& source) {
            return taken.contains({candidate->id, source});
          });
      if (is_taken || ShareSource(*candidate, round)) continue;
      if (AreSettled(round, *candidate, links)) continue;
      const std::vector<const Round*>& others = joined[candidate->id];
      if (std::any_of(others.begin(), others.end(),
                      [&](const Round* other) { return AreSettled(round, *other, links); })) {
        continue;
      }
      open.push_back(candidate);
    }
    std::string reason;
    const Round* best = BestMatch(round, open, rates, reason);
    if (best == nullptr) continue;
    for (const std::string& source : round.sources) taken.emplace(best->id, source);
    joined[best->id].push_back(report);
    found.push_back({.round = round.id,
                     .related = best->id,
                     .relation = v1::ROUND_RELATION_SAME_AS,
                     .holds = true,
                     .origin = v1::LINK_ORIGIN_MATCHED,
                     .reason = reason});
  }
  return found;
}

std::vector<PossibleDuplicate> FindDuplicates(
    const std::vector<Round>& rounds, const RateTable& rates,
    const std::function<bool(const Round&, const Round&)>& decided) {
  std::vector<PossibleDuplicate> found;
  for (size_t i = 0; i < rounds.size(); ++i) {
    for (size_t j = i + 1; j < rounds.size() && rounds[j].company == rounds[i].company; ++j) {
      const bool in_order = rounds[i].id < rounds[j].id;
      const Round& a = in_order ? rounds[i] : rounds[j];
      const Round& b = in_order ? rounds[j] : rounds[i];
      PairMatch match = MatchRounds(a, b, rates);
      if (match.decision == MatchDecision::kNoMatch || decided(a, b)) continue;
      found.push_back({.round = &a, .other = &b, .match = std::move(match)});
    }
  }
  std::sort(found.begin(), found.end(), [](const PossibleDuplicate& a, const PossibleDuplicate& b) {
    return std::tuple(-a.match.score, a.round->id, a.other->id) <
           std::tuple(-b.match.score, b.round->id, b.other->id);
  });
  return found;
}

}  // namespace steelyard::funding
