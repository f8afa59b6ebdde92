#include "services/registry/match/alignment.h"

#include <algorithm>
#include <string>
#include <utility>

namespace steelyard::registry::match {
namespace {

constexpr size_t kMostJoined = 3;
constexpr size_t kMostInitials = 8;
constexpr double kJoinedSimilarity = 0.99;
constexpr double kJoinedSoundSimilarity = 0.8;
constexpr double kInitialsSimilarity = 0.8;
constexpr double kLeastJoinedEdited = 0.85;  // of words that are joined and misspelt
constexpr size_t kLeastJoinedLength = 6;

using Tokens = std::vector<Token>;

bool IsPlainWord(const Token& token) {
  return token.script == Script::kLatin && !token.Number().has_value();
}

// Gathers what could be paired, then takes the best that does not overlap.
class Aligner {
 public:
  Aligner(const Tokens& a, const Tokens& b, Alignment& alignment)
      : a_(a), b_(b), alignment_(alignment) {}

  void Run() {
    AddWords();
    AddJoined(a_, b_, false);
    AddJoined(b_, a_, true);
    AddInitials(a_, b_, false);
    AddInitials(b_, a_, true);
    TakeBest();
  }

 private:
  struct Candidate {
    Pairing pairing;
    double worth = 0;
  };

  void Add(Pairing pairing) {
    double weight = 0;
    for (size_t i = pairing.first; i < pairing.last; ++i) weight += alignment_.weights[i];
    for (size_t i = pairing.other_first; i < pairing.other_last; ++i) {
      weight += alignment_.other_weights[i];
    }
    candidates_.push_back({pairing, weight * pairing.similarity.value});
  }
  void Add(size_t first, size_t last, size_t other_first, size_t other_last, bool swapped,
           WordSimilarity similarity) {
    if (swapped) {
      Add({other_first, other_last, first, last, similarity});
    } else {
      Add({first, last, other_first, other_last, similarity});
    }
  }

  void AddWords() {
    for (size_t i = 0; i < a_.size(); ++i) {
      for (size_t j = 0; j < b_.size(); ++j) {
        // Articles belong to articles alone.
        if (a_[i].stop != b_[j].stop) continue;
        const WordSimilarity similarity = Compare(a_[i], b_[j]);
        if (similarity.value > 0) Add({i, i + 1, j, j + 1, similarity});
      }
    }
  }

  // "van der bilt" and "vanderbilt": several of `many` as one of `one`.
  void AddJoined(const Tokens& many, const Tokens& one, bool swapped) {
    for (size_t i = 0; i < many.size(); ++i) {
      std::string joined = many[i].latin;
      bool figures = many[i].Number().has_value();
      for (size_t n = 2; n <= kMostJoined && i + n <= many.size(); ++n) {
        joined += many[i + n - 1].latin;
        figures = figures || many[i + n - 1].Number().has_value();
        for (size_t j = 0; j < one.size(); ++j) {
          const WordSimilarity similarity = CompareJoined(joined, figures, one[j]);
          if (similarity.value > 0) Add(i, i + n, j, j + 1, swapped, similarity);
        }
      }
    }
  }

  static WordSimilarity CompareJoined(const std::string& joined, bool figures, const Token& word) {
    if (joined == word.latin) return {kJoinedSimilarity, Likeness::kEqual};
    if (word.script != Script::kLatin && SoundAlike(joined, word.latin)) {
      return {kJoinedSoundSimilarity, Likeness::kTransliterated};
    }
    if (figures || joined.size() < kLeastJoinedLength || !IsPlainWord(word)) return {};
    const double edited = EditSimilarityFrom(kLeastJoinedEdited, joined, word.latin);
    return edited > 0 ? WordSimilarity{edited, Likeness::kEdited} : WordSimilarity{};
  }

  // "pla" and "people's liberation army". Articles in between may have a letter or not.
  void AddInitials(const Tokens& shorter, const Tokens& longer, bool swapped) {
    for (size_t i = 0; i < shorter.size(); ++i) {
      const std::string& letters = shorter[i].latin;
      if (!IsPlainWord(shorter[i]) || letters.size() < 2 || letters.size() > kMostInitials)
        continue;
      for (size_t j = 0; j < longer.size(); ++j) {
        const size_t end = EndOfInitials(letters, longer, j);
        // A word is no initials of itself and what follows ("Mc" of "McClure").
        if (end == j || end == j + 1 || longer[j].latin == letters) continue;
        Add(i, i + 1, j, end, swapped, {kInitialsSimilarity, Likeness::kInitials});
      }
    }
  }

  // Where the words from `j` end that start with the letters; `j` when they do not.
  static size_t EndOfInitials(const std::string& letters, const Tokens& words, size_t j) {
    if (words[j].stop) return j;
    size_t next = 0;
    size_t i = j;
    for (; i < words.size() && next < letters.size(); ++i) {
      if (words[i].latin.empty()) return j;
      if (words[i].latin.front() == letters[next]) {
        ++next;
      } else if (!words[i].stop) {
        return j;
      }
    }
    return next == letters.size() ? i : j;
  }

  void TakeBest() {
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& x, const Candidate& y) { return x.worth > y.worth; });
    for (const Candidate& candidate : candidates_) {
      if (IsFree(candidate.pairing)) Take(candidate.pairing);
    }
    std::sort(alignment_.pairings.begin(), alignment_.pairings.end(),
              [](const Pairing& x, const Pairing& y) { return x.first < y.first; });
  }

  bool IsFree(const Pairing& pairing) const {
    for (size_t i = pairing.first; i < pairing.last; ++i) {
      if (alignment_.matched[i] > 0) return false;
    }
    for (size_t j = pairing.other_first; j < pairing.other_last; ++j) {
      if (alignment_.other_matched[j] > 0) return false;
    }
    return true;
  }

  void Take(const Pairing& pairing) {
    alignment_.pairings.push_back(pairing);
    for (size_t i = pairing.first; i < pairing.last; ++i) {
      alignment_.matched[i] = pairing.similarity.value;
    }
    for (size_t j = pairing.other_first; j < pairing.other_last; ++j) {
      alignment_.other_matched[j] = pairing.similarity.value;
    }
  }

  const Tokens& a_;
  const Tokens& b_;
  Alignment& alignment_;
  std::vector<Candidate> candidates_;
};

std::vector<double> WeightsOf(const Tokens& tokens, const Weigh& weigh) {
  std::vector<double> weights;
  weights.reserve(tokens.size());
  for (const Token& token : tokens) weights.push_back(weigh(token));
  return weights;
}

}  // namespace

Alignment Align(const ParsedName& a, const ParsedName& b, const Weigh& weigh) {
  Alignment alignment;
  alignment.weights = WeightsOf(a.tokens, weigh);
  alignment.other_weights = WeightsOf(b.tokens, weigh);
  alignment.matched.resize(a.tokens.size());
  alignment.other_matched.resize(b.tokens.size());
  Aligner(a.tokens, b.tokens, alignment).Run();
  return alignment;
}

}  // namespace steelyard::registry::match
