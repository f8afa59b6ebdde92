#include "services/common/text/encoding.h"

#include <cstdlib>
#include <utility>

#include "services/common/text/fold.h"
#include "unicode/bytestream.h"
#include "unicode/normalizer2.h"
#include "unicode/ucnv.h"

namespace steelyard::text {
namespace {

const icu::Normalizer2& FormC() {
  UErrorCode error = U_ZERO_ERROR;
  return *icu::Normalizer2::getNFCInstance(error);  // part of the library's own data
}

// Bytes that the encoding leaves open come as control characters (C1) or as the replacement
// character.
bool IsCharacter(UChar c, Encoding encoding) {
  const bool control = c >= 0x80 && c < 0xA0;
  return c != 0xFFFD && c != 0x1A && !(control && encoding != Encoding::kLatin1);
}

}  // namespace

std::string_view NameOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kMacRoman:
      return "macintosh";
    case Encoding::kWindows1252:
      return "windows-1252";
    case Encoding::kLatin1:
      return "ISO-8859-1";
  }
  return "UTF-8";
}

Decoder::Decoder(Encoding encoding) : encoding_(encoding) {
  if (encoding == Encoding::kUtf8) {
    return;
  }
  UErrorCode error = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(std::string(NameOf(encoding)).c_str(), &error);
  if (U_FAILURE(error)) {
    std::abort();  // the library's own data is not there
  }
  for (int i = 0; i < 128; ++i) {
    const char byte = static_cast<char>(0x80 + i);
    std::array<UChar, 4> out = {};
    UErrorCode failure = U_ZERO_ERROR;
    const int32_t length =
        ucnv_toUChars(converter, out.data(), static_cast<int32_t>(out.size()), &byte, 1, &failure);
    if (U_SUCCESS(failure) && length == 1 && IsCharacter(out[0], encoding)) {
      upper_half_[static_cast<size_t>(i)] = out[0];
    }
  }
  ucnv_close(converter);
}

bool Decoder::Decode(std::string& text) const {
  if (encoding_ == Encoding::kUtf8) {
    if (!IsUtf8(text)) {
      return false;
    }
  } else {
    std::string utf8;
    utf8.reserve(text.size() * 2);
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80) {
        utf8 += c;
        continue;
      }
      const char16_t wide = upper_half_[byte - 0x80];
      if (wide == 0) {
        return false;
      }
      if (wide >= 0x800) {
        utf8 += static_cast<char>(0xE0 | (wide >> 12));
        utf8 += static_cast<char>(0x80 | ((wide >> 6) & 0x3F));
      } else {
        utf8 += static_cast<char>(0xC0 | (wide >> 6));
      }
      utf8 += static_cast<char>(0x80 | (wide & 0x3F));
    }
    text = std::move(utf8);
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  if (!FormC().isNormalizedUTF8(piece, error)) {
    std::string normal;
    icu::StringByteSink<std::string> sink(&normal);
    FormC().normalizeUTF8(0, piece, sink, nullptr, error);
    text = std::move(normal);
  }
  return true;
}

}  // namespace steelyard::text
