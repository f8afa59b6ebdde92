#pragma once

// What the files of the DuckDB driver share. The only file that includes duckdb.h: everything of
// the engine stays inside services/common/sql/duckdb*.

#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/defect.h"
#include "services/common/sql/driver.h"
#include "services/common/sql/interrupter.h"

namespace steelyard::sql::duckdb {

// Owns one of the C API's handles.
template <typename Handle, auto kDestroy>
class Owned {
 public:
  Owned() = default;
  Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&&) = delete;
  ~Owned() { Reset(); }
  void Reset() {
    bool held = true;
    if constexpr (!std::is_same_v<Handle, duckdb_result>) held = handle_ != nullptr;
    if (held) kDestroy(&handle_);
    handle_ = Handle{};
  }
  Handle* out() { return &handle_; }
  Handle get() const { return handle_; }

 private:
  Handle handle_{};
};
using OwnedPrepared = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using OwnedPending = Owned<duckdb_pending_result, duckdb_destroy_pending>;
using OwnedResult = Owned<duckdb_result, duckdb_destroy_result>;
using OwnedChunk = Owned<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using OwnedType = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;
using OwnedAppender = Owned<duckdb_appender, duckdb_appender_destroy>;
using OwnedConfig = Owned<duckdb_config, duckdb_destroy_config>;

// The status for an error of the engine, whose text is logged with what was being done. With a
// context, an interruption becomes what ended it.
absl::Status FromEngine(const char* engine_text, std::string_view doing, const Context* context);

// One open database; its sessions share it.
struct Instance {
  duckdb_database database = nullptr;
  std::string path;  // as claimed in this process; empty: in memory
  Interrupter interrupter;

  Instance() = default;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();
};

// What a session's rows and appenders need of it.
struct Session {
  std::shared_ptr<Instance> instance;
  duckdb_connection connection = nullptr;
  int64_t statement = 0;  // counts statements; rows of an older one have ended
  bool in_transaction = false;
  bool failed = false;  // something in this transaction did: it must not be committed
  int unclosed = 0;     // appenders with rows that are not written yet

  explicit Session(std::shared_ptr<Instance> of) : instance(std::move(of)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { duckdb_disconnect(&connection); }

  // While the result lives, the end of `context` interrupts what this session runs.
  [[nodiscard]] Interrupter::Guard Interruptible(const Context& context) {
    return {instance->interrupter, context, [this] { duckdb_interrupt(connection); }};
  }
};

// `result` is of the session's present statement.
std::unique_ptr<Rows> MakeRows(Session& session, const Context& context, OwnedResult result);
std::unique_ptr<Appender> MakeAppender(Session& session, std::string_view table,
                                       OwnedAppender appender);

}  // namespace steelyard::sql::duckdb
