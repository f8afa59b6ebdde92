#include "services/registry/record.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace steelyard::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Sources = std::vector<std::string>;

Company Named(std::string id, std::string name) {
  Company company{.id = std::move(id), .display_name = std::move(name)};
  Normalize(company);
  return company;
}

// What these sources say under the id "a".
Company Said(Sources sources, std::string name = "A") {
  Company record{.id = "a", .display_name = std::move(name), .sources = std::move(sources)};
  Normalize(record);
  return record;
}

std::vector<std::string> KeysOf(const std::vector<Company>& records) {
  std::vector<std::string> keys;
  for (const Company& record : records) keys.push_back(KeyOf(record));
  return keys;
}

TEST(RecordTest, OneRecordIsItsCompany) {
  Company company = Named("a", "A");
  company.city = "Paris";
  company.names.push_back({"B", "und", NameKind::kPreferred, "s"});
  Normalize(company);
  EXPECT_EQ(Join(std::vector{company}), company);
}

TEST(RecordTest, WhatTheFirstRecordLeavesEmptyIsThatOfTheNext) {
  Company first = Named("z", "Z");
  first.status = CompanyStatus::kPublic;
  Company second = Named("a", "A");
  second.status = CompanyStatus::kClosed;
  second.website = "https://a.example";
  second.sectors = {"HEALTH"};
  Company third = Named("b", "B");
  third.website = "https://b.example";
  third.sectors = {"ENERGY"};
  third.source_category = "energy";
  const Company joined = Join(std::vector{first, second, third});
  EXPECT_EQ(joined.id, "z");
  EXPECT_EQ(joined.display_name, "Z");
  EXPECT_EQ(joined.status, CompanyStatus::kPublic);
  EXPECT_EQ(joined.website, "https://a.example");
  EXPECT_THAT(joined.sectors, ElementsAre("HEALTH"));
  EXPECT_EQ(joined.source_category, "energy");
  EXPECT_THAT(joined.merged, ElementsAre("a", "b"));
}

TEST(RecordTest, WhereACompanyIsIncorporatedIsThatOfTheFirstWhoGivesIt) {
  struct Case {
    std::vector<std::string> said;  // by the records in order, each with a country of its own
    std::string legal_country;
  };
  for (const Case& test : {Case{{"", ""}, ""}, Case{{"", "KY"}, "KY"}, Case{{"US", "KY"}, "US"},
                           Case{{"", "", "NL"}, "NL"}}) {
    std::vector<Company> records;
    for (const std::string& said : test.said) {
      records.push_back(Named("c" + std::to_string(records.size()), "X"));
      // Unlike a city it counts whatever country was chosen.
      records.back().country = "F" + std::to_string(records.size());
      records.back().legal_country = said;
    }
    EXPECT_EQ(Join(records).legal_country, test.legal_country);
  }
}

TEST(RecordTest, CountryAndCityGoTogether) {
  const auto at = [](std::string id, std::string country, std::string city) {
    Company company = Named(std::move(id), "X");
    company.country = std::move(country);
    company.city = std::move(city);
    return company;
  };
  const Company one = Join(std::vector{at("a", "", "Paris"), at("b", "US", "Austin")});
  EXPECT_EQ(one.country + " " + one.city, "US Austin");
  const Company two =
      Join(std::vector{at("a", "FR", ""), at("b", "US", "Austin"), at("c", "FR", "Lyon")});
  EXPECT_EQ(two.country + " " + two.city, "FR Lyon");
  const Company three = Join(std::vector{at("a", "", ""), at("b", "", "Lyon")});
  EXPECT_EQ(three.country + " " + three.city, " Lyon");
}

TEST(RecordTest, PreferredNamesOfOthersAreAliases) {
  Company first = Named("a", "Acme");
  Company second = Named("b", "Acme Inc");
  second.names.push_back({"Acme", "en", NameKind::kPreferred, ""});
  Normalize(second);
  EXPECT_THAT(Join(std::vector{first, second}).names,
              ElementsAre(CompanyName{"Acme", "und", NameKind::kPreferred, ""},
                          CompanyName{"Acme Inc", "und", NameKind::kAlias, ""}));
}

TEST(RecordTest, AnAliasThatAddsNothingIsLeftOut) {
  Company first = Named("a", "Acme");
  first.names.push_back({"Acme Corp", "en", NameKind::kLegal, ""});
  Normalize(first);
  Company second = Named("b", "Acme");
  second.names = {{"Acme Corp", "und", NameKind::kAlias, ""},
                  {"Acme", "fr", NameKind::kAlias, ""},
                  {"Acme Corp", "en", NameKind::kAlias, ""},
                  {"Acme", "en", NameKind::kTrading, ""}};
  EXPECT_THAT(Join(std::vector{first, second}).names,
              ElementsAre(CompanyName{"Acme", "und", NameKind::kPreferred, ""},
                          CompanyName{"Acme", "fr", NameKind::kAlias, ""},
                          CompanyName{"Acme Corp", "en", NameKind::kLegal, ""},
                          CompanyName{"Acme", "en", NameKind::kTrading, ""}));
}

TEST(RecordTest, TheDisplayNameIsThatOfTheFirstWhoGivesIt) {
  Company names_only{.id = "a", .sources = {"names"}};
  names_only.names = {{"Die A", "de", NameKind::kPreferred, "names"}};
  const Company joined = Join(std::vector{names_only, Said({"press"}, "A Inc")});
  EXPECT_EQ(joined.display_name, "A Inc");
  EXPECT_THAT(joined.names, ElementsAre(CompanyName{"A Inc", "und", NameKind::kPreferred, "press"},
                                        CompanyName{"Die A", "de", NameKind::kAlias, "names"}));
  EXPECT_EQ(Join(std::vector{names_only}).display_name, "Die A") << "nobody gives one";
  EXPECT_EQ(Join(std::vector{Company{.id = "a"}}).display_name, "a");
}

