#include "services/registry/match/latin.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "unicode/translit.h"
#include "unicode/uchar.h"
#include "unicode/unistr.h"
#include "unicode/uscript.h"
#include "unicode/utf8.h"

namespace steelyard::registry::match {
namespace {

constexpr size_t kPlane = 0x10000;
constexpr UChar32 kSmallTsu = 0x30C3;
constexpr UChar32 kProlonged = 0x30FC;

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

bool IsVowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

// Where ICU's reversible romanisations differ from those that people write: Russian and Ukrainian
// after BGN/PCGN, and the consonants of Arabic and Hebrew that stand for vowels.
struct Usual {
  UChar32 letter;
  std::string_view latin;
};
constexpr auto kUsual = std::to_array<Usual>({
    {0x0436, "zh"},   {0x0445, "kh"}, {0x0446, "ts"}, {0x0447, "ch"}, {0x0448, "sh"},
    {0x0449, "shch"}, {0x044A, ""},   {0x044B, "y"},  {0x044C, ""},   {0x044D, "e"},
    {0x044E, "yu"},   {0x044F, "ya"}, {0x0454, "ye"}, {0x0456, "i"},  {0x05D5, "u"},
    {0x05D9, "i"},    {0x0621, ""},   {0x0629, "a"},  {0x0639, "a"},  {0x0648, "u"},
    {0x0649, "a"},    {0x064A, "i"},  {0x06CC, "i"},
});

// What one of ICU's transliterators, which are neither quick nor thread-safe, says of single
// letters.
class Transliterations {
 public:
  explicit Transliterations(const char* id) {
    UErrorCode code = U_ZERO_ERROR;
    transliterator_.reset(icu::Transliterator::createInstance(id, UTRANS_FORWARD, code));
  }

  std::string Of(icu::UnicodeString text) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (transliterator_ != nullptr) transliterator_->transliterate(text);
    std::string result;
    text.toUTF8String(result);
    return result;
  }

  void Set(UChar32 letter, std::string_view latin) {
    letters_[static_cast<size_t>(letter)] = new std::string(latin);
  }

