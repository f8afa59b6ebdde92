#pragma once

// Text of the encodings that exports come in, as UTF-8 in normalisation form C.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace steelyard::text {

enum class Encoding { kUtf8, kMacRoman, kWindows1252, kLatin1 };
// IANA name: "UTF-8", "macintosh", "windows-1252", "ISO-8859-1".
std::string_view NameOf(Encoding encoding);

// Converts text with characters beyond ASCII. Thread-safe.
class Decoder {
 public:
  explicit Decoder(Encoding encoding);
  // Makes `text` UTF-8 in form C. False, with `text` unchanged, when its bytes are not of the
  // encoding.
  bool Decode(std::string& text) const;

 private:
  Encoding encoding_;
  // What the bytes 0x80 to 0xFF of a single-byte encoding stand for; 0: nothing.
  std::array<char16_t, 128> upper_half_ = {};
};

}  // namespace steelyard::text
