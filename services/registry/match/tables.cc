#include "services/registry/match/tables.h"

#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/registry/match/embedded.h"
#include "services/registry/match/latin.h"
#include "services/registry/match/pieces.h"
#include "unicode/locdspnm.h"
#include "unicode/rbnf.h"

namespace steelyard::registry::match {
namespace {

// The languages of the lexicon, for numbers and countries.
constexpr auto kLanguages = std::to_array<std::string_view>(
    {"en", "fr", "de", "es", "it", "pt", "nl",      "sv", "da", "nb", "pl", "cs", "ru",
     "uk", "tr", "el", "ar", "he", "zh", "zh_Hant", "ja", "ko", "fi", "hu", "ro"});

// Number words up to here are known, in figures any.
constexpr int32_t kMostSpelled = 100;

// Calls `row` with the fields of each line of a table behind its header. The tables have no line
// ends within fields.
template <typename Row>
void ForEachRow(std::string_view csv, Row row) {
  bool header = true;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(csv), '\n', absl::SkipEmpty())) {
    if (header) {
      header = false;
      continue;
    }
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.emplace_back();
      } else if (c != '\r') {
        fields.back() += c;
      }
    }
    row(fields);
  }
}

// The words of a text as names are cut; glued pieces are one.
std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  for (const Piece& piece : Split(text)) {
    if (piece.glued && !words.empty()) {
      words.back() += piece.text;
    } else {
      words.push_back(piece.text);
    }
  }
  return words;
}

std::string Joined(std::string_view text) { return StrJoin(WordsOf(text), " "); }

size_t CountWords(std::string_view joined) {
  return static_cast<size_t>(std::count(joined.begin(), joined.end(), ' ')) + 1;
}

LegalFamily ParseFamily(std::string_view form, std::string_view family) {
  if (form == "LTD" || family == "CORP") return LegalFamily::kVague;
  if (family == "LLC") return LegalFamily::kLimited;
  if (family == "JSC") return LegalFamily::kShares;
  if (family == "PARTNERSHIP") return LegalFamily::kPartnership;
  if (family == "COOP") return LegalFamily::kCooperative;
  if (family == "ASSOCIATION" || family == "FOUNDATION") return LegalFamily::kAssociation;
  if (family == "STATE") return LegalFamily::kState;
  return LegalFamily::kOther;
}

// Shorter words that end legal forms are too like other words.
constexpr size_t kLeastSlipLetters = 7;

Concept CountryConcept(std::string_view alpha2) {
  return kCountryBit | static_cast<Concept>(alpha2[0]) << 8 | static_cast<Concept>(alpha2[1]);
}

// Whether a rule set of ICU's spells whole numbers as names would.
bool IsSpelling(const icu::UnicodeString& rule_set) {
  return rule_set.startsWith(u"%spellout-cardinal") || rule_set.startsWith(u"%spellout-ordinal") ||
         rule_set == u"%spellout-numbering";
}

}  // namespace

const Tables& Tables::Get() {
  static const Tables* const tables = new Tables();
  return *tables;
}

Tables::Tables() {
  ReadLegalForms();
  ReadLexicon();
  ReadAbbreviations();
  ReadWords();
  AddNumbers();
  AddCountries();
}

std::optional<LegalForm> Tables::FindLegalForm(std::string_view letters) const {
  const auto found = legal_forms_.find(ToAbsl(letters));
  return found == legal_forms_.end() ? std::nullopt : std::optional<LegalForm>(found->second);
}

std::string_view Tables::LegalEndLike(std::string_view word) const {
  if (word.size() + 1 < kLeastSlipLetters) return "";
  if (!legal_slip_starts_.contains(ToAbsl(word.substr(0, 2)))) return "";
  if (const auto found = legal_slips_.find(ToAbsl(word)); found != legal_slips_.end()) {
    return found->second;  // a letter is missing
  }
  std::string less = StrCat(word.substr(0, 2), word.substr(3));
  for (size_t i = 2; i < word.size(); ++i) {
    if (i > 2) less[i - 1] = word[i - 1];
    const auto end = facts_.find(less);
    if (less.size() >= kLeastSlipLetters && end != facts_.end() && end->second.ends_legal_form) {
      return end->first;  // one too many
    }
    if (const auto found = legal_slips_.find(less); found != legal_slips_.end()) {
      return found->second;  // another one
    }
  }
  return "";
}

const WordFacts& Tables::FactsOf(std::string_view words) const {
  static const WordFacts kNone;
  const auto found = facts_.find(ToAbsl(words));
  return found == facts_.end() ? kNone : found->second;
}

double Tables::PerMillion(std::string_view latin, const std::vector<Concept>& meanings) const {
  double count = 1;
  if (const auto found = per_million_.find(ToAbsl(latin)); found != per_million_.end()) {
    count = found->second;
  }
  for (const Concept meaning : meanings) {
    const auto found = per_million_meaning_.find(meaning);
    if (found != per_million_meaning_.end()) count = std::max(count, found->second);
  }
  return count;
}

std::string Tables::NameOf(Concept meaning) const {
  if (IsNumber(meaning)) return StrCat("#", meaning & ~kNumberBit);
  if ((meaning & kCountryBit) != 0) {
    return {'@', static_cast<char>((meaning >> 8) & 0xFF), static_cast<char>(meaning & 0xFF)};
  }
  return concepts_.at(meaning & ~kPlaceBit);
}

