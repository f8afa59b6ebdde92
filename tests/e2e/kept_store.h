#pragma once

// Where a suite under test keeps what it holds, longer than any of its processes lives.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/common/sql/driver.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/suite.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

class KeptStore {
 public:
  virtual ~KeptStore() = default;
  // The suite's flags.
  virtual std::vector<std::string> Flags() const = 0;

  // The suite in one process, on this store.
  ServerProcess StartSuite() const {
    std::vector<std::string> flags = Flags();
    flags.insert(flags.end(), {"--listen", "127.0.0.1:0", "--no-built-in-data"});
    return StartServer("steelyard-allinone", flags);
  }
};

class OwnFile final : public KeptStore {
 public:
  std::vector<std::string> Flags() const override { return {"--data", directory_.path()}; }

 private:
  TempDir directory_;
};

// A new database of a server. `options` are more of CREATE DATABASE.
class OnServer final : public KeptStore {
 public:
  OnServer(const PostgresServer& server, std::string name, const std::string& options = "")
      : administration_(*sql::OpenPostgres({.dsn = server.dsn()})), name_(std::move(name)) {
    Run(absl::StrCat("CREATE DATABASE ", name_, " ", options));
    directory_.Write("dsn", server.dsn(name_));
    directory_.Write("config.json", absl::StrCat(R"({"storage": {"postgres": {"dsn_file": ")",
                                                 directory_.File("dsn"), R"(", "sessions": 4}}})"));
  }
  ~OnServer() override { Run(absl::StrCat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)")); }

  std::vector<std::string> Flags() const override {
    return {"--config", directory_.File("config.json")};
  }

 private:
  // Tries again while the server does not answer: tests kill it and start it again.
  void Run(const std::string& sql) const {
    const absl::Time until = absl::Now() + absl::Minutes(1);
    absl::Status done;
    do {
      auto connection = administration_->Connect();
      done = connection.ok() ? (*connection)->Execute(Context::Background(), sql).status()
                             : connection.status();
    } while (absl::IsUnavailable(done) && absl::Now() < until);
    EXPECT_OK(done);
  }

  std::unique_ptr<sql::Database> administration_;
  const std::string name_;
  TempDir directory_;
};

}  // namespace steelyard::testing
