// What an import of rounds costs, beside what the engine alone needs for the same rows: its COPY of
// the same file, and the rows of the filled store written into equal tables. Times are reported,
// never judged by the exit code.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/common/sql/driver.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "tests/bench/funding_store.h"
#include "tests/bench/generated_rounds.h"
#include "tests/bench/machine.h"
#include "tests/bench/race.h"
#include "tests/support/temp_dir.h"

namespace steelyard::bench {
namespace {

constexpr int64_t kSize = 1'000'000;
constexpr int64_t kQuickSize = 100'000;
constexpr size_t kRowsAtOnce = 20'000;
constexpr std::string_view kTables[] = {"round_assertions", "rounds"};

// Prints a line of the report.
void Print(const std::string& what, int64_t rows, const Spent& spent, int64_t peak_bytes) {
  const auto count = static_cast<double>(std::max<int64_t>(1, rows));
  std::cout << absl::StrFormat("| %s | %d | %.2f | %.0f | %.2f | %.2f | %.0f |\n", what, rows,
                               absl::ToDoubleSeconds(spent.wall),
                               count / absl::ToDoubleSeconds(spent.wall),
                               absl::ToDoubleSeconds(spent.processor),
                               absl::ToDoubleMicroseconds(spent.processor) / count,
                               static_cast<double>(peak_bytes) / 1e6)
            << std::flush;
}

// Imports a file as the service does, and checks how many rounds that changed.
absl::Status Import(FundingStore& store, const std::string& what, const std::string& path,
                    const std::string& import_id, int64_t rows, bool changes) {
  STEELYARD_ASSIGN_OR_RETURN(const Imported imported, store.Import(path, import_id));
  Print(what, rows, imported.spent, imported.peak_bytes);
  if (imported.reading.wall > absl::ZeroDuration()) {
    Print("- of it reading", rows, imported.reading, 0);
  }
  if (imported.rows != rows || (imported.changed > 0) != changes) {
    return absl::InternalError(absl::StrCat(what, ": accepted ", imported.rows, " of ", rows,
                                            ", changed ", imported.changed));
  }
  return absl::OkStatus();
}

// An empty directory in another one.
std::string Subdirectory(const testing::TempDir& directory, const std::string& name) {
  std::filesystem::create_directory(directory.File(name));
  return directory.File(name);
}

absl::Status MeasureImports(const World& world, const testing::TempDir& directory) {
  STEELYARD_ASSIGN_OR_RETURN(const auto store, FundingStore::Open(directory.path()));
  const std::string rounds = directory.File("rounds.csv");
  const std::string corrections = directory.File("corrections.csv");
  STEELYARD_RETURN_IF_ERROR(world.WriteCorrections(corrections));
  int64_t corrected = 0;
  for (int64_t i = 0; i < world.rounds(); ++i) corrected += world.Correction(i) ? 1 : 0;
  STEELYARD_RETURN_IF_ERROR(
      Import(*store, "import into an empty store", rounds, "1", world.rounds(), true));
  STEELYARD_RETURN_IF_ERROR(Import(*store, "the same import", rounds, "1", world.rounds(), false));
  STEELYARD_RETURN_IF_ERROR(
      Import(*store, "the same rows as another import", rounds, "2", world.rounds(), false));
  return Import(*store, "corrections of one in twenty", corrections, "3", corrected, true);
}

// The rows of a table of the filled store as the first import wrote them, so many at once.
class FilledRows {
 public:
  static absl::StatusOr<FilledRows> Read(sql::Connection& session, std::string_view table) {
    const std::string text(table);
    sql::Statement columns;
    columns.Add(
        absl::StrCat("SELECT data_type = 'VARCHAR' FROM duckdb_columns() WHERE "
                     "database_name = 'filled' AND table_name = '",
                     text, "' ORDER BY column_index"));
    FilledRows filled;
    STEELYARD_RETURN_IF_ERROR(
        sql::ForEachRow(session, Context::Background(), columns,
                        [&](const sql::Rows& rows) { filled.is_text_.push_back(rows.Bool(0)); }));
    STEELYARD_ASSIGN_OR_RETURN(
        filled.rows_,
        session.Query(Context::Background(),
                      absl::StrCat("SELECT * FROM filled.", text, " WHERE from_revision = 1")));
    return filled;
  }

  // The next rows; none at the end.
  absl::StatusOr<std::vector<std::vector<sql::Value>>> Next() {
    std::vector<std::vector<sql::Value>> some;
    while (some.size() < kRowsAtOnce) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, rows_->Next());
      if (!more) break;
      std::vector<sql::Value>& row = some.emplace_back();
      for (int i = 0; i < static_cast<int>(is_text_.size()); ++i) {
        if (rows_->IsNull(i)) {
          row.emplace_back();
        } else if (is_text_[static_cast<size_t>(i)]) {
          row.emplace_back(std::string(rows_->Text(i)));
        } else {
          row.emplace_back(rows_->Int(i));
        }
      }
    }
    return some;
  }

