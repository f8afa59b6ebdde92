#include <utility>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "services/common/sql/driver.h"
#include "services/common/status/status.h"

namespace steelyard::sql {
namespace {

constexpr size_t kUsualColumns = 32;

}  // namespace

absl::Status Appender::Append(std::span<const Value> row) {
  absl::InlinedVector<Cell, kUsualColumns> cells;
  for (const Value& value : row) {
    cells.push_back(std::visit([](const auto& held) { return Cell(held); }, value));
  }
  return Append(std::span<const Cell>(cells));
}

absl::StatusOr<Transaction> Transaction::Begin(Connection& connection) {
  STEELYARD_RETURN_IF_ERROR(connection.Begin());
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ != nullptr) connection_->Rollback();
}

absl::Status Transaction::Commit() {
  absl::Status status = connection_->Commit();
  // After a failed commit the destructor clears what is left of it.
  if (status.ok()) connection_ = nullptr;
  return status;
}

}  // namespace steelyard::sql
