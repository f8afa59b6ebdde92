#pragma once

// What intervals need of the groups that funding answered.

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "services/strategy/facts/evidence.h"
#include "services/strategy/measures/intervals.h"

namespace steelyard::strategy {

// A group's sum in units of the currency, with its index over companies; an index of 0 for a sum of
// 0, which has none. nullopt when the group has no round, no amount of it is known, or the table
// was asked for neither index nor companies.
std::optional<CompanySum> CompanySumOf(const Table& table,
                                       std::initializer_list<std::string_view> values);

// The region's layers with these codes taken together; a company is in one of them only. nullopt
// when there is none, or when a sum is known of which the index is not.
std::optional<CompanySum> JoinLayers(const Evidence& evidence, const std::string& term,
                                     std::span<const std::string_view> codes);

// Whether no country can be in both regions: neither is the world, and they share no member.
bool AreDisjoint(const funding::v1::ResolvedRegion& left, const funding::v1::ResolvedRegion& right);

}  // namespace steelyard::strategy
