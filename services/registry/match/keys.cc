#include "services/registry/match/keys.h"

#include <algorithm>

#include "services/common/text/strings.h"
#include "services/registry/match/latin.h"

namespace steelyard::registry::match {
namespace {

constexpr size_t kLeastSkeleton = 2;
constexpr size_t kMostInitials = 8;

uint32_t NumberOf(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<uint32_t>(c - 'a') + 1;
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0') + 27;
  return 0;
}

// The latin of the word that the glued tokens around `i` make, when `i` starts one.
std::string WholeWord(const std::vector<Token>& tokens, size_t i) {
  std::string whole;
  if (tokens[i].glued || i + 1 >= tokens.size() || !tokens[i + 1].glued) return whole;
  whole = tokens[i].latin;
  for (size_t j = i + 1; j < tokens.size() && tokens[j].glued; ++j) whole += tokens[j].latin;
  return whole;
}

std::string InitialsOf(const ParsedName& name) {
  std::string initials;
  for (const Token& token : name.tokens) {
    if (!token.stop && !token.latin.empty()) initials += token.latin.front();
  }
  return initials.size() < 2 || initials.size() > kMostInitials ? "" : initials;
}

}  // namespace

std::string KeyOf(const ParsedName& name) {
  std::string key;
  for (const Token& token : name.tokens) {
    if (token.stop || token.latin.empty()) continue;
    if (!key.empty() && !token.glued) key += ' ';
    key += token.latin;
    if (key.size() >= kLongestKey) {
      key.resize(kLongestKey);
      break;
    }
  }
  return key;
}

Trigram TrigramOf(std::string_view letters) {
  return static_cast<Trigram>((NumberOf(letters[0]) * 37 + NumberOf(letters[1])) * 37 +
                              NumberOf(letters[2]));
}

std::vector<Trigram> TrigramsOf(std::string_view key, bool complete) {
  std::vector<Trigram> trigrams;
  if (key.empty()) return trigrams;
  const size_t size = key.size() + (complete ? 2 : 1);
  const auto at = [&](size_t i) { return i == 0 || i > key.size() ? 0 : NumberOf(key[i - 1]); };
  for (size_t i = 0; i + 3 <= size; ++i) {
    trigrams.push_back(static_cast<Trigram>((at(i) * 37 + at(i + 1)) * 37 + at(i + 2)));
  }
  std::sort(trigrams.begin(), trigrams.end());
  trigrams.erase(std::unique(trigrams.begin(), trigrams.end()), trigrams.end());
  return trigrams;
}

Term TermOf(TermKind kind, std::string_view text) {
  // FNV-1a with 64 bits, folded.
  constexpr uint64_t kOffset = 14695981039346656037U;
  constexpr uint64_t kPrime = 1099511628211U;
  uint64_t hash = (kOffset ^ static_cast<uint8_t>(kind)) * kPrime;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * kPrime;
  return static_cast<Term>(hash ^ (hash >> 32));
}

std::vector<Term> TermsOf(const ParsedName& name) {
  std::vector<Term> terms;
  for (size_t i = 0; i < name.tokens.size(); ++i) {
    const Token& token = name.tokens[i];
    if (token.stop || token.latin.empty()) continue;
    terms.push_back(TermOf(TermKind::kWord, token.latin));
    for (const Concept meaning : token.meanings) {
      terms.push_back(TermOf(TermKind::kMeaning, StrCat(meaning)));
    }
    if (const std::string whole = WholeWord(name.tokens, i); !whole.empty()) {
      terms.push_back(TermOf(TermKind::kWord, whole));
    }
  }
  if (!name.joined.empty()) terms.push_back(TermOf(TermKind::kJoined, name.joined));
  if (const std::string sound = Skeleton(name.joined); sound.size() >= kLeastSkeleton) {
    terms.push_back(TermOf(TermKind::kSkeleton, sound));
  }
  if (const std::string initials = InitialsOf(name); !initials.empty()) {
    terms.push_back(TermOf(TermKind::kInitials, initials));
  }
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

std::vector<WeightedTerm> QueryTermsOf(const ParsedName& query) {
  std::vector<WeightedTerm> terms;
  const auto add = [&](TermKind kind, std::string_view text, double share) {
    terms.push_back({.term = TermOf(kind, text), .kind = kind, .share = share});
  };
  for (size_t i = 0; i < query.tokens.size(); ++i) {
    const Token& token = query.tokens[i];
    if (token.stop || token.latin.empty()) continue;
    add(TermKind::kWord, token.latin, token.meanings.empty() ? 1.0 : 0.5);
    for (const Concept meaning : token.meanings) {
      add(TermKind::kMeaning, StrCat(meaning), 0.5 / static_cast<double>(token.meanings.size()));
    }
    if (const std::string whole = WholeWord(query.tokens, i); !whole.empty()) {
      add(TermKind::kWord, whole, 1);
    }
    if (token.script == Script::kLatin && token.latin.size() > 1 &&
        token.latin.size() <= kMostInitials) {
      add(TermKind::kInitials, token.latin, 0.5);
    }
  }
  if (!query.joined.empty()) add(TermKind::kJoined, query.joined, 1);
  if (const std::string sound = Skeleton(query.joined); sound.size() >= kLeastSkeleton) {
    add(TermKind::kSkeleton, sound, 0.7);
  }
  if (const std::string initials = InitialsOf(query); !initials.empty()) {
    add(TermKind::kWord, initials, 0.5);
  }
  std::sort(terms.begin(), terms.end(), [](const WeightedTerm& a, const WeightedTerm& b) {
    return a.term != b.term ? a.term < b.term : a.share > b.share;
  });
  terms.erase(
      std::unique(terms.begin(), terms.end(),
                  [](const WeightedTerm& a, const WeightedTerm& b) { return a.term == b.term; }),
      terms.end());
  return terms;
}

}  // namespace steelyard::registry::match
