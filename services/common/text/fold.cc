#include "services/common/text/fold.h"

#include <cstdint>
#include <utility>

#include "unicode/normalizer2.h"
#include "unicode/uchar.h"
#include "unicode/unistr.h"
#include "unicode/uscript.h"
#include "unicode/utf8.h"

namespace steelyard::text {
namespace {

constexpr UChar32 kTradeMark = 0x2122;
constexpr UChar32 kServiceMark = 0x2120;

bool IsAscii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) {
    all |= static_cast<unsigned char>(c);
  }
  return all < 0x80;
}

// Collects the words of a folded text, one space between them.
template <typename String>
class Words {
 public:
  template <typename Character>
  void Add(Character c) {
    if (gap_ && !out_.empty()) {
      out_ += ' ';
    }
    gap_ = false;
    out_ += c;
  }
  void Gap() { gap_ = true; }
  String Take() { return std::move(out_); }

 private:
  String out_;
  bool gap_ = false;
};

std::string FoldAscii(std::string_view text) {
  Words<std::string> words;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      words.Add(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      words.Add(c);
    } else {
      words.Gap();
    }
  }
  return words.Take();
}

// icu::UnicodeString with the names that Words uses.
class WideString {
 public:
  bool empty() const { return text_.isEmpty() != 0; }
  WideString& operator+=(char c) { return *this += static_cast<UChar32>(c); }
  WideString& operator+=(UChar32 c) {
    text_.append(c);
    return *this;
  }
  const icu::UnicodeString& text() const { return text_; }

 private:
  icu::UnicodeString text_;
};

// Accents, breathings, points: marks that readers of their script leave out. The vowel signs of
// Indic scripts and of Thai, and the voicing marks of kana, are part of the spelling.
bool IsAccent(UChar32 c) {
  if (c == 0x3099 || c == 0x309A) {  // kana voicing marks
    return false;
  }
  if (u_charType(c) != U_NON_SPACING_MARK && u_charType(c) != U_ENCLOSING_MARK) {
    return false;
  }
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(c, &error)) {
    case USCRIPT_INHERITED:
    case USCRIPT_COMMON:
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
    case USCRIPT_SYRIAC:
      return true;
    default:
      return false;
  }
}

bool IsWordCharacter(UChar32 c) {
  constexpr uint32_t kMask = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
  return (U_GET_GC_MASK(c) & kMask) != 0;
}

const icu::Normalizer2& Normalizer(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  return *get(error);  // part of the library's own data; it cannot fail
}

icu::UnicodeString Normalize(const icu::Normalizer2& normalizer, const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString result = normalizer.normalize(text, error);
  return result;
}

}  // namespace

std::string Fold(std::string_view utf8) {
  if (IsAscii(utf8)) {
    return FoldAscii(utf8);
  }
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  // Their compatibility forms are the letters "tm" and "sm", which would grow onto the name.
  text.findAndReplace(icu::UnicodeString(kTradeMark), icu::UnicodeString(u' '));
  text.findAndReplace(icu::UnicodeString(kServiceMark), icu::UnicodeString(u' '));
  // Folding case may give composed letters, and taking accents off letters that fold further; so
  // case is folded first and the words are composed last.
  text = Normalize(Normalizer(icu::Normalizer2::getNFKCCasefoldInstance), text);
  text = Normalize(Normalizer(icu::Normalizer2::getNFKDInstance), text);
  Words<WideString> words;
  for (int32_t i = 0; i < text.length();) {
    const UChar32 c = text.char32At(i);
    i += U16_LENGTH(c);
    if (IsAccent(c)) {
      continue;
    }
    if (IsWordCharacter(c)) {
      words.Add(c);
    } else {
      words.Gap();
    }
  }
  std::string result;
  Normalize(Normalizer(icu::Normalizer2::getNFCInstance), words.Take().text()).toUTF8String(result);
  return result;
}

bool IsUtf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const auto size = static_cast<int64_t>(bytes.size());
  for (int64_t i = 0; i < size;) {
    if (data[i] < 0x80) {
      ++i;
      continue;
    }
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c < 0) {
      return false;
    }
  }
  return true;
}

std::string ToUtf8(std::string_view bytes) {
  if (IsUtf8(bytes)) {
    return std::string(bytes);
  }
  std::string result;
  icu::UnicodeString::fromUTF8(icu::StringPiece(bytes.data(), static_cast<int32_t>(bytes.size())))
      .toUTF8String(result);
  return result;
}

std::string Truncate(std::string_view utf8, int limit) {
  // No more bytes, no more characters.
  if (static_cast<int64_t>(utf8.size()) <= limit) return std::string(utf8);
  const auto* data = reinterpret_cast<const uint8_t*>(utf8.data());
  const auto size = static_cast<int64_t>(utf8.size());
  int64_t end = 0;
  for (int count = 0; count < limit && end < size; ++count) {
    U8_FWD_1(data, end, size);
  }
  return std::string(utf8.substr(0, static_cast<size_t>(end)));
}

}  // namespace steelyard::text
