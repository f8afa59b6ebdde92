#include "services/common/ledger/move.h"

#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/hash/hash.h"
#include "services/common/ledger/migrate.h"
#include "services/common/ledger/store_meta.h"
#include "services/common/sql/statement.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::ledger {
namespace {

constexpr int64_t kRowsPerProgress = 100'000;

enum class ColumnType { kInt, kDouble, kBool, kText };

struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;
};
struct Table {
  std::string name;
  std::vector<Column> columns;  // in the order of the table's definition
};

// What was copied of a table. The digest does not depend on the order of rows, which no table has.
struct Contents {
  int64_t rows = 0;
  uint64_t digest = 0;
  bool operator==(const Contents&) const = default;
};

std::string_view NameOf(Kind kind) { return kind == Kind::kRegistry ? "registry" : "funding"; }

absl::StatusOr<ColumnType> TypeOf(std::string_view table, std::string_view column,
                                  std::string_view type) {
  if (type == "BIGINT" || type == "bigint") return ColumnType::kInt;
  if (type == "DOUBLE" || type == "double precision") return ColumnType::kDouble;
  if (type == "BOOLEAN" || type == "boolean") return ColumnType::kBool;
  if (type == "VARCHAR" || type == "character varying" || type == "text") return ColumnType::kText;
  return MakeError(
      common::v1::ERROR_REASON_INTERNAL,
      StrCat("column ", column, " of table ", table, " is a ", type, ", which cannot be moved"));
}

// The store's tables, by name, but for those that are about the database they are in.
absl::StatusOr<std::vector<Table>> ReadTables(sql::Connection& connection, const Context& context) {
  sql::Statement select;
  select.Add(
      "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN "
      "information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = "
      "c.table_name WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND "
      "c.table_name NOT IN ('schema_migrations', 'replicas') "
      "ORDER BY c.table_name, c.ordinal_position");
  std::vector<Table> tables;
  absl::Status unknown;
  STEELYARD_RETURN_IF_ERROR(
      sql::ForEachRow(connection, context, select, [&](const sql::Rows& rows) {
        if (tables.empty() || tables.back().name != rows.Text(0)) {
          tables.push_back({.name = std::string(rows.Text(0)), .columns = {}});
        }
        const auto type = TypeOf(rows.Text(0), rows.Text(1), rows.Text(2));
        if (!type.ok()) return unknown.Update(type.status());
        tables.back().columns.push_back({.name = std::string(rows.Text(1)), .type = *type});
      }));
  STEELYARD_RETURN_IF_ERROR(unknown);
  return tables;
}

absl::StatusOr<bool> HasTable(sql::Connection& connection, const Context& context,
                              std::string_view table) {
  sql::Statement count;
  count.Add(
      "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND "
      "table_name = ?",
      {std::string(table)});
  STEELYARD_ASSIGN_OR_RETURN(const int64_t found, sql::ReadInt(connection, context, count));
  return found > 0;
}

sql::Value ReadValue(const sql::Rows& rows, int index, ColumnType type) {
  if (rows.IsNull(index)) return {};
  switch (type) {
    case ColumnType::kInt:
      return rows.Int(index);
    case ColumnType::kDouble:
      return rows.Double(index);
    case ColumnType::kBool:
      return rows.Bool(index);
    case ColumnType::kText:
      break;
  }
  return std::string(rows.Text(index));
}

struct HashOf {
  uint64_t operator()(std::monostate /*null*/) const { return 0; }
  template <typename T>
  uint64_t operator()(const T& value) const {
    return absl::HashOf(value);
  }
};

uint64_t DigestOf(const std::vector<sql::Value>& row) {
  uint64_t digest = 0;
  for (const sql::Value& value : row) {
    digest = absl::HashOf(digest, value.index(), std::visit(HashOf(), value));
  }
  return digest;
}

// Hands every row of a table to `take`.
absl::StatusOr<Contents> ForEachRowOf(
    sql::Connection& connection, const Context& context, const Table& table,
    const std::function<absl::Status(const std::vector<sql::Value>&, int64_t)>& take) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(StrCat("\"", column.name, "\""));
  STEELYARD_ASSIGN_OR_RETURN(
      const auto rows, connection.Query(context, StrCat("SELECT ", StrJoin(names, ", "), " FROM \"",
                                                        table.name, "\"")));
  Contents contents;
  std::vector<sql::Value> row(table.columns.size());
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return contents;
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = ReadValue(*rows, static_cast<int>(i), table.columns[i].type);
    }
    ++contents.rows;
    contents.digest += DigestOf(row);
    STEELYARD_RETURN_IF_ERROR(take(row, contents.rows));
  }
}

