#include "services/common/text/digest.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace steelyard::text {
namespace {

// The values of FIPS 180-4's examples.
constexpr char kOfNothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, GivesTheStandardsExamples) {
  EXPECT_EQ(Sha256Hex(""), kOfNothing);
  EXPECT_EQ(Sha256Hex("abc"), kOfAbc);
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256("abc").size(), 32U);
  EXPECT_EQ(Sha256("abc").substr(0, 2), "\xBA\x78");
}

TEST(Sha256Stream, EqualsTheDigestOfTheWhole) {
  Sha256Stream stream;
  stream.Update("a");
  stream.Update("");
  stream.Update("bc");
  EXPECT_EQ(stream.FinishHex(), kOfAbc);
  EXPECT_EQ(Sha256Stream().FinishHex(), kOfNothing);

  const std::string million(1'000'000, 'a');
  Sha256Stream blocks;
  for (size_t at = 0; at < million.size(); at += 4096) {
    blocks.Update(std::string_view(million).substr(at, 4096));
  }
  EXPECT_EQ(blocks.FinishHex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Stream, Moves) {
  Sha256Stream first;
  first.Update("ab");
  Sha256Stream second = std::move(first);
  second.Update("c");
  EXPECT_EQ(second.FinishHex(), kOfAbc);
}

TEST(Sha256Stream, KeepsFramedPartsApart) {
  const auto digest = [](const std::string& a, const std::string& b) {
    Sha256Stream stream;
    stream.UpdateFramed(a);
    stream.UpdateFramed(b);
    return stream.FinishHex();
  };
  EXPECT_NE(digest("ab", "c"), digest("a", "bc"));
  EXPECT_NE(digest("", "abc"), digest("abc", ""));
  EXPECT_EQ(digest("ab", "c"), digest("ab", "c"));
}

}  // namespace
}  // namespace steelyard::text
