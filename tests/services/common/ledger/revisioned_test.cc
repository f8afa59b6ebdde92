#include "services/common/ledger/revisioned.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/common/ledger/ledger.h"
#include "services/common/text/strings.h"
#include "tests/support/status_matchers.h"

namespace steelyard::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOkAndHolds;

// Companies with names, as a registry keeps them.
class RevisionedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, sql::OpenDuckDb({}));
    ASSERT_OK_AND_ASSIGN(connection_, database_->Connect());
    ASSERT_OK(connection_->Execute(context_,
                                   "CREATE TABLE companies(id VARCHAR, digest VARCHAR, "
                                   "from_revision BIGINT, to_revision BIGINT)"));
    ASSERT_OK(connection_->Execute(context_,
                                   "CREATE TABLE names(id VARCHAR, name VARCHAR, "
                                   "from_revision BIGINT, to_revision BIGINT)"));
    ASSERT_OK(connection_->Begin());
  }

  // Writes complete companies as services do; gives the ids that were written.
  std::vector<std::string> Put(int64_t revision, const std::vector<KeyDigest>& companies) {
    auto changed = ChangedKeys(*connection_, context_, "companies", "id", companies);
    EXPECT_OK(changed);
    const std::string_view tables[] = {"companies", "names"};
    EXPECT_OK(CloseRows(*connection_, context_, tables, "id", changed->replaced, revision));
    for (const KeyDigest& company : companies) {
      const std::vector<std::string>& keys = changed->keys;
      if (std::find(keys.begin(), keys.end(), company.first) == keys.end()) {
        continue;
      }
      const sql::Value row[] = {company.first, company.second, revision, kOpenRevision};
      EXPECT_OK(connection_->Execute(context_, "INSERT INTO companies VALUES (?, ?, ?, ?)", row));
      EXPECT_OK(connection_->Execute(context_, "INSERT INTO names VALUES (?, ?, ?, ?)", row));
    }
    return std::move(changed->keys);
  }

  // "id=digest" of the companies valid at a revision, by id.
  std::vector<std::string> At(int64_t revision, std::string_view table = "companies") {
    const sql::Value parameters[] = {revision, revision};
    const auto rows =
        connection_->Query(context_,
                           StrCat("SELECT * FROM ", table,
                                  " WHERE from_revision <= ? AND ? < to_revision ORDER BY 1, 2"),
                           parameters);
    EXPECT_OK(rows);
    std::vector<std::string> found;
    while (*(*rows)->Next()) {
      found.push_back(StrCat((*rows)->Text(0), "=", (*rows)->Text(1)));
    }
    return found;
  }

  Context context_ = Context::Background();
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
};

TEST(ContentDigest, IsTheFirstHalfOfTheSha256) {
  EXPECT_EQ(ContentDigest("abc"), "ba7816bf8f01cfea414140de5dae2223");
  EXPECT_NE(ContentDigest("abd"), ContentDigest("abc"));
}

TEST_F(RevisionedTest, WritesWhatIsNewOrDifferentOnly) {
  EXPECT_THAT(Put(1, {{"b", "1"}, {"a", "1"}}), ElementsAre("b", "a")) << "in the order given";
  EXPECT_THAT(Put(2, {{"a", "1"}, {"b", "2"}, {"c", "1"}}), ElementsAre("b", "c"));
  EXPECT_THAT(Put(3, {{"a", "1"}, {"b", "2"}}), IsEmpty());
  EXPECT_THAT(At(0), IsEmpty());
  for (const std::string_view table : {"companies", "names"}) {
    EXPECT_THAT(At(1, table), ElementsAre("a=1", "b=1"));
    EXPECT_THAT(At(2, table), ElementsAre("a=1", "b=2", "c=1"));
    EXPECT_THAT(At(3, table), ElementsAre("a=1", "b=2", "c=1"));
  }
}

