#include "services/registry/rules.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RulesTest, WhatIsAllowed) {
  EXPECT_EQ(CheckCompanyId("cb-n_plus.n1"), "");
  EXPECT_EQ(CheckCompanyId(std::string(128, 'a')), "");
  EXPECT_EQ(CheckSourceId("seed_article"), "");
  EXPECT_EQ(CheckCode("FOUNDATION_MODEL2"), "");
  EXPECT_EQ(CheckScheme("lei"), "");
  EXPECT_EQ(CheckIdentifierValue("github", "DeepLcom"), "");
  EXPECT_EQ(CheckIdentifierValue("domain", "https://deepl.com"), "");
  for (const char* tag : {"fr", "und", "zh-Hans", "zh-Latn-CN", "sr-Latn-RS"}) {
    EXPECT_EQ(CheckLanguage(tag), "") << tag;
  }
  EXPECT_EQ(CheckCountry(""), "");
  EXPECT_EQ(CheckCountry("NA"), "");
  EXPECT_EQ(CheckAddress(""), "");
  EXPECT_EQ(CheckAddress("https://deepl.com/x"), "");
  EXPECT_EQ(CheckSourceKind("seed_article"), "");
  // 500 characters of three bytes each.
  std::string name;
  for (int i = 0; i < 500; ++i) name += "深";
  EXPECT_EQ(CheckName(name), "");
  EXPECT_NE(CheckName(name + "深"), "");
}

TEST(RulesTest, WhatIsNot) {
  for (const std::string& id : {std::string(), std::string("Upper"), std::string("a b"),
                                std::string("a/b"), std::string(129, 'a')}) {
    EXPECT_NE(CheckCompanyId(id), "") << id;
  }
  EXPECT_NE(CheckSourceId(std::string(65, 'a')), "");
  for (const char* code : {"", "chips", "1A", "_A", "A B"}) EXPECT_NE(CheckCode(code), "") << code;
  for (const char* scheme : {"", "LEI", "1x", "a b"}) EXPECT_NE(CheckScheme(scheme), "") << scheme;
  EXPECT_NE(CheckIdentifierValue("lei", ""), "");
  EXPECT_NE(CheckIdentifierValue("domain", "nothing"), "");
  for (const char* tag : {"", "f", "fr_FR", "fr-", "-fr", "f1", "abcdefghi", "fr-abcdefghi"}) {
    EXPECT_NE(CheckLanguage(tag), "") << tag;
  }
  for (const char* country : {"UK", "us", "USA", "ZZ"}) EXPECT_NE(CheckCountry(country), "");
  for (const char* address : {"deepl.com", "ftp://x", "javascript:x", "https://a b"}) {
    EXPECT_NE(CheckAddress(address), "") << address;
  }
  EXPECT_NE(CheckSourceKind("blog"), "");
  EXPECT_NE(CheckName(""), "");
  EXPECT_NE(CheckName("a\nb"), "");
  EXPECT_NE(CheckText("aaa", 2), "");
}

TEST(RulesTest, EveryFaultOfACompanyIsListedWithItsPath) {
  Company company{.id = "Bad Id",
                  .display_name = "",
                  .country = "UK",
                  .legal_country = "us",
                  .website = "x",
                  .layers = {"chips", "CLOUD", "CLOUD"},
                  .names = {{"A", "fr", NameKind::kAlias, "Bad Source"},
                            {"A", "fr", NameKind::kAlias, ""},
                            {"", "?", NameKind::kAlias, ""}},
                  .identifiers = {{"domain", "x", ""},
                                  {"GITHUB", "x", ""},
                                  {"github", "A", ""},
                                  {"github", "a", ""}},
                  .sources = {"a b"}};
  std::vector<std::string> paths;
  for (const Fault& fault : Check(company)) {
    EXPECT_FALSE(fault.second.empty());
    paths.push_back(fault.first);
  }
  EXPECT_THAT(paths, ElementsAre("name", "display_name", "country", "legal_country", "website",
                                 "layers[0]", "layers[2]", "names[0].source", "names[1]",
                                 "names[2].text", "names[2].language", "identifiers[0].value",
                                 "identifiers[1].scheme", "identifiers[3]", "sources[0]"));
}

TEST(RulesTest, ListsHaveAnEnd) {
  Company company{.id = "x", .display_name = "X"};
  EXPECT_THAT(Check(company), IsEmpty());
  for (int i = 0; i < 1001; ++i) {
    company.names.push_back({"N" + std::to_string(i), "en", NameKind::kAlias, ""});
  }
  ASSERT_THAT(Check(company), ::testing::SizeIs(1));
  EXPECT_EQ(Check(company).front().first, "names");
}

}  // namespace
}  // namespace steelyard::registry
