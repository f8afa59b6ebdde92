// Exports and compaction through the gateway, by real processes.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard {
namespace {

using testing::Client;
using testing::Finished;
using ::testing::HasSubstr;
using testing::ServerProcess;
using testing::SourceFile;
using testing::StartServer;
using testing::Subprocess;
using testing::TempDir;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The token that stands behind "snapshot" or "oldest" in what the client printed.
std::string TokenIn(const std::string& out) {
  const size_t begin = out.find("sy1.");
  return begin == std::string::npos ? ""
                                    : out.substr(begin, out.find_first_of(" ,\n", begin) - begin);
}

class ExportE2eTest : public ::testing::Test {
 protected:
  ServerProcess Start() const {
    return StartServer("steelyard-allinone",
                       {"--listen", "127.0.0.1:0", "--data", absl::StrCat(data_.path(), "/data"),
                        "--no-built-in-data"});
  }
  static Finished Import(const ServerProcess& suite, const std::string& companies = SourceFile(
                                                         "tests/fixtures/cb2013/companies.csv")) {
    return Client(suite.address, {"import", "crunchbase-2013", "--companies", companies, "--rounds",
                                  SourceFile("tests/fixtures/cb2013/rounds.csv")});
  }
  // The same companies in another category: what funding had of them ends.
  std::string WriteMoved() const {
    const std::string category = ",software,";
    std::string text = Read(SourceFile("tests/fixtures/cb2013/companies.csv"));
    for (size_t at = 0; (at = text.find(category, at)) != std::string::npos;) {
      text.replace(at, category.size(), ",hardware,");
    }
    return data_.Write("moved.csv", text);
  }
  Finished Export(const ServerProcess& suite, const std::string& format, const std::string& file,
                  const std::string& token) const {
    return Client(suite.address, {"--snapshot", token, "export", "rounds", "--format", format,
                                  "--output", data_.File(file)});
  }
  // A token of what is there now.
  static std::string Token(const ServerProcess& suite) {
    return TokenIn(Client(suite.address, {"rounds", "--limit", "1"}).out);
  }

  TempDir data_;
};

TEST_F(ExportE2eTest, ATokenGivesTheSameFilesAfterARestart) {
  std::string token;
  for (const std::string run : {"first", "second"}) {
    ServerProcess suite = Start();
    if (token.empty()) {
      ASSERT_EQ(Import(suite).exit_code, 0);
      token = Token(suite);
      ASSERT_NE(token, "");
    }
    for (const std::string format : {"csv", "parquet"}) {
      const Finished exported = Export(suite, format, run + "." + format, token);
      ASSERT_EQ(exported.exit_code, 0) << exported.err;
      EXPECT_THAT(exported.out, HasSubstr("37 rounds"));
      EXPECT_THAT(exported.out, HasSubstr(token));
    }
    suite.process.Signal(SIGTERM);
    EXPECT_EQ(suite.process.Wait(), 0);
  }
  for (const std::string format : {".csv", ".parquet"}) {
    EXPECT_GT(Read(data_.File("first" + format)).size(), 1000U);
    EXPECT_TRUE(Read(data_.File("first" + format)) == Read(data_.File("second" + format)));
  }
}

// Whenever the process is killed, all that was to go is gone or nothing is, and what stays is the
// same: an old token gives its old answer or is refused.
TEST_F(ExportE2eTest, AKilledCompactionIsDoneOrNotBegun) {
  constexpr int kMoments = 8;
  const std::string moved = WriteMoved();
  absl::Duration whole = absl::ZeroDuration();
  for (int moment = kMoments; moment >= 0; --moment) {
    SCOPED_TRACE(moment);
    std::error_code ignored;
    std::filesystem::remove_all(data_.File("data"), ignored);
    std::string old_token;
    std::string new_token;
    {
      ServerProcess suite = Start();
      ASSERT_EQ(Import(suite).exit_code, 0);
      old_token = Token(suite);
      ASSERT_EQ(Export(suite, "csv", "old.csv", old_token).exit_code, 0);
      ASSERT_EQ(Import(suite, moved).exit_code, 0);
      new_token = Token(suite);
      ASSERT_EQ(Export(suite, "csv", "new.csv", new_token).exit_code, 0);
      ASSERT_FALSE(Read(data_.File("old.csv")) == Read(data_.File("new.csv")));
      const absl::Time start = absl::Now();
      auto client =
          Subprocess::Start({testing::Binary("steelyard"), "--target", suite.address, "compact",
                             "--keep-since", absl::FormatTime(start), "--yes"});
      ASSERT_TRUE(client.ok());
      if (moment == kMoments) {
        // The first one ends by itself, and says how long it takes.
        EXPECT_TRUE(client->ReadUntil("company_projection").ok()) << "rows go";
        EXPECT_EQ(client->Wait(), 0);
        whole = absl::Now() - start;
      } else {
        // The moment is the subject of the test: reading waits no longer than that.
        while (client->ReadLine(whole * moment / kMoments).ok()) {
        }
      }
      suite.process.Signal(SIGKILL);
      suite.process.Wait();
      if (moment != kMoments) client->Wait();
    }
    const ServerProcess again = Start();
    ASSERT_EQ(Export(again, "csv", "new2.csv", new_token).exit_code, 0);
    EXPECT_TRUE(Read(data_.File("new2.csv")) == Read(data_.File("new.csv")));
    const Finished old = Export(again, "csv", "old2.csv", old_token);
    if (old.exit_code == 0) {
      EXPECT_LT(moment, kMoments) << "an acknowledged compaction is done";
      EXPECT_TRUE(Read(data_.File("old2.csv")) == Read(data_.File("old.csv")));
    } else {
      EXPECT_THAT(old.err, HasSubstr("compacted away"));
    }
  }
}

}  // namespace
}  // namespace steelyard
