#include "services/strategy/claims/verdict.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "services/common/text/strings.h"
#include "services/strategy/formula/axes.h"
#include "services/strategy/formula/evaluate.h"
#include "services/strategy/formula/sweep.h"

namespace steelyard::strategy {
namespace {

using formula::ReadFormula;

constexpr int kMostEvidence = 200;

bool Decides(v1::Truth truth) { return truth == v1::TRUTH_TRUE || truth == v1::TRUTH_FALSE; }

// Everything chosen but what is on the axis of that key.
std::string Others(const v1::Reading& reading, const v1::AxisChoice& left_out) {
  std::string key;
  for (const v1::AxisChoice& choice : reading.choices()) {
    const bool same =
        choice.axis() == left_out.axis() && formula::WordOf(choice) == formula::WordOf(left_out);
    if (!same) StrAppend(&key, choice.axis(), "=", choice.choice(), "\n");
  }
  return key;
}

std::string FacetsOf(const v1::Reading& reading) {
  std::string key;
  for (const v1::AxisChoice& choice : reading.choices()) {
    if (choice.axis() == v1::AXIS_FACET) StrAppend(&key, choice.choice(), "\n");
  }
  return key;
}

struct Tally {
  int supporting = 0;
  int contradicting = 0;
  int open = 0;
  int unknown = 0;

