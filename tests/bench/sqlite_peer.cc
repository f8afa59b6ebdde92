// SQLite, which is linked into benchmarks alone: this is the one file that sees it.

#include <sqlite3.h>

#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "services/common/status/status.h"
#include "tests/bench/peers.h"

namespace steelyard::bench {
namespace {

class Statement {
 public:
  static absl::StatusOr<Statement> Prepare(sqlite3* database, std::string_view text) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &statement,
                           nullptr) != SQLITE_OK) {
      return absl::InternalError(absl::StrCat(sqlite3_errmsg(database), ": ", std::string(text)));
    }
    return Statement(statement);
  }
  Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }
  sqlite3_stmt* get() const { return statement_; }

 private:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

class SqlitePeer final : public Peer {
 public:
  explicit SqlitePeer(sqlite3* database) : database_(database) {}
  ~SqlitePeer() override { sqlite3_close(database_); }
  const std::string& name() const override { return name_; }

  absl::Status Run(const std::string& statement) override {
    char* error = nullptr;
    if (sqlite3_exec(database_, statement.c_str(), nullptr, nullptr, &error) == SQLITE_OK) {
      return absl::OkStatus();
    }
    const std::string text = error == nullptr ? "" : error;
    sqlite3_free(error);
    return absl::InternalError(absl::StrCat(text, ": ", statement));
  }

  absl::StatusOr<Lines> Ask(const std::string& text) override {
    STEELYARD_ASSIGN_OR_RETURN(const Statement statement, Statement::Prepare(database_, text));
    Lines lines;
    int result = 0;
    while ((result = sqlite3_step(statement.get())) == SQLITE_ROW) {
      const auto* value = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 0));
      lines.emplace_back(value == nullptr ? "" : value);
    }
    if (result != SQLITE_DONE) return absl::InternalError(sqlite3_errmsg(database_));
    return lines;
  }

  absl::Status Load(const std::string& path) override {
    STEELYARD_RETURN_IF_ERROR(Run(kCreateDeals));
    STEELYARD_RETURN_IF_ERROR(Run(kCreateRegions));
    STEELYARD_RETURN_IF_ERROR(Run("BEGIN"));
    STEELYARD_ASSIGN_OR_RETURN(
        const Statement insert,
        Statement::Prepare(database_, "INSERT INTO deals VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
      STEELYARD_RETURN_IF_ERROR(Insert(insert.get(), line));
    }
    return Run("COMMIT");
  }

  absl::Status Index() override {
    for (const std::string& index : CoveringIndexes()) STEELYARD_RETURN_IF_ERROR(Run(index));
    return Run("ANALYZE");
  }

 private:
  // Columns convert by their declared types, so numbers may be bound as text.
  absl::Status Insert(sqlite3_stmt* insert, const std::string& line) {
    int place = 0;
    for (const absl::string_view cell : absl::StrSplit(line, ',')) {
      ++place;
      if (cell.empty()) {
        sqlite3_bind_null(insert, place);
      } else {
        sqlite3_bind_text(insert, place, cell.data(), static_cast<int>(cell.size()),
                          SQLITE_TRANSIENT);
      }
    }
    if (sqlite3_step(insert) != SQLITE_DONE) return absl::InternalError(sqlite3_errmsg(database_));
    sqlite3_reset(insert);
    return absl::OkStatus();
  }

  const std::string name_ = "SQLite";
  sqlite3* database_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Peer>> MakeSqlitePeer(const std::string& directory) {
  sqlite3* database = nullptr;
  if (sqlite3_open((directory + "/peer.sqlite").c_str(), &database) != SQLITE_OK) {
    sqlite3_close(database);
    return absl::UnavailableError("SQLite cannot open its file");
  }
  auto peer = std::make_unique<SqlitePeer>(database);
  for (const char* pragma :
       {"PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-1000000",
        "PRAGMA mmap_size=8000000000", "PRAGMA temp_store=MEMORY"}) {
    STEELYARD_RETURN_IF_ERROR(peer->Run(pragma));
  }
  return peer;
}

}  // namespace steelyard::bench
