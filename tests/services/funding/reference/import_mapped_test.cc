// Statistics and rates by mappings: small hand-made files always, the real ones when at hand.

#include "services/funding/reference/import_mapped.h"

#include <map>

#include "gmock/gmock.h"
#include "tests/services/funding/funding_fixture.h"
#include "tests/support/mapping_files.h"

namespace steelyard::funding {
namespace {

using common::v1::ImportFileReport;
using common::v1::ImportReport;
using ::steelyard::testing::ExampleOf;
using ::steelyard::testing::MappingOf;
using ::steelyard::testing::PresetOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ImportMappedTest : public FundingFixture {
 protected:
  absl::StatusOr<ImportReport> ImportMapped(const std::string& bytes,
                                            std::shared_ptr<const mapping::Loaded> mapping) {
    return Import({{"mapped", bytes, std::move(mapping)}}, false, "brought");
  }
  // "US 2020 5 USD" for each observation of a variable, by id.
  std::vector<std::string> Values(const std::string& variable) const {
    std::vector<std::string> lines;
    const auto values = reference_->Observations(Context::Background(), head(), variable);
    EXPECT_OK(values);
    if (!values.ok()) return lines;
    for (const PublishedValue& value : *values) {
      lines.push_back(StrCat(value.region, " ", value.period, " ", value.value, " ",
                             value.facet.unit, value.facet.scope.empty() ? "" : " ",
                             value.facet.scope));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  static std::vector<std::string> Unmapped(const ImportFileReport& file) {
    std::vector<std::string> lines;
    for (const common::v1::UnmappedValue& value : file.unmapped()) {
      lines.push_back(StrCat(value.field(), " ", value.value(), ": ", value.rows()));
    }
    return lines;
  }
};

TEST_F(ImportMappedTest, WorldBankWithPreambleAndAggregates) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportMapped("\"Data Source\",\"World Development Indicators\",\r\n\r\n"
                   "\"Last Updated Date\",\"2026-01-01\",\r\n\r\n"
                   "\"Country Name\",\"Country Code\",\"Indicator Name\",\"Indicator Code\","
                   "\"1960\",\"1961\",\"2024\",\r\n"
                   "\"France\",\"FRA\",\"GDP\",\"NY.GDP.MKTP.CD\",\"\",\"1.5\",\"2E+12\",\r\n"
                   "\"World\",\"WLD\",\"GDP\",\"NY.GDP.MKTP.CD\",\"1\",\"\",\"x\",\r\n"
                   "\"Arab World\",\"ARB\",\"GDP\",\"NY.ODD\",\"\",\"\",\"7\",\r\n"
                   "\"Nowhere\",\"INX\",\"GDP\",\"NY.GDP.MKTP.CD\",\"\",\"\",\"\",\r\n",
                   PresetOf("world-bank")));
  const ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.rows_read(), 4);
  EXPECT_EQ(file.rows_accepted(), 4);
  EXPECT_THAT(Findings(), ElementsAre("0.csv:7 2024 CLEARED x", "0.csv:9 CLEARED "));
  EXPECT_THAT(Values("ny_gdp_mktp_cd"),
              ElementsAre("FR 1961 1.5 USD", "FR 2024 2000000000000 USD", "WORLD 1960 1 USD"));
  EXPECT_THAT(Values("ny_odd"), ElementsAre("ARB 2024 7 1"));
  EXPECT_THAT(Unmapped(file), ElementsAre("unit NY.ODD: 1"));
}

TEST_F(ImportMappedTest, OurWorldInData) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportMapped("Entity,Code,Year,Private investment (US$)\n"
                   "China,CHN,2023,5\nWorld,OWID_WRL,2023,9\nEurope,,2023,1\n"
                   "High-income countries,,2023,4\nChina,CHN,2023,5\nChina,CHN,2023,6\n"
                   "Namibia,NAM,2023,\n",
                   PresetOf("owid")));
  EXPECT_THAT(Values("private_investment_us"),
              ElementsAre("CN 2023 5 1", "EUROPE 2023 1 1", "WORLD 2023 9 1"));
  const ImportFileReport& file = report.files(0);
  EXPECT_EQ(file.rows_duplicate(), 1);
  EXPECT_EQ(file.rows_rejected(), 1);
  EXPECT_EQ(file.rows_accepted(), 5);
  EXPECT_THAT(Unmapped(file), ElementsAre("region High-income countries: 1"));
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:5 Entity REJECTED High-income countries", "0.csv:6 DUPLICATE ",
                          "0.csv:7 Private investment (US$) CLEARED 6", "0.csv:8 CLEARED "));
}

