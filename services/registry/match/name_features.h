#pragma once

// What speaks for and against two names being one company's, as numbers.

#include <array>
#include <string_view>

#include "services/registry/match/alignment.h"
#include "services/registry/match/parsed_name.h"

namespace steelyard::registry::match {

// Each in [0, 1].
enum class NameFeature {
  kCoverageLeast,    // share of the weight of words that are paired, in the name where it is less
  kCoverageMost,     // in the other one
  kWhole,            // EditSimilarity of the names written in Latin without spaces
  kDistinctive,      // the heaviest word that is paired, times its similarity
  kDistinctiveLost,  // the heaviest word that is not
  kReplaced,         // 1 when each name has such a word, articles aside
  kEdited,           // share of the paired weight that is misspelt
  kEditedShort,      // of a misspelt word, 4 by its length: a slip in a short word tells more
  kTranslated,       // share of the paired weight by meaning alone
  kTranslatedWord,   // 1 when one single word is paired, and by meaning alone
  kInitials,         // 1 when initials are paired
  kNumbers,          // 1 when both have numbers that differ
  kNumberAdded,      // 1 when one alone has some
  kPlaces,           // 1 when both have places that differ, 0.5 when one alone has some
  kLegalForm,        // 1 when the legal forms are the same, 0.5 when they are of one family
  kLegalConflict,    // 1 when they are of different families that say something
  kGluedLost,        // 1 when a part of a word is not paired and another part of it is
  kGeneric,          // 1 when no paired word tells much
};
inline constexpr size_t kNameFeatures = 18;

std::string_view NameOf(NameFeature feature);

using NameFeatures = std::array<double, kNameFeatures>;

struct NameComparison {
  Alignment alignment;
  NameFeatures features{};

  double operator[](NameFeature feature) const { return features[static_cast<size_t>(feature)]; }
};

// Compares a query with a name of a company. Symmetric but for the alignment's order.
NameComparison Compare(const ParsedName& query, const ParsedName& name, const Weigh& weigh);

// How much a word tells by the shipped frequencies alone; see Weigh.
double WeighByTable(const Token& token);

// 1 less the logarithm of a frequency per million, scaled to weights; of common words no less than
// they are worth together.
double WeightOf(double per_million);

}  // namespace steelyard::registry::match