 private:
  std::vector<bool> is_text_;
  std::unique_ptr<sql::Rows> rows_;
};

// Appends the rows of the filled store and commits; reading them is not counted.
absl::Status MeasureAppend(FundingStore& floor, int64_t rows) {
  STEELYARD_ASSIGN_OR_RETURN(const auto reader, floor.database().Connect());
  STEELYARD_ASSIGN_OR_RETURN(const auto writer, floor.database().Connect());
  Spent spent;
  const auto count = [&spent](const Watch& watch) {
    const Spent more = watch.Read();
    spent = {.wall = spent.wall + more.wall, .processor = spent.processor + more.processor};
  };
  ForgetPeakMemory();
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*writer));
  for (const std::string_view table : kTables) {
    STEELYARD_ASSIGN_OR_RETURN(FilledRows filled, FilledRows::Read(*reader, table));
    STEELYARD_ASSIGN_OR_RETURN(const auto appender, writer->Append(table));
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const auto some, filled.Next());
      const Watch watch;
      for (const auto& row : some) STEELYARD_RETURN_IF_ERROR(appender->Append(row));
      if (some.empty()) STEELYARD_RETURN_IF_ERROR(appender->Close());
      count(watch);
      if (some.empty()) break;
    }
  }
  const Watch watch;
  STEELYARD_RETURN_IF_ERROR(transaction.Commit());
  count(watch);
  Print("floor: the driver's append of these rows", rows, spent, PeakMemory());
  return absl::OkStatus();
}

// Statements in one transaction.
absl::Status MeasureStatements(FundingStore& floor, const std::string& what, int64_t rows,
                               const std::vector<std::string>& statements) {
  STEELYARD_ASSIGN_OR_RETURN(const auto session, floor.database().Connect());
  ForgetPeakMemory();
  const Watch watch;
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction transaction, sql::Transaction::Begin(*session));
  for (const std::string& statement : statements) {
    STEELYARD_RETURN_IF_ERROR(session->Execute(Context::Background(), statement).status());
  }
  STEELYARD_RETURN_IF_ERROR(transaction.Commit());
  Print(what, rows, watch.Read(), PeakMemory());
  return absl::OkStatus();
}

absl::Status Attach(FundingStore& floor, const std::string& path) {
  STEELYARD_ASSIGN_OR_RETURN(const auto session, floor.database().Connect());
  return session
      ->Execute(Context::Background(), absl::StrCat("ATTACH '", path, "' AS filled (READ_ONLY)"))
      .status();
}

absl::Status MeasureFloor(const World& world, const testing::TempDir& directory) {
  const int64_t rows = world.rounds();
  {
    STEELYARD_ASSIGN_OR_RETURN(const auto floor,
                               FundingStore::Open(Subdirectory(directory, "copied")));
    STEELYARD_RETURN_IF_ERROR(MeasureStatements(
        *floor, "floor: DuckDB's COPY of the file into one table of its columns", rows,
        {"CREATE TABLE read (id VARCHAR, company_id VARCHAR, announced_on DATE, stage VARCHAR, "
         "amount DECIMAL(18, 2), currency VARCHAR)",
         absl::StrCat("COPY read FROM '", directory.File("rounds.csv"),
                      "' (FORMAT csv, HEADER true)")}));
    STEELYARD_RETURN_IF_ERROR(Attach(*floor, directory.File("funding.duckdb")));
    STEELYARD_RETURN_IF_ERROR(MeasureStatements(
        *floor, "floor: DuckDB's INSERT of the store's rows from table to table", rows,
        {"INSERT INTO round_assertions SELECT * FROM filled.round_assertions WHERE "
         "from_revision = 1",
         "INSERT INTO rounds SELECT * FROM filled.rounds WHERE from_revision = 1"}));
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto floor,
                             FundingStore::Open(Subdirectory(directory, "appended")));
  STEELYARD_RETURN_IF_ERROR(Attach(*floor, directory.File("funding.duckdb")));
  return MeasureAppend(*floor, rows);
}

}  // namespace

const Flags kFlagsOfBenchmark = Flags::kSizes;

absl::Status RunBenchmark(const Options& options) {
  std::vector<int64_t> sizes = options.sizes;
  if (sizes.empty()) sizes = {options.quick ? kQuickSize : kSize};
  std::cout << Machine() << '\n';
  for (const int64_t size : sizes) {
    const testing::TempDir directory;
    const World world(size);
    STEELYARD_RETURN_IF_ERROR(world.WriteRounds(directory.File("rounds.csv")));
    std::cout << absl::StrFormat(
        "\n### %d rounds, load %s\n\n"
        "| | rows | s | rows/s | processor s | processor us/row | peak MB |\n"
        "|---|--:|--:|--:|--:|--:|--:|\n",
        size, Load());
    STEELYARD_RETURN_IF_ERROR(MeasureImports(world, directory));
    STEELYARD_RETURN_IF_ERROR(MeasureFloor(world, directory));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::bench
