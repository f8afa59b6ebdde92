#include "services/registry/match/similarity.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "services/registry/match/latin.h"

namespace steelyard::registry::match {
namespace {

constexpr double kTransliterated = 0.97;
constexpr double kTranslated = 0.95;
constexpr double kSameSound = 0.85;
constexpr double kPart = 0.75;
constexpr size_t kLeastLetters = 4;
constexpr double kLeastEdited = 0.72;  // one slip in four letters, not in three
constexpr size_t kLeastSkeleton = 3;   // consonants that are no coincidence
constexpr double kLeastSound = 0.5;    // likeness of letters that must go with fewer

bool ShareMeaning(const Token& a, const Token& b) {
  for (const Concept meaning : a.meanings) {
    if (meaning != kStop && std::binary_search(b.meanings.begin(), b.meanings.end(), meaning)) {
      return true;
    }
  }
  return false;
}

// Whether a word starts or ends with another, in a script that does not space words: two characters
// of Han say enough, of the others it takes three.
bool IsPart(const Token& part, const Token& whole) {
  if (!IsUnspaced(part.script) || part.text.size() >= whole.text.size()) return false;
  constexpr size_t kBytes = 3;  // of a character
  const size_t least = part.script == Script::kHan ? 2 : part.script == Script::kHangul ? 3 : 4;
  return part.text.size() >= least * kBytes &&
         (whole.text.starts_with(part.text) || whole.text.ends_with(part.text));
}

WordSimilarity CompareLetters(const Token& a, const Token& b) {
  // Letters of one script that are read alike are different letters all the same.
  if (a.script == b.script && a.script != Script::kLatin) {
    if (IsPart(a, b) || IsPart(b, a)) return {kPart, Likeness::kPart};
    if (a.script == Script::kHan) return {};
    const double native = EditSimilarityFrom(kLeastEdited, a.text, b.text);
    return native > 0 ? WordSimilarity{native, Likeness::kEdited} : WordSimilarity{};
  }
  if (a.latin.empty() || b.latin.empty()) return {};
  // A slip in three letters makes another word.
  const bool short_word = std::min(a.latin.size(), b.latin.size()) < kLeastLetters;
  if (a.latin == b.latin) return {kTransliterated, Likeness::kTransliterated};
  const double edited = EditSimilarityFrom(kLeastEdited, a.latin, b.latin);
  if (a.script == b.script) {
    const bool slip = edited > 0 && !short_word;
    return slip ? WordSimilarity{edited, Likeness::kEdited} : WordSimilarity{};
  }
  if (SoundAlike(a.latin, b.latin)) {
    return {std::max(edited, kSameSound), Likeness::kTransliterated};
  }
  return edited > 0 ? WordSimilarity{edited, Likeness::kTransliterated} : WordSimilarity{};
}

}  // namespace

size_t Edits(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) {
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
  a = a.substr(0, kLongestWord);
  b = b.substr(0, kLongestWord);
  using Row = std::array<size_t, kLongestWord + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

double EditSimilarity(std::string_view a, std::string_view b) {
  const size_t longer = std::max(a.size(), b.size());
  if (longer == 0) return 1;
  return 1 - static_cast<double>(std::min(Edits(a, b), longer)) / static_cast<double>(longer);
}

double EditSimilarityFrom(double least, std::string_view a, std::string_view b) {
  const auto longer = static_cast<double>(std::max(a.size(), b.size()));
  const auto shorter = static_cast<double>(std::min(a.size(), b.size()));
  if (shorter < least * longer) return 0;
  const double similarity = EditSimilarity(a, b);
  return similarity >= least ? similarity : 0;
}

bool SoundAlike(std::string_view a, std::string_view b) {
  const std::string sound = Skeleton(a);
  if (sound.size() < kLeastSkeleton - 1 || sound != Skeleton(b)) return false;
  return sound.size() >= kLeastSkeleton || EditSimilarity(a, b) >= kLeastSound;
}

WordSimilarity Compare(const Token& a, const Token& b) {
  if (a.text == b.text) return {1, Likeness::kEqual};
  const auto number_a = a.Number();
  const auto number_b = b.Number();
  if (number_a.has_value() && number_b.has_value()) {
    return *number_a == *number_b ? WordSimilarity{kTranslated, Likeness::kTranslated}
                                  : WordSimilarity{};
  }
  if (ShareMeaning(a, b)) return {kTranslated, Likeness::kTranslated};
  const WordSimilarity letters = CompareLetters(a, b);
  // What has no vowels in common with figures is no slip of the pen.
  const bool figures = number_a.has_value() != number_b.has_value();
  return figures && letters.likeness == Likeness::kEdited ? WordSimilarity{} : letters;
}

}  // namespace steelyard::registry::match
