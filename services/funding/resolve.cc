#include "services/funding/resolve.h"

#include <algorithm>
#include <set>

#include "services/common/text/strings.h"
#include "services/funding/convert.h"
#include "services/funding/reference/convert.h"

namespace steelyard::funding {
namespace {

// The one whose value of the field counts; null when none gives it. Most rounds have one alone.
const Assertion* WinnerOf(std::span<const Assertion> assertions, const AssertedField& field,
                          const SourcePolicy& policy, const SourceTable& sources) {
  if (assertions.size() == 1) {
    const Assertion& only = assertions.front();
    return !only.retracted && field.given(only) ? &only : nullptr;
  }
  const std::vector<const Assertion*> ranked = Ranked(assertions, field, policy, sources);
  return ranked.empty() ? nullptr : ranked.front();
}

// Of the amounts in the currency of the one that counts, once a source.
AmountSpread SpreadOf(std::span<const Assertion> assertions, const Money& amount) {
  if (assertions.size() < 2) return {};
  AmountSpread spread{.sources = 0, .low = amount.minor_units, .high = amount.minor_units};
  std::set<std::string_view> sources;
  for (const Assertion& assertion : assertions) {
    if (assertion.retracted || !assertion.amount || assertion.amount->currency != amount.currency) {
      continue;
    }
    sources.insert(assertion.source);
    spread.low = std::min(spread.low, assertion.amount->minor_units);
    spread.high = std::max(spread.high, assertion.amount->minor_units);
  }
  if (sources.size() < 2) return {};
  spread.sources = static_cast<int64_t>(sources.size());
  return spread;
}

std::vector<std::string> SourcesOf(const std::vector<const Assertion*>& ranked) {
  std::vector<std::string> sources;
  for (const Assertion* assertion : ranked) {
    const bool seen = std::find(sources.begin(), sources.end(), assertion->source) != sources.end();
    if (!seen) sources.push_back(assertion->source);
  }
  return sources;
}

v1::SourcedValue ValueOf(const AssertedField& field, const Assertion& assertion) {
  v1::SourcedValue value;
  value.set_source(StrCat(kSourcePrefix, assertion.source));
  value.set_round(StrCat(kRoundPrefix, assertion.round));
  value.set_value(field.text(assertion));
  return value;
}

// (largest - smallest) / largest of the winner's currency.
std::optional<double> MoneySpread(const AssertedField& field,
                                  const std::vector<const Assertion*>& ranked) {
  const Money& winner = *field.money(*ranked.front());
  int64_t low = winner.minor_units;
  int64_t high = winner.minor_units;
  int compared = 0;
  for (const Assertion* assertion : ranked) {
    const Money& money = *field.money(*assertion);
    if (money.currency != winner.currency) continue;
    low = std::min(low, money.minor_units);
    high = std::max(high, money.minor_units);
    ++compared;
  }
  if (compared < 2) return std::nullopt;
  if (high == 0) return 0;
  return (static_cast<double>(high) - static_cast<double>(low)) / static_cast<double>(high);
}

std::optional<double> DateSpread(const AssertedField& field,
                                 const std::vector<const Assertion*>& ranked) {
  if (ranked.size() < 2) return std::nullopt;
  int32_t first = field.date(*ranked.front())->ToDays();
  int32_t last = first;
  for (const Assertion* assertion : ranked) {
    first = std::min(first, field.date(*assertion)->ToDays());
    last = std::max(last, field.date(*assertion)->ToDays());
  }
  return last - first;
}

v1::FieldResolution Explain(const AssertedField& field, const SourcePolicy& policy,
                            const std::vector<const Assertion*>& ranked) {
  v1::FieldResolution resolution;
  resolution.set_field(std::string(field.name));
  resolution.set_policy(std::string(policy.IdFor(field.name)));
  std::set<std::string> values;
  for (const Assertion* assertion : ranked) {
    v1::SourcedValue value = ValueOf(field, *assertion);
    values.insert(value.value());
    *(assertion == ranked.front() ? resolution.mutable_winner() : resolution.add_losers()) =
        std::move(value);
  }
  resolution.set_distinct(static_cast<int32_t>(values.size()));
  std::optional<double> spread;
  if (field.money != nullptr) spread = MoneySpread(field, ranked);
  if (field.date != nullptr) spread = DateSpread(field, ranked);
  if (spread) resolution.set_spread(*spread);
  return resolution;
}

}  // namespace

std::optional<Round> Resolve(std::string_view id, std::span<const Assertion> assertions,
                             const SourcePolicy& policy, const SourceTable& sources,
                             const Redirects& redirects) {
  Round round;
  round.id = id;
  round.stage = v1::STAGE_UNKNOWN;
  round.kind = common::v1::AMOUNT_KIND_UNSPECIFIED;
  for (const AssertedField& field : AssertedFields()) {
    const Assertion* winner = WinnerOf(assertions, field, policy, sources);
    if (winner != nullptr) field.take(*winner, round);
  }
  if (round.company.empty() || round.announced.year == 0) return std::nullopt;
  if (round.kind == common::v1::AMOUNT_KIND_UNSPECIFIED) round.kind = KindOfStage(round.stage);
  round.company = std::string(CompanyOf(redirects, round.company));
  round.company_name = round.company;
  round.sources = SourcesOf(Ranked(assertions, policy, sources));
  if (round.amount) round.spread = SpreadOf(assertions, *round.amount);
  return round;
}

std::vector<Round> ResolveRoots(
    const std::vector<std::string>& roots,
    const std::unordered_map<std::string, std::vector<Assertion>>& by_report,
    const LinkTable& links, const SourcePolicy& policy, const SourceTable& sources,
    const Redirects& redirects) {
  std::vector<Round> resolved;
  for (const std::string& root : roots) {
    const std::vector<std::string> members = links.MembersOf(root);
    std::vector<Assertion> assertions;
    for (const std::string& member : members) {
      const auto said = by_report.find(member);
      if (said == by_report.end()) continue;
      assertions.insert(assertions.end(), said->second.begin(), said->second.end());
    }
    std::optional<Round> round = Resolve(root, assertions, policy, sources, redirects);
    if (!round) continue;
    round->included_in = links.IncludedIn(root);
    round->aliases.assign(members.begin() + 1, members.end());
    resolved.push_back(*std::move(round));
  }
  return resolved;
}

std::vector<v1::FieldResolution> ExplainResolution(const std::vector<Assertion>& assertions,
                                                   const SourcePolicy& policy,
                                                   const SourceTable& sources) {
  std::vector<v1::FieldResolution> resolutions;
  for (const AssertedField& field : AssertedFields()) {
    const std::vector<const Assertion*> ranked = Ranked(assertions, field, policy, sources);
    if (!ranked.empty()) resolutions.push_back(Explain(field, policy, ranked));
  }
  return resolutions;
}

}  // namespace steelyard::funding
