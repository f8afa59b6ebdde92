#include "services/common/mapping/mapping.h"

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/mapping/presets.h"
#include "services/common/text/strings.h"
#include "tests/support/mapping_files.h"
#include "tests/support/status_matchers.h"

namespace steelyard::mapping {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID;

// A right mapping of rounds, with more fields of the mapping, and more fields of rounds.
std::string Rounds(const std::string& more = "", const std::string& fields = "") {
  return StrCat(R"({"kind": "rounds", "fields": [
      {"to": "company_name", "from": ["Name"]},
      {"to": "announced", "from": ["Date"]})",
                fields, "]", more, "}");
}

std::string FaultOf(const std::string& json) {
  const auto loaded = Parse(json);
  EXPECT_THAT(loaded, HasReason(kInvalid)) << json;
  return std::string(loaded.status().message());
}

TEST(MappingTest, TheSmallestOnesAreRight) {
  EXPECT_OK(Parse(Rounds()));
  EXPECT_OK(
      Parse(R"({"kind": "companies", "fields": [{"to": "company_name", "from": ["Name"]}]})"));
  EXPECT_OK(Parse(R"({"kind": "rates", "wide": {"currencyColumns": true},
                      "fields": [{"to": "date", "from": ["Date"]}]})"));
  EXPECT_OK(Parse(R"({"kind": "statistics", "wide": {"otherColumns": true}, "fields": [
      {"to": "region", "from": ["Code"]}, {"to": "period", "from": ["Year"]},
      {"to": "unit", "constant": "USD"}]})"));
}

TEST(MappingTest, EveryPresetAndExampleIsRight) {
  EXPECT_GE(Presets().size(), 7U);
  for (const Preset& preset : Presets()) EXPECT_OK(Parse(preset.json)) << preset.name;
  int examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           StrCat(STEELYARD_SOURCE_DIR, "/deploy/presets/examples"))) {
    EXPECT_OK(Parse(testing::BytesOf(entry.path().string()))) << entry.path();
    ++examples;
  }
  EXPECT_GE(examples, 5);
}

