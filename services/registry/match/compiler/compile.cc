#include "services/registry/match/compiler/compile.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "services/common/text/country.h"
#include "services/common/text/strings.h"
#include "services/registry/match/compiled.h"
#include "services/registry/match/latin.h"
#include "services/registry/match/pieces.h"
#include "services/registry/match/tables.h"
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
  size_t expected = 0;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(csv), '\n', absl::SkipEmpty())) {
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
    if (expected == 0) {
      expected = fields.size();
      continue;
    }
    if (fields.size() != expected) {
      throw std::invalid_argument(
          StrCat("fields: ", fields.size(), ", not ", expected, ": ", line));
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

Concept CountryConcept(std::string_view alpha2) {
  return kCountryBit | static_cast<Concept>(alpha2[0]) << 8 | static_cast<Concept>(alpha2[1]);
}

// Whether a rule set of ICU's spells whole numbers as names would.
bool IsSpelling(const icu::UnicodeString& rule_set) {
  return rule_set.startsWith(u"%spellout-cardinal") || rule_set.startsWith(u"%spellout-ordinal") ||
         rule_set == u"%spellout-numbering";
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isascii(c); });
}

struct Word {
  std::set<Concept> meanings;
  std::string long_form;
  unsigned flags = 0;
};

class Compiler {
 public:
  explicit Compiler(const TableTexts& texts) {
    ReadLegalForms(texts.legal_forms);
    ReadLexicon(texts.lexicon);
    ReadAbbreviations(texts.abbreviations);
    ReadRates(texts.words);
    AddNumbers();
    AddCountries();
  }

  std::string Write() const {
    std::string text;
    for (const std::string& name : concepts_) StrAppend(&text, "concept\t", name, "\n");
    for (const auto& [letters, form] : legal_forms_) {
      StrAppend(&text, "form\t", letters, "\t", form.form, "\t", static_cast<int>(form.family),
                "\n");
    }
    for (const auto& [less, word] : legal_slips_) {
      StrAppend(&text, "slip\t", less, "\t", word, "\n");
    }
    for (const auto& [words, word] : words_) {
      StrAppend(&text, "word\t", words, "\t", word.flags, "\t", word.long_form, "\t",
                StrJoin(word.meanings, ","), "\n");
    }
    for (const auto& [latin, count] : rates_) {
      StrAppend(&text, "rate\t", latin, "\t", absl::StrFormat("%.17g", count), "\n");
    }
    for (const auto& [meaning, count] : senses_) {
      StrAppend(&text, "sense\t", meaning, "\t", absl::StrFormat("%.17g", count), "\n");
    }
    StrAppend(&text, "longest\t", longest_legal_form_, "\t", longest_entry_, "\n");
    return text;
  }

 private:
  void ReadLegalForms(std::string_view csv) {
    absl::flat_hash_map<std::string, uint16_t> numbers;
    ForEachRow(csv, [&](const std::vector<std::string>& fields) {
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
        words_[end].flags |= kEndsLegalForm;
        if (words[i].size() > 2) break;
      }
      const std::string& last = words.back();
      if (last.size() >= kLeastSlipLetters && IsAscii(last)) {
        for (size_t i = 2; i < last.size(); ++i) {
          legal_slips_.emplace(last.substr(0, i) + last.substr(i + 1), last);
        }
      }
      std::string start;
      for (const std::string& word : words) {
        start += word;
        words_[start].flags |= kStartsLegalForm;
        if (word.size() > 2) break;
      }
    });
  }

  void ReadLexicon(std::string_view csv) {
    concepts_ = {"", "STOP"};
    absl::flat_hash_map<std::string, Concept> numbers = {{"STOP", kStop}};
    ForEachRow(csv, [&](const std::vector<std::string>& fields) {
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

  void ReadAbbreviations(std::string_view csv) {
    ForEachRow(csv, [&](const std::vector<std::string>& fields) {
      words_[Joined(fields.at(0))].long_form = Joined(fields.at(1));
    });
  }

  void ReadRates(std::string_view csv) {
    ForEachRow(csv, [&](const std::vector<std::string>& fields) {
      double count = 0;
      if (absl::SimpleAtod(fields.at(1), &count)) {
        rates_[ToLatin(fields.at(0))] += std::max(count, 1.0);
      }
    });
    for (const auto& [words, word] : words_) {
      if (word.meanings.empty()) continue;
      const auto found = rates_.find(ToLatin(words));
      if (found == rates_.end()) continue;
      for (const Concept meaning : word.meanings) {
        double& count = senses_[meaning];
        count = std::max(count, found->second);
      }
    }
  }

  void AddMeaning(std::string_view words, Concept meaning) {
    const std::string joined = Joined(words);
    if (joined.empty()) return;
    words_[joined].meanings.insert(meaning);
    longest_entry_ = std::max(longest_entry_, CountWords(joined));
    if (const size_t space = joined.find(' '); space != std::string::npos) {
      words_[joined.substr(0, space)].flags |= kStartsEntry;
    }
  }

  void AddNumbers() {
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

  void AddCountries() {
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

  std::vector<std::string> concepts_;
  std::map<std::string, LegalForm> legal_forms_;
  std::map<std::string, std::string> legal_slips_;
  std::map<std::string, Word> words_;
  std::map<std::string, double> rates_;
  std::map<Concept, double> senses_;
  size_t longest_legal_form_ = 1;
  size_t longest_entry_ = 1;
};

}  // namespace

std::string Compile(const TableTexts& texts) { return Compiler(texts).Write(); }

}  // namespace steelyard::registry::match