void Tables::ReadLegalForms() {
  absl::flat_hash_map<std::string, uint16_t> numbers;
  ForEachRow(LegalFormsCsv(), [&](const std::vector<std::string>& fields) {
    const std::vector<std::string> words = WordsOf(fields.at(0));
    if (words.empty()) return;
    const auto number = static_cast<uint16_t>(numbers.size() + 1);
    const uint16_t form = numbers.emplace(fields.at(1), number).first->second;
    legal_forms_.emplace(
        StrJoin(words, ""),
        LegalForm{.form = form, .family = ParseFamily(fields.at(1), fields.at(2))});
    longest_legal_form_ = std::max(longest_legal_form_, words.size());
    // However its letters are spaced: "z o.o." ends with "zoo", "oo" or "o".
    std::string end;
    for (size_t i = words.size(); i-- > 0;) {
      end = words[i] + end;
      facts_[end].ends_legal_form = true;
      if (words[i].size() > 2) break;
    }
    const std::string& last = words.back();
    if (last.size() >= kLeastSlipLetters) legal_slip_starts_.insert(last.substr(0, 2));
    for (size_t i = 2; last.size() >= kLeastSlipLetters && i < last.size(); ++i) {
      legal_slips_.emplace(last.substr(0, i) + last.substr(i + 1), last);
    }
    std::string start;
    for (const std::string& word : words) {
      start += word;
      facts_[start].starts_legal_form = true;
      if (word.size() > 2) break;
    }
  });
}

void Tables::ReadLexicon() {
  concepts_ = {"", "STOP"};
  absl::flat_hash_map<std::string, Concept> numbers = {{"STOP", kStop}};
  ForEachRow(LexiconCsv(), [&](const std::vector<std::string>& fields) {
    // A concept of the group of places is written "PLACE:BEIJING".
    std::string name = fields.at(0);
    const bool place = name.starts_with("PLACE:");
    if (place) name.erase(0, std::string_view("PLACE:").size());
    // "@DE": words for a country, besides its name.
    if (name.size() == 3 && name.front() == '@') {
      for (const absl::string_view words : absl::StrSplit(fields.at(2), ';', absl::SkipEmpty())) {
        AddMeaning(ToStd(words), CountryConcept(std::string_view(name).substr(1)));
      }
      return;
    }
    const auto [found, is_new] = numbers.emplace(
        name, static_cast<Concept>(concepts_.size()) | (place ? kPlaceBit : Concept{0}));
    if (is_new) concepts_.push_back(name);
    for (const absl::string_view words : absl::StrSplit(fields.at(2), ';', absl::SkipEmpty())) {
      AddMeaning(ToStd(words), found->second);
    }
  });
}

void Tables::ReadAbbreviations() {
  ForEachRow(AbbreviationsCsv(), [&](const std::vector<std::string>& fields) {
    facts_[Joined(fields.at(0))].long_form = Joined(fields.at(1));
  });
}

void Tables::ReadWords() {
  ForEachRow(WordsCsv(), [&](const std::vector<std::string>& fields) {
    double count = 0;
    if (absl::SimpleAtod(fields.at(1), &count)) {
      per_million_[ToLatin(fields.at(0))] += std::max(count, 1.0);
    }
  });
  for (const auto& [words, facts] : facts_) {
    if (facts.meanings.empty()) continue;
    const auto found = per_million_.find(ToLatin(words));
    if (found == per_million_.end()) continue;
    for (const Concept meaning : facts.meanings) {
      double& count = per_million_meaning_[meaning];
      count = std::max(count, found->second);
    }
  }
}

void Tables::AddMeaning(std::string_view words, Concept meaning) {
  const std::string joined = Joined(words);
  if (joined.empty()) return;
  std::vector<Concept>& meanings = facts_[joined].meanings;
  if (std::find(meanings.begin(), meanings.end(), meaning) == meanings.end()) {
    meanings.push_back(meaning);
    std::sort(meanings.begin(), meanings.end());
  }
  longest_entry_ = std::max(longest_entry_, CountWords(joined));
  if (const size_t space = joined.find(' '); space != std::string::npos) {
    facts_[joined.substr(0, space)].starts_entry = true;
  }
}

void Tables::AddNumbers() {
  for (const std::string_view language : kLanguages) {
    UErrorCode code = U_ZERO_ERROR;
    icu::RuleBasedNumberFormat format(icu::URBNF_SPELLOUT,
                                      icu::Locale(std::string(language).c_str()), code);
    if (U_FAILURE(code)) continue;
    for (int32_t set = 0; set < format.getNumberOfRuleSetNames(); ++set) {
      const icu::UnicodeString rules = format.getRuleSetName(set);
      if (!IsSpelling(rules)) continue;
      for (int32_t number = 0; number <= kMostSpelled; ++number) {
        icu::UnicodeString spelled;
        icu::FieldPosition position(icu::FieldPosition::DONT_CARE);
        code = U_ZERO_ERROR;
        format.format(number, rules, spelled, position, code);
        if (U_FAILURE(code)) continue;
        std::string words;
        spelled.toUTF8String(words);
        // Some ordinals are figures with a letter, which say nothing of words.
        if (!std::any_of(words.begin(), words.end(), absl::ascii_isdigit)) {
          AddMeaning(words, kNumberBit | static_cast<Concept>(number));
        }
      }
    }
  }
}

void Tables::AddCountries() {
  for (const std::string_view language : kLanguages) {
    const std::unique_ptr<icu::LocaleDisplayNames> names(
        icu::LocaleDisplayNames::createInstance(icu::Locale(std::string(language).c_str())));
    for (const text::Country& country : text::Countries()) {
      icu::UnicodeString name;
      names->regionDisplayName(std::string(country.alpha2).c_str(), name);
      std::string words;
      name.toUTF8String(words);
      if (words == country.alpha2) continue;
      AddMeaning(words, CountryConcept(country.alpha2));
    }
  }
}

}  // namespace steelyard::registry::match
