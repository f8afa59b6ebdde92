#include "tests/bench/name_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "services/common/status/status.h"
#include "services/common/text/csv.h"
#include "services/common/text/fold.h"
#include "services/registry/match/keys.h"
#include "services/registry/match/method.h"
#include "services/registry/match/similarity.h"

namespace steelyard::bench {
namespace {

using registry::match::Compare;
using registry::match::KeyOf;
using registry::match::NewestMethod;
using registry::match::Parse;

// Levenshtein's distance as a likeness, of folded names.
double Levenshtein(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  const size_t longer = std::max(a.size(), b.size());
  return longer == 0 ? 1 : 1 - static_cast<double>(row[b.size()]) / static_cast<double>(longer);
}

// Winkler 1990, with his prefix of four letters and a scale of 0.1.
double JaroWinkler(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a == b ? 1 : 0;
  const size_t window = std::max<size_t>(std::max(a.size(), b.size()) / 2, 1) - 1;
  std::vector<bool> in_a(a.size());
  std::vector<bool> in_b(b.size());
  double common = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t first = i > window ? i - window : 0;
    for (size_t j = first; j < std::min(b.size(), i + window + 1); ++j) {
      if (in_b[j] || a[i] != b[j]) continue;
      in_a[i] = in_b[j] = true;
      ++common;
      break;
    }
  }
  if (common == 0) return 0;
  double swapped = 0;
  size_t j = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!in_a[i]) continue;
    while (!in_b[j]) ++j;
    if (a[i] != b[j++]) ++swapped;
  }
  const double jaro = (common / static_cast<double>(a.size()) +
                       common / static_cast<double>(b.size()) + (common - swapped / 2) / common) /
                      3;
  size_t prefix = 0;
  while (prefix < std::min<size_t>({4, a.size(), b.size()}) && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro);
}

// pg_trgm's similarity: Jaccard's coefficient of the trigrams of words, two blanks before each and
// one behind. https://www.postgresql.org/docs/15/pgtrgm.html
double TrigramSimilarity(const std::string& a, const std::string& b) {
  const auto trigrams = [](const std::string& text) {
    std::set<std::string> found;
    std::string word = "  ";
    const auto end = [&] {
      if (word.size() > 2) {
        word += ' ';
        for (size_t i = 0; i + 3 <= word.size(); ++i) found.insert(word.substr(i, 3));
      }
      word = "  ";
    };
    for (const char c : text) {
      if (c == ' ') {
        end();
      } else {
        word += c;
      }
    }
    end();
    return found;
  };
  const std::set<std::string> one = trigrams(a);
  const std::set<std::string> other = trigrams(b);
  size_t common = 0;
  for (const std::string& trigram : one) common += other.count(trigram);
  const size_t all = one.size() + other.size() - common;
  return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

double SameKey(const std::string& a, const std::string& b) {
  return KeyOf(Parse(a)) == KeyOf(Parse(b)) ? 1 : 0;
}

Outcome BestOf(const std::vector<NamePair>& pairs, const std::vector<double>& scores,
               double& threshold) {
  Outcome best;
  for (int percent = 1; percent <= 100; ++percent) {
    const Outcome outcome = At(percent / 100.0, pairs, scores);
    if (outcome.F1() <= best.F1()) continue;
    best = outcome;
    threshold = percent / 100.0;
  }
  return best;
}

void PrintLine(const std::string& what, double threshold, const Outcome& outcome,
               std::ostream& out) {
  out << absl::StrFormat("| %s | %.2f | %d | %d | %d | %d | %.3f | %.3f | %.3f |\n", what,
                         threshold, outcome.tp, outcome.fp, outcome.fn, outcome.tn,
                         outcome.Precision(), outcome.Recall(), outcome.F1());
}

void ReportRivals(const std::vector<NamePair>& pairs, std::ostream& out) {
  for (const Rival& rival : Rivals()) {
    std::vector<double> scores;
    for (const NamePair& pair : pairs) {
      scores.push_back(rival.folded ? rival.score(text::Fold(pair.one), text::Fold(pair.other))
                                    : rival.score(pair.one, pair.other));
    }
    double threshold = 0;
    const Outcome best = BestOf(pairs, scores, threshold);
    PrintLine(rival.name, threshold, best, out);
  }
  Outcome frozen;
  int known = 0;
  for (const NamePair& pair : pairs) {
    if (pair.frozen.empty()) continue;
    ++known;
    const bool says = pair.frozen == "true";
    (says ? (pair.is_match ? frozen.tp : frozen.fp) : (pair.is_match ? frozen.fn : frozen.tn)) += 1;
  }
  if (known > 0) {
    PrintLine(absl::StrFormat("logic-v2, frozen, of %d of them", known), 0.7, frozen, out);
  }
}

}  // namespace

