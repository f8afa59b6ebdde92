#pragma once

// What every driver says when it is used against the rules of its interface.

#include <string_view>

#include "absl/status/status.h"

namespace steelyard::sql {

// For use against the interface's rules; logged.
absl::Status Defect(std::string_view what);

// A column was read as another type than it has: logged, then the process ends.
[[noreturn]] void WrongType(int column, std::string_view wanted);

}  // namespace steelyard::sql
