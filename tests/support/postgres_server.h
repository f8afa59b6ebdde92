#pragma once

// A real PostgreSQL for one test: its files in a temporary directory, its socket there too, so that
// any number of tests run at once.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/subprocess.h"
#include "tests/support/temp_dir.h"

namespace steelyard::testing {

// A running server. Ends with the test, also when that dies. Its commits survive Kill, but not the
// machine: it does not wait for the disk.
class PostgresServer {
 public:
  // Why none can be started here, "the package postgresql-15 is not installed: ..."; empty: it can.
  static std::string Missing();

  // Settings are of postgresql.conf, "max_connections=5". What fails here ends the test's process,
  // since nothing can be tested without a server.
  explicit PostgresServer(std::vector<std::string> settings = {});
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  // A connection string for its database, which is empty at first, by the socket.
  std::string dsn(const std::string& database = "postgres") const;
  // From its next start on it is also reached at 127.0.0.1, on this port, which is free now.
  int Listen();
  // A path in its own directory, where it may read and write.
  std::string File(const std::string& name) const { return directory_.File(name); }
  // Makes a file or a directory there its own: nobody else can read it.
  static void Own(const std::string& path);
  // The settings of its next start.
  void Set(std::vector<std::string> settings) { settings_ = std::move(settings); }

  // Ends all sessions, and the server in order.
  void Stop();
  // As kill -9 and power cuts do.
  void Kill();
  // After Stop or Kill.
  void Start();
  // Freezes the process that accepts sessions, and lets it go on.
  void Freeze();
  void Thaw();
  // What it has logged.
  std::string Log() const;

 private:
  void Await();

  TempDir directory_;
  std::vector<std::string> settings_;
  int port_ = 0;  // none
  std::optional<Subprocess> process_;
};

}  // namespace steelyard::testing