const std::vector<Rival>& Rivals() {
  static const auto* const rivals =
      new std::vector<Rival>{{"Levenshtein", Levenshtein},
                             {"Jaro-Winkler", JaroWinkler},
                             {"trigram similarity (pg_trgm's)", TrigramSimilarity},
                             {"equal key without legal form", SameKey, false}};
  return *rivals;
}

double Outcome::Precision() const { return tp == 0 ? 0 : static_cast<double>(tp) / (tp + fp); }
double Outcome::Recall() const { return tp == 0 ? 0 : static_cast<double>(tp) / (tp + fn); }
double Outcome::F1() const { return tp == 0 ? 0 : 2.0 * tp / (2 * tp + fp + fn); }

absl::StatusOr<std::vector<NamePair>> ReadPairs(const std::string& path) {
  STEELYARD_ASSIGN_OR_RETURN(const auto csv, text::CsvReader::Open(path, path, {}));
  STEELYARD_ASSIGN_OR_RETURN(const int group, csv->Column("case_group"));
  STEELYARD_ASSIGN_OR_RETURN(const int one, csv->Column("name1"));
  STEELYARD_ASSIGN_OR_RETURN(const int other, csv->Column("name2"));
  STEELYARD_ASSIGN_OR_RETURN(const int match, csv->Column("is_match"));
  const absl::StatusOr<int> frozen = csv->Column("logic_v2");
  std::vector<NamePair> pairs;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, csv->Next());
    if (!more) return pairs;
    const auto at = [&](int column) { return csv->fields().at(static_cast<size_t>(column)); };
    pairs.push_back({.group = at(group),
                     .one = at(one),
                     .other = at(other),
                     .is_match = at(match) == "true",
                     .frozen = frozen.ok() ? at(*frozen) : ""});
  }
}

absl::StatusOr<std::vector<NamePair>> ReadPairs(const std::string& path,
                                                const PairColumns& columns) {
  STEELYARD_ASSIGN_OR_RETURN(const auto csv, text::CsvReader::Open(path, path, {}));
  STEELYARD_ASSIGN_OR_RETURN(const int one, csv->Column(columns.one));
  STEELYARD_ASSIGN_OR_RETURN(const int other, csv->Column(columns.other));
  STEELYARD_ASSIGN_OR_RETURN(const int match, csv->Column(columns.is_match));
  std::vector<NamePair> pairs;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, csv->Next());
    if (!more) return pairs;
    const auto at = [&](int column) { return csv->fields().at(static_cast<size_t>(column)); };
    pairs.push_back({.group = "",
                     .one = at(one),
                     .other = at(other),
                     .is_match = at(match) == columns.yes,
                     .frozen = ""});
  }
}

absl::StatusOr<std::vector<NamePair>> ReadClusters(const std::string& path,
                                                   const std::string& cluster,
                                                   const std::string& name) {
  STEELYARD_ASSIGN_OR_RETURN(const auto csv, text::CsvReader::Open(path, path, {}));
  STEELYARD_ASSIGN_OR_RETURN(const int cluster_at, csv->Column(cluster));
  STEELYARD_ASSIGN_OR_RETURN(const int name_at, csv->Column(name));
  std::map<std::string, std::set<std::string>> clusters;
  std::map<std::string, std::string> names;  // folded -> as written
  std::map<std::string, std::string> cluster_of;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, csv->Next());
    if (!more) break;
    std::string written = csv->fields().at(static_cast<size_t>(name_at));
    absl::RemoveExtraAsciiWhitespace(&written);
    const std::string& of = csv->fields().at(static_cast<size_t>(cluster_at));
    if (!names.emplace(text::Fold(written), written).second) continue;
    clusters[of].insert(written);
    cluster_of[written] = of;
  }
  std::vector<NamePair> pairs;
  for (const auto& [of, members] : clusters) {
    for (auto one = members.begin(); one != members.end() && std::next(one) != members.end();
         ++one) {
      pairs.push_back(
          {.group = "", .one = *one, .other = *std::next(one), .is_match = true, .frozen = ""});
    }
  }
  for (auto one = names.begin(); one != names.end() && std::next(one) != names.end(); ++one) {
    const std::string& other = std::next(one)->second;
    if (cluster_of[one->second] == cluster_of[other]) continue;
    pairs.push_back(
        {.group = "", .one = one->second, .other = other, .is_match = false, .frozen = ""});
  }
  return pairs;
}

