#pragma once

// What the statements that read the registry's tables have in common.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/sql/driver.h"

namespace steelyard::registry {

// Up to so many keys a statement lists them; above, it reads everything and its reader drops the
// rest.
inline constexpr size_t kMostListed = 1000;

// The rows that hold at a revision, which is bound twice.
inline constexpr std::string_view kAtRevision = "from_revision <= ? AND to_revision > ?";

// " AND column IN (?, ...)" with its parameters, or nothing when there are too many keys to list.
std::string AndIn(std::string_view column, std::span<const std::string> keys,
                  std::vector<sql::Value>& parameters);

std::string TextAt(const sql::Rows& rows, int column);

}  // namespace steelyard::registry