TEST(MappingTest, WhatIsNoMappingIsRefusedWithItsPlace) {
  EXPECT_THAT(FaultOf(""), HasSubstr("is no mapping in JSON"));
  EXPECT_THAT(FaultOf("[]"), HasSubstr("is no mapping in JSON"));
  EXPECT_THAT(FaultOf("{\"kind\": \"rounds\""), HasSubstr("is no mapping in JSON"));
  EXPECT_THAT(FaultOf("\xFF"), HasSubstr("must be UTF-8"));
  EXPECT_THAT(FaultOf(std::string(300'000, ' ')), HasSubstr("at most 262144 bytes"));
  EXPECT_THAT(FaultOf(std::string(1000, '[')), HasSubstr("nested deeper than 32"));
  EXPECT_THAT(FaultOf(R"({"kind": "rounds", "colums": []})"), HasSubstr("colums"));
  EXPECT_THAT(FaultOf(R"({"file": {"encodign": "UTF-8"}})"),
              AllOf(HasSubstr("file"), HasSubstr("encodign")));
  EXPECT_THAT(FaultOf(R"({"file": {"skipLines": "many"}})"), HasSubstr("skip"));
}

TEST(MappingTest, AKeyStandsOnce) {
  EXPECT_EQ(RepeatedKey(R"({"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]})"), "");
  EXPECT_EQ(RepeatedKey(R"({"a": 1, "b": {"x": 2, "x": 3}})"), "b.x");
  EXPECT_EQ(RepeatedKey(R"({"c": [{"a": 3}, {"a": 4, "a": "a"}]})"), "c[1].a");
  EXPECT_EQ(RepeatedKey(R"({"a": "b\": 1, \"a", "b": 1})"), "");
  EXPECT_EQ(RepeatedKey("}{:\"\\"), "");
  EXPECT_THAT(FaultOf(Rounds(R"(, "title": "a", "title": "b")")), HasSubstr("title"));
}

struct Fault {
  std::string json;
  std::string place;
  std::string reason;
};

TEST(MappingTest, ContradictionsAreToldWithTheirPlace) {
  const std::vector<Fault> faults = {
      {R"({"kind": "deals"})", "kind", "must be rounds, companies, statistics or rates"},
      {R"({"kind": "rounds"})", "fields", "nothing fills \"announced\""},
      {R"({"kind": "rounds", "fields": [{"to": "announced", "from": ["d"]}]})", "fields",
       "nothing says which company"},
      {Rounds("", R"(, {"to": "announced", "from": ["Day"]})"), "fields[2].to",
       "\"announced\" is filled by fields[1] already"},
      {Rounds("", R"(, {"to": "amout", "from": ["A"], "currency": "USD"})"), "fields[2].to",
       "\"amout\" is no field of rounds; there are id, company_id"},
      {Rounds("", R"(, {"to": "label", "from": ["A"], "constant": "x"})"), "fields[2]",
       "has both `from` and `constant`"},
      {Rounds("", R"(, {"to": "label"})"), "fields[2]", "needs `from`"},
      {Rounds("", R"(, {"to": "amount", "from": ["A"]})"), "fields[2]",
       "an amount needs one of `currency` and `currencyFrom`"},
      {Rounds("", R"(, {"to": "amount", "from": ["A"], "currency": "USD",
                        "currencyFrom": ["C"]})"),
       "fields[2]", "an amount needs one of"},
      {Rounds("", R"(, {"to": "amount", "from": ["A"], "currency": "DOLLAR"})"),
       "fields[2].currency", "no ISO 4217 code"},
      {Rounds("", R"(, {"to": "amount", "constant": "5", "currency": "USD"})"),
       "fields[2].constant", "comes from a column"},
      {Rounds("", R"(, {"to": "label", "from": ["A"], "scale": 6})"), "fields[2].scale",
       "is for numbers only"},
      {Rounds("", R"(, {"to": "label", "from": ["A"], "currency": "USD"})"), "fields[2].currency",
       "is for amount and post_money only"},
      {Rounds("", R"(, {"to": "stage", "from": ["S"], "values": {"A": "SERIES_AA"}})"),
       "fields[2].values[\"A\"]", "\"SERIES_AA\" is no stage; there are UNKNOWN, PRE_SEED"},
      {Rounds("", R"(, {"to": "stage", "from": ["S"],
                        "values": {"Series A": "SERIES_A", "series-a": "SEED"}})"),
       "fields[2].values", "in another spelling"},
      {Rounds("", R"(, {"to": "stage", "constant": "LATER"})"), "fields[2].constant",
       "is no stage"},
      {Rounds("", R"(, {"to": "kind", "from": ["K"], "values": {"loan": "LOAN"}})"),
       "fields[2].values[\"loan\"]", "\"LOAN\" is no kind of money; there are EQUITY, DEBT"},
      {Rounds("", R"(, {"to": "kind", "constant": "UNSPECIFIED"})"), "fields[2].constant",
       "is no kind of money"},
      {Rounds("", R"(, {"to": "closed", "constant": "1201"})"), "fields[2].constant",
       "from 1900 to 2100"},
      {Rounds("", R"(, {"to": "closed", "from": ["C"], "values": {"x": "2024"}})"),
       "fields[2].values", "is for ids, codes and texts"},
      {Rounds("", R"(, {"to": "label", "constant": "x", "otherwise": {"from": ["A"]}})"),
       "fields[2].otherwise", "never read behind a constant"},
      {Rounds("", R"(, {"to": "label", "from": ["A"], "otherwise": {"from": ["B"], "otherwise":
                        {"from": ["C"], "otherwise": {"from": ["D"]}}}})"),
       "fields[2].otherwise.otherwise.otherwise", "at most 3 deep"},
      {Rounds(R"(, "numbers": {"decimal": ","  , "group": ","})"), "numbers.group",
       "is the decimal separator"},
      {Rounds(R"(, "numbers": {"group": "."})"), "numbers.group", "is the decimal separator"},
      {Rounds(R"(, "numbers": {"grouping": "lakh"})"), "numbers.grouping",
       "thousands, indian or any"},
      {Rounds(R"(, "numbers": {"suffixes": {"M": 6, "m": 6}})"), "numbers.suffixes",
       "stands twice"},
      {Rounds(R"(, "dates": {"formats": ["DD.MM.YYYY", "DD/MM/YY"]})"), "dates.formats[1]",
       "\"DD/MM/YY\": must be made of YYYY"},
      {Rounds(R"(, "dates": {"formats": ["DD YYYY"]})"), "dates.formats[0]", "needs a month"},
      {Rounds(R"(, "file": {"encoding": "EBCDIC"})"), "file.encoding", "must be detect"},
      {Rounds(R"(, "file": {"delimiter": "||"})"), "file.delimiter", "one ASCII character"},
      {Rounds(R"(, "file": {"delimiter": "'", "quote": "'"})"), "file.quote", "must differ"},
      {Rounds(R"(, "file": {"skipLines": -1})"), "file.skipLines", "0 to 1000"},
      {Rounds(R"(, "wide": {"yearColumns": true})"), "wide", "for statistics"},
      {Rounds(R"(, "categorySeparator": "|")"), "categorySeparator", "company_category"},
      {Rounds(R"(, "exclude": [{"from": ["A"], "values": ["x"]}])"), "exclude[0].reason",
       "must say why"},
      {R"({"kind": "statistics", "fields": [
            {"to": "region", "from": ["R"]}, {"to": "period", "from": ["Y"]},
            {"to": "value", "from": ["V"]}, {"to": "variable", "constant": "gdp"},
            {"to": "unit", "constant": "dollars"}]})",
       "fields[4].constant", "must be an ISO 4217 code"},
      {R"({"kind": "statistics", "wide": {"yearColumns": true}, "fields": [
            {"to": "region", "from": ["R"]}, {"to": "period", "from": ["Y"]},
            {"to": "variable", "constant": "gdp"}, {"to": "unit", "constant": "USD"}]})",
       "wide", "\"period\" is filled by a field"},
  };
  for (const Fault& fault : faults) {
    EXPECT_THAT(FaultOf(fault.json), AllOf(HasSubstr(fault.place), HasSubstr(fault.reason)))
        << fault.json;
  }
}