TEST(RecordTest, KeysNameIdAndFirstSource) {
  EXPECT_EQ(KeyOf(Said({"press", "web"})), "a press");
  EXPECT_EQ(KeyOf(Said({})), "a ");
  EXPECT_EQ(IdOfKey("a press"), "a");
  EXPECT_EQ(IdOfKey("a "), "a");
  EXPECT_EQ(IdOfKey("a"), "a");
}

TEST(RecordTest, ContentIsWhatIsSaidWhoeverSaysIt) {
  const Company one = Said({"press"});
  Company other = Said({"web", "wire"});
  EXPECT_NE(one.names.front().source, other.names.front().source);
  EXPECT_EQ(ContentOf(one), ContentOf(other));
  Company cited = one;
  cited.names.front().source = "somebody else";
  EXPECT_NE(ContentOf(one), ContentOf(cited));
  other.city = "Paris";
  EXPECT_NE(ContentOf(one), ContentOf(other));
}

TEST(RecordTest, WhatASourceSaysTakesThePlaceOfWhatItSaid) {
  std::vector<Company> records = {Said({"press", "web"}, "Old")};
  TakeIn(Said({"press"}, "New"), records);
  ASSERT_THAT(KeysOf(records), ElementsAre("a web", "a press"));
  EXPECT_EQ(records[0].display_name, "Old");
  EXPECT_EQ(records[0].names.front().source, "web") << "who says it still";
  TakeIn(Said({"web", "press"}, "Both"), records);
  EXPECT_THAT(KeysOf(records), ElementsAre("a web"));
  EXPECT_THAT(records[0].sources, ElementsAre("web", "press"));
}

TEST(RecordTest, NobodysWordIsOneRecord) {
  std::vector<Company> records = {Said({"press"})};
  TakeIn(Said({}, "X"), records);
  TakeIn(Said({}, "Y"), records);
  ASSERT_THAT(KeysOf(records), ElementsAre("a press", "a "));
  EXPECT_EQ(records[1].display_name, "Y");
  TakeOut("nobody", records);
  EXPECT_THAT(records, SizeIs(2));
  TakeOut("press", records);
  EXPECT_THAT(KeysOf(records), ElementsAre("a "));
}

TEST(RecordTest, WhatIsTakenOutIsSaidByTheOthers) {
  Company record = Said({"press", "web"});
  record.identifiers = {{"lei", "1", "press"}, {"isin", "2", "other"}};
  record.relations = {{RelationKind::kParent, "b", {}, "press"}};
  record.headquarters = {{"FR", "", {}, "press"}};
  record.status_history = {{CompanyStatus::kPublic, {}, "press"}};
  Normalize(record);
  std::vector<Company> records = {record};
  TakeOut("press", records);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].identifiers[0].source, "other");
  EXPECT_EQ(records[0].identifiers[1].source, "web");
  EXPECT_EQ(records[0].relations[0].source, "web");
  EXPECT_EQ(records[0].headquarters[0].source, "web");
  EXPECT_EQ(records[0].status_history[0].source, "web");
  TakeOut("web", records);
  EXPECT_THAT(records, IsEmpty());
}

TEST(RecordTest, KindsOfSourcesDecideWhoIsBelieved) {
  const SourceKinds kinds = {{"a", "editorial"},     {"b", "database"}, {"d", "article"},
                             {"e", "press_release"}, {"f", "official"}, {"g", "seed_article"},
                             {"h", "report"},        {"i", "database"}, {"j", "a new kind"}};
  std::vector<Company> records;
  for (const char* source : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) {
    records.push_back(Said({source}));
  }
  records.push_back(Said({}));
  records.push_back(Named("0", "Merged"));
  std::reverse(records.begin(), records.end());
  Believe("a", kinds, records);
  EXPECT_THAT(KeysOf(records), ElementsAre("a f", "a e", "a h", "a d", "a g", "a ", "a c", "a j",
                                           "a b", "a i", "a a", "0 "));
}

TEST(RecordTest, ARecordIsBelievedLikeTheBestOfItsSources) {
  std::vector<Company> records = {Said({"list", "press"}), Said({"desk"}), Said({"base"})};
  const SourceKinds kinds = {
      {"base", "database"}, {"desk", "editorial"}, {"list", "database"}, {"press", "article"}};
  Believe("a", kinds, records);
  EXPECT_THAT(KeysOf(records), ElementsAre("a list", "a base", "a desk"));
}

TEST(RecordTest, TheOrderOfWritingDoesNotMatter) {
  std::vector<Company> written = {Said({"b"}, "B"), Said({"a", "c"}, "A"), Said({}, "N")};
  written[0].country = "FR";
  written[2].city = "Lyon";
  std::vector<Company> expected;
  std::vector<int> order = {0, 1, 2};
  do {
    std::vector<Company> records;
    for (const int at : order) TakeIn(written[static_cast<size_t>(at)], records);
    Believe("a", {{"b", "official"}}, records);
    if (expected.empty()) expected = {Join(records)};
    EXPECT_EQ(Join(records), expected.front());
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(expected.front().display_name, "B");
  EXPECT_THAT(expected.front().sources, ElementsAre("b", "a", "c"));
}

}  // namespace
}  // namespace steelyard::registry
