#include "services/registry/company_codec.h"

#include <string>

#include "gtest/gtest.h"

namespace steelyard::registry {
namespace {

Company Everything() {
  const PartialDate day{.year = 2020, .month = 2, .day = 29};
  return {.id = "acme",
          .display_name = "Acmé 株",
          .country = "FR",
          .city = "Paris",
          .legal_country = "NL",
          .founded_on = PartialDate{.year = 2010, .month = 5},
          .status = CompanyStatus::kAcquired,
          .website = "https://acme.example",
          .layers = {"CHIPS", "CLOUD"},
          .sectors = {"HEALTH"},
          .names = {{"Acme", "en", NameKind::kTicker, "press", {day, PartialDate{.year = 2021}}},
                    {std::string("a\0b", 3), "und", NameKind::kAlias, "", {}}},
          .identifiers = {{"lei", "X", "register"}},
          .sources = {"press", "register"},
          .source_category = "ai",
          .relations = {{RelationKind::kBrandOf, "b", {std::nullopt, day}, "press"}},
          .headquarters = {{"DE", "Berlin", {day, std::nullopt}, ""}},
          .status_history = {{CompanyStatus::kPublic, {}, "press"}}};
}

std::string Encoded(const Company& company) {
  std::string bytes;
  text::PartWriter writer(bytes);
  EncodeCompany(company, writer);
  return bytes;
}

TEST(CompanyCodecTest, ACompanyIsReadAsItWasWritten) {
  for (const Company& company : {Everything(), Company()}) {
    const std::string bytes = Encoded(company);
    text::PartReader reader(bytes);
    EXPECT_EQ(DecodeCompany(reader), company);
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
  }
}

TEST(CompanyCodecTest, BytesThatAreCutAreAFault) {
  const std::string bytes = Encoded(Everything());
  for (size_t size = 0; size < bytes.size(); ++size) {
    text::PartReader reader(std::string_view(bytes).substr(0, size));
    DecodeCompany(reader);
    EXPECT_FALSE(reader.ok()) << size;
  }
}

}  // namespace
}  // namespace steelyard::registry
