#include "services/registry/match/pieces.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "services/common/text/fold.h"
#include "unicode/uchar.h"
#include "unicode/utf8.h"

namespace steelyard::registry::match {
namespace {

constexpr UChar32 kSoftHyphen = 0xAD;

// Articles and prepositions that lose their vowel before a word that starts with one.
constexpr auto kElided = std::to_array<std::string_view>(
    {"d", "l", "qu", "dell", "nell", "dall", "sull", "all", "un", "j", "n", "c"});

bool IsApostrophe(UChar32 c) {
  return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == '`' || c == 0x00B4 ||
         c == 0x02B9 || c == 0x05F3 || c == 0x05F4;
}

bool IsWordCharacter(UChar32 c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  constexpr uint32_t kMask = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
  // Signs that stand for words in brackets, as the Japanese one for a share company.
  return (U_GET_GC_MASK(c) & kMask) != 0 || (c >= 0x3200 && c <= 0x33FF);
}

bool IsUpper(UChar32 c) { return c < 0x80 ? c >= 'A' && c <= 'Z' : u_isupper(c) != 0; }
bool IsLower(UChar32 c) { return c < 0x80 ? c >= 'a' && c <= 'z' : u_islower(c) != 0; }
bool IsDigit(UChar32 c) { return c < 0x80 ? c >= '0' && c <= '9' : u_isdigit(c) != 0; }

// One letter of any script that has capitals, or a digit.
bool IsSingle(std::string_view text) {
  if (text.size() == 1) return text[0] < '0' || text[0] > '9';
  if (text.empty() || text.size() > 2) return false;
  UChar32 c = 0;
  int32_t i = 0;
  U8_NEXT(reinterpret_cast<const uint8_t*>(text.data()), i, static_cast<int32_t>(text.size()), c);
  return i == static_cast<int32_t>(text.size()) && c >= 0 &&
         u_hasBinaryProperty(c, UCHAR_CASED) != 0;
}

// What stands between two words.
enum class Gap { kSpaces, kDot, kOther };

class Splitter {
 public:
  explicit Splitter(std::string_view name) : name_(name) {}

  std::vector<Piece> Run() {
    const auto* data = reinterpret_cast<const uint8_t*>(name_.data());
    const auto size = static_cast<int32_t>(name_.size());
    for (int32_t i = 0; i < size;) {
      const int32_t start = i;
      UChar32 c = 0;
      U8_NEXT(data, i, size, c);
      Take(c, name_.substr(static_cast<size_t>(start), static_cast<size_t>(i - start)));
    }
    EndWord();
    JoinSingles(Gap::kDot);  // "V L.P.": what dots join belongs closer together
    JoinSingles(Gap::kSpaces);
    return std::move(pieces_);
  }

 private:
  void Take(UChar32 c, std::string_view bytes) {
    if (c >= 0 && IsWordCharacter(c)) {
      if (word_.empty()) before_ = std::exchange(gap_, Gap::kSpaces);
      word_.push_back(c);
      bytes_ += bytes;
      return;
    }
    if (c == kSoftHyphen) return;  // not there: the word goes on behind it
    if (c >= 0 && IsApostrophe(c) && !IsElided()) return;
    EndWord();
    if (c == '.' && gap_ == Gap::kSpaces) gap_ = Gap::kDot;
    if (c != '.' && c != ' ') gap_ = Gap::kOther;
    if (c == '&' || c == '+') joiner_ = true;
    if (c == '%') Add({.text = "percent"}, Gap::kOther);
  }

  bool IsElided() const {
    std::string lower = bytes_;
    for (char& c : lower) c = static_cast<char>(c | 0x20);  // only ASCII is compared
    return std::find(kElided.begin(), kElided.end(), lower) != kElided.end();
  }

  void EndWord() {
    if (word_.empty()) return;
    if (joiner_ && !pieces_.empty()) Add({.text = "and"}, Gap::kOther);
    joiner_ = false;
    size_t first = 0;
    size_t offset = 0;
    for (size_t i = 1; i <= word_.size(); ++i) {
      if (i < word_.size() && !StartsPart(i, first)) continue;
      const size_t length = BytesOf(first, i);
      AddPart(std::string_view(bytes_).substr(offset, length), first, i);
      offset += length;
      first = i;
    }
    word_.clear();
    bytes_.clear();
  }

  // Whether a glued piece starts at a character of the word; the piece before starts at `first`.
  bool StartsPart(size_t i, size_t first) const {
    if (i - first < 2 || !IsUpper(word_[i])) return false;
    if (IsLower(word_[i - 1])) return true;
    return IsUpper(word_[i - 1]) && i + 2 < word_.size() && IsLower(word_[i + 1]) &&
           IsLower(word_[i + 2]);
  }

  size_t BytesOf(size_t first, size_t last) const {
    size_t length = 0;
    for (size_t i = first; i < last; ++i) length += static_cast<size_t>(U8_LENGTH(word_[i]));
    return length;
  }

  void AddPart(std::string_view bytes, size_t first, size_t last) {
    bool capital = true;
    for (size_t i = first; i < last; ++i) {
      capital = capital && (IsUpper(word_[i]) || IsDigit(word_[i]));
    }
    std::string folded = text::Fold(bytes);
    // A compatibility form may hold several words.
    for (size_t at = 0; at < folded.size();) {
      const size_t space = std::min(folded.find(' ', at), folded.size());
      Add({.text = folded.substr(at, space - at), .glued = first > 0, .capital = capital}, before_);
      at = space + 1;
    }
  }

  void Add(Piece piece, Gap before) {
    pieces_.push_back(std::move(piece));
    gaps_.push_back(before);
  }

  // Joins single letters that follow one another over gaps of a kind.
  void JoinSingles(Gap gap) {
    std::vector<bool> single;
    for (const Piece& piece : pieces_) single.push_back(!piece.glued && IsSingle(piece.text));
    size_t last = 0;  // piece that is kept
    for (size_t i = 1; i < pieces_.size(); ++i) {
      if (single[i] && single[i - 1] && gaps_[i] == gap) {
        pieces_[last].text += pieces_[i].text;
        pieces_[last].capital = pieces_[last].capital && pieces_[i].capital;
        continue;
      }
      ++last;
      if (last == i) continue;
      pieces_[last] = std::move(pieces_[i]);
      gaps_[last] = gaps_[i];
    }
    if (pieces_.empty()) return;
    pieces_.resize(last + 1);
    gaps_.resize(last + 1);
  }

  const std::string_view name_;
  std::vector<Piece> pieces_;
  std::vector<Gap> gaps_;      // before each
  std::vector<UChar32> word_;  // that is being read
  std::string bytes_;          // of the word
  Gap before_ = Gap::kOther;   // the word
  Gap gap_ = Gap::kSpaces;     // since the last word
  bool joiner_ = false;        // '&' came since the last word
};

}  // namespace

std::vector<Piece> Split(std::string_view name) {
  return Splitter(name.substr(0, kLongestName)).Run();
}

}  // namespace steelyard::registry::match
