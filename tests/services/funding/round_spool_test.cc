#include "services/funding/round_spool.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/text/strings.h"
#include "tests/support/spool_of.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::funding {
namespace {

using ::steelyard::testing::HasReason;
using ::steelyard::testing::SpoolOf;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// Rounds "0", "1", ... of so many companies in turn.
std::vector<Round> Rounds(int count, int companies) {
  std::vector<Round> rounds;
  for (int i = 0; i < count; ++i) {
    Round round;
    round.id = StrCat(i);
    round.company = StrCat("company-", i % companies);
    round.announced = {2020, 1 + i % 12, 0};
    round.sources = {"press"};
    rounds.push_back(round);
  }
  return rounds;
}

std::vector<std::vector<Round>> BatchesOf(const RoundSpool& spool) {
  std::vector<std::vector<Round>> batches;
  EXPECT_OK(spool.ForEachBatch([&](const std::vector<Round>& batch) {
    batches.push_back(batch);
    return absl::OkStatus();
  }));
  return batches;
}

TEST(RoundSpoolTest, FewStayInOneBatchAsTheyCame) {
  const std::vector<Round> rounds = Rounds(10, 3);
  EXPECT_THAT(BatchesOf(SpoolOf(rounds, 10)), ElementsAre(rounds));
  EXPECT_THAT(BatchesOf(SpoolOf({})), SizeIs(0));
}

TEST(RoundSpoolTest, ManyComeInBatchesOfWholeCompanies) {
  const std::vector<Round> rounds = Rounds(5000, 700);
  const RoundSpool spool = SpoolOf(rounds, 100);
  EXPECT_EQ(spool.size(), rounds.size());
  const std::vector<std::vector<Round>> batches = BatchesOf(spool);
  EXPECT_GT(batches.size(), 40U);
  std::map<std::string, size_t> batch_of;  // by company
  std::map<std::string, int> last;         // round of a company
  std::set<std::string> seen;
  for (size_t i = 0; i < batches.size(); ++i) {
    for (const Round& round : batches[i]) {
      EXPECT_EQ(batch_of.try_emplace(round.company, i).first->second, i) << round.company;
      const int number = std::stoi(round.id);
      EXPECT_EQ(round, rounds[static_cast<size_t>(number)]);
      const auto [place, is_first] = last.try_emplace(round.company, number);
      EXPECT_TRUE(is_first || place->second < number) << "out of order: " << round.id;
      place->second = number;
      EXPECT_TRUE(seen.insert(round.id).second) << round.id;
    }
  }
  EXPECT_EQ(seen.size(), rounds.size());
  EXPECT_EQ(BatchesOf(spool), batches);
}

TEST(RoundSpoolTest, LongTextsGoToTheFileAndComeBack) {
  std::vector<Round> rounds = Rounds(200, 2);
  for (Round& round : rounds) round.note = std::string(5000, 'x') + round.id;
  size_t read = 0;
  for (const std::vector<Round>& batch : BatchesOf(SpoolOf(rounds, 1))) {
    for (const Round& round : batch) {
      EXPECT_EQ(round.note, std::string(5000, 'x') + round.id);
      ++read;
    }
  }
  EXPECT_EQ(read, rounds.size());
}

TEST(RoundSpoolTest, NothingIsLeftInTheDirectory) {
  const testing::TempDir directory;
  RoundSpool spool(1, directory.path());
  for (const Round& round : Rounds(100, 5)) EXPECT_OK(spool.Add(round));
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(RoundSpoolTest, ADirectoryThatIsNotThereIsAnError) {
  RoundSpool spool(1, "/does/not/exist");
  EXPECT_OK(spool.Add(Rounds(1, 1)[0]));
  EXPECT_THAT(spool.Add(Rounds(2, 1)[1]), HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
}

TEST(RoundSpoolTest, AFullDiskIsAnError) {
  // A limit on files' sizes stands for the disk.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  RoundSpool spool(1);
  absl::Status status;
  for (int i = 0; i < 1000 && status.ok(); ++i) {
    Round round = Rounds(1, 1)[0];
    round.note = std::string(2000, 'x');
    status = spool.Add(round);
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_STORE_UNAVAILABLE));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("too large"));
}

TEST(RoundSpoolTest, TheTakersErrorEndsIt) {
  const RoundSpool spool = SpoolOf(Rounds(1000, 100), 10);
  int taken = 0;
  EXPECT_THAT(spool.ForEachBatch([&](const std::vector<Round>&) {
    return ++taken == 3 ? absl::CancelledError() : absl::OkStatus();
  }),
              testing::StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(taken, 3);
}

TEST(RoundSpoolTest, GroupsOtherThanCompaniesStayTogether) {
  // Companies "company-0" to "company-99" in ten groups, by their last digit.
  RoundSpool spool(10, "", [](const Round& round) {
    return std::string_view(round.company).substr(round.company.size() - 1);
  });
  for (Round& round : Rounds(500, 100)) ASSERT_OK(spool.Add(std::move(round)));
  std::map<char, size_t> batch_of;
  const std::vector<std::vector<Round>> batches = BatchesOf(spool);
  EXPECT_GT(batches.size(), 5U);
  for (size_t i = 0; i < batches.size(); ++i) {
    for (const Round& round : batches[i]) {
      EXPECT_EQ(batch_of.try_emplace(round.company.back(), i).first->second, i) << round.company;
    }
  }
}

}  // namespace
}  // namespace steelyard::funding
