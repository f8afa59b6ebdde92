#include "services/registry/match/name_features.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace steelyard::registry::match {
namespace {

constexpr double kStopWeight = 0.02;
constexpr double kNumberWeight = 0.6;
constexpr double kLeastWeight = 0.1;
// A word in more than so many of a million names tells little.
constexpr double kGenericWeight = 0.55;

constexpr std::array<std::string_view, kNameFeatures> kNames = {
    "coverage_least", "coverage_most", "whole",        "distinctive", "distinctive_lost",
    "replaced",       "edited",        "edited_short", "translated",  "translated_word",
    "initials",       "numbers",       "number_added", "places",      "legal_form",
    "legal_conflict", "glued_lost",    "generic"};

// Remains that are less alike are other words.
constexpr double kLeastAlike = 0.5;

// Sums over the words of one name.
struct Side {
  double weight = 0;
  double paired = 0;
  double lost = 0;  // the heaviest word that is not paired
  bool glued_lost = false;
};

Side SideOf(const std::vector<Token>& tokens, const std::vector<double>& weights,
            const std::vector<double>& matched) {
  Side side;
  for (size_t i = 0; i < tokens.size(); ++i) {
    side.weight += weights[i];
    side.paired += weights[i] * matched[i];
    if (matched[i] > 0) continue;
    side.lost = std::max(side.lost, weights[i]);
    const bool before = tokens[i].glued && i > 0 && matched[i - 1] > 0;
    const bool after = i + 1 < tokens.size() && tokens[i + 1].glued && matched[i + 1] > 0;
    // In scripts that do not space words, parts are words.
    if (tokens[i].script == Script::kLatin && (before || after)) side.glued_lost = true;
  }
  return side;
}

// The letters of the words that are not paired, written together.
std::string Remains(const std::vector<Token>& tokens, const std::vector<double>& matched) {
  std::string letters;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (matched[i] == 0 && !tokens[i].stop) letters += tokens[i].latin;
  }
  return letters;
}

// How little the words that each name has and the other lacks are alike: they may be misspelt
// beyond what pairs words.
double Replaced(const ParsedName& a, const ParsedName& b, const Alignment& alignment) {
  const double alike = EditSimilarity(Remains(a.tokens, alignment.matched),
                                      Remains(b.tokens, alignment.other_matched));
  return alike < kLeastAlike ? 1 : 1 - alike;
}

// 1 when both names have unpaired words of a kind, 0.5 when one has, 0 when none.
template <typename Is>
double Conflict(const ParsedName& a, const ParsedName& b, const Alignment& alignment, Is is) {
  const auto any = [&](const std::vector<Token>& tokens, const std::vector<double>& matched) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (matched[i] == 0 && is(tokens[i])) return true;
    }
    return false;
  };
  return (any(a.tokens, alignment.matched) ? 0.5 : 0) +
         (any(b.tokens, alignment.other_matched) ? 0.5 : 0);
}

// 1 the same, 0.5 of one family, 0 when one says nothing, -1 of families that differ.
double LegalForms(const ParsedName& a, const ParsedName& b) {
  double best = -1;
  bool known = false;
  for (const LegalForm& one : a.legal_forms) {
    for (const LegalForm& other : b.legal_forms) {
      if (one.form == other.form) return 1;
      const bool vague = one.family == LegalFamily::kVague || other.family == LegalFamily::kVague;
      known = true;
      if (vague) {
        best = std::max(best, 0.0);
      } else if (one.family == other.family) {
        best = std::max(best, 0.5);
      }
    }
  }
  return known ? best : 0;
}

}  // namespace

std::string_view NameOf(NameFeature feature) { return kNames[static_cast<size_t>(feature)]; }

double WeightOf(double per_million) {
  const double weight = 1 - std::log(std::max(per_million, 1.0)) / std::log(1e6);
  return std::clamp(weight, kLeastWeight, 1.0);
}

double WeighByTable(const Token& token) {
  if (token.stop) return kStopWeight;
  if (token.Number().has_value()) return kNumberWeight;
  return WeightOf(Tables::Get().PerMillion(token.latin, token.meanings));
}

NameComparison Compare(const ParsedName& query, const ParsedName& name, const Weigh& weigh) {
  NameComparison comparison{.alignment = Align(query, name, weigh)};
  const Alignment& alignment = comparison.alignment;
  const Side a = SideOf(query.tokens, alignment.weights, alignment.matched);
  const Side b = SideOf(name.tokens, alignment.other_weights, alignment.other_matched);
  const auto set = [&](NameFeature feature, double value) {
    comparison.features[static_cast<size_t>(feature)] = value;
  };
  const double cover_a = a.weight > 0 ? a.paired / a.weight : 0;
  const double cover_b = b.weight > 0 ? b.paired / b.weight : 0;
  set(NameFeature::kCoverageLeast, std::min(cover_a, cover_b));
  set(NameFeature::kCoverageMost, std::max(cover_a, cover_b));
  set(NameFeature::kWhole,
      query.native == name.native ? 1 : EditSimilarity(query.joined, name.joined));
  double paired = 0;
  double edited = 0;
  double edited_short = 0;
  double translated = 0;
  double distinctive = 0;
  bool initials = false;
  for (const Pairing& pairing : alignment.pairings) {
    double weight = 0;
    size_t letters = 0;
    for (size_t i = pairing.first; i < pairing.last; ++i) {
      weight += alignment.weights[i];
      letters += query.tokens[i].latin.size();
      distinctive = std::max(distinctive, alignment.weights[i] * pairing.similarity.value);
    }
    paired += weight;
    const Likeness likeness = pairing.similarity.likeness;
    if (likeness == Likeness::kEdited || likeness == Likeness::kPart) {
      edited += weight;
      edited_short = std::max(
          edited_short, std::min(1.0, 4.0 / static_cast<double>(std::max<size_t>(letters, 1))));
    }
    if (likeness == Likeness::kTranslated) translated += weight;
    initials = initials || likeness == Likeness::kInitials;
  }
  set(NameFeature::kDistinctive, distinctive);
  const bool both = std::min(a.lost, b.lost) > kStopWeight;
  const double replaced = both ? Replaced(query, name, alignment) : 0;
  set(NameFeature::kDistinctiveLost, std::max(a.lost, b.lost) * (both ? replaced : 1));
  set(NameFeature::kReplaced, replaced);
  set(NameFeature::kEdited, paired > 0 ? edited / paired : 0);
  set(NameFeature::kEditedShort, edited_short);
  set(NameFeature::kTranslated, paired > 0 ? translated / paired : 0);
  set(NameFeature::kTranslatedWord, alignment.pairings.size() == 1 && translated > 0 ? 1 : 0);
  set(NameFeature::kInitials, initials ? 1 : 0);
  const double numbers = Conflict(query, name, alignment,
                                  [](const Token& token) { return token.Number().has_value(); });
  set(NameFeature::kNumbers, numbers == 1 ? 1 : 0);
  set(NameFeature::kNumberAdded, numbers == 0.5 ? 1 : 0);
  set(NameFeature::kPlaces,
      Conflict(query, name, alignment, [](const Token& token) { return token.IsPlace(); }));
  const double legal_forms = LegalForms(query, name);
  set(NameFeature::kLegalForm, std::max(legal_forms, 0.0));
  set(NameFeature::kLegalConflict, std::max(-legal_forms, 0.0));
  set(NameFeature::kGluedLost, a.glued_lost || b.glued_lost ? 1 : 0);
  set(NameFeature::kGeneric, distinctive < kGenericWeight ? 1 : 0);
  return comparison;
}

}  // namespace steelyard::registry::match
