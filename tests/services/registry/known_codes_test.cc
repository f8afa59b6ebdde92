#include "services/registry/known_codes.h"

#include "gtest/gtest.h"

namespace steelyard::registry {
namespace {

TEST(KnownCodes, AnLeiChecksItself) {
  EXPECT_EQ(LeiOf(" 5493001kjtiigc8y1r12 "), "5493001KJTIIGC8Y1R12");
  EXPECT_EQ(LeiOf("9845001B2AD43E664E58"), "9845001B2AD43E664E58");
  EXPECT_EQ(LeiOf("5493001KJTIIGC8Y1R13"), "");
  EXPECT_EQ(LeiOf("5493001KJTIIGC8Y1R1"), "");
  EXPECT_EQ(LeiOf("5493001KJTIIGC8Y1R-2"), "");
  EXPECT_EQ(LeiOf("5493001KJTIIGC8Y1RAB"), "");
  EXPECT_EQ(LeiOf(""), "");
}

TEST(KnownCodes, ACikHasTenDigits) {
  EXPECT_EQ(CikOf("320193"), "0000320193");
  EXPECT_EQ(CikOf("0000320193"), "0000320193");
  EXPECT_EQ(CikOf("00000320193"), "");
  EXPECT_EQ(CikOf("000"), "");
  EXPECT_EQ(CikOf("-1"), "");
  EXPECT_EQ(CikOf(""), "");
}

TEST(KnownCodes, AWikidataItem) {
  EXPECT_EQ(WikidataOf("Q38076"), "Q38076");
  EXPECT_EQ(WikidataOf("q38076"), "Q38076");
  EXPECT_EQ(WikidataOf("https://www.wikidata.org/wiki/Q38076"), "Q38076");
  for (const char* text : {"", "Q", "Q0", "Q1;Q2", "P31", "Q12345678901234567890"}) {
    EXPECT_EQ(WikidataOf(text), "") << text;
  }
}

TEST(KnownCodes, IdsAreMadeOfCodes) {
  EXPECT_EQ(CompanyIdOf("lei-", "5493001KJTIIGC8Y1R12"), "lei-5493001kjtiigc8y1r12");
  EXPECT_EQ(CompanyIdOf("os-", "NK-aB"), "os-nk-ab");
  // Codes that differ in what an id cannot have stay apart.
  EXPECT_NE(CompanyIdOf("os-", "a/b"), CompanyIdOf("os-", "a:b"));
  EXPECT_EQ(CompanyIdOf("os-", "a/b").substr(0, 7), "os-a-b-");
  EXPECT_EQ(CompanyIdOf("os-", std::string(500, 'x')).size(), 128U);
}

}  // namespace
}  // namespace steelyard::registry
