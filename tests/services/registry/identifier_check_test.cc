#include "services/registry/identifier_check.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

TEST(IdentifierCheckTest, LeisOfTheRegisterPass) {
  for (const char* lei : {
           "5493001KJTIIGC8Y1R12",  // Bloomberg Finance L.P.
           "7LTWFZYICNSX8D621K86",  // Deutsche Bank AG
           "HWUPKR0MPOU8FGXBT394",  // Apple Inc.
           "hwupkr0mpou8fgxbt394",
       }) {
    EXPECT_THAT(CheckLei(lei), IsEmpty()) << lei;
  }
}

TEST(IdentifierCheckTest, EveryChangedCharacterOfAnLeiIsFound) {
  const std::string lei = "5493001KJTIIGC8Y1R12";
  for (size_t i = 0; i < lei.size(); ++i) {
    for (const char c : std::string("0123456789ABCXYZ")) {
      // A letter counts as two digits, so that only its like surely changes the sum.
      if (c == lei[i] || IsDigit(c) != IsDigit(lei[i])) continue;
      std::string changed = lei;
      changed[i] = c;
      EXPECT_NE(CheckLei(changed), "") << changed;
    }
    if (i + 1 < lei.size() && lei[i] != lei[i + 1] && IsDigit(lei[i]) == IsDigit(lei[i + 1])) {
      std::string swapped = lei;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_NE(CheckLei(swapped), "") << swapped;
    }
  }
}

TEST(IdentifierCheckTest, FaultsOfAnLeiNameTheirPlace) {
  EXPECT_EQ(CheckLei("5493001KJTIIGC8Y1R1"), "an LEI has 20 characters, not 19");
  EXPECT_EQ(CheckLei("5493-01KJTIIGC8Y1R12"), "character 5, '-', must be a letter or a digit");
  EXPECT_EQ(CheckLei("5493001KJTIIGC8Y1R1A"), "character 20, 'A', must be a digit");
  EXPECT_EQ(CheckLei("5493001KJTIIGC8Y1R21"),
            "the check digits, characters 19 and 20, are 21; the others give 12");
}

TEST(IdentifierCheckTest, Isins) {
  for (const char* isin : {"US0378331005", "FR0013230950", "LU2355630455", "us0378331005"}) {
    EXPECT_THAT(CheckIsin(isin), IsEmpty()) << isin;
  }
  EXPECT_EQ(CheckIsin("US037833100"), "an ISIN has 12 characters, not 11");
  EXPECT_EQ(CheckIsin("U50378331005"), "character 2, '5', must be a letter of a country's code");
  EXPECT_EQ(CheckIsin("US0378 31005"), "character 7, ' ', must be a letter or a digit");
  EXPECT_EQ(CheckIsin("US037833100X"), "character 12, 'X', must be a digit");
  EXPECT_EQ(CheckIsin("US0378331006"), "the check digit, character 12, is 6; the others give 5");
  EXPECT_NE(CheckIsin("US0373831005"), "");
}

TEST(IdentifierCheckTest, Domains) {
  for (const char* domain : {"mistral.ai", "https://www.deepl.com/x", "bücher.de", "example.co.uk",
                             "blogspot.com", "intranet.localhost", "xn--bcher-kva.de"}) {
    EXPECT_THAT(CheckDomain(domain), IsEmpty()) << domain;
  }
  EXPECT_THAT(CheckDomain("co.uk"), HasSubstr("example.co.uk"));
  EXPECT_THAT(CheckDomain("https://www.gov.uk"), HasSubstr("gov.uk is a public suffix"));
  EXPECT_THAT(CheckDomain("under_score.com"), HasSubstr("character 6, '_'"));
  EXPECT_THAT(CheckDomain("a b.com"), HasSubstr("character 2, ' '"));
  EXPECT_THAT(CheckDomain("-x.com"), HasSubstr("not a domain"));
  EXPECT_THAT(CheckDomain("nothing"), HasSubstr("mistral.ai"));
}

TEST(IdentifierCheckTest, TheBuiltInDataPass) {
  std::ifstream file(STEELYARD_SOURCE_DIR "/deploy/dataset/identifiers.csv");
  std::string line;
  std::getline(file, line);
  int rows = 0;
  while (std::getline(file, line)) {
    const size_t scheme = line.find(',') + 1;
    const size_t value = line.find(',', scheme) + 1;
    const std::string code = line.substr(value, line.find(',', value) - value);
    EXPECT_THAT(CheckIdentifierValue(line.substr(scheme, value - scheme - 1), code), IsEmpty())
        << line;
    ++rows;
  }
  EXPECT_GT(rows, 200);
}

}  // namespace
}  // namespace steelyard::registry