  int decided() const { return supporting + contradicting; }
};

Tally Count(const std::vector<ReadFormula>& readings) {
  Tally tally;
  for (const ReadFormula& read : readings) {
    switch (read.reading.truth()) {
      case v1::TRUTH_TRUE:
        ++tally.supporting;
        break;
      case v1::TRUTH_FALSE:
        ++tally.contradicting;
        break;
      case v1::TRUTH_OPEN:
        ++tally.open;
        break;
      default:
        ++tally.unknown;
    }
  }
  return tally;
}

// Whether one choice of facets is read both ways.
bool TurnsWithinFacets(const std::vector<ReadFormula>& readings) {
  std::map<std::string, std::set<v1::Truth>> truths;
  for (const ReadFormula& read : readings) {
    if (Decides(read.reading.truth())) {
      truths[FacetsOf(read.reading)].insert(read.reading.truth());
    }
  }
  return std::any_of(truths.begin(), truths.end(),
                     [](const auto& entry) { return entry.second.size() > 1; });
}

// Whether sources disagree on a level by more than the claim is off the nearest of them: they are
// compared with each other where nothing but the facet differs.
bool LevelsDisagree(const formula::Formula& formula, const std::vector<ReadFormula>& readings) {
  if (formula.tree.kind != formula::Node::Kind::kCompare || formula.tree.name != "~=") return false;
  struct Range {
    double least, greatest;
  };
  std::map<std::string, Range> by_definition;
  double nearest = 0;
  for (const ReadFormula& read : readings) {
    const double margin = read.reading.figure().number();
    if (!Decides(read.reading.truth()) || !(margin > 0)) continue;
    const double off = std::max(margin, 1 / margin);
    nearest = nearest == 0 ? off : std::min(nearest, off);
    v1::AxisChoice facet;
    facet.set_axis(v1::AXIS_FACET);
    const auto [entry, is_first] =
        by_definition.try_emplace(Others(read.reading, facet), Range{margin, margin});
    entry->second.least = std::min(entry->second.least, margin);
    entry->second.greatest = std::max(entry->second.greatest, margin);
  }
  return std::any_of(by_definition.begin(), by_definition.end(), [&](const auto& entry) {
    return entry.second.greatest / entry.second.least > nearest;
  });
}

// The axes on which changing one choice alone turns the truth, with the choices either way.
void AddFlips(const std::vector<ReadFormula>& readings, v1::ClaimCheck& check) {
  using AxisKey = std::pair<int, std::string>;
  struct Sides {
    std::set<std::string> supporting, contradicting;
  };
  // What was chosen on an axis, where all else was chosen alike.
  std::map<std::pair<AxisKey, std::string>, Sides> alike;
  for (const ReadFormula& read : readings) {
    if (!Decides(read.reading.truth())) continue;
    for (const v1::AxisChoice& choice : read.reading.choices()) {
      const AxisKey axis = {choice.axis(), formula::WordOf(choice)};
      Sides& sides = alike[{axis, Others(read.reading, choice)}];
      (read.reading.truth() == v1::TRUTH_TRUE ? sides.supporting : sides.contradicting)
          .insert(choice.choice());
    }
  }
  std::map<AxisKey, Sides> flips;
  for (auto& [key, sides] : alike) {
    if (sides.supporting.empty() || sides.contradicting.empty()) continue;
    flips[key.first].supporting.merge(sides.supporting);
    flips[key.first].contradicting.merge(sides.contradicting);
  }
  for (const auto& [axis, sides] : flips) {
    v1::FlipPoint& flip = *check.add_flips();
    flip.set_axis(static_cast<v1::Axis>(axis.first));
    flip.set_word(axis.second);
    for (const std::string& choice : sides.supporting) flip.add_supporting(choice);
    for (const std::string& choice : sides.contradicting) flip.add_contradicting(choice);
  }
}

std::string Readings(int count) { return StrCat(count, count == 1 ? " reading" : " readings"); }

std::string TurnsOn(const v1::ClaimCheck& check) {
  std::vector<std::string> parts;
  for (const v1::FlipPoint& flip : check.flips()) {
    if (flip.axis() == v1::AXIS_FACET) {
      parts.emplace_back("which source's count is read");
    } else {
      parts.push_back(StrCat("true with ", StrJoin(flip.supporting(), ", "), ", false with ",
                             StrJoin(flip.contradicting(), ", ")));
    }
  }
  return StrJoin(parts, "; ");
}

std::string Explain(const Tally& tally, const v1::ClaimCheck& check,
                    const std::vector<ReadFormula>& readings) {
  const std::string left = tally.open + tally.unknown == 0
                               ? ""
                               : StrCat("; ", tally.open + tally.unknown, " decide nothing");
  switch (check.verdict()) {
    case v1::VERDICT_SUPPORTED:
      return StrCat("true in ", Readings(tally.supporting), left);
    case v1::VERDICT_CONTRADICTED:
      return StrCat("false in ", Readings(tally.contradicting), left);
    case v1::VERDICT_DEPENDS_ON_DEFINITION:
      return StrCat("true in ", Readings(tally.supporting), ", false in ", tally.contradicting,
                    ": ", TurnsOn(check), left);
    case v1::VERDICT_SCOPE_CONFLICT:
      if (tally.supporting == 0) {
        return StrCat(
            "no source agrees with it, and they are further from each other than it is from "
            "the nearest: ",
            Readings(tally.contradicting), left);
      }
      return StrCat("true by ", Readings(tally.supporting), ", false by ", tally.contradicting,
                    ", of sources that count different things", left);
    default:
      break;
  }
  if (tally.open > 0) return StrCat("what is known leaves it open in ", Readings(tally.open));
  std::string reason;
  for (const ReadFormula& read : readings) {
    if (reason.empty()) reason = read.reading.figure().reason();
  }
  return StrCat("nothing stored decides it: ", reason);
}

v1::Verdict Decide(const formula::Formula& formula, const Tally& tally,
                   const std::vector<ReadFormula>& readings) {
  if (tally.decided() == 0) return v1::VERDICT_INSUFFICIENT_DATA;
  if (tally.contradicting == 0) return v1::VERDICT_SUPPORTED;
  if (tally.supporting == 0) {
    return LevelsDisagree(formula, readings) ? v1::VERDICT_SCOPE_CONFLICT
                                             : v1::VERDICT_CONTRADICTED;
  }
  return TurnsWithinFacets(readings) ? v1::VERDICT_DEPENDS_ON_DEFINITION
                                     : v1::VERDICT_SCOPE_CONFLICT;
}

}  // namespace

void Judge(const formula::Formula& formula, std::vector<ReadFormula> readings,
           v1::ClaimCheck& check) {
  google::protobuf::RepeatedPtrField<v1::Reading> decided;
  for (const ReadFormula& read : readings) {
    if (Decides(read.reading.truth())) *decided.Add() = read.reading;
  }
  const Extremes extremes = FindExtremes(decided);
  if (extremes.lowest != nullptr) {
    *check.mutable_least_margin() = extremes.lowest->figure();
    *check.mutable_greatest_margin() = extremes.highest->figure();
  }
  const Tally tally = Count(readings);
  check.set_verdict(Decide(formula, tally, readings));
  if (tally.supporting > 0 && tally.contradicting > 0) AddFlips(readings, check);
  check.set_explanation(Explain(tally, check, readings));
  check.set_reading_count(static_cast<int>(readings.size()));
  std::stable_partition(readings.begin(), readings.end(),
                        [](const ReadFormula& read) { return Decides(read.reading.truth()); });
  for (ReadFormula& read : readings) {
    if (check.evidence_size() == kMostEvidence) break;
    v1::Evidence& evidence = *check.add_evidence();
    *evidence.mutable_reading() = std::move(read.reading);
    *evidence.mutable_step() = std::move(read.step);
  }
}

}  // namespace steelyard::strategy
