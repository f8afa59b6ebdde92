#pragma once

// What the statements that read the registry's tables have in common.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/sql/driver.h"
#include "services/common/time/date.h"

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
// nullopt for NULL.
std::optional<PartialDate> DateAt(const sql::Rows& rows, int column);
sql::Value DateValue(const std::optional<PartialDate>& date);

// The place of an ordinal in a list that grows as needed; a company's ordinals have no gaps.
template <typename T>
T& PlaceOf(int64_t ordinal, std::vector<T>& list) {
  const auto place = static_cast<size_t>(ordinal);
  if (list.size() <= place) list.resize(place + 1);
  return list[place];
}

}  // namespace steelyard::registry