TEST_F(ImportMappedTest, SdmxCsv) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportMapped("STRUCTURE;STRUCTURE_ID;ACTION;INDICATOR;REF_AREA;TIME_PERIOD;OBS_VALUE;"
                   "UNIT_MEASURE;UNIT_MULT\n"
                   "dataflow;X;I;B1GQ;DE;2024-Q1;1.5;EUR;6\n"
                   "dataflow;X;D;B1GQ;DE;2024-Q2;1.5;EUR;6\n"
                   "dataflow;X;I;B1GQ;FR;2024-S1;1.5;EUR;6\n"
                   "dataflow;X;I;B1GQ;FR;2024Q3;NaN;EUR;6\n"
                   "dataflow;X;I;B1GQ;FR;2024Q3;3;EUR;six\n",
                   PresetOf("sdmx-csv")));
  EXPECT_THAT(Values("b1gq"), ElementsAre("DE 2024-Q1 1500000 EUR"));
  EXPECT_EQ(report.files(0).rows_rejected(), 3);
  EXPECT_THAT(findings_[0].reason(), HasSubstr("deletes an observation"));
  EXPECT_THAT(findings_[1].reason(), HasSubstr("period \"2024-S1\""));
  EXPECT_THAT(findings_[3].reason(), HasSubstr("power of ten"));
}

TEST_F(ImportMappedTest, SeveralValuesInARow) {
  ASSERT_OK(
      ImportMapped("Country,Code,Year,Design,Fabrication,\"Assembly, testing and "
                   "packaging\"\nChina,CHN,2021,9,12,14\nOthers,,2021,9,,5\n",
                   ExampleOf("owid-chip-shares")));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_THAT(
      Values("chip_production_share"),
      ElementsAre("CN 2021 12 percent fabrication",
                  "CN 2021 14 percent assembly, testing and packaging", "CN 2021 9 percent design",
                  "OTHERS 2021 5 percent assembly, testing and packaging",
                  "OTHERS 2021 9 percent design"));
}

TEST_F(ImportMappedTest, AVintageIsReadAndChecked) {
  const std::string mapping = R"({"kind": "statistics", "fields": [
      {"to": "region", "from": ["R"]}, {"to": "period", "from": ["P"]},
      {"to": "value", "from": ["V"], "scale": 6}, {"to": "variable", "constant": "x"},
      {"to": "unit", "constant": "USD"}, {"to": "qualifier", "from": ["Q"], "optional": true},
      {"to": "vintage", "from": ["Released"]}]})";
  ASSERT_OK_AND_ASSIGN(const ImportReport report,
                       ImportMapped("R,P,V,Q,Released\nUS,2023,1.5,AT_LEAST,2024-04-15\n"
                                    "US,2022,1.5,,soon\nUS,2021,1,roughly,2024\n",
                                    MappingOf(mapping)));
  EXPECT_EQ(report.files(0).rows_accepted(), 1);
  EXPECT_THAT(Findings(),
              ElementsAre("0.csv:3 Released REJECTED soon", "0.csv:4 Q REJECTED roughly"));
  EXPECT_THAT(Values("x"), ElementsAre("US 2023 1500000 USD"));
}

TEST_F(ImportMappedTest, ARevisionReplacesAValue) {
  const std::string header = "Entity,Code,Year,Investment\n";
  ASSERT_OK(ImportMapped(header + "China,CHN,2022,5\nChina,CHN,2023,6\n", PresetOf("owid")));
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      ImportMapped(header + "China,CHN,2022,5\nChina,CHN,2023,7\n", PresetOf("owid")));
  EXPECT_EQ(report.subjects_changed(), 1);
  EXPECT_THAT(Values("investment"), ElementsAre("CN 2022 5 1", "CN 2023 7 1"));
}

