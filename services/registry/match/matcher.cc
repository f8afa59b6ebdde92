#include "services/registry/match/matcher.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/registry/match/similarity.h"
#include "services/registry/match/slips.h"

namespace steelyard::registry::match {
namespace {

// How many names of each way to find them are compared in full.
constexpr size_t kClosest = 32;
constexpr size_t kHeaviest = 24;
constexpr size_t kSlips = 16;
// Words of this many names are written as they are meant, and so many words of a query are not.
constexpr int64_t kMostSlippedNames = 100;
constexpr int kMostSlippedWords = 2;
constexpr double kLeastCloseness = 0.2;
// Words in more names than this find nobody by themselves.
constexpr int64_t kMostFrequent = 20'000;
// The shipped frequencies count as much as so many names of the register.
constexpr double kShippedNames = 100'000;
// A second match that is less likely by no more than this makes the first one doubtful.
constexpr double kDoubt = 0.02;
constexpr size_t kCheckEvery = 16;

double Sign(bool agree) { return agree ? 1 : -1; }

// How much words tell in the register at a revision.
class Frequencies {
 public:
  Frequencies(const Index& index, int64_t revision)
      : index_(index),
        revision_(revision),
        names_(static_cast<double>(index.CountNames(revision))) {}

  double Weigh(const Token& token) {
    if (token.stop || token.Number().has_value()) return WeighByTable(token);
    const auto [found, is_new] = known_.emplace(token.latin, 0);
    if (is_new) {
      const auto count =
          static_cast<double>(index_.Frequency(TermOf(TermKind::kWord, token.latin), revision_));
      const double shipped = Tables::Get().PerMillion(token.latin, token.meanings);
      found->second = WeightOf(Blend(count, shipped));
    }
    return found->second;
  }

  double WeighTerm(const WeightedTerm& term, double count) const {
    return term.share * WeightOf(Blend(count, 1));
  }
  double Count(const WeightedTerm& term) const {
    return static_cast<double>(index_.Frequency(term.term, revision_));
  }

 private:
  // Per million, of the register and the shipped table together.
  double Blend(double count, double shipped_per_million) const {
    const double shipped = shipped_per_million * kShippedNames / 1e6;
    return (count + shipped) / (names_ + kShippedNames) * 1e6;
  }

  const Index& index_;
  const int64_t revision_;
  const double names_;
  absl::flat_hash_map<std::string, double> known_;
};

double KindFeature(NameKind kind) {
  if (kind == NameKind::kMachineTranslation) return 1;
  return kind == NameKind::kFormer ? 0.5 : 0;
}

double FoundedFeature(int a, int b) {
  if (a == 0 || b == 0) return 0;
  const int apart = std::abs(a - b);
  if (apart == 0) return 1;
  if (apart == 1) return 0.5;
  return apart > 5 ? -1 : 0;
}

double SectorFeature(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return 0;
  return Sign(std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end());
}

std::string_view SchemeOf(std::string_view key) { return key.substr(0, key.find(':')); }

// What two lists of identifiers say: whether one is equal, and whether one scheme has others.
struct IdentifierVerdict {
  bool agree = false;
  bool conflict = false;
};
IdentifierVerdict CompareIdentifiers(const std::vector<std::string>& query,
                                     const std::vector<std::string>& company) {
  IdentifierVerdict verdict;
  for (const std::string& key : query) {
    bool equal = false;
    bool other = false;
    for (const std::string& held : company) {
      equal = equal || held == key;
      // A company may have several domains.
      other = other || (SchemeOf(held) == SchemeOf(key) && SchemeOf(key) != "domain");
    }
    verdict.agree = verdict.agree || equal;
    verdict.conflict = verdict.conflict || (other && !equal);
  }
  return verdict;
}

// One query at one revision.
class Matching {
 public:
  Matching(const Context& context, const Index& index, int64_t revision, const Query& query,
           const Method& method)
      : context_(context),
        index_(index),
        revision_(revision),
        query_(query),
        method_(method),
        parsed_(Parse(query.name)),
        folded_(text::Fold(query.name)),
        frequencies_(index, revision) {}

  std::vector<Found> Find() {
    FindNames();
    FindFacts();
    return std::move(found_);
  }

