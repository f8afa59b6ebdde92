#include "services/common/text/encoding.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace steelyard::text {
namespace {

std::string Decoded(Encoding encoding, std::string text) {
  return Decoder(encoding).Decode(text) ? text : "(refused)";
}

TEST(Decoder, ReadsEveryEncoding) {
  struct Case {
    Encoding encoding;
    std::string bytes;
    std::string utf8;
  };
  const std::vector<Case> cases = {
      {Encoding::kUtf8, "For\xC3\xAAt", "Forêt"},
      {Encoding::kUtf8, "Fore\xCC\x82t", "Forêt"},
      {Encoding::kUtf8, "For\xEAt", "(refused)"},
      {Encoding::kMacRoman, "For\x90t", "Forêt"},
      {Encoding::kMacRoman, "\xDB \xA8 \xF0", "€ ® \xEF\xA3\xBF"},
      {Encoding::kMacRoman, "\xBD", "Ω"},
      {Encoding::kWindows1252, "For\xEAt \x80 \x93x\x94", "Forêt € “x”"},
      {Encoding::kWindows1252, "\x81", "(refused)"},
      {Encoding::kLatin1, "For\xEAt \xA4", "Forêt ¤"},
      {Encoding::kLatin1, "\x85", "\xC2\x85"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Decoded(c.encoding, c.bytes), c.utf8) << NameOf(c.encoding);
  }
}

TEST(Decoder, ReadsEveryByteOfMacRoman) {
  const Decoder decoder(Encoding::kMacRoman);
  for (int byte = 0x80; byte < 0x100; ++byte) {
    std::string text(1, static_cast<char>(byte));
    EXPECT_TRUE(decoder.Decode(text)) << byte;
  }
}

TEST(Decoder, LeavesRefusedTextAlone) {
  std::string text = "ab\x81";
  EXPECT_FALSE(Decoder(Encoding::kWindows1252).Decode(text));
  EXPECT_EQ(text, "ab\x81");
}

TEST(NameOf, IsTheIanaName) {
  EXPECT_EQ(NameOf(Encoding::kUtf8), "UTF-8");
  EXPECT_EQ(NameOf(Encoding::kMacRoman), "macintosh");
  EXPECT_EQ(NameOf(Encoding::kWindows1252), "windows-1252");
  EXPECT_EQ(NameOf(Encoding::kLatin1), "ISO-8859-1");
}

}  // namespace
}  // namespace steelyard::text
