#include "services/registry/watch.h"

#include "gmock/gmock.h"
#include "services/common/status/status.h"
#include "tests/services/registry/registry_fixture.h"

namespace steelyard::registry {
namespace {

using testing::HasReason;

class WatchTest : public RegistryFixture {
 protected:
  void Write(std::vector<Company> companies) {
    for (Company& company : companies) Normalize(company);
    ASSERT_OK(store_->WriteBatch(Context::Background(), [&](int64_t) {
      return Batch{.companies = companies, .sources = {}, .codelists = {}};
    }));
  }

  // The first `count` messages after a revision.
  std::vector<v1::WatchCompaniesResponse> Take(size_t count, int64_t after) {
    std::vector<v1::WatchCompaniesResponse> messages;
    const absl::Status status = WatchCompanies(
        Context::Background(), *store_, *ledger_, after, absl::Milliseconds(1),
        [&](const v1::WatchCompaniesResponse& message) {
          messages.push_back(message);
          return messages.size() < count ? absl::OkStatus()
                                         : MakeError(common::v1::ERROR_REASON_CANCELLED, "enough");
        });
    EXPECT_THAT(status, HasReason(common::v1::ERROR_REASON_CANCELLED));
    return messages;
  }
};

TEST_F(WatchTest, CommitsInOrderThenHeartbeats) {
  Write({{.id = "a", .display_name = "A"}});
  Write({{.id = "b", .display_name = "B"}});
  const auto messages = Take(4, 0);
  EXPECT_EQ(messages[0].revision(), 1);
  EXPECT_EQ(messages[0].companies(0).name(), "companies/a");
  EXPECT_EQ(messages[1].revision(), 2);
  EXPECT_TRUE(messages[1].has_committed_at());
  for (size_t i = 2; i < 4; ++i) {
    EXPECT_EQ(messages[i].revision(), 2);
    EXPECT_FALSE(messages[i].has_committed_at());
    EXPECT_EQ(messages[i].companies_size(), 0);
  }
  EXPECT_EQ(Take(1, 1).front().revision(), 2);
}

TEST_F(WatchTest, ALargeCommitComesInSeveralMessages) {
  std::vector<Company> companies;
  for (int i = 0; i < 2000; ++i) {
    companies.push_back({.id = "c" + std::to_string(10000 + i), .display_name = "C"});
  }
  Write(companies);
  const auto messages = Take(3, 0);
  EXPECT_EQ(messages[0].companies_size(), 1000);
  EXPECT_TRUE(messages[0].more());
  EXPECT_EQ(messages[1].companies_size(), 1000);
  EXPECT_FALSE(messages[1].more());
  EXPECT_EQ(messages[1].companies(999).name(), "companies/c11999");
  EXPECT_FALSE(messages[2].has_committed_at());  // a heartbeat: nothing was left
}

TEST_F(WatchTest, AMessageStaysSmallEnoughToBeTaken) {
  std::vector<Company> companies;
  for (int i = 0; i < 8; ++i) {
    Company company{.id = "c" + std::to_string(i), .display_name = "C"};
    for (int n = 0; n < 1000; ++n) {
      company.names.push_back(
          {std::string(450, 'x') + std::to_string(n), "en", NameKind::kAlias, ""});
    }
    companies.push_back(company);
  }
  Write(companies);
  int seen = 0;
  for (const v1::WatchCompaniesResponse& message : Take(2, 0)) {
    EXPECT_LT(message.ByteSizeLong(), 2U * 1024 * 1024 + 1024 * 1024);
    seen += message.companies_size();
  }
  EXPECT_EQ(seen, 8);
}

TEST_F(WatchTest, EndsWithItsContext) {
  Context context = Context::Background();
  context.Cancel();
  EXPECT_THAT(WatchCompanies(context, *store_, *ledger_, 0, absl::Hours(1),
                             [](const v1::WatchCompaniesResponse&) { return absl::OkStatus(); }),
              HasReason(common::v1::ERROR_REASON_CANCELLED));
}

}  // namespace
}  // namespace steelyard::registry
