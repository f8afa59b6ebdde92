#include "services/registry/match/parsed_name.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/common/text/strings.h"
#include "services/registry/match/latin.h"
#include "services/registry/match/pieces.h"
#include "unicode/uscript.h"
#include "unicode/utf8.h"

namespace steelyard::registry::match {
namespace {

// A word of the name: pieces that were written together.
struct Word {
  std::vector<Piece> pieces;
  std::string text;                  // of the pieces together
  const WordFacts* facts = nullptr;  // of the text
};

// Characters of an entry of the lexicon that is looked for within a word.
constexpr size_t kLongestSegment = 8;

constexpr auto kRoman = std::to_array<std::string_view>(
    {"i",  "ii",  "iii",  "iv",  "v",  "vi",  "vii",  "viii",  "ix",  "x",
     "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx"});

Script ScriptOf(std::string_view text) {
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    if (data[i] < 0x80) {
      ++i;
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    UErrorCode code = U_ZERO_ERROR;
    switch (const UScriptCode script = uscript_getScript(c, &code)) {
      case USCRIPT_HIRAGANA:
        return Script::kKana;
      case USCRIPT_LATIN:
      case USCRIPT_COMMON:
      case USCRIPT_INHERITED:
        continue;
      default:
        return static_cast<Script>(script);
    }
  }
  return Script::kLatin;
}

// Where each character of a text starts, and its end.
std::vector<size_t> Boundaries(std::string_view text) {
  std::vector<size_t> boundaries = {0};
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    U8_FWD_1(reinterpret_cast<const uint8_t*>(text.data()), i, size);
    boundaries.push_back(static_cast<size_t>(i));
  }
  return boundaries;
}

std::vector<Word> WordsOf(const Tables& tables, std::vector<Piece> pieces) {
  std::vector<Word> words;
  for (Piece& piece : pieces) {
    if (!piece.glued || words.empty()) {
      if (words.size() == kMostTokens) break;
      words.emplace_back();
    }
    words.back().text += piece.text;
    words.back().pieces.push_back(std::move(piece));
  }
  for (Word& word : words) word.facts = &tables.FactsOf(word.text);
  return words;
}

// Takes legal forms off the ends of a name.
class LegalForms {
 public:
  LegalForms(const Tables& tables, std::vector<Word>& words, std::vector<LegalForm>& found)
      : tables_(tables), words_(words), found_(found) {}

  // False when nothing but legal forms was there; no word is left then.
  bool TakeOff() {
    while (!words_.empty() && (TakeEnd() || TakeEndOfWord())) {
    }
    while (!words_.empty() && (TakeStart() || TakeStartOfWord())) {
    }
    return !words_.empty();
  }

 private:
  // The longest form that the last words make.
  bool TakeEnd() {
    if (!words_.back().facts->ends_legal_form) {
      // A misspelt one is read as what it is like.
      const std::string_view like = found_.empty() ? tables_.LegalEndLike(words_.back().text) : "";
      if (like.empty()) return false;
      words_.back().text = like;
      words_.back().facts = &tables_.FactsOf(like);
    }
    std::string letters;
    size_t best = 0;
    LegalForm form;
    const size_t most = std::min(words_.size(), tables_.longest_legal_form());
    for (size_t count = 1; count <= most; ++count) {
      letters = words_[words_.size() - count].text + letters;
      if (const auto found = tables_.FindLegalForm(letters)) {
        best = count;
        form = *found;
      }
    }
    if (best == 0) return false;
    found_.push_back(form);
    words_.resize(words_.size() - best);
    return true;
  }

  bool TakeStart() {
    if (!words_.front().facts->starts_legal_form) return false;
    std::string letters;
    size_t best = 0;
    LegalForm form;
    const size_t most = std::min(words_.size(), tables_.longest_legal_form());
    for (size_t count = 1; count <= most; ++count) {
      letters += words_[count - 1].text;
      const auto found = tables_.FindLegalForm(letters);
      if (found && StandsInFront(letters, count)) {
        best = count;
        form = *found;
      }
    }
    if (best == 0) return false;
    found_.push_back(form);
    words_.erase(words_.begin(), words_.begin() + static_cast<int64_t>(best));
    return true;
  }

  // Whether a form is one also in front of a name: of several words, in other scripts, and those of
  // a few lands. Elsewhere it is rather a part of the name ("AB InBev", "SCI Engineered").
  static bool StandsInFront(std::string_view letters, size_t words) {
    static constexpr auto kInFront = std::to_array<std::string_view>(
        {"ano", "ao",  "cjsc", "ctcp", "cv",  "fgup", "gup",  "jsc", "llc", "oao", "ojsc", "ooo",
         "ou",  "pao", "pjsc", "pt",   "sia", "srl",  "tnhh", "too", "tov", "uab", "zao"});
    if (words > 1 || std::find(kInFront.begin(), kInFront.end(), letters) != kInFront.end()) {
      return true;
    }
    return ScriptOf(letters) != Script::kLatin;
  }

