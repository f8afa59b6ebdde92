#pragma once

// One thin interface over SQL engines: bound parameters, typed rows, bulk append, transactions, and
// statements that stop when their context is done. Engines differ only behind it. SQL text uses `?`
// for parameters and the common subset of the engines' dialects.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/common/context/context.h"

namespace steelyard::sql {

// NULL, BIGINT, DOUBLE, VARCHAR (UTF-8) or BOOLEAN.
using Value = std::variant<std::monostate, int64_t, double, std::string, bool>;

// The same, of which texts are somebody else's.
using Cell = std::variant<std::monostate, int64_t, double, std::string_view, bool>;

// The rows of a query, forward only. Not thread-safe; must not outlive its connection. The
// connection's next statement ends them: reading on is then an error.
class Rows {
 public:
  virtual ~Rows() = default;
  // Moves to the next row; false at the end. An error ends the rows.
  virtual absl::StatusOr<bool> Next() = 0;
  // Of the current row; `column` counts from 0. Reading a column as another type than it has, or a
  // NULL, is a defect and aborts. Integers of every width are read as int64; for a HUGEINT (a SUM)
  // that does not fit, Next gives INTERNAL. An ENUM is read as text, a DATE as text YYYY-MM-DD.
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Int(int column) const = 0;
  virtual double Double(int column) const = 0;
  virtual bool Bool(int column) const = 0;
  // Valid until the next call of Next.
  virtual std::string_view Text(int column) const = 0;
};

// Adds rows to a table in bulk, in the current transaction. Not thread-safe; must not outlive its
// connection.
class Appender {
 public:
  virtual ~Appender() = default;
  // One cell for each column of the table, in the order of its definition; what it holds is copied.
  virtual absl::Status Append(std::span<const Cell> row) = 0;
  absl::Status Append(std::span<const Value> row);
  // Writes what is buffered. Without it the transaction cannot be committed and its rows are lost.
  virtual absl::Status Close() = 0;
};

// One session. Not thread-safe.
//
// Errors: STORE_UNAVAILABLE when the engine cannot be reached, is out of disk or refuses to open;
// DEADLINE_EXCEEDED and CANCELLED when the context ended; OVERLOADED when memory does not suffice;
// ABORTED (without a reason: whoever writes alone never sees it) when two writers conflict;
// otherwise INTERNAL. The engine's own text is logged and never part of the status's message.
class Connection {
 public:
  virtual ~Connection() = default;
  // Runs one statement and returns its rows, streamed.
  virtual absl::StatusOr<std::unique_ptr<Rows>> Query(const Context& context, std::string_view sql,
                                                      std::span<const Value> parameters = {}) = 0;
  // Runs one statement and returns how many rows it changed.
  virtual absl::StatusOr<int64_t> Execute(const Context& context, std::string_view sql,
                                          std::span<const Value> parameters = {}) = 0;
  // Only inside a transaction.
  virtual absl::StatusOr<std::unique_ptr<Appender>> Append(std::string_view table) = 0;

  virtual absl::Status Begin() = 0;
  // As the first statement of a transaction: waits until no other transaction holds the table so,
  // and holds it to the transaction's end. The transaction sees everything that was committed by
  // then. Whoever reads the table goes on. The sessions of an engine that one process owns
  // (IsShared() is false) take turns by themselves, and nothing happens.
  virtual absl::Status Lock(const Context& context, std::string_view table) = 0;
  // Inside the transaction that creates the table: on an engine that spreads tables over machines
  // (Citus) its rows live where the value of `column` says, rows of equal values of all tables on
  // one machine; without a column, each machine has a copy. Elsewhere nothing happens.
  virtual absl::Status Distribute(const Context& context, std::string_view table,
                                  std::string_view column) = 0;
  // Outside a transaction, on an engine whose commits reach one machine before the other (Citus):
  // what any statement has seen of transactions that called Lock is seen whole by the statements
  // after this one. Elsewhere it always is, and nothing happens.
  virtual absl::Status AwaitCommits(const Context& context) = 0;
  // Durable when it returns OK: survives kill -9 at any later instant. INTERNAL, and nothing is
  // kept, when a statement of the transaction failed.
  virtual absl::Status Commit() = 0;
  // Harmless without a transaction.
  virtual void Rollback() = 0;
};

// An engine with one database. Thread-safe.
class Database {
 public:
  virtual ~Database() = default;
  // A new session; sessions see each other's commits.
  virtual absl::StatusOr<std::unique_ptr<Connection>> Connect() = 0;
  // Name and version, "DuckDB v1.5.6".
  virtual std::string Engine() const = 0;
  // Whether other processes may read and write it at the same time.
  virtual bool IsShared() const = 0;
};

// A transaction that is rolled back unless it was committed.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Connection& connection);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  absl::Status Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

struct DuckDbOptions {
  std::string path;  // the file; empty: in memory
  int memory_limit_mib = 1024;
  int threads = 0;  // 0: as many as cores
};
// Opens or creates the file, and its directory. STORE_UNAVAILABLE, naming the file, when another
// process (or this one) has it open, the directory cannot be written, or the file is damaged or not
// DuckDB's. Sessions keep the file open until the last of them is gone.
absl::StatusOr<std::unique_ptr<Database>> OpenDuckDb(const DuckDbOptions& options);

struct PostgresOptions {
  // libpq's connection string or URI, "host=db.example dbname=steelyard user=steelyard"; what it
  // does not say comes from the environment (PGPASSWORD, PGPASSFILE, ...), as in every client.
  std::string dsn;
  // When given, a file that holds it instead, read again for every new session.
  std::string dsn_file;
  // Where the tables are; created if it is missing. Empty: where the role's search path says.
  std::string schema;
  absl::Duration connect_timeout = absl::Seconds(5);
};
// Connects once, to see whether the server serves. STORE_UNAVAILABLE, naming the database, when it
// cannot be reached, refuses, is older than PostgreSQL 14, or does not compare text bytewise; or
// naming the file, when that cannot be read or holds no connection string.
//
// A session that lost its server connects anew at its next statement outside a transaction; inside
// one, everything is STORE_UNAVAILABLE until it is rolled back. When Commit is STORE_UNAVAILABLE,
// it may have been kept all the same. Text with a zero byte cannot be stored, and no statement has
// more than 65,535 parameters: INTERNAL. A transaction sees the rows that there were at its first
// statement; rows that it leaves unread are received to their end before its next statement. Names
// of tables are taken as they are written, so they should be lower case.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const PostgresOptions& options);

// Sessions that are kept for reuse: at most `limit` exist, a caller waits for one until its context
// ends.
class Pool {
 public:
  Pool(Database& database, int limit);
  ~Pool();
  // A borrowed session; goes back when destroyed.
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<Connection> connection);
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };
  absl::StatusOr<Lease> Borrow(const Context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steelyard::sql
