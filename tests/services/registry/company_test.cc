#include "services/registry/company.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;

Company Full() {
  Company company{
      .id = "deepl",
      .display_name = "DeepL",
      .country = "DE",
      .city = "Cologne",
      .founded_on = PartialDate{.year = 2017},
      .status = CompanyStatus::kPrivate,
      .website = "https://www.deepl.com",
      .layers = {"FOUNDATION_MODEL"},
      .sectors = {"LANGUAGE"},
      .names = {{"Profond", "fr", NameKind::kMachineTranslation, "article"},
                {"DeepL SE", "de", NameKind::kLegal, "register"},
                {"DeepL", "und", NameKind::kPreferred, "register"}},
      .identifiers = {{"github", "DeepLcom", ""}, {"domain", "https://www.deepl.com/", ""}},
      .sources = {"register"},
      .source_category = "translation"};
  return company;
}

TEST(CompanyTest, NormalizeSortsAndDropsRepetitions) {
  Company company = Full();
  company.layers = {"CLOUD", "CHIPS", "CLOUD"};
  company.names.push_back({"DeepL SE", "de", NameKind::kLegal, "other"});
  company.identifiers.push_back({"domain", "deepl.com", "other"});
  Normalize(company);
  EXPECT_THAT(company.names,
              ElementsAre(CompanyName{"DeepL", "und", NameKind::kPreferred, "register"},
                          CompanyName{"DeepL SE", "de", NameKind::kLegal, "register"},
                          CompanyName{"Profond", "fr", NameKind::kMachineTranslation, "article"}));
  EXPECT_THAT(company.identifiers, ElementsAre(Identifier{"domain", "deepl.com", ""},
                                               Identifier{"github", "DeepLcom", ""}));
  EXPECT_THAT(company.layers, ElementsAre("CLOUD", "CHIPS"));
  const Company once = company;
  Normalize(company);
  EXPECT_EQ(company, once);
}

TEST(CompanyTest, NormalizeMakesTheDisplayNameAName) {
  Company company{.id = "x", .display_name = "X Corp", .sources = {"s", "t"}};
  company.names = {{"X Corp", "en", NameKind::kLegal, ""}};
  Normalize(company);
  EXPECT_THAT(company.names, ElementsAre(CompanyName{"X Corp", "und", NameKind::kPreferred, "s"},
                                         CompanyName{"X Corp", "en", NameKind::kLegal, ""}));
}

TEST(CompanyTest, CanonicalTellsEveryFieldApart) {
  const Company base = Full();
  const std::vector<void (*)(Company&)> changes = {
      [](Company& c) { c.id = "x"; },
      [](Company& c) { c.display_name = "x"; },
      [](Company& c) { c.country = "FR"; },
      [](Company& c) { c.city = "x"; },
      [](Company& c) { c.legal_country = "US"; },
      [](Company& c) { c.legal_country = "DE"; },
      [](Company& c) { c.founded_on = PartialDate{.year = 2017, .month = 1}; },
      [](Company& c) { c.founded_on.reset(); },
      [](Company& c) { c.status = CompanyStatus::kPublic; },
      [](Company& c) { c.website = ""; },
      [](Company& c) { c.layers.clear(); },
      [](Company& c) { c.sectors.emplace_back("VOICE"); },
      [](Company& c) { c.names[0].text = "x"; },
      [](Company& c) { c.names[0].language = "x"; },
      [](Company& c) { c.names[0].kind = NameKind::kAlias; },
      [](Company& c) { c.names[0].source = "x"; },
      [](Company& c) { c.identifiers[0].scheme = "x"; },
      [](Company& c) { c.identifiers[0].value = "x"; },
      [](Company& c) { c.identifiers[0].source = "x"; },
      [](Company& c) { c.sources.emplace_back("x"); },
      [](Company& c) { c.source_category = "x"; },
      // What moves from one field to the next is not the same.
      [](Company& c) {
        c.country = "";
        c.city = "DECologne";
      },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    Company changed = base;
    changes[i](changed);
    EXPECT_NE(Canonical(changed), Canonical(base)) << i;
  }
  EXPECT_EQ(Canonical(Full()), Canonical(base));
}

// Digests of stored companies are of these bytes: what knows nothing of newer fields keeps its own.
TEST(CompanyTest, CanonicalOfACompanyWithoutNewerFieldsStaysAsItWas) {
  EXPECT_EQ(Canonical(Company{.id = "a", .display_name = "A", .country = "FR", .city = "Lyon"}),
            "1:a1:A2:FR4:Lyon0:0;0:0;0;0;0:0;0;");
}

TEST(CompanyTest, WordsOfFiles) {
  EXPECT_EQ(ParseNameKind("PREFERRED"), NameKind::kPreferred);
  EXPECT_EQ(ParseNameKind("machine_translation"), NameKind::kMachineTranslation);
  EXPECT_EQ(ParseNameKind("NICKNAME"), std::nullopt);
  EXPECT_EQ(ParseNameKind(""), std::nullopt);
  EXPECT_EQ(ParseStatus("private"), CompanyStatus::kPrivate);
  EXPECT_EQ(ParseStatus(""), CompanyStatus::kUnknown);
  EXPECT_EQ(ParseStatus("bankrupt"), std::nullopt);
}

}  // namespace
}  // namespace steelyard::registry
