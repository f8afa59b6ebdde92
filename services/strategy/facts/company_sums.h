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

// The region's layers with these codes taken together. nullopt when there is none, when a sum is
// known of which the index is not, or when a company can be in several of them.
std::optional<CompanySum> JoinLayers(const Evidence& evidence, const std::string& term,
                                     std::span<const std::string_view> codes);

// A layer's or sector's part of a region, for an interval beside the whole of it, which holds other
// companies; nullopt also when a company can be in part and rest.
std::optional<CompanySum> SliceSumOf(const Evidence& evidence, const Table& table,
                                     std::initializer_list<std::string_view> values);

// Whether no country can be in both regions: neither is the world, and they share no member.
bool AreDisjoint(const funding::v1::ResolvedRegion& left, const funding::v1::ResolvedRegion& right);

}  // namespace steelyard::strategy