  // Never forgotten: there are at most as many as letters in the plane.
  template <typename Clean>
  const std::string& OfLetter(UChar32 letter, Clean clean) {
    std::atomic<const std::string*>& place = letters_[static_cast<size_t>(letter)];
    if (const std::string* known = place.load(std::memory_order_acquire)) return *known;
    auto made = std::make_unique<const std::string>(clean(Of(icu::UnicodeString(letter))));
    const std::string* before = nullptr;
    if (place.compare_exchange_strong(before, made.get(), std::memory_order_acq_rel)) {
      return *made.release();
    }
    return *before;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<icu::Transliterator> transliterator_;
  std::array<std::atomic<const std::string*>, kPlane> letters_{};
};

Transliterations& Latin() {
  static Transliterations* const latin = [] {
    auto* const made = new Transliterations("Any-Latin; Latin-ASCII");
    for (const Usual& usual : kUsual) made->Set(usual.letter, usual.latin);
    return made;
  }();
  return *latin;
}

Transliterations& Simplified() {
  static auto* const simplified = new Transliterations("Hant-Hans");
  return *simplified;
}

// The ASCII letters, in lower case, and digits.
std::string LettersOf(const std::string& text) {
  std::string letters;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
  }
  return letters;
}

std::string_view LatinLetter(UChar32 letter) { return Latin().OfLetter(letter, LettersOf); }

// Katakana of either kana.
UChar32 ToKatakana(UChar32 c) { return c >= 0x3041 && c <= 0x3096 ? c + 0x60 : c; }

bool IsKana(UChar32 c) { return c >= 0x3041 && c <= 0x30FF; }

// The vowel of a small kana that bends the syllable before it, with its glide: "ya", "a"; empty for
// every other kana.
std::string_view SmallKana(UChar32 katakana) {
  switch (katakana) {
    case 0x30A1:
      return "a";
    case 0x30A3:
      return "i";
    case 0x30A5:
      return "u";
    case 0x30A7:
      return "e";
    case 0x30A9:
      return "o";
    case 0x30E3:
      return "ya";
    case 0x30E5:
      return "yu";
    case 0x30E7:
      return "yo";
    default:
      return "";
  }
}

// Adds a kana in Hepburn's romanisation, long vowels short and consonants single.
void AddKana(UChar32 kana, std::string& latin) {
  const UChar32 katakana = ToKatakana(kana);
  if (katakana == kSmallTsu || katakana == kProlonged) return;
  std::string_view small = SmallKana(katakana);
  if (small.empty() || latin.empty() || !IsVowel(latin.back())) {
    latin += LatinLetter(katakana);
    return;
  }
  latin.pop_back();
  const bool sibilant =
      latin.ends_with("sh") || latin.ends_with("ch") || latin.ends_with('j') || latin.empty();
  if (sibilant && small.size() == 2) small.remove_prefix(1);
  latin += small;
}

// Revised Romanization of Korean, syllable by syllable, without what neighbours do to one another.
constexpr UChar32 kFirstSyllable = 0xAC00;
constexpr UChar32 kLastSyllable = 0xD7A3;
constexpr auto kHangulInitials =
    std::to_array<std::string_view>({"g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "",
                                     "j", "jj", "ch", "k", "t", "p", "h"});
constexpr auto kHangulVowels = std::to_array<std::string_view>(
    {"a",  "ae", "ya", "yae", "eo", "e",  "yeo", "ye", "o",  "wa", "wae",
     "oe", "yo", "u",  "wo",  "we", "wi", "yu",  "eu", "ui", "i"});
constexpr auto kHangulFinals = std::to_array<std::string_view>(
    {"",  "k", "k", "k", "n", "n", "n", "t",  "l", "k", "m", "l", "l", "l",
     "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"});

void AddSyllable(UChar32 syllable, std::string& latin) {
  const auto number = static_cast<size_t>(syllable - kFirstSyllable);
  const size_t finals = kHangulFinals.size();
  const size_t vowels = kHangulVowels.size();
  latin += kHangulInitials[number / (finals * vowels)];
  latin += kHangulVowels[number / finals % vowels];
  latin += kHangulFinals[number % finals];
}

// Whether letters of the script are romanised one by one.
bool LetterByLetter(UScriptCode script) {
  switch (script) {
    case USCRIPT_CYRILLIC:
    case USCRIPT_GREEK:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
    case USCRIPT_HAN:
    case USCRIPT_LATIN:
    case USCRIPT_GEORGIAN:
    case USCRIPT_ARMENIAN:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_COMMON:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string ToLatin(std::string_view folded) {
  if (IsAscii(folded)) return std::string(folded);
  std::string latin;
  const auto* data = reinterpret_cast<const uint8_t*>(folded.data());
  const auto size = static_cast<int32_t>(folded.size());
  for (int32_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c < 0) continue;
    if (c < 0x80) {
      latin += static_cast<char>(c);
      continue;
    }
    if (IsKana(c)) {
      AddKana(c, latin);
      continue;
    }
    if (c >= kFirstSyllable && c <= kLastSyllable) {
      AddSyllable(c, latin);
      continue;
    }
    UErrorCode code = U_ZERO_ERROR;
    if (c >= static_cast<UChar32>(kPlane) || !LetterByLetter(uscript_getScript(c, &code))) {
      // Scripts whose letters depend on one another are read as a whole.
      return LettersOf(
          Latin().Of(icu::UnicodeString::fromUTF8(icu::StringPiece(folded.data(), size))));
    }
    latin += LatinLetter(c);
  }
  return latin;
}

std::string ToSimplified(std::string_view folded) {
  std::string simplified;
  const auto* data = reinterpret_cast<const uint8_t*>(folded.data());
  const auto size = static_cast<int32_t>(folded.size());
  for (int32_t i = 0; i < size;) {
    const int32_t start = i;
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c >= 0x2E80 && c < static_cast<UChar32>(kPlane)) {
      simplified += Simplified().OfLetter(c, [](std::string letter) { return letter; });
    } else {
      simplified += folded.substr(static_cast<size_t>(start), static_cast<size_t>(i - start));
    }
  }
  return simplified;
}

std::string Skeleton(std::string_view latin) {
  std::string skeleton;
  const auto add = [&](char c) {
    if (skeleton.empty() || skeleton.back() != c) skeleton += c;
  };
  if (!latin.empty() && IsVowel(latin.front())) skeleton = "a";
  for (size_t i = 0; i < latin.size(); ++i) {
    const char next = i + 1 < latin.size() ? latin[i + 1] : '\0';
    switch (const char c = latin[i]) {
      case 'b':
      case 'f':
      case 'p':
      case 'v':
      case 'w':
        add('p');
        break;
      case 'd':
      case 't':
        if (next != 's' && next != 'z' && next != 'c') add('t');  // the sibilant follows
        break;
      case 'c':
        add(next == 'e' || next == 'i' || next == 'y' || next == 'h' ? 's' : 'k');
        break;
      case 'g':
      case 'k':
      case 'q':
        add('k');
        break;
      case 's':
      case 'z':
      case 'j':
        add('s');
        break;
      case 'x':
        add('k');
        add('s');
        break;
      case 'l':
      case 'r':
        add('l');
        break;
      case 'm':
      case 'n':
        add(c);
        break;
      default:
        if (c >= '0' && c <= '9') skeleton += c;
    }
  }
  return skeleton;
}

}  // namespace steelyard::registry::match
