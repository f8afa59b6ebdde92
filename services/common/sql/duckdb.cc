// DuckDB behind the driver interface, through its C API: errors, sessions, opening.

#include <algorithm>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "services/common/observe/log.h"
#include "services/common/sql/duckdb_internal.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::sql {
namespace duckdb {
namespace {

// Statements kept prepared for each session.
constexpr size_t kPreparedLimit = 64;
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

// Files open in this process: the engine's own lock keeps out other processes only.
struct OpenFiles {
  std::mutex mutex;
  std::set<std::string> paths;
  static OpenFiles& Get() {
    static auto* files = new OpenFiles;
    return *files;
  }
};

// The engine tells the kind of an error at the start of its text everywhere, as a code only in
// places.
bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

absl::Status FromEngine(const char* engine_text, std::string_view doing, const Context* context) {
  const std::string_view text = engine_text == nullptr ? "no text" : engine_text;
  if (text.starts_with("INTERRUPT") && context != nullptr) {
    STEELYARD_RETURN_IF_ERROR(context->Check());
  }
  observe::Log(observe::Severity::kError, "DuckDB refused a statement",
               {{"statement", std::string(doing)}, {"error", std::string(text)}});
  if (Contains(text, "onflict") && text.starts_with("TransactionContext")) {
    return absl::AbortedError("two writers changed the same rows; try again");
  }
  if (text.starts_with("Out of Memory")) {
    return MakeRetryableError(common::v1::ERROR_REASON_OVERLOADED,
                              "the store has not enough memory for this request", kRetryAfter);
  }
  // What the system says of a full disk, or of a limit on files' sizes.
  if (Contains(text, "No space left on device") || Contains(text, "File too large")) {
    return MakeRetryableError(
        common::v1::ERROR_REASON_STORE_UNAVAILABLE,
        "the store's disk is full; nothing of the request was kept, and reading goes on",
        kRetryAfter);
  }
  // A commit that cannot be written is told as an error of the transaction.
  const bool commit_unwritten = Contains(text, "Failed to commit: Could not");
  if (text.starts_with("IO Error") || text.starts_with("FATAL Error") || commit_unwritten) {
    return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                              "the store cannot read or write its file", kRetryAfter);
  }
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "the store refused a statement");
}

Instance::~Instance() {
  duckdb_close(&database);
  if (path.empty()) return;
  OpenFiles& files = OpenFiles::Get();
  const std::lock_guard<std::mutex> lock(files.mutex);
  files.paths.erase(path);
}

namespace {

// Whether the statement must be prepared anew for every run. The engine decides when it prepares a
// CREATE ... IF NOT EXISTS whether there is anything to do, and goes on doing nothing after the
// transaction that had created the table was rolled back.
bool ChangesSchema(duckdb_prepared_statement prepared) {
  switch (duckdb_prepared_statement_type(prepared)) {
    case DUCKDB_STATEMENT_TYPE_CREATE:
    case DUCKDB_STATEMENT_TYPE_ALTER:
    case DUCKDB_STATEMENT_TYPE_DROP:
      return true;
    default:
      return false;
  }
}

// The statements a session used last, prepared.
class PreparedStatements {
 public:
  // Valid until the next call.
  absl::StatusOr<duckdb_prepared_statement> Get(duckdb_connection connection,
                                                std::string_view sql) {
    auto found = by_sql_.find(sql);
    if (found != by_sql_.end() && ChangesSchema(found->second->prepared.get())) {
      const auto entry = found->second;
      by_sql_.erase(found);
      order_.erase(entry);
      found = by_sql_.end();
    }
    if (found != by_sql_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      duckdb_clear_bindings(found->second->prepared.get());
      return found->second->prepared.get();
    }
    Entry entry{std::string(sql), {}};
    if (duckdb_prepare(connection, entry.sql.c_str(), entry.prepared.out()) == DuckDBError) {
      return FromEngine(duckdb_prepare_error(entry.prepared.get()), sql, nullptr);
    }
    order_.push_front(std::move(entry));
    by_sql_.emplace(order_.front().sql, order_.begin());
    if (order_.size() > kPreparedLimit) {
      by_sql_.erase(order_.back().sql);
      order_.pop_back();
    }
    return order_.front().prepared.get();
  }

 private:
  struct Entry {
    std::string sql;
    OwnedPrepared prepared;
  };
  std::list<Entry> order_;  // last used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_sql_;
};

duckdb_state Bind(duckdb_prepared_statement prepared, idx_t index, const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return duckdb_bind_int64(prepared, index, *number);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return duckdb_bind_double(prepared, index, *number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return duckdb_bind_varchar_length(prepared, index, text->data(), text->size());
  }
  if (const auto* flag = std::get_if<bool>(&value)) {
    return duckdb_bind_boolean(prepared, index, *flag);
  }
  return duckdb_bind_null(prepared, index);
}

class DuckConnection final : public Connection {
 public:
  explicit DuckConnection(std::shared_ptr<Instance> instance) : session_(std::move(instance)) {}

