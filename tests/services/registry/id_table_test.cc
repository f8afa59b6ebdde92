#include "services/registry/id_table.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/registry/known_companies.h"

namespace steelyard::registry {
namespace {

TEST(IdTableTest, EachTextHasOneNumber) {
  IdTable table;
  EXPECT_EQ(table.Add("a"), 0U);
  EXPECT_EQ(table.Add(""), 1U);
  EXPECT_EQ(table.Add("a"), 0U);
  EXPECT_EQ(table.Find(""), 1U);
  EXPECT_EQ(table.Find("b"), IdTable::kNone);
  EXPECT_EQ(table.At(0), "a");
  EXPECT_EQ(table.size(), 2U);
  const IdTable moved = std::move(table);
  EXPECT_EQ(moved.Find("a"), 0U);
}

TEST(IdTableTest, TextsOfManyBlocksStand) {
  IdTable table;
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) texts.push_back(std::to_string(i) + std::string(60'000, 'x'));
  const std::string_view first = table.At(table.Add(texts.front()));
  for (const std::string& text : texts) table.Add(text);
  EXPECT_EQ(first.data(), table.At(0).data());
  for (uint32_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(table.At(i), texts[i]);
    EXPECT_EQ(table.Find(texts[i]), i);
  }
  EXPECT_THROW(table.Add(std::string(70'000, 'x')), std::length_error);
}

TEST(IdTableTest, IdentifiersLeadToTheirCompanies) {
  KnownCompanies known;
  const uint32_t acme = known.AddCompany("acme");
  const uint32_t other = known.AddCompany("other");
  EXPECT_EQ(known.Give("lei:1", acme), 0U);
  EXPECT_EQ(known.Give("lei:2", other), 1U);
  EXPECT_EQ(known.BearerOf("lei:2"), other);
  EXPECT_EQ(known.BearerOf("lei:3"), IdTable::kNone);
  EXPECT_EQ(known.Give("lei:2", acme), 1U);
  EXPECT_EQ(known.BearerAt(1), acme);
}

}  // namespace
}  // namespace steelyard::registry