TEST_F(RevisionedTest, WithinOneRevisionTheLastWriteStands) {
  Put(1, {{"a", "1"}});
  Put(2, {{"a", "2"}});
  Put(2, {{"a", "3"}});
  EXPECT_THAT(At(1), ElementsAre("a=1"));
  EXPECT_THAT(At(2), ElementsAre("a=3"));
}

TEST_F(RevisionedTest, ClosedSubjectsAreGoneAndCanComeBack) {
  Put(1, {{"a", "1"}, {"b", "1"}});
  const std::string_view tables[] = {"companies", "names"};
  EXPECT_THAT(
      CloseRows(*connection_, context_, tables, "id", std::vector<std::string>{"a", "unknown"}, 2),
      IsOkAndHolds(2));
  EXPECT_THAT(At(2), ElementsAre("b=1"));
  EXPECT_THAT(Put(3, {{"a", "1"}}), ElementsAre("a"));
  EXPECT_THAT(At(1), ElementsAre("a=1", "b=1"));
  EXPECT_THAT(At(2), ElementsAre("b=1"));
  EXPECT_THAT(At(3), ElementsAre("a=1", "b=1"));
}

TEST_F(RevisionedTest, StagedKeysStandForAStatement) {
  Put(1, {{"a", "1"}, {"b", "1"}, {"c", "1"}});
  const std::string keys[] = {"c", "a", "x"};
  ASSERT_OK(StageKeys(*connection_, context_, keys));
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       connection_->Query(context_, StrCat("SELECT id FROM companies WHERE id IN ",
                                                           kStagedKeys, " ORDER BY id")));
  std::vector<std::string> found;
  while (*rows->Next()) found.emplace_back(rows->Text(0));
  EXPECT_THAT(found, ElementsAre("a", "c"));
}

TEST_F(RevisionedTest, NothingToDoIsNothingDone) {
  EXPECT_THAT(Put(1, {}), IsEmpty());
  const std::string_view tables[] = {"companies"};
  EXPECT_THAT(CloseRows(*connection_, context_, tables, "id", {}, 1), IsOkAndHolds(0));
}

TEST_F(RevisionedTest, TakesManySubjectsAtOnce) {
  std::vector<KeyDigest> subjects;
  for (int i = 0; i < 20'000; ++i) {
    subjects.emplace_back(StrCat("company-", i), "1");
  }
  ASSERT_OK_AND_ASSIGN(const auto appender, connection_->Append("companies"));
  for (const KeyDigest& subject : subjects) {
    ASSERT_OK(appender->Append(
        std::vector<sql::Value>{subject.first, subject.second, int64_t{1}, kOpenRevision}));
  }
  ASSERT_OK(appender->Close());
  for (size_t i = 0; i < subjects.size(); i += 2) {
    subjects[i].second = "2";
  }
  ASSERT_OK_AND_ASSIGN(const auto changed,
                       ChangedKeys(*connection_, context_, "companies", "id", subjects));
  ASSERT_EQ(changed.keys.size(), 10'000U);
  EXPECT_EQ(changed.keys[1], "company-2");
  EXPECT_EQ(changed.replaced, changed.keys);
  const std::string_view tables[] = {"companies"};
  EXPECT_THAT(CloseRows(*connection_, context_, tables, "id", changed.keys, 2),
              IsOkAndHolds(10'000));
  EXPECT_EQ(At(1).size(), 20'000U);
  EXPECT_EQ(At(2).size(), 10'000U);
}

TEST_F(RevisionedTest, TellsWhatIsNewFromWhatIsReplaced) {
  Put(1, {{"kept", "1"}, {"other", "1"}});
  const std::vector<KeyDigest> subjects = {{"new", "1"}, {"kept", "1"}, {"other", "2"}};
  ASSERT_OK_AND_ASSIGN(const auto changed,
                       ChangedKeys(*connection_, context_, "companies", "id", subjects));
  EXPECT_THAT(changed.keys, ElementsAre("new", "other"));
  EXPECT_THAT(changed.replaced, ElementsAre("other"));
}

}  // namespace
}  // namespace steelyard::ledger
