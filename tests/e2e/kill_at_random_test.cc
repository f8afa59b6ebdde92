// Whatever is killed, and whenever: what was acknowledged is there after a restart, an import is
// there wholly or not at all, and revisions never go back.
//
// STEELYARD_TEST_KILLS asks for more kills than a quick run has, STEELYARD_TEST_SEED for the
// moments of an earlier run.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/e2e/kept_store.h"
#include "tests/e2e/workload.h"
#include "tests/support/postgres_server.h"
#include "tests/support/suite.h"

namespace steelyard {
namespace {

using testing::KeptStore;
using testing::Losses;
using testing::PostgresServer;
using testing::ServerProcess;
using testing::Workload;

// So many kills of one store; then a new one takes its place, so that starts stay quick.
constexpr int kKillsOfStore = 25;
// From the first write on; several imports take as long.
constexpr absl::Duration kLatest = absl::Milliseconds(600);

unsigned FromEnvironment(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  unsigned number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

class KillAtRandomTest : public ::testing::Test {
 protected:
  // Kills something and starts it again; in between, nobody writes any more.
  using Kill = std::function<void(std::unique_ptr<ServerProcess>& suite, const KeptStore& store)>;

  void SetUp() override {
    std::cout << "STEELYARD_TEST_SEED=" << seed_ << " STEELYARD_TEST_KILLS=" << kills_ << '\n';
  }

  bool StartServer() {
    if (!PostgresServer::Missing().empty()) return false;
    server_ = std::make_unique<PostgresServer>();
    return true;
  }
  std::unique_ptr<KeptStore> NewStore() {
    if (server_ == nullptr) return std::make_unique<testing::OwnFile>();
    return std::make_unique<testing::OnServer>(*server_, absl::StrCat("store_", stores_++));
  }

  // Kills as often as is asked for, and says what was seen.
  void Run(const Kill& kill) {
    const absl::Time start = absl::Now();
    int64_t acknowledged = 0;
    for (unsigned left = kills_; left > 0 && !HasFailure();) {
      const unsigned now = std::min<unsigned>(left, kKillsOfStore);
      acknowledged += KillOneStore(now, kill);
      left -= now;
    }
    std::cout << kills_ << " kills, " << acknowledged << " commits acknowledged, "
              << (HasFailure() ? "some" : "none") << " lost, half there or back, "
              << absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Seconds(1))) << '\n';
  }

  void KillSuite(std::unique_ptr<ServerProcess>& suite, const KeptStore& store) {
    suite->process.Signal(SIGKILL);
    suite->process.Wait();
    workload_->Join();
    suite = std::make_unique<ServerProcess>(store.StartSuite());
  }

  std::unique_ptr<PostgresServer> server_;  // none with DuckDB
  std::unique_ptr<Workload> workload_;

 private:
  // How many commits were acknowledged.
  int64_t KillOneStore(unsigned kills, const Kill& kill) {
    const std::unique_ptr<KeptStore> store = NewStore();
    auto suite = std::make_unique<ServerProcess>(store->StartSuite());
    workload_ = std::make_unique<Workload>();
    for (unsigned i = 0; i < kills && !HasFailure(); ++i) {
      SCOPED_TRACE(i);
      workload_->Start(suite->address);
      std::uniform_real_distribution<double> moments(0, 1);
      workload_->AwaitMoment(absl::Now() + moments(random_) * kLatest);
      kill(suite, *store);
      Expect(workload_->Check(suite->address, /*all=*/i + 1 == kills));
    }
    return workload_->acknowledged();
  }

  static void Expect(const Losses& losses) {
    EXPECT_EQ(losses.lost, 0);
    EXPECT_EQ(losses.half, 0);
    EXPECT_EQ(losses.back, 0);
    EXPECT_EQ(losses.other, 0);
    EXPECT_EQ(losses.failed, 0);
  }

  const unsigned kills_ = FromEnvironment("STEELYARD_TEST_KILLS", 4);
  const unsigned seed_ = FromEnvironment("STEELYARD_TEST_SEED", std::random_device()());
  std::mt19937 random_{seed_};
  int stores_ = 0;
};

TEST_F(KillAtRandomTest, TheSuiteOnItsOwnFile) {
  Run([this](auto& suite, const KeptStore& store) { KillSuite(suite, store); });
}

TEST_F(KillAtRandomTest, TheSuiteOnPostgres) {
  if (!StartServer()) GTEST_SKIP() << PostgresServer::Missing();
  Run([this](auto& suite, const KeptStore& store) { KillSuite(suite, store); });
}

// The suite goes on, and needs no restart.
TEST_F(KillAtRandomTest, TheServerOfItsDatabase) {
  if (!StartServer()) GTEST_SKIP() << PostgresServer::Missing();
  Run([this](auto& /*suite*/, const KeptStore& /*store*/) {
    server_->Kill();
    workload_->Join();
    server_->Start();
  });
}

}  // namespace
}  // namespace steelyard