  absl::Status Open() {
    if (duckdb_connect(session_.instance->database, &session_.connection) == DuckDBError) {
      return FromEngine("IO Error: no session", "connect", nullptr);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<Rows>> Query(const Context& context, std::string_view sql,
                                              std::span<const Value> parameters) override {
    STEELYARD_ASSIGN_OR_RETURN(OwnedResult result,
                               Run(context, sql, parameters, duckdb_pending_prepared_streaming));
    return MakeRows(session_, context, std::move(result));
  }

  absl::StatusOr<int64_t> Execute(const Context& context, std::string_view sql,
                                  std::span<const Value> parameters) override {
    STEELYARD_ASSIGN_OR_RETURN(OwnedResult result,
                               Run(context, sql, parameters, duckdb_pending_prepared));
    return static_cast<int64_t>(duckdb_rows_changed(result.out()));
  }

  absl::StatusOr<std::unique_ptr<Appender>> Append(std::string_view table) override {
    if (!session_.in_transaction) return Defect("Append without a transaction");
    ++session_.statement;
    OwnedAppender appender;
    const std::string name(table);
    if (duckdb_appender_create(session_.connection, nullptr, name.c_str(), appender.out()) ==
        DuckDBError) {
      return FromEngine(duckdb_appender_error(appender.get()), StrCat("append to ", table),
                        nullptr);
    }
    return MakeAppender(session_, table, std::move(appender));
  }

  absl::Status Begin() override {
    if (session_.in_transaction) return Defect("Begin inside a transaction");
    STEELYARD_RETURN_IF_ERROR(Control("BEGIN TRANSACTION"));
    session_.in_transaction = true;
    session_.failed = false;
    return absl::OkStatus();
  }

  absl::Status Lock(const Context& /*context*/, std::string_view /*table*/) override {
    if (!session_.in_transaction) return Defect("Lock without a transaction");
    return absl::OkStatus();
  }

  absl::Status Distribute(const Context& /*context*/, std::string_view /*table*/,
                          std::string_view /*column*/) override {
    return absl::OkStatus();
  }
  absl::Status AwaitCommits(const Context& /*context*/) override { return absl::OkStatus(); }

  absl::Status Commit() override {
    if (!session_.in_transaction) return Defect("Commit without a transaction");
    if (session_.failed || session_.unclosed > 0) {
      Rollback();
      return Defect("Commit after a statement that failed, or with an appender that is not closed");
    }
    absl::Status status = Control("COMMIT");
    if (!status.ok()) {
      Rollback();
      return status;
    }
    session_.in_transaction = false;
    return status;
  }

  void Rollback() override {
    if (!session_.in_transaction) return;
    session_.in_transaction = false;
    ++session_.statement;
    OwnedResult result;
    // Its failure means that the engine has already ended the transaction.
    duckdb_query(session_.connection, "ROLLBACK", result.out());
  }

 private:
  using Start = duckdb_state (*)(duckdb_prepared_statement, duckdb_pending_result*);

  // Engines differ in what a failed statement does to its transaction; here it always fails it.
  absl::StatusOr<OwnedResult> Run(const Context& context, std::string_view sql,
                                  std::span<const Value> parameters, Start start) {
    absl::StatusOr<OwnedResult> result = TryRun(context, sql, parameters, start);
    if (!result.ok()) session_.failed = true;
    return result;
  }

  absl::StatusOr<OwnedResult> TryRun(const Context& context, std::string_view sql,
                                     std::span<const Value> parameters, Start start) {
    STEELYARD_RETURN_IF_ERROR(context.Check());
    ++session_.statement;
    STEELYARD_ASSIGN_OR_RETURN(duckdb_prepared_statement prepared,
                               prepared_.Get(session_.connection, sql));
    if (duckdb_nparams(prepared) != parameters.size()) {
      return Defect(StrCat(parameters.size(), " parameters for: ", sql));
    }
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (Bind(prepared, i + 1, parameters[i]) == DuckDBError) {
        return Defect(StrCat("parameter ", i + 1, " is not UTF-8 text, for: ", sql));
      }
    }
    OwnedPending pending;
    OwnedResult result;
    const Interrupter::Guard guard = session_.Interruptible(context);
    if (start(prepared, pending.out()) == DuckDBError) {
      return FromEngine(duckdb_pending_error(pending.get()), sql, &context);
    }
    if (duckdb_execute_pending(pending.get(), result.out()) == DuckDBError) {
      return FromEngine(duckdb_result_error(result.out()), sql, &context);
    }
    return result;
  }

  absl::Status Control(const char* sql) {
    ++session_.statement;
    OwnedResult result;
    if (duckdb_query(session_.connection, sql, result.out()) == DuckDBError) {
      return FromEngine(duckdb_result_error(result.out()), sql, nullptr);
    }
    return absl::OkStatus();
  }

  Session session_;
  PreparedStatements prepared_;  // after session_: must go before it
};

class DuckDatabase final : public Database {
 public:
  explicit DuckDatabase(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}