  absl::StatusOr<Answer> Judge(const std::vector<Found>& names, size_t limit) {
    Answer answer{.only_legal_form = parsed_.only_legal_form};
    size_t done = 0;
    for (const Found& found : names) {
      if (done++ % kCheckEvery == 0) STEELYARD_RETURN_IF_ERROR(context_.Check());
      Compare(found);
    }
    for (auto& [company, candidate] : candidates_) {
      answer.candidates.push_back(std::move(candidate));
    }
    std::sort(answer.candidates.begin(), answer.candidates.end(),
              [](const Candidate& a, const Candidate& b) {
                if (a.score != b.score) return a.score > b.score;
                return a.likeness != b.likeness ? a.likeness > b.likeness : a.company < b.company;
              });
    Decide(answer);
    if (answer.candidates.size() > limit) answer.candidates.resize(limit);
    return answer;
  }

 private:
  void FindNames() {
    if (parsed_.tokens.empty()) return;
    const std::vector<Trigram> trigrams = TrigramsOf(KeyOf(parsed_));
    found_ = index_.Closest(trigrams, revision_, kLeastCloseness, kClosest);
    const std::vector<WeightedTerm> terms = QueryTermsOf(parsed_);
    std::vector<Index::Weighted> weighted;
    for (const WeightedTerm& term : terms) {
      const double count = frequencies_.Count(term);
      if (count <= kMostFrequent) {
        weighted.push_back({.term = term.term, .weight = frequencies_.WeighTerm(term, count)});
      }
    }
    for (const Found& found : index_.Heaviest(weighted, revision_, kHeaviest)) {
      found_.push_back(found);
    }
    FindSlippedWords();
  }

  void FindSlippedWords() {
    int words = 0;
    for (const Token& token : parsed_.tokens) {
      const std::string& word = token.latin;
      if (token.glued || !token.meanings.empty() || token.text != word) continue;
      if (word.size() < kLeastSlipped || word.size() > kMostWholeSlipped) continue;
      if (index_.Frequency(TermOf(TermKind::kWord, word), revision_) > kMostSlippedNames) continue;
      for (const Found& found : FindSlips(index_, revision_, word, folded_, kSlips)) {
        found_.push_back(found);
      }
      if (++words == kMostSlippedWords) return;
    }
  }

  void FindFacts() {
    for (const std::string& key : query_.identifiers) AddAll(TermOf(TermKind::kIdentifier, key));
    if (query_.domain.empty()) return;
    AddAll(TermOf(TermKind::kDomain, query_.domain));
    AddAll(TermOf(TermKind::kIdentifier, "domain:" + query_.domain));
  }
  // Every name of those companies, as one of them may be like the query's.
  void AddAll(Term term) {
    for (const Found& found : index_.Exactly(term, revision_)) {
      const Block& block = *found.block;
      for (size_t row = block.FirstRowOf(found.state());
           row < block.rows() && block.StateOf(static_cast<Block::Row>(row)) == found.state();
           ++row) {
        found_.push_back({.block = found.block, .row = static_cast<Block::Row>(row)});
      }
    }
  }

  void Compare(const Found& found) {
    if (!seen_.emplace(found.block, found.row).second) return;
    const Block& block = *found.block;
    Candidate candidate{.company = std::string(found.company()),
                        .display_name = std::string(block.DisplayNameOf(found.state())),
                        .country = std::string(block.CountryOf(found.state()))};
    const NameKind kind = block.KindAt(found.row);
    const auto weigh = [this](const Token& token) { return frequencies_.Weigh(token); };
    if (!parsed_.tokens.empty()) {
      candidate.name_features =
          match::Compare(parsed_, Parse(block.TextAt(found.row)), weigh).features;
      candidate.matched = block.NameAt(found.row);
      candidate.likeness = EditSimilarity(folded_, block.FoldedAt(found.row));
    }
    const IdentifierVerdict verdict = CompareContext(block.FactsOf(found.state()), kind, candidate);
    Score(verdict, candidate);
    const auto [place, is_new] = candidates_.emplace(candidate.company, candidate);
    if (!is_new && IsBetter(candidate, place->second)) place->second = std::move(candidate);
  }