std::vector<double> ScoresOf(const std::vector<NamePair>& pairs) {
  std::vector<double> scores;
  for (const NamePair& pair : pairs) {
    const auto compared =
        Compare(Parse(pair.one), Parse(pair.other), registry::match::WeighByTable);
    scores.push_back(registry::match::ScoreOf(NewestMethod(), compared.features, {}));
  }
  return scores;
}

Outcome At(double threshold, const std::vector<NamePair>& pairs,
           const std::vector<double>& scores) {
  Outcome outcome;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const bool says = scores[i] >= threshold;
    if (pairs[i].is_match) {
      (says ? outcome.tp : outcome.fn) += 1;
    } else {
      (says ? outcome.fp : outcome.tn) += 1;
    }
  }
  return outcome;
}

double CalibrationError(const std::vector<NamePair>& pairs, const std::vector<double>& scores) {
  constexpr size_t kClasses = 10;
  std::array<double, kClasses> score{};
  std::array<double, kClasses> matches{};
  for (size_t i = 0; i < pairs.size(); ++i) {
    const size_t at = std::min(kClasses - 1, static_cast<size_t>(scores[i] * kClasses));
    score[at] += scores[i];
    matches[at] += pairs[i].is_match ? 1 : 0;
  }
  double error = 0;
  for (size_t i = 0; i < kClasses; ++i) error += std::abs(score[i] - matches[i]);
  return pairs.empty() ? 0 : error / static_cast<double>(pairs.size());
}

void ReportQuality(const std::string& title, const std::vector<NamePair>& pairs, bool with_errors,
                   std::ostream& out) {
  const std::vector<double> scores = ScoresOf(pairs);
  const double review = NewestMethod().review_threshold;
  const double match = NewestMethod().match_threshold;
  out << "\n## " << title << ": " << pairs.size() << " pairs\n\n"
      << "| who | threshold | TP | FP | FN | TN | precision | recall | F1 |\n"
      << "|---|---|---|---|---|---|---|---|---|\n";
  PrintLine("**Steelyard, to be looked at**", review, At(review, pairs, scores), out);
  PrintLine("Steelyard, matched by itself", match, At(match, pairs, scores), out);
  ReportRivals(pairs, out);
  std::map<std::string, std::pair<std::vector<NamePair>, std::vector<double>>> groups;
  for (size_t i = 0; i < pairs.size(); ++i) {
    groups[pairs[i].group].first.push_back(pairs[i]);
    groups[pairs[i].group].second.push_back(scores[i]);
  }
  for (const auto& [group, of_it] : groups) {
    if (groups.size() > 1)
      PrintLine("- " + group, review, At(review, of_it.first, of_it.second), out);
  }
  out << absl::StrFormat("\nCalibration error: %.3f", CalibrationError(pairs, scores));
  for (const auto& [group, of_it] : groups) {
    if (groups.size() == 1) break;
    out << absl::StrFormat("; %s %.3f", group, CalibrationError(of_it.first, of_it.second));
  }
  out << "\n";
  if (!with_errors) return;
  out << "\nErrors at " << review << ":\n\n";
  for (size_t i = 0; i < pairs.size(); ++i) {
    if ((scores[i] >= review) == pairs[i].is_match) continue;
    out << absl::StrFormat("- %s, %.2f: %s | %s\n", pairs[i].is_match ? "missed" : "wrong",
                           scores[i], pairs[i].one, pairs[i].other);
  }
}

}  // namespace steelyard::bench
