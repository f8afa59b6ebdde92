#include "services/funding/reference/import_reference.h"

#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "tests/services/funding/reference/reference_fixture.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ImportReferenceTest = ReferenceFixture;

constexpr std::string_view kStatisticsHeader =
    "id,variable,region,period,value,unit,price_basis,qualifier,scope,source_id,note\n";

TEST_F(ImportReferenceTest, KnowsItsFormats) {
  EXPECT_TRUE(IsReferenceFormat("steelyard-statistics"));
  EXPECT_TRUE(IsReferenceFormat("steelyard-region-sets"));
  EXPECT_TRUE(IsReferenceFormat("ecb-rates"));
  EXPECT_FALSE(IsReferenceFormat("steelyard-rounds"));
}

TEST_F(ImportReferenceTest, ReadsStatistics) {
  ASSERT_OK(Parse(kStatisticsFormat,
                  std::string(kStatisticsHeader) +
                      "a,ai_investment,US,2025,300.5,USD,nominal,greater_than,all,oecd,"
                      "\"at least, they say\"\n"
                      "b,share,NA,2025-Q1,-3,ratio,,,,,\n"));
  EXPECT_THAT(Findings(), IsEmpty());
  ASSERT_THAT(staged_.observations, SizeIs(2));
  EXPECT_EQ(staged_.observations[0],
            (PublishedValue{.id = "a",
                            .variable = "ai_investment",
                            .region = "US",
                            .period = "2025",
                            .value = "300.5",
                            .facet = {"oecd", "USD", "all", "nominal"},
                            .qualifier = common::v1::QUALIFIER_GREATER_THAN,
                            .note = "at least, they say"}));
  EXPECT_EQ(staged_.observations[1].region, "NA");  // Namibia, not "not available"
  EXPECT_EQ(staged_.observations[1].facet, (SeriesFacet{"own", "1", "", ""}));
  EXPECT_EQ(staged_.observations[1].qualifier, common::v1::QUALIFIER_EXACT);
  EXPECT_EQ(report_.rows_read(), 2);
  EXPECT_EQ(report_.rows_accepted(), 2);
}

TEST_F(ImportReferenceTest, ReadsVintagesAndScales) {
  constexpr char kRows[] =
      "id,variable,region,period,value,unit,vintage,scale\n"
      "a,x,US,2025,1.5,USD,2025-05-12,millions\n"
      "a,x,US,2025,1.6,USD,2025-11,millions\n"
      "a,x,US,2025,2,USD,,\n"
      "b,x,IN,2025,3.25,INR,2025,crores\n"
      "a,x,US,2025,1.5,USD,2025-05-12,millions\n"
      "a,x,US,2025,9,USD,2025-11,\n"
      "c,x,US,2025,1,USD,May 2025,\n"
      "c,x,US,2025,1,USD,1201,\n"
      "c,x,US,2025,1,USD,,dozens\n"
      "c,x,US,2025,1000000000,USD,,billions\n";
  ASSERT_OK(Parse(kStatisticsFormat, kRows));
  EXPECT_THAT(Findings(),
              ElementsAre("6 id DUPLICATE a", "7 id REJECTED a", "8 vintage REJECTED May 2025",
                          "9 vintage REJECTED 1201", "10 scale REJECTED dozens",
                          "11 value REJECTED 1000000000000000000"));
  ASSERT_THAT(staged_.observations, SizeIs(4));
  EXPECT_EQ(staged_.observations[0].value, "1500000");
  EXPECT_EQ(staged_.observations[0].scale, 6);
  EXPECT_EQ(staged_.observations[0].vintage, (PartialDate{2025, 5, 12}));
  EXPECT_EQ(staged_.observations[1].vintage, (PartialDate{2025, 11, 0}));
  EXPECT_EQ(staged_.observations[2].vintage, std::nullopt);
  EXPECT_EQ(staged_.observations[3].value, "32500000");
  EXPECT_EQ(staged_.observations[3].vintage, (PartialDate{2025, 0, 0}));
}