TEST_F(ImportMappedTest, RatesLongAndWide) {
  ASSERT_OK_AND_ASSIGN(
      const ImportReport report,
      Import({{"mapped", "Date,USD,ODD,JPY,\n02/01/2020,\"1,1234\",x,N/A,\n03/01/2020,-1,,122,\n",
               MappingOf(R"({"kind": "rates", "nullTokens": ["N/A"],
                   "dates": {"formats": ["DD/MM/YYYY"]}, "numbers": {"decimal": ","},
                   "wide": {"currencyColumns": true}, "fields": [{"to": "date", "from": ["Date"]}]})")},
              {"mapped",
               "day,ccy,quote\n2020-01-02,USD,1.1234\n2020-01-02,USD,1.2\n2020-01-02,GBP,0.85\n"
               "2020-01,GBP,0.85\n2020-01-03,XX,1\n",
               MappingOf(R"({"kind": "rates", "fields": [
                   {"to": "date", "from": ["day"]}, {"to": "currency", "from": ["ccy"]},
                   {"to": "rate", "from": ["quote"]}]})")}}));
  EXPECT_THAT(Findings(), ElementsAre("0.csv:3 USD CLEARED -1", "1.csv:2 DUPLICATE ",
                                      "1.csv:3 quote REJECTED 1.2", "1.csv:5 day REJECTED 2020-01",
                                      "1.csv:6 ccy REJECTED XX"));
  EXPECT_EQ(report.subjects_changed(), 3);
}

TEST_F(ImportMappedTest, TheRealFilesComeIn) {
  struct Real {
    std::string file;
    std::shared_ptr<const mapping::Loaded> mapping;
    std::string variable;
    int64_t read, accepted, rejected;
    size_t values;
  };
  const auto owid = PresetOf("owid");
  const auto bank = PresetOf("world-bank-long");
  const std::vector<Real> files = {
      {"owid_ai/private-investment-in-artificial-intelligence.csv", owid,
       "global_total_private_investment_in_ai", 48, 48, 0, 48},
      {"owid_ai/private-investment-cset_2025.csv", owid, "estimated_investment_field_all", 793, 793,
       0, 793},
      {"owid_ai/private-investment-cset_2025b.csv", ExampleOf("cset-spanish"),
       "ai_private_investment", 793, 793, 0, 793},
      {"owid_ai/newly-funded_2023.csv", owid, "number_of_newly_founded_ai_companies", 40, 40, 0,
       40},
      {"owid_ai/newly-funded_2024.csv", owid, "newly_founded_ai_companies", 44, 44, 0, 44},
      {"owid_ai/corporate-investment-in-artificial-intelligence-by-type.csv",
       ExampleOf("owid-investment-by-type"), "ai_corporate_investment", 55, 55, 0, 55},
      {"owid_ai/global-investment-in-generative-ai.csv", owid, "global_investment_in_generative_ai",
       6, 6, 0, 6},
      {"owid_ai/artificial-intelligence-patents-submitted.csv", owid, "all", 357, 335, 22, 335},
      {"owid_ai/market-share-chip-prod-stage.csv", ExampleOf("owid-chip-shares"),
       "chip_production_share", 9, 9, 0, 20},
      {"ref_macro/gdp.csv", bank, "value", 13979, 13979, 0, 13979},
      {"ref_macro/inflation-consumer.csv", bank, "inflation", 13778, 13778, 0, 13778}};
  for (const Real& real : files) {
    const std::string path = testing::RealFile(real.file);
    if (path.empty()) {
      GTEST_SKIP() << "STEELYARD_TEST_DATA names no folder with " << real.file
                   << ": real files of statistics are not checked";
    }
    ASSERT_OK_AND_ASSIGN(const ImportReport report,
                         ImportMapped(testing::BytesOf(path), real.mapping));
    const ImportFileReport& file = report.files(0);
    EXPECT_EQ(file.rows_read(), real.read) << real.file;
    EXPECT_EQ(file.rows_accepted(), real.accepted) << real.file;
    EXPECT_EQ(file.rows_rejected(), real.rejected) << real.file;
    EXPECT_EQ(Values(real.variable).size(), real.values) << real.file;
  }
}

TEST_F(ImportMappedTest, AMappingReadsTheHistoryOfTheEcbLikeItsImporter) {
  const std::string path = testing::RealFile("ref_money/eurofxref-hist_1999_2026.csv");
  if (path.empty()) {
    GTEST_SKIP() << "STEELYARD_TEST_DATA names no folder with "
                    "ref_money/eurofxref-hist_1999_2026.csv: the whole history is not checked";
  }
  const std::string bytes = testing::BytesOf(path);
  ASSERT_OK_AND_ASSIGN(ImportReport report, Import({{"ecb-rates", bytes}}));
  const int64_t rates = report.subjects_changed();
  EXPECT_GT(rates, 200'000);
  ASSERT_OK_AND_ASSIGN(report, ImportMapped(bytes, MappingOf(R"({
      "kind": "rates", "nullTokens": ["N/A"], "wide": {"currencyColumns": true},
      "fields": [{"to": "date", "from": ["Date"]}]})")));
  EXPECT_EQ(report.subjects_changed(), 0);
  EXPECT_THAT(findings_, IsEmpty());
}

}  // namespace
}  // namespace steelyard::funding
