#include "services/common/sql/defect.h"

#include <cstdlib>
#include <string>

#include "services/common/observe/log.h"
#include "services/common/status/status.h"

namespace steelyard::sql {

absl::Status Defect(std::string_view what) {
  observe::Log(observe::Severity::kError, "Defective use of the store",
               {{"error", std::string(what)}});
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "the store was used wrongly");
}

void WrongType(int column, std::string_view wanted) {
  observe::Log(observe::Severity::kError, "A column was read as another type than it has",
               {{"column", std::to_string(column)}, {"wanted", std::string(wanted)}});
  std::abort();
}

}  // namespace steelyard::sql