  static bool IsBetter(const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.likeness != b.likeness) return a.likeness > b.likeness;
    if (!a.matched.has_value() || !b.matched.has_value()) return false;
    return a.matched->kind != b.matched->kind ? a.matched->kind < b.matched->kind
                                              : a.matched->text < b.matched->text;
  }

  IdentifierVerdict CompareContext(const Facts& facts, NameKind kind, Candidate& candidate) const {
    const auto set = [&](ContextFeature feature, double value) {
      candidate.context_features[static_cast<size_t>(feature)] = value;
    };
    const auto same = [](std::string_view a, std::string_view b) {
      return a.empty() || b.empty() ? 0 : Sign(a == b);
    };
    const bool machine = kind == NameKind::kMachineTranslation;
    const double translated =
        candidate.name_features[static_cast<size_t>(NameFeature::kTranslated)];
    set(ContextFeature::kNameKind, KindFeature(kind));
    set(ContextFeature::kTwiceTranslated, machine ? translated : 0);
    set(ContextFeature::kCountry, same(query_.country, facts.country));
    set(ContextFeature::kCity, same(query_.city, facts.city));
    set(ContextFeature::kWebsite, WebsiteFeature(facts));
    set(ContextFeature::kFounded, FoundedFeature(query_.founded_year, facts.founded_year));
    set(ContextFeature::kSector, SectorFeature(query_.sectors, facts.sectors));
    const IdentifierVerdict verdict = CompareIdentifiers(query_.identifiers, facts.identifiers);
    set(ContextFeature::kIdentifier,
        static_cast<double>(verdict.agree) - static_cast<double>(verdict.conflict));
    return verdict;
  }

  double WebsiteFeature(const Facts& facts) const {
    if (query_.domain.empty()) return 0;
    bool known = !facts.domain.empty();
    bool equal = facts.domain == query_.domain;
    for (const std::string& key : facts.identifiers) {
      if (SchemeOf(key) != "domain") continue;
      known = true;
      equal = equal || key.substr(key.find(':') + 1) == query_.domain;
    }
    return known ? Sign(equal) : 0;
  }

  void Score(IdentifierVerdict verdict, Candidate& candidate) const {
    candidate.score = ScoreOf(method_, candidate.name_features, candidate.context_features);
    candidate.decision = candidate.score >= method_.match_threshold    ? Decision::kMatch
                         : candidate.score >= method_.review_threshold ? Decision::kReview
                                                                       : Decision::kNoMatch;
    const bool by_name_alone =
        candidate.context_features[static_cast<size_t>(ContextFeature::kWebsite)] <= 0 &&
        !verdict.agree;
    if (parsed_.only_legal_form && by_name_alone && candidate.decision == Decision::kMatch) {
      candidate.decision = Decision::kReview;
    }
    if (verdict.agree) candidate.decision = Decision::kMatch;
    if (verdict.conflict)
      candidate.decision = verdict.agree ? Decision::kReview : Decision::kNoMatch;
  }

  void Decide(Answer& answer) const {
    if (answer.candidates.empty()) return;
    answer.decision = answer.candidates.front().decision;
    if (answer.decision != Decision::kMatch || answer.candidates.size() < 2) return;
    const Candidate& second = answer.candidates[1];
    if (second.decision == Decision::kMatch &&
        second.score >= answer.candidates.front().score - kDoubt) {
      answer.decision = Decision::kReview;
    }
  }

  const Context& context_;
  const Index& index_;
  const int64_t revision_;
  const Query& query_;
  const Method& method_;
  const ParsedName parsed_;
  const std::string folded_;
  Frequencies frequencies_;
  std::vector<Found> found_;
  absl::flat_hash_set<std::pair<const Block*, Block::Row>> seen_;
  absl::flat_hash_map<std::string, Candidate> candidates_;
};

}  // namespace

absl::StatusOr<Answer> Match(const Context& context, const Index& index, int64_t revision,
                             const Query& query, const Method& method, size_t limit) {
  Matching matching(context, index, revision, query, method);
  return matching.Judge(matching.Find(), limit);
}

absl::StatusOr<Answer> MatchAmong(const Context& context, const Index& index, int64_t revision,
                                  const Query& query, const Method& method,
                                  const std::vector<Found>& names, size_t limit) {
  return Matching(context, index, revision, query, method).Judge(names, limit);
}

}  // namespace steelyard::registry::match
