#include "services/registry/room.h"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/record.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

// Of all records of an id, also where they say the same.
constexpr size_t kMostSaid = 20'000;

// The records of an id before and after.
struct Records {
  std::vector<Company> before;
  std::vector<Company> after;
};

// Of all lists that are limited.
size_t SizeOf(const Company& record) {
  return record.names.size() + record.identifiers.size() + record.sources.size() +
         record.relations.size() + record.headquarters.size() + record.status_history.size();
}

Company Union(std::vector<Company>& records) {
  if (records.size() == 1) return std::move(records.front());
  return records.empty() ? Company() : Join(records);
}

absl::Status CheckRoomOf(const std::string& id, Records& records) {
  const auto sum = [](const std::vector<Company>& of_id) {
    size_t size = 0;
    for (const Company& record : of_id) size += SizeOf(record);
    return size;
  };
  if (const size_t said = sum(records.after); said > kMostSaid && said > sum(records.before)) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     StrCat("the sources of companies/", id, " would say ", said,
                            " names, identifiers and so on of it, each by itself; at most ",
                            kMostSaid, " are allowed"),
                     {{"company", id}, {"allowed", StrCat(kMostSaid)}});
  }
  const Company before = Union(records.before);
  const Company after = Union(records.after);
  const auto check = [&](std::string_view what, size_t most, auto member) -> absl::Status {
    const size_t size = (after.*member).size();
    if (size <= most || size <= (before.*member).size()) return absl::OkStatus();
    return MakeError(
        common::v1::ERROR_REASON_INVALID_FIELD,
        StrCat("companies/", id, " would have ", size, " ", what, "; at most ", most,
               " are allowed: leave some out, or have its sources say less by UpsertCompanies"),
        {{"company", id}, {"allowed", StrCat(most)}});
  };
  // Beside the names that are given there may be the display name.
  STEELYARD_RETURN_IF_ERROR(check("names", kMostNames + 1, &Company::names));
  STEELYARD_RETURN_IF_ERROR(check("identifiers", kMostIdentifiers, &Company::identifiers));
  STEELYARD_RETURN_IF_ERROR(check("sources", kMostSources, &Company::sources));
  STEELYARD_RETURN_IF_ERROR(check("relations", kMostRelations, &Company::relations));
  STEELYARD_RETURN_IF_ERROR(check("headquarters", kMostPeriods, &Company::headquarters));
  return check("periods of status", kMostPeriods, &Company::status_history);
}

}  // namespace

absl::Status CheckRoom(const std::vector<Company>& written, const std::vector<Company>& stored) {
  // Hardly any company comes near a limit: all of its records together have less than the smallest.
  std::unordered_map<std::string_view, size_t> sizes;
  for (const Company& record : stored) sizes[record.id] += SizeOf(record);
  for (const Company& record : written) sizes[record.id] += SizeOf(record);
  const auto is_small = [&](const Company& record) { return sizes.at(record.id) <= kMostPeriods; };
  std::map<std::string, Records> by_id;
  for (const Company& record : stored) {
    if (is_small(record)) continue;
    Records& records = by_id[record.id];
    records.before.push_back(record);
    records.after.push_back(record);
  }
  for (const Company& record : written) {
    if (!is_small(record)) TakeIn(record, by_id[record.id].after);
  }
  for (auto& [id, records] : by_id) STEELYARD_RETURN_IF_ERROR(CheckRoomOf(id, records));
  return absl::OkStatus();
}

}  // namespace steelyard::registry