TEST(MappingTest, EveryFaultIsListedAtOnce) {
  const std::string message =
      FaultOf(Rounds(R"(, "numbers": {"grouping": "lakh"}, "file": {"encoding": "EBCDIC"})",
                     R"(, {"to": "amount", "from": ["A"]}, {"to": "stage", "constant": "X"})"));
  EXPECT_THAT(message, AllOf(HasSubstr("numbers.grouping"), HasSubstr("file.encoding"),
                             HasSubstr("fields[2]"), HasSubstr("fields[3].constant")));
}

TEST(MappingTest, AWrongPresetNamesThoseThatExist) {
  const auto preset = FindPreset("crunchbase");
  EXPECT_THAT(preset, HasReason(kInvalid));
  EXPECT_THAT(std::string(preset.status().message()),
              AllOf(HasSubstr("\"crunchbase\""), HasSubstr("crunchbase-2015, crunchbase-bulk")));
  EXPECT_EQ(MetadataOf(preset.status(), "preset"), "crunchbase");
}

TEST(MappingTest, AFileSaysItsMappingWithItsFormat) {
  common::v1::ImportFile file;
  file.set_format("mapped");
  EXPECT_THAT(Load(file), HasReason(kInvalid));
  file.set_mapping_preset("rounds");
  ASSERT_OK_AND_ASSIGN(const auto preset, Load(file));
  EXPECT_EQ(preset->mapping.kind(), "rounds");
  file.set_mapping_json(Rounds());
  EXPECT_OK(Load(file));
  file.set_format("ecb-rates");
  EXPECT_THAT(Load(file), HasReason(kInvalid));
  file.clear_mapping();
  ASSERT_OK_AND_ASSIGN(const auto none, Load(file));
  EXPECT_EQ(none, nullptr);
}

}  // namespace
}  // namespace steelyard::mapping