  // "株式会社トヨタ": within the first or last word, where words are not spaced; and "SiemensAG".
  bool TakeEndOfWord() {
    Word& word = words_.back();
    if (word.pieces.size() > 1) {
      if (const auto found = tables_.FindLegalForm(word.pieces.back().text)) {
        found_.push_back(*found);
        word.text.resize(word.text.size() - word.pieces.back().text.size());
        word.pieces.pop_back();
        word.facts = &tables_.FactsOf(word.text);
        return true;
      }
    }
    return TakeOfUnspaced(word, false);
  }
  bool TakeStartOfWord() { return TakeOfUnspaced(words_.front(), true); }

  bool TakeOfUnspaced(Word& word, bool front) {
    if (!IsUnspaced(ScriptOf(word.text))) return false;
    const std::vector<size_t> at = Boundaries(word.text);
    const size_t characters = at.size() - 1;
    for (size_t length = std::min(characters - 1, kLongestForm); length >= 2; --length) {
      const std::string_view form =
          front ? std::string_view(word.text).substr(0, at[length])
                : std::string_view(word.text).substr(at[characters - length]);
      const auto found = tables_.FindLegalForm(form);
      if (!found) continue;
      found_.push_back(*found);
      word.text =
          front ? word.text.substr(at[length]) : word.text.substr(0, at[characters - length]);
      word.pieces = {Piece{.text = word.text}};
      word.facts = &tables_.FactsOf(word.text);
      return true;
    }
    return false;
  }

  static constexpr size_t kLongestForm = 12;  // characters

  const Tables& tables_;
  std::vector<Word>& words_;
  std::vector<LegalForm>& found_;
};

// Makes tokens of the words that are left.
class Tokens {
 public:
  explicit Tokens(const Tables& tables) : tables_(tables) {}

  std::vector<Token> Of(const std::vector<Word>& words) {
    for (size_t i = 0; i < words.size() && tokens_.size() < kMostTokens;) {
      i += AddEntry(words, i);
    }
    // A part of a word is no article ("InBev").
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      if (tokens_[i + 1].glued) tokens_[i].stop = false;
    }
    return std::move(tokens_);
  }

 private:
  // Adds the words at `i` that have one meaning together, or the one word there; gives how many.
  size_t AddEntry(const std::vector<Word>& words, size_t i) {
    const size_t most =
        words[i].facts->starts_entry ? std::min(words.size() - i, tables_.longest_entry()) : 1;
    std::string text = words[i].text;
    std::string longest;
    size_t count = 1;
    for (size_t n = 2; n <= most; ++n) {
      StrAppend(&text, " ", words[i + n - 1].text);
      if (!tables_.FactsOf(text).meanings.empty()) {
        longest = text;
        count = n;
      }
    }
    if (count > 1) {
      Add(longest, false, tables_.FactsOf(longest));
    } else {
      AddWord(words[i], words.size() > 1 && i > 0);
    }
    return count;
  }

  void AddWord(const Word& word, bool may_be_roman) {
    if (may_be_roman && word.pieces.size() == 1 && word.pieces.front().capital) {
      const auto* roman = std::find(kRoman.begin(), kRoman.end(), word.text);
      if (roman != kRoman.end()) {
        Add(word.text, false, *word.facts);
        tokens_.back().meanings = {kNumberBit | static_cast<Concept>(roman - kRoman.begin() + 1)};
        tokens_.back().stop = false;
        return;
      }
    }
    if (!word.facts->long_form.empty()) {
      AddLongForm(word.facts->long_form);
      return;
    }
    if (word.pieces.size() == 1 || !word.facts->meanings.empty()) {
      AddUnspaced(word.text, false, *word.facts);
      return;
    }
    for (size_t i = 0; i < word.pieces.size(); ++i) {
      const std::string& text = word.pieces[i].text;
      AddUnspaced(text, i > 0, tables_.FactsOf(text));
    }
  }

  void AddLongForm(std::string_view full) {
    if (const WordFacts& facts = tables_.FactsOf(full); !facts.meanings.empty()) {
      Add(full, false, facts);
      return;
    }
    for (const absl::string_view part : absl::StrSplit(ToAbsl(full), ' ')) {
      Add(ToStd(part), false, tables_.FactsOf(ToStd(part)));
    }
  }