TEST_F(ImportReferenceTest, SaysOfEveryRowOfStatisticsWhatIsWrong) {
  ASSERT_OK(Parse(kStatisticsFormat, std::string(kStatisticsHeader) +
                                         "a,x,FRA,2025,1,USD,,,,s,\n"
                                         ",,,,,,,,,,\n"
                                         "a,x,FR,2025,1,USD,,,,s,\n"
                                         "a,x,FR,2025,2,USD,,,,s,\n"
                                         "b,x,XX,2025,1,USD,,,,s,\n"
                                         "c,x,US,2025-13,1,USD,,,,s,\n"
                                         "d,x,US,2025,\"1,5\",USD,,,,s,\n"
                                         "e,x,US,2025,1,US$,,,,s,\n"
                                         "f,x,US,2025,1,USD,,circa,,s,\n"
                                         "g,x,US,2025,1,USD,,,,S!,\n"
                                         "h,x,US,2025\n"
                                         "i,X,US,2025,1,USD,,,,s,\n"
                                         "i j,x,US,2025,1,USD,,,,s,\n"));
  EXPECT_THAT(
      Findings(),
      ElementsAre("2 region REPAIRED FRA", "4 id DUPLICATE a", "5 id REJECTED a",
                  "6 region REJECTED XX", "7 period REJECTED 2025-13", "8 value REJECTED 1,5",
                  "9 unit REJECTED US$", "10 qualifier REJECTED circa", "11 source_id REJECTED S!",
                  "12  REJECTED ", "13 variable REJECTED X", "14 id REJECTED i j"));
  EXPECT_EQ(report_.rows_read(), 12);
  EXPECT_EQ(report_.rows_accepted(), 1);
  EXPECT_EQ(report_.rows_rejected(), 10);
  EXPECT_EQ(report_.rows_duplicate(), 1);
  EXPECT_EQ(report_.rows_blank(), 1);
  EXPECT_EQ(report_.values_repaired(), 1);
  EXPECT_THAT(staged_.observations, SizeIs(1));
}