absl::StatusOr<Contents> CopyTable(sql::Connection& from, sql::Connection& to,
                                   const Context& context, const Table& table,
                                   const MoveProgress& progress) {
  STEELYARD_ASSIGN_OR_RETURN(const auto appender, to.Append(table.name));
  STEELYARD_ASSIGN_OR_RETURN(
      const Contents copied,
      ForEachRowOf(from, context, table, [&](const std::vector<sql::Value>& row, int64_t count) {
        if (count % kRowsPerProgress == 0) progress(table.name, count);
        return appender->Append(row);
      }));
  STEELYARD_RETURN_IF_ERROR(appender->Close());
  progress(table.name, copied.rows);
  return copied;
}

absl::Status CheckCopied(sql::Connection& to, const Context& context, const Table& table,
                         const Contents& copied) {
  STEELYARD_ASSIGN_OR_RETURN(
      const Contents written,
      ForEachRowOf(to, context, table,
                   [](const std::vector<sql::Value>&, int64_t) { return absl::OkStatus(); }));
  if (written == copied) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_INTERNAL,
                   StrCat("table ", table.name, ": ", copied.rows, " rows were copied, but ",
                          written.rows, " rows, or others, were read back; nothing was moved"));
}

absl::Status PrepareSource(sql::Connection& from, const Context& context, Kind kind,
                           std::span<const Migration> migrations, bool with_indexes) {
  STEELYARD_ASSIGN_OR_RETURN(const bool is_store, HasTable(from, context, "store_meta"));
  std::optional<std::string> found;
  if (is_store) {
    STEELYARD_ASSIGN_OR_RETURN(found, ReadMeta(from, context, "kind"));
  }
  if (!found) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     StrCat("the database to move from holds no store of ", NameOf(kind)));
  }
  if (*found != NameOf(kind)) {
    return MakeError(
        common::v1::ERROR_REASON_STORE_UNAVAILABLE,
        StrCat("the database to move from is a store of kind ", *found, ", not ", NameOf(kind)));
  }
  return Migrate(from, migrations, with_indexes);
}

absl::Status CheckNew(sql::Connection& to, const Context& context) {
  STEELYARD_ASSIGN_OR_RETURN(const auto id, ReadMeta(to, context, "store_id"));
  if (!id) return absl::OkStatus();
  return MakeError(
      common::v1::ERROR_REASON_STORE_UNAVAILABLE,
      StrCat("the database to move to holds a store already, ", *id, "; name a new file or schema"),
      {{"store", *id}});
}

}  // namespace

absl::StatusOr<TableRows> MoveStore(sql::Database& from, sql::Database& to, Kind kind,
                                    std::span<const Migration> migrations,
                                    const MoveProgress& progress) {
  const Context context = Context::Background();
  STEELYARD_ASSIGN_OR_RETURN(const auto source, from.Connect());
  STEELYARD_ASSIGN_OR_RETURN(const auto target, to.Connect());
  STEELYARD_RETURN_IF_ERROR(PrepareSource(*source, context, kind, migrations, from.IsShared()));
  STEELYARD_RETURN_IF_ERROR(Migrate(*target, migrations, to.IsShared()));
  STEELYARD_RETURN_IF_ERROR(source->AwaitCommits(context));
  STEELYARD_ASSIGN_OR_RETURN(const sql::Transaction reading, sql::Transaction::Begin(*source));
  STEELYARD_ASSIGN_OR_RETURN(sql::Transaction writing, sql::Transaction::Begin(*target));
  STEELYARD_RETURN_IF_ERROR(target->Lock(context, "revisions"));
  STEELYARD_RETURN_IF_ERROR(CheckNew(*target, context));
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Table> tables, ReadTables(*target, context));
  TableRows moved;
  for (const Table& table : tables) {
    STEELYARD_ASSIGN_OR_RETURN(const Contents copied,
                               CopyTable(*source, *target, context, table, progress));
    STEELYARD_RETURN_IF_ERROR(CheckCopied(*target, context, table, copied));
    moved.emplace_back(table.name, copied.rows);
  }
  STEELYARD_RETURN_IF_ERROR(writing.Commit());
  return moved;
}

}  // namespace steelyard::ledger