  // Cuts a text that is not spaced into what the lexicon knows, longest first, and the rest.
  void AddUnspaced(std::string_view text, bool glued, const WordFacts& facts) {
    if (!facts.meanings.empty() || !IsUnspaced(ScriptOf(text))) {
      Add(text, glued, facts);
      return;
    }
    const std::vector<size_t> at = Boundaries(text);
    size_t rest = 0;  // where what is not known starts
    for (size_t i = 0; i + 1 < at.size();) {
      const size_t length = KnownAt(text, at, i);
      if (length == 0) {
        ++i;
        continue;
      }
      AddPart(text.substr(at[rest], at[i] - at[rest]), rest, glued);
      AddPart(text.substr(at[i], at[i + length] - at[i]), i, glued);
      i += length;
      rest = i;
    }
    AddPart(text.substr(at[rest]), rest, glued);
  }
  void AddPart(std::string_view part, size_t position, bool glued) {
    if (!part.empty()) Add(part, glued || position > 0, tables_.FactsOf(part));
  }

  // How many characters at `i` are an entry of the lexicon; single ones are too often by chance.
  size_t KnownAt(std::string_view text, const std::vector<size_t>& at, size_t i) const {
    const size_t most = std::min(at.size() - 1 - i, kLongestSegment);
    for (size_t length = most; length >= 2; --length) {
      // Numbers within a word are rather sounds of it.
      const std::string_view part = text.substr(at[i], at[i + length] - at[i]);
      for (const Concept meaning : tables_.FactsOf(part).meanings) {
        if (!match::IsNumber(meaning)) return length;
      }
    }
    return 0;
  }

  void Add(std::string_view text, bool glued, const WordFacts& facts) {
    if (tokens_.size() == kMostTokens) return;
    Token token;
    token.text = std::string(text);
    token.latin = ToLatin(text);
    std::erase(token.latin, ' ');
    token.meanings.assign(facts.meanings.begin(), facts.meanings.end());
    token.script = ScriptOf(text);
    if (token.script == Script::kHan) token.text = ToSimplified(text);
    token.glued = glued;
    token.stop = !glued && std::binary_search(token.meanings.begin(), token.meanings.end(), kStop);
    TakeFigures(token);
    tokens_.push_back(std::move(token));
  }

  // A number in figures is that number; one that follows tens belongs to them ("forty 4").
  void TakeFigures(Token& token) {
    std::string_view figures = token.latin;
    for (const std::string_view ending : {"st", "nd", "rd", "th", "er", "eme", "te"}) {
      if (!figures.ends_with(ending)) continue;
      figures.remove_suffix(ending.size());
      break;
    }
    int64_t number = 0;
    if (!absl::SimpleAtoi(ToAbsl(figures), &number) || number < 0 || number >= kNumberBit) return;
    token.meanings = {kNumberBit | static_cast<Concept>(number)};
    if (number == 0 || number > 9 || tokens_.empty()) return;
    const std::optional<int64_t> tens = tokens_.back().Number();
    const bool spelled = !tokens_.back().latin.empty() && tokens_.back().latin.front() > '9';
    if (!tens.has_value() || !spelled || *tens % 10 != 0 || *tens < 20 || *tens > 90) return;
    token.meanings = {kNumberBit | static_cast<Concept>(*tens + number)};
    token.text = StrCat(*tens + number);
    token.latin = token.text;
    tokens_.pop_back();
  }

  const Tables& tables_;
  std::vector<Token> tokens_;
};

}  // namespace

std::optional<int64_t> Token::Number() const {
  for (const Concept meaning : meanings) {
    if (match::IsNumber(meaning)) return meaning & ~kNumberBit;
  }
  return std::nullopt;
}

bool Token::IsPlace() const {
  return std::any_of(meanings.begin(), meanings.end(), match::IsPlace);
}

ParsedName Parse(std::string_view name) {
  const Tables& tables = Tables::Get();
  ParsedName parsed;
  std::vector<Word> words = WordsOf(tables, Split(name));
  if (!words.empty() && !LegalForms(tables, words, parsed.legal_forms).TakeOff()) {
    parsed.only_legal_form = true;
    words = WordsOf(tables, Split(name));
  }
  parsed.tokens = Tokens(tables).Of(words);
  if (std::all_of(parsed.tokens.begin(), parsed.tokens.end(),
                  [](const Token& token) { return token.stop; })) {
    for (Token& token : parsed.tokens) token.stop = false;
  }
  for (const Token& token : parsed.tokens) {
    parsed.joined += token.latin;
    if (!parsed.native.empty() && !token.glued) parsed.native += ' ';
    parsed.native += token.text;
  }
  return parsed;
}

}  // namespace steelyard::registry::match