  absl::StatusOr<std::unique_ptr<Connection>> Connect() override {
    auto connection = std::make_unique<DuckConnection>(instance_);
    STEELYARD_RETURN_IF_ERROR(connection->Open());
    return connection;
  }

  std::string Engine() const override { return StrCat("DuckDB ", duckdb_library_version()); }
  bool IsShared() const override { return false; }

 private:
  std::shared_ptr<Instance> instance_;
};

absl::Status CannotOpen(const std::string& path, std::string_view why) {
  return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                            StrCat("the store file ", path, " ", why), kRetryAfter,
                            {{"file", path}});
}

// Creates the file's directory and claims the file for this process; returns its unambiguous path.
absl::StatusOr<std::string> Claim(const std::string& path) {
  std::error_code error;
  const auto full =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  if (!error) std::filesystem::create_directories(full.parent_path(), error);
  if (error) {
    return CannotOpen(path, StrCat("has no directory that can be written: ", error.message()));
  }
  OpenFiles& files = OpenFiles::Get();
  const std::lock_guard<std::mutex> lock(files.mutex);
  if (!files.paths.insert(full.string()).second) {
    return CannotOpen(path, "is already open in this process; a store is opened once");
  }
  return full.string();
}

absl::Status FromOpening(const std::string& path, const char* engine_text) {
  const std::string_view text = engine_text == nullptr ? "no text" : engine_text;
  observe::Log(observe::Severity::kError, "DuckDB cannot open a file",
               {{"file", path}, {"error", std::string(text)}});
  if (Contains(text, "Could not set lock")) {
    return CannotOpen(path, "is held by another process; one process owns a store");
  }
  if (Contains(text, "not a valid DuckDB") || Contains(text, "enough bytes") ||
      Contains(text, "orrupt") || Contains(text, "WAL") || Contains(text, "erializ")) {
    return CannotOpen(path, "is damaged, or not a file of DuckDB");
  }
  if (Contains(text, "version")) {
    return CannotOpen(path, "was written by a version of DuckDB that this one does not read");
  }
  return CannotOpen(path, "cannot be opened; the log has the reason");
}

absl::Status Configure(const DuckDbOptions& options, duckdb_config config) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"memory_limit", StrCat(options.memory_limit_mib, "MiB")},
      // Nothing is fetched from anywhere at run time.
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      // Plans are kept (PreparedStatements), and these two make them rest on the values that are
      // there when they are made: later rows would not be found, longer texts come garbled
      // (duckdb/duckdb issues 23704 and 24182).
      {"disabled_optimizers", "statistics_propagation,compressed_materialization"},
  };
  if (options.threads > 0) settings.emplace_back("threads", StrCat(options.threads));
  // A database in memory has no place of its own where it could spill.
  if (options.path.empty()) settings.emplace_back("temp_directory", "");
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config, name.c_str(), value.c_str()) == DuckDBError) {
      return Defect(StrCat("DuckDB does not take ", name, " = ", value));
    }
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace duckdb

absl::StatusOr<std::unique_ptr<Database>> OpenDuckDb(const DuckDbOptions& options) {
  auto instance = std::make_shared<duckdb::Instance>();
  if (!options.path.empty()) {
    STEELYARD_ASSIGN_OR_RETURN(instance->path, duckdb::Claim(options.path));
  }
  duckdb::OwnedConfig config;
  if (duckdb_create_config(config.out()) == DuckDBError) {
    return Defect("DuckDB has no configuration");
  }
  STEELYARD_RETURN_IF_ERROR(duckdb::Configure(options, config.get()));
  char* text = nullptr;
  const char* path = options.path.empty() ? nullptr : instance->path.c_str();
  if (duckdb_open_ext(path, &instance->database, config.get(), &text) == DuckDBError) {
    absl::Status status = duckdb::FromOpening(options.path, text);
    duckdb_free(text);
    return status;
  }
  return std::make_unique<duckdb::DuckDatabase>(std::move(instance));
}

}  // namespace steelyard::sql
