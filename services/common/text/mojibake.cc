#include "services/common/text/mojibake.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "services/common/text/fold.h"
#include "unicode/normalizer2.h"
#include "unicode/unistr.h"
#include "unicode/utf8.h"

namespace steelyard::text {
namespace {

// Unicode's characters for the bytes 0x80 to 0x9F of Windows-1252; 0 for those it does not assign.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::optional<char> ToWindows1252(char32_t c) {
  if (c < 0x80 || (c >= 0xA0 && c <= 0xFF)) return static_cast<char>(c);
  const auto* found = std::find(kWindows1252.begin(), kWindows1252.end(), c);
  if (c == 0 || found == kWindows1252.end()) return std::nullopt;
  return static_cast<char>(0x80 + (found - kWindows1252.begin()));
}

std::optional<char> ToLatin1(char32_t c) {
  if (c > 0xFF) return std::nullopt;
  return static_cast<char>(c);
}

template <typename Encode>
std::optional<std::string> Reread(std::string_view utf8, Encode encode) {
  std::string bytes;
  const auto length = static_cast<int32_t>(utf8.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT(utf8.data(), i, length, c);
    if (c < 0) return std::nullopt;
    const std::optional<char> byte = encode(static_cast<char32_t>(c));
    if (!byte.has_value()) return std::nullopt;
    bytes.push_back(*byte);
  }
  if (!IsUtf8(bytes)) return std::nullopt;
  return bytes;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

std::string ToNfc(const std::string& utf8) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(code);
  if (U_FAILURE(code)) return utf8;
  std::string out;
  nfc->normalize(icu::UnicodeString::fromUTF8(utf8), code).toUTF8String(out);
  return U_FAILURE(code) ? utf8 : out;
}

}  // namespace

std::optional<std::string> MendMojibake(std::string_view utf8) {
  // ASCII text is also valid UTF-8, and stays what it is.
  if (IsAscii(utf8)) return std::nullopt;
  std::optional<std::string> mended = Reread(utf8, ToWindows1252);
  if (!mended.has_value()) mended = Reread(utf8, ToLatin1);
  if (!mended.has_value()) return std::nullopt;
  return ToNfc(*mended);
}

}  // namespace steelyard::text