TEST_F(ImportReferenceTest, AFileWithoutItsColumnsIsRefused) {
  EXPECT_THAT(Parse(kStatisticsFormat, "id,variable\na,b\n"),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(Parse(kRegionSetsFormat, "set_id,version,country\n"),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(Parse(kEcbRatesFormat, "Day,USD\n"),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(Parse(kEcbRatesFormat, ""), HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(Parse(kStatisticsFormat, std::string(kStatisticsHeader) + "a,\"x"),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
  EXPECT_THAT(Parse(kStatisticsFormat, std::string(kStatisticsHeader) + "a,\xff\n"),
              HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED));
}

TEST_F(ImportReferenceTest, OptionalColumnsMayBeAbsentAndOthersAreReported) {
  ASSERT_OK(Parse(kStatisticsFormat,
                  "id,variable,region,period,value,unit,remark\na,x,US,2025,1,USD,hm\n"));
  EXPECT_THAT(Findings(), ElementsAre("1 remark CLEARED remark"));
  ASSERT_THAT(staged_.observations, SizeIs(1));
  EXPECT_EQ(staged_.observations[0].note, "");
}

TEST_F(ImportReferenceTest, ReadsRegionSets) {
  ASSERT_OK(Parse(kRegionSetsFormat,
                  "set_id,version,country,valid_from,valid_to\n"
                  "EU,1,GBR,1973-01-01,2020-02-01\n"
                  "EU,1,FR,,\n"
                  "EU,1,FR,,\n"
                  "EU,1,FR,1999-01-01,\n"
                  "EU,2,FR,,\n"
                  "eu,1,DE,,\n"
                  "EU,,DE,,\n"
                  "EU,1,XX,,\n"
                  "EU,1,DE,1999,\n"
                  "EU,1,DE,2001-01-01,2001-01-01\n"
                  "WORLD,1,DE,,\n"));
  EXPECT_THAT(Findings(),
              ElementsAre("2 country REPAIRED GBR", "4  DUPLICATE ", "5 country REJECTED FR",
                          "7 set_id REJECTED eu", "8 version REJECTED ", "9 country REJECTED XX",
                          "10 valid_from REJECTED 1999", "11 valid_to REJECTED 2001-01-01",
                          "12 set_id REJECTED WORLD"));
  EXPECT_THAT(staged_.region_sets, ElementsAre(RegionSet{"EU",
                                                         "1",
                                                         {{"FR"},
                                                          {"GB", PartialDate{1973, 1, 1}.ToDays(),
                                                           PartialDate{2020, 2, 1}.ToDays()}}},
                                               RegionSet{"EU", "2", {{"FR"}}}));
}

TEST_F(ImportReferenceTest, ReadsTheRatesOfTheEuropeanCentralBank) {
  ASSERT_OK(Parse(kEcbRatesFormat,
                  "Date,USD,JPY,CYP,XXY,\n"
                  "2026-04-13,1.1684,186.75,N/A,1,\n"
                  "2026-04-10,1.1711,-5,N/A,1,\n"
                  "2026-04-13,1.1684,186.75,N/A,1,\n"
                  "2026-04-13,1.1685,186.75,N/A,1,\n"
                  "13 April 2026,1.1684,186.75,N/A,1,\n"
                  "2026-04-09,1.1\n"
                  ",,,,,\n"
                  "1999-01-04,1.1789,133.73,0.58231,1,\n"));
  EXPECT_THAT(Findings(), ElementsAre("1 XXY CLEARED XXY", "3 JPY CLEARED -5",
                                      "4 Date DUPLICATE 2026-04-13", "5 Date REJECTED 2026-04-13",
                                      "6 Date REJECTED 13 April 2026", "7  REJECTED "));
  EXPECT_EQ(report_.rows_read(), 7);
  EXPECT_EQ(report_.rows_accepted(), 3);
  EXPECT_EQ(report_.rows_blank(), 1);
  const int32_t day = PartialDate{2026, 4, 13}.ToDays();
  const int32_t first = PartialDate{1999, 1, 4}.ToDays();
  EXPECT_THAT(
      staged_.rates,
      ElementsAre(DailyRate{day, "JPY", 18'675'000'000}, DailyRate{day, "USD", 116'840'000},
                  DailyRate{day - 3, "USD", 117'110'000}, DailyRate{first, "CYP", 58'231'000},
                  DailyRate{first, "JPY", 13'373'000'000}, DailyRate{first, "USD", 117'890'000}));
}

TEST_F(ImportReferenceTest, KeysStayUniqueOverFiles) {
  const std::string row = std::string(kStatisticsHeader) + "a,x,US,2025,1,USD,,,,s,\n";
  ASSERT_OK(Parse(kStatisticsFormat, row));
  ASSERT_OK(Parse(kStatisticsFormat, row));
  EXPECT_THAT(Findings(), ElementsAre("2 id DUPLICATE a"));
  ASSERT_OK(Parse(kEcbRatesFormat, "Date,USD,\n2026-04-13,1.1684,\n"));
  ASSERT_OK(Parse(kEcbRatesFormat, "Date,USD,\n2026-04-13,1.17,\n"));
  EXPECT_THAT(Findings(), ElementsAre("2 Date REJECTED 2026-04-13"));
  EXPECT_EQ(Commit().subjects(), 2);
}

TEST_F(ImportReferenceTest, StopsWhenNobodyWaits) {
  std::string bytes(kStatisticsHeader);
  for (int i = 0; i < 3000; ++i) {
    bytes += "a" + std::to_string(i) + ",x,US,2025,1,USD,,,,s,\n";
  }
  Context cancelled = Context::Background();
  cancelled.Cancel();
  ingest::Reporter reporter([](const auto&) { return absl::OkStatus(); },
                            [](const auto&) { return absl::OkStatus(); });
  const ingest::SpooledFile file{.name = "a.csv",
                                 .format = std::string(kStatisticsFormat),
                                 .path = directory_.Write("a.csv", bytes),
                                 .size = 0};
  EXPECT_THAT(ParseReference(cancelled, file, "own", reporter, staged_),
              HasReason(common::v1::ERROR_REASON_CANCELLED));
}

TEST_F(ImportReferenceTest, TheBuiltInDataIsTakenAsItStands) {
  ASSERT_OK(ParseBuiltIn(kStatisticsFormat, "statistics.csv"));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(report_.rows_accepted(), 2459);
  ASSERT_OK(ParseBuiltIn(kRegionSetsFormat, "region_sets.csv"));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(report_.rows_accepted(), 258);
  ASSERT_OK(ParseBuiltIn(kEcbRatesFormat, "ecb_rates.csv"));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(report_.rows_accepted(), 5446);
  const ReferenceChanges changes = Commit();
  EXPECT_THAT(changes.observations, SizeIs(2459));
  EXPECT_EQ(changes.region_sets, 10);
  EXPECT_EQ(changes.exchange_rates, 110'850);
  EXPECT_EQ(Commit().subjects(), 0);
}

TEST_F(ImportReferenceTest, TheWholeHistoryOfTheEuropeanCentralBankIsTakenAsItStands) {
  const char* data = std::getenv("STEELYARD_TEST_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "STEELYARD_TEST_DATA is not set: the ECB's whole file is not there";
  }
  ASSERT_OK(
      ParseFile(kEcbRatesFormat, std::string(data) + "/ref_money/eurofxref-hist_1999_2026.csv"));
  EXPECT_THAT(Findings(), IsEmpty());
  EXPECT_EQ(report_.rows_accepted(), 6983);
  EXPECT_EQ(Commit().exchange_rates, 217'555);
}

TEST_F(ImportReferenceTest, AnImportHasRoomForSoMuch) {
  staged_.rates.resize(kMostStaged);
  const absl::Status status = Parse(kEcbRatesFormat, "Date,USD\n2024-01-02,1.1\n2024-01-03,1.2\n");
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_MESSAGE_TOO_LARGE));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("2000000 exchange rates"));
  EXPECT_OK(CheckStaged(kMostStaged, "links"));
}

}  // namespace
}  // namespace steelyard::funding
